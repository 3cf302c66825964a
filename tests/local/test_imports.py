"""Imports from the command line: what is printed, and how the command ends."""

import re
from pathlib import Path

import msgspec
import pytest

from chalicelib.domain.people import Role
from chalicelib.services import profiles
from local.__main__ import main
from local.machine import REGION, TABLE, Machine
from local.office import store_of
from local.offline import context_as
from local.table import ensure_table
from tests.extracts.layouts import PAYMENTS, row
from tests.services.importing import csv
from tests.services.offices import Office

GOOD = row(amount="£1,000.00")


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    """The command on a folder with a small office and a profile."""
    with store_of(Machine(folder=tmp_path)) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        office = Office(store=context_as(Role.FINANCE).store).open()
        profiles.add(office.context(), PAYMENTS)
    return ["--data", str(tmp_path)]


def extract(folder: Path, *rows: list[str]) -> str:
    file = folder / "October.csv"
    file.write_bytes(csv(*rows))
    return str(file)


def test_an_extract_is_previewed_and_then_committed_by_its_digest(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "import", extract(tmp_path, GOOD), "--profile", "payments"]) == 0
    printed = capsys.readouterr().out
    assert "    added: 1 document, £1,000.00\n    ssf-4-example lighting: £1,000.00 added, £0.00 changed\n" in printed
    (wanted,) = re.findall(r"commit ([0-9a-f]{32} [0-9a-f]{64})", printed)

    assert main([*command, "commit", *wanted.split()]) == 0
    assert capsys.readouterr().out == "1 document posted, £1,000.00; none in suspense.\n"
    assert main([*command, "commit", *wanted.split(), "--json"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["state"] == "committed"


def test_a_row_that_is_refused_is_told_and_ends_the_command_with_1(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "import", extract(tmp_path, GOOD, row(on="x", number="2")), "--profile", "payments"]) == 1
    assert "    row 3 Payment date: 'x' is not a date; right is a date such as 25/06/2012" in capsys.readouterr().out

    assert main([*command, "import", extract(tmp_path, GOOD), "--profile", "none"]) == 1
    assert capsys.readouterr().err == "There is no profile with the id 'none'.\n"


def test_what_the_ledger_refuses_ends_the_command_with_1(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([*command, "import", extract(tmp_path, row(centre="SS5", amount="5,000.00")), "--profile", "payments"])
    (wanted,) = re.findall(r"commit ([0-9a-f]{32} [0-9a-f]{64})", capsys.readouterr().out)

    assert main([*command, "commit", *wanted.split()]) == 1
    assert capsys.readouterr().out == "0 documents posted, £0.00; 1 in suspense.\n"
