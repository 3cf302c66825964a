"""The one fold over every kind of aggregate."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain import returns
from chalicelib.domain.aggregates import Fact, Record, State, apply, kind_of
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.funds import FundCreated
from chalicelib.domain.grants import GrantMoved, GrantState
from chalicelib.domain.initiatives import Category, Initiative, InitiativeCreated
from chalicelib.domain.organisations import Organisation, OrganisationCreated, VatStatus
from chalicelib.domain.publications import Publication, PublicationBegun, PublicationNumbered, Publications, PublicationState
from chalicelib.domain.return_reports import NOTHING_SAID
from chalicelib.domain.returns import ReturnState
from chalicelib.domain.values import replace
from chalicelib.domain.variance_codes import VarianceCodeAdded
from tests.domain.ledger_tables import FUND, Books, ledger
from tests.domain.reporting import DUE, LATE, MEASURED, PARTNER

ORGANISATION = Organisation(id="stockton", name="Stockton", vat_status=VatStatus.RECOVERS)
INITIATIVE = Initiative(id="lighting", title="Lighting", category=Category.STREET_LIGHTING, partner_id="stockton")
EXPORT = Export(id="e1", on=date(2024, 1, 5), scope=Scope(), position={}, rows=0, totals_pence={}, files=())
PUBLICATION = Publication(id="2023-12-01-1", on=date(2023, 12, 1), code_version="1", requested_by="p")
PAYMENT = Entry(kind=EntryKind.PAYMENT, on=date(2023, 5, 1), cell="lighting#2023-24-Q1#capital", amount_pence=1)


def books() -> Books:
    return ledger("""
        | on         | what       | pence   | for      | id | of | to   |
        | 2023-04-03 | award      | 1000000 |          |    |    |      |
        | 2023-04-03 | top_up     |    5000 |          |    |    |      |
        | 2023-04-04 | allocation |  600000 | lighting |    |    |      |
        | 2023-04-05 | virement   |  100000 | lighting |    |    | cctv |
        | 2023-05-01 | payment    |  150000 | lighting | p1 |    |      |
        | 2023-05-02 | recode     |   50000 |          |    | p1 | cctv |
        | 2024-03-31 | closed     |         |          |    |    |      |
    """)


@pytest.mark.parametrize(
    ("fact", "state"),
    [
        (FundCreated(fund=FUND), FUND),
        (OrganisationCreated(organisation=ORGANISATION), ORGANISATION),
        (InitiativeCreated(initiative=INITIATIVE), INITIATIVE),
        (ExportMade(export=EXPORT), EXPORT),
        (PublicationBegun(publication=PUBLICATION, position={}, office="Example"), replace(PUBLICATION, seq=1)),
        (VarianceCodeAdded(code=LATE), LATE),
        (returns.draft(DUE, NOTHING_SAID, MEASURED, {}, PARTNER), replace(DUE, state=ReturnState.DRAFT, prepared_by=("partner",))),
        (PublicationNumbered(id="2023-12-01-1"), Publications(last="2023-12-01-1", state=PublicationState.BEGUN)),
    ],
)
def test_a_first_fact_begins_its_kind_of_aggregate(fact: Fact, state: State) -> None:
    assert apply(None, fact, 1) == state


def test_folding_a_grants_facts_from_nothing_gives_the_grant() -> None:
    state: State | None = None
    for seq, fact in enumerate(books().facts, start=1):
        state = apply(state, fact, seq)

    assert state == books().grant


@pytest.mark.parametrize("fact", [PAYMENT, GrantMoved(state=GrantState.CLOSED, on=date(2024, 3, 31)), ExportMade(export=EXPORT)])
def test_a_fact_of_another_kind_of_aggregate_is_refused(fact: Fact) -> None:
    with pytest.raises(ValueError, match=f"a {kind_of(fact)} does not belong to Fund"):
        apply(FUND, fact, 2)


def test_a_records_kind_is_its_entrys_or_its_facts() -> None:
    def record(fact: Fact) -> Record:
        name = Name(Kind.GRANT, "ssf-5")
        return Record(name=name, seq=1, at=datetime(2023, 5, 1, tzinfo=UTC), by="officer", reason="", fact=fact)

    assert record(PAYMENT).kind == "payment"
    assert record(GrantMoved(state=GrantState.CLOSED, on=date(2024, 3, 31))).kind == "grant_moved"
