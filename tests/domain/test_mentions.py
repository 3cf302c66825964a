"""What each kind of fact says of other aggregates."""

from datetime import date

import pytest

from chalicelib.domain.aggregates import Fact
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.funds import Fund, FundCreated
from chalicelib.domain.grants import Grant, GrantMoved, GrantOffered, GrantState
from chalicelib.domain.initiatives import Category, Initiative, InitiativeAmended, InitiativeCreated
from chalicelib.domain.mentions import mentioned
from chalicelib.domain.publications import Publication, PublicationBegun, PublicationMade, PublicationNumbered

DAY = date(2023, 4, 3)
GRANT = Grant(id="g", title="G", fund_id="ssf-4", lead_recipient_id="office", force_area="E23000015", starts=DAY, ends=DAY, lines=())
INITIATIVE = Initiative(id="lighting", title="Lighting", category=Category.STREET_LIGHTING, partner_id="council")
PUBLICATION = Publication(id="2023-12-01-1", on=DAY, code_version="1", requested_by="p")
POSITION = {"grant#g": 8, "fund#ssf-4": 1}


def payment(cell: str, payer: str = "") -> Entry:
    return Entry(kind=EntryKind.PAYMENT, on=DAY, cell=cell, amount_pence=1, moves={"paid": 1}, payer=payer)


def export(scope: Scope) -> ExportMade:
    return ExportMade(export=Export(id="e", on=DAY, scope=scope, position=POSITION, rows=0, totals_pence={}, files=()))


@pytest.mark.parametrize(
    ("fact", "names"),
    [
        (GrantOffered(grant=GRANT), {"fund#ssf-4": 1, "organisation#office": 1}),
        (payment("lighting#2023-24-Q1#capital", "office"), {"initiative#lighting": 1, "organisation#office": 1}),
        (payment("-#2023-24-Q1#capital"), {}),
        (InitiativeCreated(initiative=INITIATIVE), {"organisation#council": 1}),
        (InitiativeAmended(initiative=INITIATIVE), {"organisation#council": 1}),
        (PublicationNumbered(id="2023-12-01-1"), {"publication#2023-12-01-1": 1}),
        (PublicationBegun(publication=PUBLICATION, position=POSITION, office="O"), {"publications#office": 1, **POSITION}),
        (export(Scope(grant_id="g")), POSITION),
        (export(Scope(fund_id="ssf-5")), {"fund#ssf-5": 1, **POSITION}),
        (GrantMoved(state=GrantState.CLOSED, on=DAY), {}),
        (PublicationMade(files=()), {}),
        (FundCreated(fund=Fund(id="ssf-4", title="F", funder="Home Office")), {}),
    ],
)
def test_a_fact_mentions_the_aggregates_it_names(fact: Fact, names: dict[str, int]) -> None:
    assert {str(name): seq for name, seq in mentioned(fact)} == names
