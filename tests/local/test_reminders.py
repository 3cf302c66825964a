"""`python -m local reminders`: messages become files, each once, and are listed."""

from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from chalicelib.domain.bank_holidays import is_bank_holiday
from chalicelib.domain.initiatives import Category, Initiative, InitiativeState
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.people import Role
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.working_days import working_day_after
from chalicelib.services import registers
from local.__main__ import main
from local.machine import REGION, TABLE, Machine
from local.office import store_of
from local.offline import context_as
from local.table import ensure_table


def test_without_a_policy_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREETLIGHT_REMINDER_DAYS", raising=False)

    assert main(["--data", str(tmp_path), "reminders"]) == 0
    assert capsys.readouterr().out == (
        "No reminder is sent: STREETLIGHT_REMINDER_DAYS is not set. When to remind is the office's own policy.\n"
    )


@pytest.mark.slow
def test_reminders_become_files_once_each(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    today = london_date(datetime.now(UTC))
    quarter = Quarter.of(today).previous()
    days = working_days_since(quarter.last_day, today)
    monkeypatch.setenv("STREETLIGHT_RETURN_WORKING_DAYS", "0")
    monkeypatch.setenv("STREETLIGHT_REMINDER_DAYS", str(days))
    machine = Machine(folder=tmp_path)
    deliver(machine, quarter.first_day)

    assert main(["--data", str(tmp_path), "reminders"]) == 1  # one partner has no address
    told = capsys.readouterr().out
    ending = f"{quarter}.after-{days}" if days else f"{quarter}.due"
    file = machine.mail / f"return.lamps.{ending}.1.eml"
    assert told == (f"return.gates.{ending}  failed\n    The organisation has no e-mail address.\nreturn.lamps.{ending}  sent\n{file}\n")
    assert "To: returns@council.example" in file.read_text()

    assert main(["--data", str(tmp_path), "reminders"]) == 0
    assert capsys.readouterr().out == f"{file}\n"


def working_days_since(day: date, today: date) -> int:
    """How many working days lie between."""
    return next(days for days in count() if working_day_after(day, days + 1, is_bank_holiday) > today)


def deliver(machine: Machine, starts: date) -> None:
    """Two initiatives in delivery, of a partner with an address and of one without."""
    with store_of(machine) as dynamodb:
        ensure_table(TABLE, region=REGION, endpoint_url=dynamodb.endpoint_url)
        context = context_as(Role.OFFICER)
        for initiative_id, partner, emails in (("lamps", "council", ("returns@council.example",)), ("gates", "charity", ())):
            partnered = Organisation(id=partner, name=partner, vat_status=VatStatus.RECOVERS, emails=emails)
            registers.create_organisation(context, partnered)
            planned = Initiative(id=initiative_id, title=initiative_id, category=Category.OTHER, partner_id=partner)
            registers.create_initiative(context, planned)
            registers.move_initiative(context, initiative_id, InitiativeState.IN_DELIVERY, starts, "")
