"""What the Home Office owes at a year's end, by grant and financial year; and what each request about claims costs."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.claiming import Dated
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.errors import Missing
from chalicelib.domain.income import Settlement
from chalicelib.domain.people import Actor
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import replace
from chalicelib.services import certificate_wording, claims, debtors, entries
from chalicelib.services.debtors import Debtor
from tests.services.claim_steps import GRANT, REVIEWER, WHY, WORDING, certified, worded
from tests.services.counting import counting, promised
from tests.services.offices import CERTIFIER, FINANCE, Office, invoice, line, pay

CLAIM = f"{GRANT}.claim-1"
YEAR_END = date(2024, 3, 31)


class InJuly(Office):
    """An office in July 2024, when the year before is over."""

    def context(self, actor: Actor = FINANCE, *, key: str = "", body: str = "", expected: str | None = None) -> Context:
        return replace(super().context(actor, key=key, body=body, expected=expected), now=datetime(2024, 7, 1, 9, 30, tzinfo=UTC))


def dated(on: date) -> Dated:
    return Dated(on=on, today=date(2024, 7, 1), reference="HO-1")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid £1,000 in 2023-24 and £200 in 2024-25."""
    office = InJuly(folder=tmp_path).open()
    office.allocate("lighting", 100_000)
    pay(office.context(), invoice("1", 100_000), line("lighting", 100_000))
    return worded(office)


def owed(office: Office, after: str = "") -> list[tuple[str, int, int]]:
    return [(each.financial_year, each.debtor_pence, each.outstanding_pence) for each in debtors.of_grant(office.context(), GRANT, after)]


def test_what_came_after_the_years_end_was_owed_at_it(office: Office) -> None:
    claim = claims.draft(office.context(), GRANT, Quarter.parse("2023-24-Q4"), "")
    certified(office, claim)
    claims.submit(office.context(), claim.id, dated(date(2024, 4, 20)))
    assert owed(office) == [("2023-24", 100_000, 100_000)]

    for pence, on in ((30_000, date(2024, 5, 1)), (20_000, date(2024, 6, 1))):
        claims.settle(office.context(), claim.id, pence, dated(on), "")

    assert list(debtors.of_grant(office.context(), GRANT)) == [
        Debtor(financial_year="2023-24", claimed_pence=100_000, received_by_year_end_pence=0, received_later_pence=50_000)
    ]
    assert owed(office) == [("2023-24", 100_000, 50_000)]


def test_what_came_by_the_last_day_of_the_year_is_owed_no_more(office: Office) -> None:
    for kind, on, pence in (
        (EntryKind.CLAIMED, date(2024, 1, 10), 60_000),
        (EntryKind.RECEIVED, YEAR_END, 25_000),
        (EntryKind.RECEIVED, date(2024, 4, 1), 35_000),
    ):
        settlement = Settlement(kind=kind, quarter="2023-24-Q3", nature=Nature.CAPITAL, on=on, amount_pence=pence, reference="HO-0")
        entries.record_settlement(office.context(), GRANT, settlement)

    assert owed(office) == [("2023-24", 35_000, 0)]
    assert owed(office, "2023-24") == []


def test_a_claim_that_was_withdrawn_owes_nothing(office: Office) -> None:
    claim = claims.draft(office.context(), GRANT, Quarter.parse("2023-24-Q4"), "")
    certified(office, claim)
    claims.submit(office.context(), claim.id, dated(date(2024, 4, 20)))
    claims.withdraw(office.context(), claim.id, dated(date(2024, 5, 1)), WHY)

    assert owed(office) == [("2023-24", 0, 0)]
    with pytest.raises(Missing):
        list(debtors.of_grant(office.context(), "no-such-grant"))


ON = dated(date(2024, 4, 20))
# The request's id stands in for the SHA-256 of the pack that there is to sign.
COSTS: dict[str, Callable[[Context], object]] = {
    "draft a claim": lambda context: claims.draft(context, GRANT, Quarter.parse("2023-24-Q3"), ""),
    "draft it anew": lambda context: claims.redraft(context, CLAIM, None, WHY),
    "review a claim": lambda context: claims.review(replace(context, actor=REVIEWER), CLAIM, WHY),
    "certify a claim": lambda context: claims.certify(replace(context, actor=CERTIFIER), CLAIM, context.request_id),
    "submit a claim": lambda context: claims.submit(context, CLAIM, ON),
    "take in a payment": lambda context: claims.settle(context, CLAIM, 1, ON, ""),
    "query a claim": lambda context: claims.query(context, CLAIM, "Why?", ON),
    "answer a query": lambda context: claims.answer(context, CLAIM, "Because", ON),
    "withdraw a claim": lambda context: claims.withdraw(context, CLAIM, ON, WHY),
    "show a claim": lambda context: claims.find(context, CLAIM),
    "claims of a grant": lambda context: list(claims.every(context, GRANT)),
    "claims of every grant": lambda context: list(claims.every(context)),
    "what certificates say": lambda context: certificate_wording.show(context, GRANT),
    "set what they say": lambda context: certificate_wording.set_wording(context, GRANT, WORDING, WHY),
    "lines of a claim": lambda context: list(claims.lines(context, claims.find(context, CLAIM), 0)),
    "debtors of a grant": lambda context: list(debtors.of_grant(context, GRANT)),
}


@pytest.mark.parametrize("entries_more", [0, 40])
def test_a_request_about_claims_costs_what_is_promised_however_many_entries_there_are(office: Office, entries_more: int) -> None:
    for number in range(entries_more):
        pay(office.context(), invoice(f"more {number}", 10), line("lighting", 10), on=date(2023, 8, 1))

    found: dict[str, list[str]] = {}
    for request, ask in COSTS.items():
        if request == "withdraw a claim":
            claims.settle(office.context(), CLAIM, -1, ON, "")
        pack = claims.find(office.context(), CLAIM).draft.pack.sha256 if found else ""
        store = counting(office.store)
        ask(replace(office.context(), store=store, request_id=pack))
        found[request] = store.calls
    assert found == promised("claims")
