"""What each kind of fact says of other aggregates."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.aggregates import Fact
from chalicelib.domain.assets import Asset, AssetAmended, AssetRegistered
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind
from chalicelib.domain.evidence import Evidence, EvidenceRequested, Subject, SubjectKind
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.file_types import FileType
from chalicelib.domain.funds import Fund, FundCreated
from chalicelib.domain.grants import Grant, GrantMoved, GrantOffered, GrantState
from chalicelib.domain.initiatives import Category, Initiative, InitiativeAmended, InitiativeCreated
from chalicelib.domain.mentions import mentioned
from chalicelib.domain.publications import Publication, PublicationBegun, PublicationMade, PublicationNumbered
from chalicelib.domain.reminders import ReminderTried
from chalicelib.domain.return_reports import Report, VarianceReason
from chalicelib.domain.returns import ReturnDrafted, ReturnSubmitted

DAY = date(2023, 4, 3)
GRANT = Grant(id="g", title="G", fund_id="ssf-4", lead_recipient_id="office", force_area="E23000015", starts=DAY, ends=DAY, lines=())
INITIATIVE = Initiative(id="lighting", title="Lighting", category=Category.STREET_LIGHTING, partner_id="council")
PUBLICATION = Publication(id="2023-12-01-1", on=DAY, code_version="1", requested_by="p")
EVIDENCE = EvidenceRequested(
    evidence=Evidence(
        id="entry.g.6.1",
        on=DAY,
        subject=Subject(kind=SubjectKind.ENTRY, id="g.6"),
        initiative_id="lighting",
        file_name="1.pdf",
        content_type=FileType.PDF,
        size=1,
        sha256="0" * 64,
        requested_by="o",
    )
)
ASSET = Asset(
    id="g.6.1",
    payment_id="g.6",
    initiative_id="lighting",
    bought_on=DAY,
    description="A lamp",
    cost_pence=1,
    place="Depot",
    owner_id="council",
)
REPORT = Report(variances=(VarianceReason(code="delay", explanation="Rain"),))
REMINDER = ReminderTried(
    about=Name(Kind.RETURN, "lighting.2023-24-Q1"),
    organisation_id="council",
    due_on=DAY,
    days=0,
    to=(),
    tried_at=datetime(2023, 4, 3, tzinfo=UTC),
)
POSITION = {"grant#g": 8, "fund#ssf-4": 1}


def payment(cell: str, payer: str = "") -> Entry:
    return Entry(kind=EntryKind.PAYMENT, on=DAY, cell=cell, amount_pence=1, payer=payer)


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
        (EVIDENCE, {"grant#g": 6, "initiative#lighting": 1}),
        (AssetRegistered(asset=ASSET), {"grant#g": 6, "initiative#lighting": 1, "organisation#council": 1}),
        (AssetAmended(asset=ASSET), {"grant#g": 6, "initiative#lighting": 1, "organisation#council": 1}),
        (
            ReturnDrafted(initiative_id="lighting", quarter="2023-24-Q1", partner_id="council", drafted_by="p", report=REPORT),
            {"initiative#lighting": 1, "organisation#council": 1, "variance-code#delay": 1},
        ),
        (ReturnSubmitted(submitted_by="p", on=DAY, report=REPORT), {"variance-code#delay": 1}),
        (REMINDER, {"organisation#council": 1}),
        (GrantMoved(state=GrantState.CLOSED, on=DAY), {}),
        (PublicationMade(files=()), {}),
        (FundCreated(fund=Fund(id="ssf-4", title="F", funder="Home Office")), {}),
    ],
)
def test_a_fact_mentions_the_aggregates_it_names(fact: Fact, names: dict[str, int]) -> None:
    assert {str(name): seq for name, seq in mentioned(fact)} == names
