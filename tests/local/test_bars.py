"""Bars of imports: what is drawn while an extract is previewed and committed, and what is said when that is broken off."""

import io
import json
import re
from pathlib import Path

import pytest

from chalicelib.domain.people import Role
from chalicelib.services import profiles
from local.__main__ import main
from local.bars import Bars
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import data_of
from tests.extracts.layouts import PAYMENTS, row
from tests.local.terminals import Terminal, looking
from tests.services.importing import csv
from tests.services.offices import Office

FULL = "[##############################]"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The command on a folder with a small office and a profile."""
    machine = Machine(folder=tmp_path / "data")
    with data_of(machine, Role.FINANCE) as context:
        office = Office(store=context.store, folder=machine.objects).open()
        profiles.add(office.context(), PAYMENTS)
    return ["--data", str(machine.folder)]


def extract(folder: Path, documents: int) -> str:
    """An extract with so many documents of a pound."""
    file = folder / "October.csv"
    file.write_bytes(csv(*(row(number=f"{number}", amount="1.00") for number in range(documents))))
    return str(file)


def brought_in(command: list[str], file: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The words that commit an extract once it was previewed."""
    main([*command, "import", file, "--profile", "payments"])
    (found,) = re.findall(r"commit [0-9a-f]{32} [0-9a-f]{64}", capsys.readouterr().out)
    return [*command, *str(found).split()]


def test_each_stage_has_a_bar_on_a_line_of_its_own() -> None:
    seen, unseen = io.StringIO(), io.StringIO()
    for bars in (Bars(seen, shown=True), Bars(unseen, shown=False)):
        bars.show("bytes read", 512, 1_024)
        bars.show("bytes read", 1_024, 1_024)
        bars.show("rows read", 2_000, 0)
        bars.end()

    assert seen.getvalue() == (
        "\r[###############               ] 512 of 1,024 bytes read"
        "\r[##############################] 1,024 of 1,024 bytes read\n"
        "\r2,000 rows read\n"
    )
    assert unseen.getvalue() == ""


def test_what_begins_again_has_another_line() -> None:
    seen = io.StringIO()
    bars = Bars(seen, shown=True)
    for done in (1_024, 512):
        bars.show("bytes read", done, 1_024)
    bars.end()

    assert seen.getvalue() == (
        "\r[##############################] 1,024 of 1,024 bytes read\n\r[###############               ] 512 of 1,024 bytes read\n"
    )


def test_what_was_refused_before_it_began_leaves_no_empty_line() -> None:
    seen = io.StringIO()
    Bars(seen, shown=True).end()

    assert seen.getvalue() == ""


def test_an_import_shows_how_much_was_read_and_looked_up(command: list[str], tmp_path: Path) -> None:
    file = extract(tmp_path, 250)
    size = Path(file).stat().st_size

    with looking(Terminal()) as terminal:
        assert main([*command, "import", file, "--profile", "payments"]) == ExitCode.DONE

    assert terminal.drawn()[-1] == [
        "[############                  ] 100 of 250 documents looked up",
        "[########################      ] 200 of 250 documents looked up",
        f"{FULL} 250 of 250 documents looked up",
    ]
    assert terminal.left()[0] == f"{FULL} {size:,} of {size:,} bytes read"


def test_a_preview_of_what_is_posted_shows_the_ledger_that_is_read(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = extract(tmp_path, 120)
    main(brought_in(command, file, capsys))
    again = brought_in(command, file, capsys)

    with looking(Terminal()) as terminal:
        assert main([*command, "preview", again[3]]) == ExitCode.DONE

    assert terminal.left()[1:] == [
        f"{FULL} 120 of 120 documents looked up",
        f"{FULL} 120 of 120 records of the ledger read",
        f"{FULL} 120 of 120 entries looked up",
        f"{FULL} 120 of 120 documents compared",
    ]


def test_a_commit_shows_every_write_from_the_first_on(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = brought_in(command, extract(tmp_path, 120), capsys)

    with looking(Terminal()) as terminal:
        assert main(words) == ExitCode.DONE

    (line,) = terminal.drawn()
    assert line == [
        "[                              ] 0 of 120 documents",
        "[#######                       ] 30 of 120 documents",
        "[##############                ] 59 of 120 documents",
        "[######################        ] 88 of 120 documents",
        "[############################# ] 117 of 120 documents",
        f"{FULL} 120 of 120 documents",
    ]


def test_a_commit_that_is_broken_off_says_how_far_it_is_and_the_same_command_goes_on_from_there(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = brought_in(command, extract(tmp_path, 120), capsys)

    with looking(Terminal(stops_at=" 59 of ")) as terminal:
        assert main(words) == ExitCode.NOT_DONE
    assert terminal.left()[-1] == (
        "Broken off: 59 of 120 documents are done, and stay so. The same command goes on from there; nothing is posted twice."
    )
    assert capsys.readouterr().out == ""

    with looking(Terminal()) as terminal:
        assert main(words) == ExitCode.DONE
    (line,) = terminal.drawn()
    assert line[0] == "[##############                ] 59 of 120 documents"
    assert line[-1] == f"{FULL} 120 of 120 documents"
    assert capsys.readouterr().out == "120 documents posted, £120.00; none in suspense.\n"


def test_an_import_that_is_broken_off_has_posted_nothing_and_is_previewed_by_its_id(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = extract(tmp_path, 120)

    with looking(Terminal(stops_at=" 100 of ")) as terminal:
        assert main([*command, "import", file, "--profile", "payments"]) == ExitCode.NOT_DONE
    assert capsys.readouterr().out == ""
    told, _, import_id = terminal.left()[-1].rpartition(" ")
    assert told == "Broken off; nothing is posted. The file is kept, and can be previewed: python -m local preview"

    assert main([*command, "preview", import_id]) == ExitCode.DONE
    assert "    added: 120 documents, £120.00\n" in capsys.readouterr().out


def test_whoever_wants_silence_is_shown_no_bar_of_an_import(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = brought_in(command, extract(tmp_path, 3), capsys)

    with looking(Terminal()) as terminal:
        assert main([*command, "import", extract(tmp_path, 4), "--profile", "payments", "--quiet"]) == ExitCode.DONE
        assert main([*command, "preview", words[3], "--quiet"]) == ExitCode.DONE
        assert main([*words, "--quiet"]) == ExitCode.DONE

    assert terminal.getvalue() == ""


def test_who_pipes_the_document_to_a_program_still_sees_the_bar(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = brought_in(command, extract(tmp_path, 3), capsys)

    with looking(Terminal()) as terminal:
        assert main([*words, "--json"]) == ExitCode.DONE

    assert "3 of 3 documents" in terminal.getvalue()
    assert json.loads(capsys.readouterr().out)["posted"] == 3


def test_without_a_terminal_nothing_is_drawn(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = brought_in(command, extract(tmp_path, 3), capsys)

    assert main([*command, "preview", words[3]]) == ExitCode.DONE
    assert main(words) == ExitCode.DONE
    assert capsys.readouterr().err == ""
