"""Every kind of fact in words, written out here once; one that has none is found out."""

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from chalicelib.domain.aggregates import Fact, State
from chalicelib.domain.agreements import (
    AgreementDrawn,
    AgreementExplained,
    AgreementSigned,
    Cause,
    Explanation,
    ExplanationWithdrawn,
    Line,
)
from chalicelib.domain.agreements import Scope as Of
from chalicelib.domain.answers import Answer, Noted, Outcome, RulesNoted
from chalicelib.domain.assets import Asset, AssetAmended, AssetDisposed, AssetRegistered, Consent, Disposal, Purchase
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_facts import (
    ClaimAnswered,
    ClaimCertified,
    ClaimDrafted,
    ClaimQueried,
    ClaimRedrafted,
    ClaimReviewed,
    ClaimSettled,
    ClaimSubmitted,
    ClaimWithdrawn,
    WordingSet,
)
from chalicelib.domain.claim_lines import Span
from chalicelib.domain.claims import Certificate, Claim, ClaimState, Draft, GrantClaims, Query, Receipt, Wording
from chalicelib.domain.claims import Review as ClaimReview
from chalicelib.domain.claims import Submission as ClaimSubmission
from chalicelib.domain.disclosures import (
    Disclosure,
    Particular,
    ParticularsStated,
    ParticularWithheld,
    Statement,
    Withholding,
    WithholdingLifted,
)
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind
from chalicelib.domain.evidence import (
    Evidence,
    EvidenceRefused,
    EvidenceRequested,
    EvidenceStored,
    EvidenceWithdrawn,
    Subject,
    SubjectKind,
)
from chalicelib.domain.export_parts import ExportPart, Piece
from chalicelib.domain.exports import (
    Asked,
    Export,
    ExportAdvanced,
    ExportBegun,
    ExportCancelled,
    ExportFailed,
    ExportFormat,
    ExportKind,
    ExportMade,
    ExportPartMade,
    ExportPartsSent,
    ExportSplit,
    Scope,
)
from chalicelib.domain.file_types import FileType
from chalicelib.domain.funds import Fund, FundAmended, FundCreated
from chalicelib.domain.grants import Grant, GrantAmended, GrantMoved, GrantOffered, GrantState
from chalicelib.domain.grounds import Ground
from chalicelib.domain.initiatives import Category, Initiative, InitiativeAmended, InitiativeCreated, InitiativeMoved, InitiativeState
from chalicelib.domain.matters import Matter, Override, OverrideGiven
from chalicelib.domain.organisations import Organisation, OrganisationAmended, OrganisationCreated, VatStatus
from chalicelib.domain.proposals import Proposal, ProposalDecided, ProposalKind, ProposalRequested, ProposalState, Transfer
from chalicelib.domain.publications import (
    File,
    Publication,
    PublicationAbandoned,
    PublicationBegun,
    PublicationDiscarded,
    PublicationDrafted,
    PublicationMade,
    PublicationNumbered,
    PublicationSettled,
    PublicationState,
    PublicationWithdrawn,
    PublisherNotTold,
    PublisherTold,
)
from chalicelib.domain.publishing_later import PublishingAsked, PublishingEnded
from chalicelib.domain.quarter_states import (
    PeriodClosed,
    PeriodFreed,
    PeriodHeld,
    PeriodReopened,
    PeriodReopenRejected,
    PeriodReopenRequested,
)
from chalicelib.domain.reminders import ReminderFailed, ReminderSent, ReminderTried
from chalicelib.domain.return_reports import Rating, Report
from chalicelib.domain.returns import Return, ReturnDrafted, ReturnReviewed, ReturnState, ReturnSubmitted, Review, Submission
from chalicelib.domain.rules import Breach, Eligible, Limit, Policy, RuleName, Rules, RulesSet, Window
from chalicelib.domain.values import replace
from chalicelib.domain.variance_codes import VarianceCode, VarianceCodeAdded, VarianceCodeRetired
from chalicelib.domain.variations import (
    AwardLine,
    Budget,
    LineChange,
    Variation,
    VariationDecided,
    VariationKind,
    VariationRequested,
    VariationState,
)
from chalicelib.domain.waivers import Waiver, WaiverDecided, WaiverRequested, WaiverState
from chalicelib.reports.telling import needs_before, told
from tests.reports import imports_told

DAY = date(2023, 11, 1)
FUND = Fund(id="ssf-4", title="Round 4", funder="Home Office")
COUNCIL = Organisation(id="council", name="Council", vat_status=VatStatus.RECOVERS)
LINE = AwardLine(financial_year="2023-24", nature=Nature.CAPITAL, awarded_pence=1_000_000)
GRANT = Grant(
    id="ssf-4-example",
    title="Example",
    fund_id="ssf-4",
    lead_recipient_id="office",
    force_area="E23000015",
    starts=date(2023, 4, 1),
    ends=date(2024, 3, 31),
    lines=(LINE,),
)
TOP_UP = Variation(
    id=1,
    kind=VariationKind.TOP_UP,
    dated=DAY,
    reason="More lamps",
    notice_reference="HO-1",
    changes=(LineChange(financial_year="2023-24", nature=Nature.CAPITAL, change_pence=50_000),),
    ends=date(2024, 6, 30),
    requested_by="finance",
)
MORE = Budget(lines=(replace(LINE, awarded_pence=1_050_000),), ends=date(2024, 6, 30))
APPROVED = replace(TOP_UP, state=VariationState.APPROVED, before=Budget(lines=(LINE,), ends=GRANT.ends), after=MORE)
WITHHELD = Withholding(
    particular=Particular.RECIPIENT, ground=Ground.SAFETY, review_on=date(2024, 11, 1), decided_by="certifier", decided_on=DAY
)
LIGHTING = Initiative(id="lighting", title="Lighting", category=Category.CCTV, partner_id="council")
LIGHTS = Of("lighting", Nature.CAPITAL)
EXPLANATION = Explanation(scope=LIGHTS, cause=Cause.NOT_IMPORTED, pence=400, by="finance")
AGREED = Line(
    scope=LIGHTS,
    stated=True,
    office_pence=1_000,
    ours_pence=700,
    extracts_pence=500,
    causes={"timing": -200},
    by_hand={"not_imported": 400},
)
REST = Line(scope=Of(), stated=False, office_pence=0, ours_pence=0, extracts_pence=0)
PUBLICATION = Publication(id="2023-12-01-1", on=DAY, code_version="1", requested_by="p")
FILE = File(name="summary.csv", sha256="0" * 64, size=10)
EXPORT = Export(id="e1", on=DAY, scope=Scope(financial_year="2023-24"), position={}, rows=1200, totals_pence={}, files=())
MATCH_EXPORT = replace(EXPORT, asked=Asked(kind=ExportKind.MATCH, format=ExportFormat.XLSX))
PIECE = Piece(sha256="0" * 64, size=10, totals_sha256="0" * 64, rows=1200)
EXPORT_PART = ExportPart(grant_id="ssf-4-example", until=1500)
EVIDENCE = Evidence(
    id="entry.ssf-4-example.6.1f",
    on=DAY,
    subject=Subject(kind=SubjectKind.ENTRY, id="ssf-4-example.6"),
    initiative_id="lighting",
    file_name="Invoice 1041.pdf",
    content_type=FileType.PDF,
    size=12_345,
    sha256="0" * 64,
    requested_by="finance",
)
CAMERA = Asset(
    id="ssf-4-example.6.1",
    payment_id="ssf-4-example.6",
    initiative_id="lighting",
    bought_on=DAY,
    description="Camera",
    cost_pence=40_000,
    place="Depot",
    owner_id="council",
)
CONSENT = Consent(by="Home Office", on=DAY, reference="HO-2")
REPORT = Report(progress="Half done", rating=Rating.AMBER)
RETURN = Return(
    initiative_id="lighting",
    quarter="2023-24-Q2",
    partner_id="council",
    state=ReturnState.SUBMITTED,
    report=REPORT,
    submissions=(Submission(position=2, submitted_by="partner", on=DAY),),
)
DRAFTED = ReturnDrafted(initiative_id="lighting", quarter="2023-24-Q2", partner_id="council", drafted_by="partner", report=REPORT)
TRIED = ReminderTried(
    about=Name(Kind.RETURN, "lighting.2023-24-Q2"),
    organisation_id="council",
    due_on=date(2023, 10, 27),
    days=0,
    to=("returns@council.example",),
    tried_at=datetime(2023, 10, 27, 7, 0, tzinfo=UTC),
)


WINDOW = Window(clause="4.2", breach=Breach.REFUSE, first_day=date(2023, 4, 1), last_day=date(2024, 3, 31))
CEILING = Limit(clause="5.1", breach=Breach.WARN, pence=500_000, set_in=3)
LONGER = replace(WINDOW, last_day=date(2024, 6, 30))
WAIVER = Waiver(id=1, rule=RuleName.SPENDING_WINDOW, clause="4.2", expires=date(2024, 4, 30), publishable=True, requested_by="finance")
BETWEEN = Transfer(initiative_id="lighting", to_initiative_id="cctv", financial_year="2023-24", nature=Nature.CAPITAL)
VIREMENT = Proposal(
    id=1,
    kind=ProposalKind.VIREMENT,
    on=DAY,
    amount_pence=50_000,
    requested_by="finance",
    transfer=BETWEEN,
    before={"lighting": 600_000, "cctv": 0},
)
WRITE_OFF = Proposal(
    id=2, kind=ProposalKind.WRITE_OFF, on=DAY, amount_pence=9_900, requested_by="finance", entry="g.5", before={"g.5": 9_900}
)
LATE = Answer(rule=RuleName.SPENDING_WINDOW, outcome=Outcome.WARN, clause="4.2", words="Costs may be incurred until March.")

DRAFT = Draft(
    by="finance",
    on=DAY,
    position=12,
    spans=(Span(quarter="2023-24-Q3", after=0, until=12),),
    lines=1,
    amounts_pence={"-#2023-24-Q3#capital": 80_000},
    pack=FILE,
)
WORDING = Wording(text="I certify it.", clause="Scheme, 7")
CLAIM_ID = "ssf-4-example.claim-1"
DRAFTED_CLAIM = Claim(id=CLAIM_ID, grant_id="ssf-4-example", quarter="2023-24-Q3", draft=DRAFT, prepared_by=("finance",))
CERTIFICATE = Certificate(by="cfo", on=DAY, sha256="0" * 64)
SUBMISSION = ClaimSubmission(by="finance", on=DAY, reference="C-3", entries={})
REVIEWED_CLAIM = replace(DRAFTED_CLAIM, state=ClaimState.REVIEWED, review=ClaimReview(by="officer", on=DAY), reviewed_by=("officer",))
CERTIFIED_CLAIM = replace(REVIEWED_CLAIM, state=ClaimState.CERTIFIED, certificate=CERTIFICATE)
SUBMITTED_CLAIM = replace(CERTIFIED_CLAIM, state=ClaimState.SUBMITTED, submission=SUBMISSION)
ASKED_CLAIM = replace(SUBMITTED_CLAIM, state=ClaimState.QUERIED, queries=(Query(on=DAY, question="Which lamps?"),))


def came(pence: int) -> Receipt:
    return Receipt(by="finance", on=DAY, reference="BACS 9", amounts_pence={"-#2023-24-Q3#capital": pence}, entries={})


PART_PAID_CLAIM = replace(SUBMITTED_CLAIM, state=ClaimState.PART_PAID, receipts=(came(30_000),))


def having(claim: Claim) -> GrantClaims:
    return GrantClaims(grant_id="ssf-4-example", claims=(claim,))


def entry(kind: EntryKind, pence: int, **changes: object) -> Entry:
    named = Entry(kind=kind, on=DAY, cell="lighting#2023-24-Q3#capital", amount_pence=pence)
    return replace(named, **changes)  # type: ignore[arg-type]  # the row's own fields


INVOICE = Document(kind=DocumentKind.INVOICE, number="1041", date=DAY, supplier="Lamps Ltd", net_pence=120_000, vat_pence=0)
ORDER = {"counterparty": "Lamps Ltd", "quoted_reference": "PO-7"}
YEAR = {"cell": "lighting#2023-24#capital"}

ENTRIES: list[tuple[Entry, str]] = [
    (entry(EntryKind.AWARD, 1_000_000, cell="-#2023-24#capital"), "Entered the award of £10,000.00 for 2023-24 capital"),
    (entry(EntryKind.VARIATION, -5_000, cell="-#2023-24#not_stated"), "Changed the award for 2023-24 not stated by \N{MINUS SIGN}£50.00"),
    (entry(EntryKind.ALLOCATION, 600_000, **YEAR), "Allocated £6,000.00 of 2023-24 capital to lighting"),
    (entry(EntryKind.VIREMENT, -100, **YEAR), "Moved £1.00 of 2023-24 capital away from lighting"),
    (entry(EntryKind.VIREMENT, 100, **YEAR), "Moved £1.00 of 2023-24 capital to lighting"),
    (entry(EntryKind.COMMITMENT, 250_000, **ORDER), "Committed £2,500.00 to Lamps Ltd (PO-7) for lighting"),
    (entry(EntryKind.RELEASE, -50_000, of="g.5"), "Released £500.00 of the commitment g.5"),
    (entry(EntryKind.PAYMENT, 120_000, document=INVOICE), "Paid £1,200.00 to Lamps Ltd (invoice 1041) for lighting"),
    (entry(EntryKind.ACCRUAL, 9_900, counterparty="Lamps Ltd"), "Accrued £99.00 to Lamps Ltd for lighting"),
    (entry(EntryKind.REVERSAL, -9_900, of="g.7"), "Reversed £99.00 of the accrual g.7"),
    (entry(EntryKind.CORRECTION, -5_000, of="g.6"), "Corrected g.6 by \N{MINUS SIGN}£50.00 for lighting"),
    (
        entry(EntryKind.CORRECTION, 5_000, of="g.6", in_place_of=EntryKind.PAYMENT),
        "Corrected g.6 by +£50.00 for lighting, which stands here in its place as a payment",
    ),
    (entry(EntryKind.REFUND, -4_000, of="g.6"), "Entered a refund of £40.00 of the payment g.6"),
    (entry(EntryKind.MATCH_CASH, 7_000, counterparty="Council"), "Entered £70.00 of match in cash from Council for lighting"),
    (entry(EntryKind.MATCH_IN_KIND, 7_000), "Entered £70.00 of match in kind for lighting"),
    (
        entry(EntryKind.CLAIMED, 8_000, cell="-#2023-24-Q3#capital", quoted_reference="C-3"),
        "Entered that £80.00 was claimed for 2023-24-Q3 (C-3)",
    ),
    (entry(EntryKind.RECEIVED, 8_000, cell="-#2023-24-Q3#capital"), "Entered that £80.00 was received for 2023-24-Q3"),
]

OTHERS: list[tuple[Fact, State | None, str, list[str]]] = [
    (
        FundCreated(fund=FUND),
        None,
        "Set up the fund.",
        ["title:  > Round 4", "funder:  > Home Office", "rules: money may move between years:  > no"],
    ),
    (FundAmended(fund=replace(FUND, title="Round four")), FUND, "Changed the fund's details.", ["title: Round 4 > Round four"]),
    (
        OrganisationCreated(organisation=COUNCIL),
        None,
        "Made the organisation known.",
        ["name:  > Council", "vat status:  > recovers"],
    ),
    (
        OrganisationAmended(organisation=replace(COUNCIL, vat_status=VatStatus.DOES_NOT_RECOVER)),
        COUNCIL,
        "Changed the organisation's details.",
        ["vat status: recovers > does not recover"],
    ),
    (
        GrantOffered(grant=GRANT),
        None,
        "Recorded the offer of £10,000.00.",
        [
            "title:  > Example",
            "fund:  > ssf-4",
            "lead recipient:  > office",
            "force area:  > E23000015",
            "starts:  > 1 April 2023",
            "ends:  > 31 March 2024",
            "lines: 2023-24 capital:  > awarded £10,000.00, basis exact",
        ],
    ),
    (
        GrantAmended(title="Example", project_numbers=("P1", "P2"), conditions=(), source="", asset_threshold_pence=500_000),
        replace(GRANT, conditions=("Spend it",)),
        "Changed the grant's details.",
        ["project numbers:  > P1; P2", "asset threshold:  > £5,000.00", "conditions: Spend it > "],
    ),
    (
        GrantMoved(state=GrantState.ACCEPTED, on=DAY),
        GRANT,
        "Moved the grant on: accepted on 1 November 2023.",
        ["state: offered > accepted"],
    ),
    (
        VariationRequested(variation=TOP_UP),
        None,
        (
            "Asked for variation 1, a top up (notice HO-1 of 1 November 2023): +£500.00 for 2023-24 capital; "
            "a new last day, 30 June 2024. More lamps"
        ),
        [],
    ),
    (
        VariationDecided(variation=APPROVED),
        None,
        (
            "Approved variation 1, a top up (notice HO-1 of 1 November 2023): +£500.00 for 2023-24 capital; "
            "a new last day, 30 June 2024. More lamps"
        ),
        [
            "lines: 2023-24 capital: awarded £10,000.00, basis exact > awarded £10,500.00, basis exact",
            "ends: 31 March 2024 > 30 June 2024",
        ],
    ),
    (
        VariationDecided(variation=replace(TOP_UP, state=VariationState.REJECTED, ends=None, notice_reference="")),
        None,
        "Rejected variation 1, a top up: +£500.00 for 2023-24 capital. More lamps",
        [],
    ),
    (
        RulesSet(rules=Rules(spending_window=LONGER, capital_ceiling=replace(CEILING, pence=600_000), no_carrying=None)),
        replace(GRANT, rules=Rules(spending_window=WINDOW, capital_ceiling=CEILING, no_carrying=Policy(clause="6", breach=Breach.WARN))),
        "Set the grant's rules.",
        [
            "spending window: last day: 31 March 2024 > 30 June 2024",
            "capital ceiling: limit: £5,000.00 > £6,000.00",
            "no carrying: clause: 6 > ",
            "no carrying: breach: warn > ",
        ],
    ),
    (
        RulesSet(rules=Rules(eligible_categories=Eligible(clause="3", breach=Breach.REFUSE, categories=(Category.CCTV,)))),
        None,
        "Set the grant's rules.",
        ["eligible categories: clause:  > 3", "eligible categories: breach:  > refuse", "eligible categories: categories:  > CCTV"],
    ),
    (
        RulesNoted(noted=(Noted(seq=7, answer=LATE), Noted(seq=8, answer=replace(LATE, outcome=Outcome.PASS, waiver=1)))),
        None,
        (
            "Record 7 was taken with a warning: Costs may be incurred until March. (4.2.) "
            "Record 8 was taken by waiver 1: Costs may be incurred until March. (4.2.)"
        ),
        [],
    ),
    (
        WaiverRequested(waiver=WAIVER),
        None,
        "Asked for waiver 1, of the spending window (4.2), up to 30 April 2024. It may be published.",
        [],
    ),
    (
        WaiverRequested(waiver=replace(WAIVER, publishable=False)),
        None,
        "Asked for waiver 1, of the spending window (4.2), up to 30 April 2024.",
        [],
    ),
    (
        WaiverDecided(waiver=replace(WAIVER, decided=WaiverState.APPROVED)),
        None,
        "Approved waiver 1, of the spending window (4.2), up to 30 April 2024.",
        ["state: requested > approved"],
    ),
    (
        WaiverDecided(waiver=replace(WAIVER, decided=WaiverState.REJECTED)),
        None,
        "Rejected waiver 1, of the spending window (4.2), up to 30 April 2024.",
        ["state: requested > rejected"],
    ),
    (
        OverrideGiven(matter=Matter.WAIVER, id="1", by="certifier", reason="The deputy is away until May."),
        None,
        "Let whoever prepared waiver 1 decide it: The deputy is away until May.",
        [],
    ),
    (
        ProposalRequested(proposal=VIREMENT),
        None,
        "Asked for proposal 1, to move £500.00 of 2023-24 capital from lighting to cctv, dated 1 November 2023.",
        [],
    ),
    (
        ProposalDecided(proposal=replace(VIREMENT, state=ProposalState.APPROVED, after={"lighting": 550_000, "cctv": 50_000})),
        None,
        "Approved proposal 1, to move £500.00 of 2023-24 capital from lighting to cctv, dated 1 November 2023.",
        ["state: requested > approved", "allocated: cctv: £0.00 > £500.00", "allocated: lighting: £6,000.00 > £5,500.00"],
    ),
    (
        ProposalDecided(proposal=replace(WRITE_OFF, state=ProposalState.APPROVED, after={"g.5": 0})),
        None,
        "Approved proposal 2, to write off £99.00 of g.5, dated 1 November 2023.",
        ["state: requested > approved", "left: g.5: £99.00 > £0.00"],
    ),
    (
        ProposalDecided(proposal=replace(WRITE_OFF, state=ProposalState.REJECTED)),
        None,
        "Rejected proposal 2, to write off £99.00 of g.5, dated 1 November 2023.",
        ["state: requested > rejected"],
    ),
    (PeriodHeld(quarter="2023-24-Q1"), None, "Held 2023-24-Q1.", ["state: open > held"]),
    (PeriodFreed(quarter="2023-24-Q1"), None, "Freed 2023-24-Q1.", ["state: held > open"]),
    (
        PeriodClosed(quarter="2023-24-Q1", closed_by="finance", cells={"a": {"paid": 1_200, "accrued": 0}, "b": {"paid": 100}}),
        None,
        "Closed 2023-24-Q1.",
        ["state: held > closed", "as reported: paid:  > £13.00"],
    ),
    (
        PeriodReopenRequested(quarter="2023-24-Q1", requested_by="finance", reason="A late invoice"),
        None,
        "Asked to reopen 2023-24-Q1: A late invoice",
        [],
    ),
    (PeriodReopened(quarter="2023-24-Q1"), None, "Reopened 2023-24-Q1.", ["state: closed > open"]),
    (PeriodReopenRejected(quarter="2023-24-Q1"), None, "Refused to reopen 2023-24-Q1.", []),
    (
        PeriodClosed(quarter="2023-24-Q1", closed_by="finance", agreed_in=9),
        None,
        "Closed 2023-24-Q1, on the agreement signed in record 9.",
        ["state: held > closed"],
    ),
    (
        AgreementDrawn(quarter="2023-24-Q1", drawn_by="finance", lines=(AGREED, REST), file="a", sha256="b", size=1),
        None,
        "Put 2023-24-Q1 beside the office's ledger: unexplained are +£1.00 of lighting, capital.",
        [
            "lighting, capital: the office's ledger:  > £10.00",
            "lighting, capital: ours:  > £7.00",
            "lighting, capital: timing:  > \N{MINUS SIGN}£2.00",
            "lighting, capital: not imported (by hand):  > +£4.00",
        ],
    ),
    (
        AgreementExplained(quarter="2023-24-Q1", explanation=EXPLANATION),
        None,
        "Explained +£4.00 of lighting, capital (not imported) in 2023-24-Q1 by hand.",
        [],
    ),
    (
        ExplanationWithdrawn(quarter="2023-24-Q1", explained_in=7, explanation=EXPLANATION),
        None,
        "Withdrew the explanation of +£4.00 of lighting, capital (not imported) in 2023-24-Q1, given in record 7.",
        [],
    ),
    (
        AgreementSigned(quarter="2023-24-Q1", signed_by="certifier", prepared_by=("finance", "another")),
        None,
        "Signed the agreement of 2023-24-Q1 with the office's ledger, prepared by finance, another.",
        [],
    ),
    (
        AgreementSigned(
            quarter="2023-24-Q1", signed_by="finance", prepared_by=("finance",), override=Override(by="certifier", reason="Alone this week")
        ),
        None,
        "Signed the agreement of 2023-24-Q1 with the office's ledger, prepared by finance, as certifier let whoever prepared it.",
        [],
    ),
    (
        InitiativeCreated(initiative=LIGHTING),
        None,
        "Planned the initiative.",
        ["title:  > Lighting", "category:  > CCTV", "partner:  > council"],
    ),
    (
        InitiativeAmended(initiative=replace(LIGHTING, partner_id="charity")),
        LIGHTING,
        "Changed the initiative's details.",
        ["partner: council > charity"],
    ),
    (
        InitiativeMoved(state=InitiativeState.IN_DELIVERY, on=DAY),
        LIGHTING,
        "Moved delivery on: in delivery on 1 November 2023.",
        ["state: planned > in delivery"],
    ),
    (
        PublicationBegun(publication=PUBLICATION, position={"grant#a": 1, "fund#b": 2}, office="Office"),
        None,
        "Began publication 2023-12-01-1, made from 2 chains as they stood.",
        [],
    ),
    (
        PublicationBegun(publication=replace(PUBLICATION, background=True), position={"grant#a": 1, "fund#b": 2}, office="Office"),
        None,
        "Began publication 2023-12-01-1, made from 2 chains as they stood. It is to be made in the background.",
        [],
    ),
    (PublicationMade(files=(FILE, FILE)), None, "Put the publication's files in place: summary.csv, summary.csv.", []),
    (
        PublicationDrafted(files=(FILE, FILE), archive=FILE),
        None,
        "Drafted the publication: 2 files that nobody but the publisher sees.",
        [],
    ),
    (PublisherTold(message_id="m-1"), None, "Told the publisher that the draft waits.", []),
    (PublisherNotTold(why="No address."), None, "Could not tell the publisher that the draft waits: No address.", []),
    (PublicationDiscarded(), None, "Discarded the draft.", ["state: drafted > discarded"]),
    (
        PublicationWithdrawn(why="A name was in it.", at=datetime(2023, 12, 4, 9, 30, tzinfo=UTC), tombstone=FILE),
        None,
        "Withdrew the publication: A name was in it.",
        ["state: made > withdrawn"],
    ),
    (PublishingAsked(by="publisher"), None, "Asked for the draft to be published, in the background.", []),
    (PublishingEnded(why="Cancelled: Not today"), None, "The draft was not published: Cancelled: Not today", []),
    (PublicationAbandoned(why="Other code took over."), None, "Gave the publication up: Other code took over.", []),
    (PublicationNumbered(id="2023-12-01-1"), None, "Began publication 2023-12-01-1.", []),
    (PublicationSettled(id="2023-12-01-1", state=PublicationState.MADE), None, "Publication 2023-12-01-1 is made.", []),
    (ExportMade(export=EXPORT), None, "Exported 1,200 rows: 2023-24.", []),
    (ExportMade(export=MATCH_EXPORT), None, "Exported 1,200 rows of match: 2023-24.", []),
    (ExportBegun(export=MATCH_EXPORT), None, "Asked for an export of match (2023-24), to be made in the background.", []),
    (ExportAdvanced(records=12_000), None, "Read 12,000 records for it.", []),
    (ExportSplit(parts=(EXPORT_PART, EXPORT_PART)), None, "Cut the export into 2 parts.", []),
    (ExportPartsSent(at=datetime(2024, 2, 1, tzinfo=UTC), parts=(1, 2)), None, "Sent workers for 2 parts.", []),
    (ExportPartMade(part=2, piece=PIECE, records=1_500, totals_pence={}), None, "Made part 2: 1,200 rows of 1,500 records.", []),
    (ExportCancelled(), None, "Cancelled the export.", []),
    (ExportFailed(why="Record 6 is gone."), None, "The export could not be made: Record 6 is gone.", []),
    (
        EvidenceRequested(evidence=EVIDENCE),
        None,
        "Announced a file as evidence of entry ssf-4-example.6: Invoice 1041.pdf, 13 KB.",
        [],
    ),
    (
        EvidenceStored(size=12_345, sha256="0" * 64),
        None,
        "Found the file as it was announced, 13 KB, and stored it.",
        ["state: requested > stored"],
    ),
    (EvidenceRefused(wrong=("It is no PDF.",)), None, "Refused the file. It is no PDF.", ["state: requested > refused"]),
    (EvidenceWithdrawn(), None, "Withdrew the file.", []),
    (
        AssetRegistered(asset=CAMERA),
        None,
        "Registered asset ssf-4-example.6.1: Camera, £400.00.",
        [
            "payment:  > ssf-4-example.6",
            "initiative:  > lighting",
            "bought on:  > 1 November 2023",
            "description:  > Camera",
            "cost:  > £400.00",
            "place:  > Depot",
            "owner:  > council",
        ],
    ),
    (
        AssetAmended(asset=replace(CAMERA, place="High Street")),
        Purchase(payment_id="ssf-4-example.6", assets=(CAMERA,)),
        "Changed what is said of asset ssf-4-example.6.1.",
        ["place: Depot > High Street"],
    ),
    (
        AssetDisposed(id="ssf-4-example.6.1", disposal=Disposal(on=DAY, consent=CONSENT, proceeds_pence=1_500, reason="Worn out")),
        None,
        "Disposed of asset ssf-4-example.6.1 on 1 November 2023 for £15.00, with Home Office's consent of 1 November 2023 (HO-2): Worn out",
        ["state: held > disposed"],
    ),
    (
        VarianceCodeAdded(code=VarianceCode(id="late", words="A supplier was late")),
        None,
        "Added the variance code: A supplier was late",
        [],
    ),
    (VarianceCodeRetired(), None, "Retired the variance code.", ["retired: no > yes"]),
    (DRAFTED, None, "Wrote the return for 2023-24-Q2.", ["state: due > draft", "progress:  > Half done", "rating:  > amber"]),
    (
        ReturnSubmitted(submitted_by="partner", on=DAY, report=replace(REPORT, spent_to_date_pence=0)),
        replace(RETURN, state=ReturnState.DRAFT),
        "Handed the return in.",
        ["state: draft > submitted", "spent to date:  > £0.00"],
    ),
    (
        ReturnReviewed(submission=2, review=Review(outcome=ReturnState.ACCEPTED, reviewed_by="officer", on=DAY, reason="Agreed")),
        RETURN,
        "Accepted the return: Agreed",
        ["state: submitted > accepted"],
    ),
    (
        ReturnReviewed(submission=2, review=Review(outcome=ReturnState.CHANGES_REQUESTED, reviewed_by="officer", on=DAY, reason="Short")),
        RETURN,
        "Asked for changes to the return: Short",
        ["state: submitted > changes requested"],
    ),
    (
        TRIED,
        None,
        "Began to send a reminder to returns@council.example: return lighting.2023-24-Q2 is due on 27 October 2023.",
        [],
    ),
    (
        replace(TRIED, to=()),
        None,
        "Began to send a reminder to council, which has no address: return lighting.2023-24-Q2 is due on 27 October 2023.",
        [],
    ),
    (
        replace(TRIED, about=Name(Kind.CLAIMS, "ssf-4-example.2023-24-Q2")),
        None,
        "Began to send a reminder to returns@council.example: claim ssf-4-example.2023-24-Q2 is due on 27 October 2023.",
        [],
    ),
    (ReminderSent(message_id="m-1"), None, "The mail service took the reminder as m-1.", []),
    (ReminderFailed(why="Amazon SES refused it."), None, "The reminder was not sent. Amazon SES refused it.", []),
    (
        ClaimDrafted(id=CLAIM_ID, grant_id="ssf-4-example", quarter="2023-24-Q3", draft=DRAFT),
        None,
        "Drafted claim ssf-4-example.claim-1 for 2023-24-Q3: £800.00 in 1 line.",
        ["asked for: 2023-24-Q3 capital:  > £800.00"],
    ),
    (
        ClaimRedrafted(id=CLAIM_ID, draft=replace(DRAFT, lines=2, amounts_pence={"-#2023-24-Q3#capital": 90_000}, note="A late invoice.")),
        having(CERTIFIED_CLAIM),
        "Drafted claim ssf-4-example.claim-1 anew: £900.00 in 2 lines. A late invoice.",
        ["state: certified > drafted", "asked for: 2023-24-Q3 capital: £800.00 > £900.00", "signed by: cfo > "],
    ),
    (
        ClaimReviewed(id=CLAIM_ID, review=ClaimReview(by="officer", on=DAY)),
        having(DRAFTED_CLAIM),
        "Reviewed claim ssf-4-example.claim-1.",
        ["state: drafted > reviewed"],
    ),
    (
        ClaimCertified(id=CLAIM_ID, certificate=CERTIFICATE),
        having(REVIEWED_CLAIM),
        f"Signed claim ssf-4-example.claim-1: the pack whose SHA-256 is {'0' * 64}.",
        ["state: reviewed > certified", "signed by:  > cfo"],
    ),
    (
        ClaimSubmitted(id=CLAIM_ID, submission=SUBMISSION),
        having(CERTIFIED_CLAIM),
        "Sent claim ssf-4-example.claim-1 on 1 November 2023 (C-3).",
        ["state: certified > submitted"],
    ),
    (
        ClaimSettled(id=CLAIM_ID, receipt=came(80_000)),
        having(SUBMITTED_CLAIM),
        "Entered that £800.00 came for claim ssf-4-example.claim-1 on 1 November 2023 (BACS 9).",
        ["state: submitted > paid"],
    ),
    (
        ClaimSettled(id=CLAIM_ID, receipt=replace(came(-30_000), reference="")),
        having(PART_PAID_CLAIM),
        "Entered that £300.00 for claim ssf-4-example.claim-1 was taken back on 1 November 2023.",
        ["state: part paid > submitted"],
    ),
    (
        ClaimQueried(id=CLAIM_ID, on=DAY, question="Which lamps?"),
        having(PART_PAID_CLAIM),
        "Entered what the Home Office asked about claim ssf-4-example.claim-1 on 1 November 2023: Which lamps?",
        ["state: part paid > queried"],
    ),
    (
        ClaimAnswered(id=CLAIM_ID, on=DAY, answer="Those in the park."),
        having(ASKED_CLAIM),
        "Answered the Home Office about claim ssf-4-example.claim-1 on 1 November 2023: Those in the park.",
        ["state: queried > submitted"],
    ),
    (
        ClaimWithdrawn(id=CLAIM_ID),
        having(SUBMITTED_CLAIM),
        "Withdrew claim ssf-4-example.claim-1.",
        ["state: submitted > withdrawn"],
    ),
    *imports_told.TOLD,
    (
        WordingSet(grant_id="ssf-4-example", wording=WORDING),
        GrantClaims(grant_id="ssf-4-example", wording=replace(WORDING, text="I sign it.")),
        "Set what the grant's certificates say.",
        ["text: I sign it. > I certify it."],
    ),
    (
        WordingSet(grant_id="ssf-4-example", wording=None),
        GrantClaims(grant_id="ssf-4-example", wording=WORDING),
        "Took back what the grant's certificates say.",
        ["text: I certify it. > ", "clause: Scheme, 7 > "],
    ),
    (
        OverrideGiven(matter=Matter.CLAIM, id=CLAIM_ID, by="other", reason="She is ill."),
        None,
        "Let whoever prepared claim ssf-4-example.claim-1 decide it: She is ill.",
        [],
    ),
    (
        ParticularsStated(subject="lighting", statement=Statement(onward_grant=False, purpose="Lamps"), by="officer", on=DAY),
        Disclosure(id="lighting", statement=Statement(purpose="Lanterns")),
        "Said what the public is told of the payments.",
        ["onward grant:  > no", "purpose: Lanterns > Lamps"],
    ),
    (
        ParticularWithheld(subject="lighting", withholding=WITHHELD),
        Disclosure(id="lighting", withheld=(replace(WITHHELD, ground=Ground.PERSONAL_DATA),)),
        "Withheld the recipient (safety), to be looked at again by 1 November 2024.",
        ["withheld: recipient: personal data > safety"],
    ),
    (
        WithholdingLifted(subject="lighting", particular=Particular.RECIPIENT),
        Disclosure(id="lighting", withheld=(WITHHELD,)),
        "Lifted the withholding of the recipient.",
        ["withheld: recipient: safety > "],
    ),
]


def test_every_kind_of_fact_has_words() -> None:
    assert {type(fact) for fact, *_ in OTHERS} | {Entry} == set(get_args(Fact))
    assert {each.kind for each, _ in ENTRIES} == set(EntryKind)


@pytest.mark.parametrize(("fact", "words"), ENTRIES, ids=lambda each: str(each.kind) if isinstance(each, Entry) else "")
def test_an_entry_says_what_was_done(fact: Entry, words: str) -> None:
    assert told(fact, None).words == f"{words}, dated 1 November 2023."
    assert told(replace(fact, description="For the park."), None).words == f"{words}, dated 1 November 2023. For the park."
    assert not needs_before(fact)


@pytest.mark.parametrize(("fact", "before", "words", "changes"), OTHERS, ids=lambda each: getattr(each, "KIND", ""))
def test_a_fact_says_what_was_done_and_what_was_there_before(fact: Fact, before: State | None, words: str, changes: list[str]) -> None:
    found = told(fact, before)

    assert found.words == words
    assert [f"{each.field}: {each.before} > {each.after}" for each in found.changes] == changes


def test_what_needs_the_state_before_is_told_with_it_here() -> None:
    """A fact whose words would change with the state must be among those that ask for it."""
    for fact, before, *_ in OTHERS:
        assert needs_before(fact) or before is None
        assert not needs_before(fact) or told(fact, before) != told(fact, None) or before is None
