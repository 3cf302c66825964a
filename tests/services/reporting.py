"""An office with two partners whose initiatives are in delivery, and the steps of a return."""

from datetime import UTC, date, datetime
from pathlib import Path

from chalicelib.context import Context
from chalicelib.domain.initiatives import InitiativeState
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.return_reports import Forecast, Rating, Report
from chalicelib.domain.values import replace
from chalicelib.services import registers, returns
from chalicelib.services.returns import Shown
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Store
from tests.services.offices import PARTNER, Office, invoice, line, pay

OFFICER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
REMAINING = ("2023-24-Q3", "2023-24-Q4", "2024-25-Q1", "2024-25-Q2", "2024-25-Q3", "2024-25-Q4")
"""The quarters that a return for 2023-24-Q2 forecasts: the grant ends in March 2025."""

RETURN = "lighting.2023-24-Q2"


def reporting(store: Store | None = None, folder: Path = Path("objects")) -> Office:
    """The office: `lighting` in delivery since May 2023 and `cctv` since October; £1,200 of lighting paid in each of Q2 and Q3."""
    office = Office(store=store or MemoryStore(), folder=folder).open()
    for initiative_id, starts in (("lighting", date(2023, 5, 2)), ("cctv", date(2023, 10, 2))):
        registers.move_initiative(office.context(), initiative_id, InitiativeState.IN_DELIVERY, starts, "")
    for number, on in (("1", date(2023, 8, 1)), ("2", date(2023, 11, 1))):
        pay(office.context(), invoice(number, 120_000), line("lighting", 120_000), on=on)
    return office


def report(*pence: int, quarters: tuple[str, ...] = REMAINING) -> Report:
    """A whole report; forecasts that are not given are nothing."""
    amounts = (*pence, *(0 for _ in quarters))
    forecasts = tuple(Forecast(quarter=quarter, amount_pence=each) for quarter, each in zip(quarters, amounts, strict=False))
    return Report(progress="Half done", rating=Rating.GREEN, spent_to_date_pence=100_000, forecasts=forecasts)


def at(context: Context, expected: int) -> Context:
    """The same request, with If-Match."""
    return replace(context, expected_version=str(expected))


def write(office: Office, return_id: str = RETURN, said: Report | None = None, by: Actor = PARTNER) -> Shown:
    return returns.draft(office.context(by), return_id, said or report(100_000))


def hand_in(office: Office, return_id: str = RETURN, said: Report | None = None, by: Actor = PARTNER) -> Shown:
    write(office, return_id, said, by)
    return returns.submit(office.context(by), return_id)


def give_back(office: Office, return_id: str = RETURN) -> Shown:
    return returns.request_changes(office.context(OFFICER), return_id, "The forecast is short")


def agree(office: Office, return_id: str = RETURN) -> Shown:
    return returns.accept(office.context(OFFICER), return_id, "Agreed")


def later(context: Context) -> Context:
    """The same request a quarter later: 2023-24-Q4 has ended."""
    return replace(context, now=datetime(2024, 4, 2, 9, 0, tzinfo=UTC))
