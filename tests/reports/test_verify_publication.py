"""The script that ships inside every publication: it passes on what was published, and on nothing else."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.reports import verify_publication
from chalicelib.reports.json_text import as_json
from chalicelib.reports.verify_publication import check, main, sheet_totals
from chalicelib.reports.zip_file import unzipped, zipped
from chalicelib.services import publications
from tests.services.large_offices import publisher, staffordshire
from tests.services.public_files import public_files

Files = dict[str, bytes]
NAMES = (
    "changes.json",
    "changes.csv",
    "summary.json",
    "summary.csv",
    "index.html",
    "verify_publication.py",
    "entries.json",
    "figures.json",
    "grants-made.csv",
    "grants-made.json",
    "spending-over-500.csv",
    "spending-over-500.json",
    "360giving.csv",
    "360giving.json",
    "360giving.xlsx",
    "datapackage.json",
    "manifest.json",
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    context = publisher(
        staffordshire(tmp_path_factory.mktemp("office")), datetime(2024, 4, 1, 5, 0, tzinfo=UTC), giving_prefix="360G-example"
    )
    publication = publications.publish(context)
    return public_files(context, publication.id)


@pytest.fixture
def folder(files: Files, tmp_path: Path) -> Path:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def problems(files: Files) -> str:
    return "\n".join(check(files.get).problems)


def sealed(files: Files, change: Callable[[dict[str, object]], object] = lambda _manifest: None) -> Files:
    """The same files with a manifest that fits them, as a forger would make it."""
    manifest = json.loads(files["manifest.json"])
    del manifest["seal"], manifest["pieces"]
    for each in manifest["files"]:
        content = files[each["name"]]
        each.update(sha256=sha256(content).hexdigest(), size=len(content), pieces=verify_publication.pieces(content))
    change(manifest)
    return {**files, "manifest.json": verify_publication.sealed(as_json(manifest).removesuffix(b"\n}\n") + b",\n")}


def changed(content: bytes, old: str, new: str) -> bytes:
    assert content.count(old.encode()) >= 1
    return content.replace(old.encode(), new.encode(), 1)


def test_what_was_published_holds(folder: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    own = sha256(files["manifest.json"]).hexdigest()

    assert main([str(folder), "--manifest-sha256", own.upper()]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Publication 2024-04-01-1 of Example Commissioner's Office, made on 2024-04-01",
        "",
        "  60 files: each is, to the byte, the one that the manifest names.",
        "  654 figures: each is the sum of those of the 33 entries that belong to it.",
        "  2489 places in the files that show a figure: each shows the same.",
        "  5 payments in the lists that the law wants: with what is too small for them they come to what was spent.",
        "",
        "VERDICT: it holds.",
    ]


def test_it_says_plainly_that_the_manifest_itself_was_not_held_against_anything(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)]) == 0
    assert "was not held against the office's own record, as none was given" in capsys.readouterr().out


def shown(capsys: pytest.CaptureFixture[str], *asked: str) -> list[str]:
    """What stands before the verdict's own lines."""
    assert main(list(asked)) == 0
    return capsys.readouterr().out.partition("\n\n")[0].splitlines()


def test_a_figure_opens_to_its_entries(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, str(folder), "--figure", "fund.ssf-1.spent") == [
        "fund.ssf-1.spent (By fund: Safer Streets Fund round 1, spent) is £797,400.00.",
        "  ssf-1-staffordshire.6  payment, street lighting, 2020-21-Q2: £800,000.00",
        "  ssf-1-staffordshire.8  correction, street lighting, 2020-21-Q3: -£100.00",
        "  ssf-1-staffordshire.9  refund, street lighting, 2020-21-Q3: -£2,500.00",
        "  Together: £797,400.00.",
    ]


def test_a_figure_without_entries_of_its_own_opens_to_what_it_adds_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, str(folder), "--figure", "closed_quarter.difference.spent") == [
        "closed_quarter.difference.spent (Closed quarters: total, difference, spent) is -£12.00.",
        "  closed_quarter.difference.2021-22-Q1.spent: £0.00",
        "  closed_quarter.difference.2021-22-Q2.spent: £0.00",
        "  closed_quarter.difference.2021-22-Q3.spent: £0.00",
        "  closed_quarter.difference.2021-22-Q4.spent: -£12.00",
    ]


def test_a_figure_that_a_page_names_by_its_entries_opens_by_that_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, str(folder), "--figure", "committed+accrued of fund=ssf-4 financial_year=2022-23") == [
        "committed+accrued of fund=ssf-4 financial_year=2022-23:",
        "  ssf-4-staffordshire.8  commitment, cctv, 2022-23-Q1: £300,000.00",
        "  ssf-4-staffordshire.9  payment, cctv, 2022-23-Q4: -£200,000.00",
        "  ssf-4-staffordshire.10  release, cctv, 2022-23-Q4: -£40,000.00",
        "  Together: £60,000.00.",
    ]
    assert shown(capsys, str(folder), "--figure", "received of everything") == ["received of everything:", "  Together: £0.00."]


def test_any_cell_of_a_page_opens_to_its_entries(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, str(folder), "--figure", "spent", "--of", "category=alley_gates", "financial_year=2023-24") == [
        "spent of category=alley_gates financial_year=2023-24:",
        "  ssf-5-warwickshire.7  payment, alley gates, 2023-24-Q1: £50,000.05",
        "  ssf-5-warwickshire.11  correction, alley gates, 2023-24-Q1: -£5,000.00",
        "  Together: £45,000.05.",
    ]


LINE = "award_line.ssf-4-staffordshire.2022-23.not_stated"


def test_words_list_the_figures_that_have_them_in_their_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys, str(folder), "--figure", "round 4, staffordshire, 2022") == [
        "There is no figure round 4, staffordshire, 2022. These have it in their names:",
        f"  Award lines: Safer Streets Fund round 4, Staffordshire, 2022-23, not stated: {LINE}.awarded",
    ]


def test_entries_that_cannot_be_shown_say_why(files: Files, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"])

    assert main([str(tmp_path), "--figure", "total.spent"]) == 1
    assert capsys.readouterr().out.startswith("The entries of total.spent cannot be shown: figures.json is not there.\n\n")
    (tmp_path / "figures.json").write_bytes(files["figures.json"])
    assert main([str(tmp_path), "--figure", "lamps", "--of", "fund=ssf-4"]) == 1
    assert "The entries of lamps of fund=ssf-4 cannot be shown: 'lamps' is missing." in capsys.readouterr().out


def test_it_runs_by_itself_beside_the_files(folder: Path) -> None:
    ran = subprocess.run([sys.executable, "-I", "verify_publication.py"], cwd=folder, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout.splitlines()[-1], ran.stderr) == (0, "VERDICT: it holds.", "")


def test_a_folder_without_a_manifest_has_nothing_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert "manifest.json is not there" in capsys.readouterr().out


def test_python_3_9_reads_it() -> None:
    source = Path(verify_publication.__file__).read_text()
    tree = ast.parse(source, feature_version=(3, 9))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}

    assert {str(module).partition(".")[0] for module in modules} <= sys.stdlib_module_names


@contextmanager
def one_byte(files: Files, name: str, at: int, byte: int) -> Iterator[Files]:
    content = bytearray(files[name])
    content[at] = byte
    yield {**files, name: bytes(content)}


@settings(max_examples=10, deadline=None)
@given(st.fixed_dictionaries({name: st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)) for name in NAMES}))
def test_no_byte_of_any_file_can_be_changed(files: Files, slips: dict[str, tuple[float, int]]) -> None:
    """To check a publication takes long, so each example changes a byte of every file: each is found whatever the others are."""
    with ExitStack() as changed:
        others = files
        for name, (where, by) in slips.items():
            at = int(where * len(files[name]))
            others = changed.enter_context(one_byte(others, name, at, (files[name][at] + by) % 256))
        found = check(others.get).problems

    for name in NAMES:
        assert [each for each in found if each.startswith(f"{name} is not the file that was published: ")], name


def test_every_digit_of_every_figure_of_the_summary_is_held(files: Files) -> None:
    """A changed digit names the figure, whatever the manifest says of the file."""
    text = files["summary.json"].decode()
    at = text.index('"spent": 104858805') + len('"spent": ')
    for place in range(9):
        digit = b"3" if text[at + place] != "3" else b"4"
        with one_byte(files, "summary.json", at + place, digit[0]) as other:
            assert "summary.json, /total/pence/spent: total.spent is shown as £" in problems(sealed(other))


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (
            "grants-made.json",
            '"refunded_pence": 0, "amount_pence": 500000',
            '"refunded_pence": 0, "amount_pence": 500001',
            "grants-made.json: total amount_pence is said to be 618800; its rows come to 618801.",
        ),
        (
            "grants-made.json",
            '"not_listed_pence": 0',
            '"not_listed_pence": 1',
            "grants-made.json: both lists, with what is in neither, do not come to total.spent, £1,048,588.05.",
        ),
        (
            "spending-over-500.json",
            '"payment": "ssf-1-staffordshire.6"',
            '"payment": "ssf-1-staffordshire.99"',
            "spending-over-500.json lists a payment ssf-1-staffordshire.99 that entries.json does not have.",
        ),
        (
            "spending-over-500.csv",
            "45000.05,0.00,45000.05",
            "45000.05,0.00,45000.06",
            (
                "spending-over-500.csv, row 4, column amount_pounds: spending-over-500.ssf-5-warwickshire.7.amount is shown as '45000.06'; "
                "spending-over-500.json has £45,000.05."
            ),
        ),
        (
            "360giving.json",
            '"amountDisbursed": 5',
            '"amountDisbursed": 6',
            "360giving.json: amountDisbursed adds up to £7,188.00; grants-made.json has £6,188.00.",
        ),
        (
            "360giving.csv",
            "5000.00",
            "5000.01",
            "360giving.csv: amountAwarded adds up to £6,188.01; grants-made.json has £6,188.00.",
        ),
    ],
)
def test_the_lists_that_the_law_wants_add_up_with_what_was_spent(files: Files, name: str, old: str, new: str, problem: str) -> None:
    other = {**files, name: changed(files[name], old, new)}

    assert problem in problems(sealed(other))


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (
            "chart-funds.csv",
            "797400.00",
            "797400.01",
            "chart-funds.csv, row 4: spent of fund=ssf-1 is shown as £797,400.01; it is £797,400.00.",
        ),
        (
            "chart-reported.csv",
            "1188.00",
            "1188.01",
            "chart-reported.csv, row 9: closed_quarter.as_corrected.2021-22-Q4.spent is shown as £1,188.01; it is £1,188.00.",
        ),
        (
            "index.html",
            '<tspan data-figure="spent of fund=ssf-1">£797,400.00',
            '<tspan data-figure="spent of fund=ssf-1">£797,400.01',
            "index.html: spent of fund=ssf-1 is shown as '£797,400.01'; it is £797,400.00.",
        ),
        (
            "spending-over-500-2020-21.html",
            "£797,400.00</td>",
            "£797,400.01</td>",
            (
                "spending-over-500-2020-21.html: spending-over-500.ssf-1-staffordshire.6.amount is shown as '£797,400.01'; "
                "it is £797,400.00."
            ),
        ),
        (
            "spending-over-500.json",
            '"refunded_pence": 250000, "amount_pence": 79740000',
            '"refunded_pence": 250001, "amount_pence": 79740000',
            "spending-over-500.json: spending-over-500.ssf-1-staffordshire.6.amount is not what was paid less what was refunded.",
        ),
        (
            "spending-over-500.csv",
            "ssf-1-staffordshire.6,2020-09-03",
            "ssf-1-staffordshire.6,2020-09-04",
            (
                "spending-over-500.csv, row 2, column date: spending-over-500.ssf-1-staffordshire.6.date is shown as '2020-09-04'; "
                "spending-over-500.json has '2020-09-03'."
            ),
        ),
        (
            "360giving.csv",
            "GBP,1188.00,1188.00",
            "GBP,1188.00,1187.00",
            (
                "360giving.csv: 360giving.360G-example-swan-staffordshire.6.amountDisbursed is shown as £1,187.00; "
                "360giving.json has £1,188.00."
            ),
        ),
        (
            "360giving.json",
            '"amountAwarded": 1188,',
            '"amountAwarded": 1188.005,',
            "360giving.json cannot be read: 1188.005 is no amount in pounds and pence.",
        ),
    ],
)
def test_whatever_a_forged_manifest_says_an_amount_is_held_to_its_figure(files: Files, name: str, old: str, new: str, problem: str) -> None:
    assert problem in problems(sealed({**files, name: changed(files[name], old, new)}))


def test_a_forged_workbook_is_held_to_the_json_beside_it(files: Files) -> None:
    parts = unzipped(files["360giving.xlsx"])
    sheet = "xl/worksheets/sheet1.xml"
    forged = zipped({**parts, sheet: changed(parts[sheet], "<v>5000.0</v>", "<v>6000.0</v>")})

    assert (
        "360giving.xlsx: 360giving.360G-example-ssf-5-warwickshire.12.amountAwarded is shown as £6,000.00; 360giving.json has £5,000.00."
    ) in problems(sealed({**files, "360giving.xlsx": forged}))


def test_an_amount_on_a_page_is_held_to_its_figure(files: Files) -> None:
    page = changed(files["index.html"], "£1,048,588.05</td>", "£1,048,588.06</td>")

    assert "index.html: total.spent is shown as '£1,048,588.06'; it is £1,048,588.05." in problems(sealed({**files, "index.html": page}))


def test_a_file_that_is_gone_or_longer_is_named(files: Files) -> None:
    without = {name: content for name, content in files.items() if name != "summary.csv"}
    longer = {**files, "index.html": files["index.html"] + b"\n"}

    assert "summary.csv is not there." in problems(without)
    assert "index.html is not the file that was published: in line " in problems(longer)
    assert problems({**files, "index.html": files["index.html"][:-9]}) == (
        "index.html is not the file that was published: more than one of its bytes was changed."
    )


def test_a_manifest_that_was_sealed_anew_is_found_by_its_own_sha_256(files: Files) -> None:
    forged = sealed(files, lambda manifest: manifest.update(office="Another office"))
    stated = sha256(files["manifest.json"]).hexdigest()

    assert check(forged.get).holds
    (problem,) = check(forged.get, stated).problems
    assert problem.startswith("manifest.json is not the one that the office published: its SHA-256 is ")


def test_a_forged_entry_is_named_by_the_figures_that_it_breaks(files: Files) -> None:
    forged = sealed({**files, "entries.json": changed(files["entries.json"], '"entries":[[6,80000000]]', '"entries":[[6,80000001]]')})

    assert "figures.json: total.paid is said to be £1,051,200.05; its entries add up to £1,051,200.06." in problems(forged)
    assert "entries.json does not add up to what the manifest says." in problems(forged)


def test_an_entry_that_is_listed_twice_or_beyond_its_chain_is_named(files: Files) -> None:
    listed = json.loads(files["entries.json"])
    group = listed["groups"][0]
    group["entries"] += [group["entries"][0], [99, 1]]
    found = problems(sealed({**files, "entries.json": as_json(listed)}))

    assert "entries.json lists entry ssf-1-staffordshire.3 twice." in found
    assert "entries.json lists entry ssf-1-staffordshire.99; the grant's chain ends at record 10." in found


def test_a_forged_figure_is_held_against_its_entries_and_its_total(files: Files) -> None:
    figures = json.loads(files["figures.json"])
    line = next(each for each in figures["figures"] if each["id"] == "fund.ssf-1")
    line["pence"]["spent"] += 1
    found = problems(sealed({**files, "figures.json": as_json(figures)}))

    assert "figures.json: fund.ssf-1.spent is said to be £" in found
    assert "figures.json: the lines of fund add up to £1,048,588.06; total.spent is £1,048,588.05." in found
    assert "summary.csv, row 3, column spent_pounds: fund.ssf-1.spent is shown as £" in found


def test_a_forged_cell_of_the_sheet_is_named_and_so_is_the_column_that_no_longer_adds_up(files: Files) -> None:
    forged = sealed({**files, "summary.csv": changed(files["summary.csv"], "1048588.05", "1048588.06")})

    assert "summary.csv, row 2, column spent_pounds: total.spent is shown as £1,048,588.06; it is £1,048,588.05." in problems(forged)
    assert "summary.csv: column spent_pounds adds up to £" in problems(forged)


def test_figures_that_a_page_marks_are_held_too(files: Files) -> None:
    right = '<p data-figure="total.spent">at least <b>£1,048,588.05</b></p>'
    wrong = '<p data-figure="total.spent">£1,048,588.50</p><p data-figure="made.up">£1.00</p>'

    assert problems(sealed({**files, "index.html": files["index.html"] + right.encode()})) == ""
    assert problems(sealed({**files, "index.html": files["index.html"] + wrong.encode()})).splitlines() == [
        "index.html: total.spent is shown as '£1,048,588.50'; it is £1,048,588.05.",
        "index.html shows a figure made.up that figures.json does not have.",
    ]


@pytest.mark.parametrize(
    "marked",
    [
        '<p data-figure="total.spent">£1,048,588.50</p>',
        '<p class="money" data-figure="total&#46;spent" id="p"><small>at least </small>&pound;1,048,588.50</p>',
        '<p DATA-FIGURE="total.spent">£1,048,588.50</p>',
        "<p data-figure='total.spent'>£1,048,588.50</p>",
        "<p data-figure = total.spent>£1,048,588.50</p>",
        '<p title=">" data-figure="total.spent">£1,048,588.50</p>',
        '<p data-figure="total.spent">£1,048,588.<!-- 0 -->50</p>',
        '<p data-figure="total.spent">£1,048,588.<b>50</b></p>',
        '<p data-figure="fund.ssf-1.spent" data-figure="total.spent">£797,400.00</p>',
        '<p data-figure="total.spent">£1,048,588.50<i></i>',
    ],
)
def test_a_mark_is_held_however_it_is_written(files: Files, marked: str) -> None:
    found = problems(sealed({**files, "index.html": files["index.html"] + marked.encode()}))

    assert found.startswith("index.html: total.spent is shown as '")


@pytest.mark.parametrize("page", ["index.html", "periods.html", "grant-ssf-4-staffordshire.html", "how-to-read.cy.html"])
def test_our_own_pages_are_marked_so_plainly_that_the_pattern_finds_what_the_parser_would(files: Files, page: str) -> None:
    text = files[page].decode()
    parsed = verify_publication._Marked()
    parsed.feed(text)

    assert verify_publication._marked(text) == parsed.found
    assert len(verify_publication._PLAINLY_MARKED.findall(text)) == len(parsed.found)


def test_a_withdrawn_publication_says_so(files: Files) -> None:
    verdict = check({**files, "withdrawn.json": b"{}"}.get)

    assert verdict.holds
    assert verdict.notes[-1] == "The office has withdrawn this publication since: withdrawn.json says why."


def test_the_totals_of_a_sheet_are_of_its_columns_of_money() -> None:
    content = b"\xef\xbb\xbfname,spent_pounds,left_pence\r\na,1.10,5\r\nb,-0.05,\r\n"

    assert sheet_totals(content) == (2, {"spent_pounds": 105, "left_pence": 5})
