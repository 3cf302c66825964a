"""`python -m local export`: files from the data folder, and what it says to people and to programs."""

import io
import json
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.domain.people import Role
from local.__main__ import main
from local.bars import Bar
from local.machine import Machine
from local.office import store_of
from local.offline import data_of
from tests.services.offices import Office


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a small office, as a server would have left it."""
    folder = tmp_path_factory.mktemp("data")
    machine = Machine(folder=folder)
    with data_of(machine, Role.FINANCE) as context:
        Office(store=context.store, folder=machine.objects).open()
    return folder


def command(data: Path, *words: str) -> int:
    return main(["--data", str(data), "export", *words])


def test_an_export_says_where_its_files_are_and_what_they_are(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(data, "entries", "--year", "2023-24") == 0

    told = capsys.readouterr()
    heading, rows, totals = told.out.splitlines()
    assert heading.endswith(": 3 rows.")
    for line, name in ((rows, "entries-2023-24.csv"), (totals, "entries-2023-24.totals.json")):
        path, size, _, digest = line.split()
        content = Path(path).read_bytes()
        assert (Path(path).name, size, digest) == (name, f"{len(content):,}", sha256(content).hexdigest())
    assert told.err == "", "nobody looks: there is no bar"


def test_a_program_is_told_in_json_and_gets_the_files_where_it_wants_them(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "month" / "end"
    assert command(data, "budget_monitoring", "--format", "xlsx", "--fund", "ssf-4", "--to", str(there), "--json", "--quiet") == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["totals_pence"]["latest_budget_pounds"]) == (4, 2_000_000)
    assert [each["path"] for each in told["files"]] == [
        str(there / name) for name in ("budget-monitoring-ssf-4.xlsx", "budget-monitoring-ssf-4.totals.json")
    ]
    assert all(sha256(Path(each["path"]).read_bytes()).hexdigest() == each["sha256"] for each in told["files"])


def test_an_export_is_on_the_record_and_can_be_made_again(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(data, "audit_trail", "--grant", "ssf-4-example", "--quarter", "2023-24-Q4", "--json")
    made = json.loads(capsys.readouterr().out)

    assert main(["--data", str(data), "rebuild", made["id"]]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 files made again, none different."


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("entries",), "the scope: give at least one of financial_year, quarter, fund_id and grant_id"),
        (("match", "--format", "json", "--fund", "ssf-4"), "--format: there is no json of match: choose csv or xlsx"),
        (("assets", "--year", "2023-24", "--quarter", "2022-23-Q1"), "--quarter: 2022-23-Q1 is not in 2023-24"),
        (("entries", "--grant", "nowhere"), "There is no grant with the id 'nowhere'."),
    ],
)
def test_a_refusal_is_told_by_the_options_names_and_ends_with_1(
    data: Path, words: tuple[str, ...], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(data, *words) == 1

    assert capsys.readouterr() == ("", f"{why}\n")


def test_account_codes_that_are_not_set_are_named(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREETLIGHT_ACCOUNT_CODES", "expenditure=1,accruals=2,grant_income=3,grants_received=4,grant_debtors=5")
    assert command(data, "journals", "--year", "2023-24", "--json") == 1

    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["title"]) == (422, "The office has not set the account codes that journals are posted to.")
    assert told["detail"].endswith("says none for receipts_in_advance: add them to it.")


@pytest.mark.parametrize("words", [("everything",), ("entries", "--year", "2023"), ("entries", "--format", "pdf"), ()])
def test_what_is_not_understood_ends_with_2(data: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit, match="2"):
        command(data, *words)


def test_the_help_names_every_kind_with_its_formats_and_the_exit_codes(capsys: pytest.CaptureFixture[str], data: Path) -> None:
    with pytest.raises(SystemExit, match="0"):
        command(data, "--help")

    told = capsys.readouterr().out
    assert "entries            csv, xlsx, json, hledger" in told
    assert "budget_monitoring  csv, xlsx" in told
    assert "  1  it was refused or could not be made" in told


def test_while_a_server_runs_nothing_is_exported(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with store_of(Machine(folder=data)):
        assert command(data, "entries", "--year", "2023-24") == 1

    assert "Another Streetlight is running on the data" in capsys.readouterr().err


def test_a_bar_fills_on_a_terminal_and_nowhere_else() -> None:
    seen, unseen = io.StringIO(), io.StringIO()
    for bar in (Bar(2_000, seen, shown=True), Bar(2_000, unseen, shown=False)):
        bar.show(1_000)
        bar.show(2_000)
        bar.end()

    assert seen.getvalue().split("\r")[1:] == [
        "[###############               ] 1,000 of 2,000 records",
        "[##############################] 2,000 of 2,000 records\n",
    ]
    assert unseen.getvalue() == ""
