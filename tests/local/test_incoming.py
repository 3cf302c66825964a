"""Files dropped into a folder of one machine: by a command, and while a server runs."""

import json
from pathlib import Path

import pytest

from chalicelib.domain.people import Role
from chalicelib.services import profiles
from local.__main__ import main
from local.incoming import Watch, waiting
from local.machine import Machine
from local.offline import data_of
from tests.extracts.layouts import PAYMENTS, row
from tests.services.importing import csv
from tests.services.offices import Office


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a small office and a profile."""
    made = Machine(folder=tmp_path)
    with data_of(made, Role.FINANCE) as context:
        office = Office(store=context.store, folder=made.objects).open()
        profiles.add(office.context(), PAYMENTS)
    return made


def drop(machine: Machine, name: str, content: bytes) -> Path:
    path = machine.folder / "incoming" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_was_dropped_is_previewed_and_told_and_can_be_committed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    drop(machine, "payments/October.csv", csv(row(amount="£1,000.00")))
    drop(machine, "nowhere/October.csv", csv(row()))
    command = ["--data", str(machine.folder)]

    assert main([*command, "incoming", "--json"]) == 1
    refused, taken = json.loads(capsys.readouterr().out)["files"]
    assert refused["refused"] == "There is no profile with the id 'nowhere'."
    assert (taken["key"], taken["state"], taken["told"]) == ("incoming/payments/October.csv", "previewed", True)
    assert "To: finance@office.example" in next(machine.mail.glob("import.*.eml")).read_text()
    assert len(list(machine.mail.glob("*.eml"))) == 2

    assert main([*command, "preview", taken["import_id"], "--json"]) == 0
    digest = json.loads(capsys.readouterr().out)["preview"]["digest"]
    assert main([*command, "commit", taken["import_id"], digest]) == 0
    assert capsys.readouterr().out == "1 document posted, £1,000.00; none in suspense.\n"


def test_the_same_files_again_are_the_same_imports(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    file = drop(machine, "payments/October.csv", csv(row()))
    said = []
    for _ in range(2):
        assert main(["--data", str(machine.folder), "incoming"]) == 0
        said.append(capsys.readouterr().out)

    assert said[0] == said[1]
    assert said[0].startswith("incoming/payments/October.csv  import ")
    assert said[0].splitlines()[-1].startswith("1 dropped file in ")
    assert file.exists()
    assert len(list(machine.mail.glob("*.eml"))) == 1


def test_what_is_still_being_written_or_hidden_is_no_file(machine: Machine) -> None:
    for name in ("payments/.October.csv", "payments/October.csv.part", "payments/October.csv~", ".sync/payments/a.csv", "payments/a.tmp"):
        drop(machine, name, b"x")

    assert list(waiting(machine)) == []


def test_while_a_server_runs_a_file_is_taken_once_it_has_stayed_as_it_is(machine: Machine) -> None:
    said: list[str] = []
    watch = Watch(machine, said.append)
    with data_of(machine, Role.FINANCE):
        drop(machine, "payments/October.csv", b"half")
        watch.look()
        drop(machine, "payments/October.csv", csv(row()))
        watch.look()
        assert said == [], "it was still being written"
        watch.look()
        assert len(said) == 1
        watch.look()
        assert len(said) == 1

        drop(machine, "payments/October.csv", csv(row(), row(number="2")))
        watch.look()
        watch.look()

    first, second = (line.split("  ") for line in said)
    assert (first[0], first[2]) == ("incoming/payments/October.csv", "previewed")
    assert first[1] != second[1]


def test_a_look_that_fails_says_so_and_the_server_goes_on(machine: Machine) -> None:
    said: list[str] = []
    watch = Watch(machine, said.append)
    drop(machine, "payments/October.csv", csv(row()))
    with data_of(machine, Role.FINANCE):
        machine.mail.write_text("a file where the folder should be")
        watch.look()
        watch.look()

    (line,) = said
    assert line.startswith("incoming/payments/October.csv  was not taken in: ")
