"""The journal of plain-text accounting, added up by hledger itself."""

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.domain.cells import Counter, Nature
from chalicelib.domain.exports import Asked, Export, ExportFormat, ExportKind, Scope
from chalicelib.domain.money import parse_pounds
from chalicelib.domain.spending import Spend
from chalicelib.domain.values import replace
from chalicelib.reports.hledger import ACCOUNTS
from chalicelib.services import entries, exports
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import Office
from tests.services.test_exports import file

NOW = datetime(2024, 4, 3, 8, 0, tzinfo=UTC)
HLEDGER = shutil.which("hledger") or ""
REQUIRED = "STREETLIGHT_TEST_HLEDGER"
"""Where this is set, hledger must be there: `make hledger` sets it."""

needs_hledger = pytest.mark.skipif(
    not HLEDGER and not os.environ.get(REQUIRED),
    reason="HLEDGER IS NOT INSTALLED: nobody has added the journal up but us. Install hledger, then `make hledger`.",
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def journal(office: Office, scope: Scope) -> tuple[Export, bytes]:
    number = sha256(repr(scope).encode()).hexdigest()[:32]
    context = replace(publisher(office, NOW), new_id=lambda: number)
    export = exports.make(context, scope, Asked(kind=ExportKind.ENTRIES, format=ExportFormat.HLEDGER)).state
    return export, file(context, export, 0)


def added_up(content: bytes, folder: Path, *options: str) -> dict[str, int]:
    """What hledger says that each account comes to, in pence."""
    path = folder / "ledger.journal"
    path.write_bytes(content)
    asked = (HLEDGER or "hledger", "-f", str(path), "balance", "--output-format=csv", "--no-total", *options)
    told = subprocess.run(asked, check=True, capture_output=True, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]})
    lines = (line.strip('"').split('","') for line in told.stdout.decode().splitlines()[1:])
    return {account: parse_pounds(amount) for account, amount in lines}


@needs_hledger
@pytest.mark.parametrize("scope", [Scope(fund_id=f"ssf-{number}") for number in (1, 2, 4, 5)] + [Scope(financial_year="2021-22")])
def test_hledgers_own_totals_are_those_of_the_control_totals(office: Office, tmp_path: Path, scope: Scope) -> None:
    export, content = journal(office, scope)
    columns = json.loads(file(publisher(office, NOW), export, 1))["columns"]

    told = added_up(content, tmp_path, "--depth=2")

    ours = {sides.own: sides.sign * columns[f"{counter}_pounds"]["pence"] for counter, sides in ACCOUNTS.items()}
    assert {account: told.get(account, 0) for account in ours} == ours
    assert any(ours.values())
    assert sum(told.values()) == 0


@needs_hledger
def test_hledger_finds_in_every_account_what_the_live_balances_hold(office: Office, tmp_path: Path) -> None:
    grants = ("ssf-1-staffordshire", "ssf-2-staffordshire", "ssf-4-staffordshire", "ssf-5-warwickshire", "swan-staffordshire")
    told: dict[str, int] = {}
    for grant_id in grants:
        told |= added_up(journal(office, Scope(grant_id=grant_id))[1], tmp_path, "--flat", *(sides.own for sides in ACCOUNTS.values()))

    held: dict[str, int] = {}
    for balance in office.store.balances():
        for counter, pence in balance.counters.items():
            if pence and balance.grant_id in grants:
                sides = ACCOUNTS[counter]
                held[f"{sides.own}:{balance.grant_id}:{balance.cell.replace('#', ':')}"] = sides.sign * pence
    assert told == held
    assert held["expenses:paid:swan-staffordshire:night-training:2021-22-Q4:not_stated"] == 120_000


def test_every_counter_has_an_account() -> None:
    assert list(ACCOUNTS) == list(Counter)


def test_what_somebody_typed_cannot_begin_a_comment_or_a_line(office: Office) -> None:
    there = Spend(
        initiative_id="rugby-gates",
        nature=Nature.NOT_STATED,
        on=date(2024, 2, 1),
        amount_pence=100,
        party="Gates; & Sons",
        description="first line\n2024-02-02 second line",
    )
    entries.accrue(office.context(), "ssf-5-warwickshire", there)

    text = journal(office, Scope(grant_id="ssf-5-warwickshire"))[1].decode()

    assert ") accrual, Gates, & Sons, first line 2024-02-02 second line\n    expenses:accrued:" in text
