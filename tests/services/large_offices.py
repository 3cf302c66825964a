"""An office with several lead recipients, funds and years, made of published awards; what it spends is made up."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TypedDict, Unpack

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.disclosures import Statement
from chalicelib.domain.documents import SplitLine, Uncharged
from chalicelib.domain.entries import Document, DocumentKind, EntryKind
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.income import MatchGiven, Settlement
from chalicelib.domain.initiatives import Category, Initiative, Place, unpublished_by_default
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import FinancialYear
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.spending import Budgeted, PaymentLine, Spend
from chalicelib.domain.values import replace
from chalicelib.domain.variations import AwardLine, Basis, LineChange, Variation, VariationKind
from chalicelib.services import closing, disclosures, entries, grants, reading, registers
from tests.services.offices import CERTIFIER, FINANCE, Office

PUBLISHER = Actor(subject="publisher", roles=frozenset({Role.PUBLISHER}))

_FUNDS = {
    "ssf-1": "Safer Streets Fund round 1",
    "ssf-2": "Safer Streets Fund round 2",
    "ssf-3": "Safer Streets Fund round 3",
    "ssf-4": "Safer Streets Fund round 4",
    "ssf-5": "Safer Streets Fund round 5",
    "swan": "Safety of Women at Night Fund",
}
_ORGANISATIONS = {
    "staffordshire": ("Staffordshire Commissioner's Office", VatStatus.RECOVERS),
    "warwickshire": ("Warwickshire Police and Crime Commissioner", VatStatus.RECOVERS),
    "hanley-partners": ("Hanley, Stoke & Partners <trust>", VatStatus.DOES_NOT_RECOVER),
}
_GRANTS = (
    ("ssf-1-staffordshire", "ssf-1", "staffordshire", {"2020-21": 100_000_000}),
    ("ssf-2-staffordshire", "ssf-2", "staffordshire", {"2021-22": 43_200_000}),
    ("ssf-3-staffordshire", "ssf-3", "staffordshire", {"2021-22": 55_000_000}),
    ("swan-staffordshire", "swan", "staffordshire", {"2021-22": 30_000_000}),
    ("ssf-4-staffordshire", "ssf-4", "staffordshire", {"2022-23": 50_000_000, "2023-24": 25_000_000}),
    ("ssf-5-warwickshire", "ssf-5", "warwickshire", {"2023-24": 46_500_000, "2024-25": 53_500_000}),
)
_NOTES = {
    "ssf-1-staffordshire": (Basis.LOWER_BOUND, "Announced as “more than one million pounds”."),
    "swan-staffordshire": (Basis.ROUNDED, "Announced as £300k."),
}
_INITIATIVES = (
    ("hanley-lighting", "Lamp columns in Hanley", Category.STREET_LIGHTING, "staffordshire", ("Hanley", "Etruria")),
    ("burton-cctv", "Cameras, Burton", Category.CCTV, "staffordshire", ("Burton town centre",)),
    ("night-training", "Training for door staff", Category.TRAINING, "hanley-partners", ()),
    ("rugby-gates", "Alley gates", Category.ALLEY_GATES, "warwickshire", ("Rugby",)),
)


def staffordshire(folder: Path) -> Office:
    """The office, with every kind of entry."""
    office = Office(folder=folder)
    _register(office.context())
    for grant in _grants():
        office.start(grant)
    _offer_more(office.context())
    _allocate(office.context())
    _spend(office.context())
    _put_right(office.context())
    _vary(office)
    _close_quarters(office.context())
    return _disclose(office)


def _disclose(office: Office) -> Office:
    """Say what the public is told: one initiative's payments are onward grants, all others are not."""
    granted = Statement(
        onward_grant=True,
        purpose="=Training, and more",
        conditions="A report each quarter.\nWhat is not spent comes back.",
        reasons="The trust trains door staff in three towns already",
    )
    disclosures.state(office.context(), "night-training", granted)
    return office.disclose("hanley-lighting", "burton-cctv", "rugby-gates")


class Printed(TypedDict, total=False):
    """The settings that a publication prints, and whom its drafts are told to."""

    office_name: str
    code_version: str
    publication_note: str
    giving_prefix: str
    publisher_emails: tuple[str, ...]
    reminder_sender: str


def publisher(office: Office, now: datetime, **settings: Unpack[Printed]) -> Context:
    """The publisher's context at an instant, under changed settings."""
    context = office.context(PUBLISHER)
    return replace(context, now=now, settings=replace(context.settings, **settings))


def _register(context: Context) -> None:
    for fund_id, title in _FUNDS.items():
        registers.create_fund(context, Fund(id=fund_id, title=title, funder="Home Office"))
    for organisation_id, (name, vat) in _ORGANISATIONS.items():
        registers.create_organisation(context, Organisation(id=organisation_id, name=name, vat_status=vat))
    for initiative_id, title, category, partner_id, places in _INITIATIVES:
        initiative = Initiative(
            id=initiative_id,
            title=title,
            category=category,
            partner_id=partner_id,
            places=tuple(Place(name=name) for name in places),
            unpublished_fields=unpublished_by_default(category),
        )
        registers.create_initiative(context, initiative)


def _grants() -> Iterator[Grant]:
    for grant_id, fund_id, lead_recipient_id, by_year in _GRANTS:
        basis, note = _NOTES.get(grant_id, (Basis.EXACT, ""))
        lines = tuple(
            AwardLine(financial_year=year, nature=Nature.NOT_STATED, awarded_pence=pence, basis=basis, note=note)
            for year, pence in by_year.items()
        )
        starts, ends = int(min(by_year)[:4]), int(max(by_year)[:4]) + 1
        yield Grant(
            id=grant_id,
            title=f"{_FUNDS[fund_id]}, {lead_recipient_id.title()}",
            fund_id=fund_id,
            lead_recipient_id=lead_recipient_id,
            force_area="E23000015",
            starts=date(starts, 4, 1),
            ends=date(ends, 3, 31),
            lines=lines,
        )


def _offer_more(context: Context) -> None:
    """A grant that was only offered: none of its money counts."""
    line = AwardLine(financial_year="2024-25", nature=Nature.CAPITAL, awarded_pence=99_999_999, basis=Basis.ROUNDED)
    offered = replace(next(_grants()), id="ssf-5-staffordshire", fund_id="ssf-5", lines=(line,))
    grants.offer(context, replace(offered, starts=date(2024, 4, 1), ends=date(2025, 3, 31)))


def _share(initiative_id: str, year: str) -> Budgeted:
    """An initiative's share of a year's money, on its first day."""
    return Budgeted(initiative_id=initiative_id, financial_year=year, nature=Nature.NOT_STATED, on=date(int(year[:4]), 4, 1))


def _allocate(context: Context) -> None:
    for grant_id, initiative_id, year, pence in (
        ("ssf-1-staffordshire", "hanley-lighting", "2020-21", 90_000_000),
        ("ssf-2-staffordshire", "hanley-lighting", "2021-22", 30_000_000),
        ("ssf-2-staffordshire", "burton-cctv", "2021-22", 13_200_000),
        ("swan-staffordshire", "night-training", "2021-22", 30_000_000),
        ("ssf-4-staffordshire", "burton-cctv", "2022-23", 50_000_000),
        ("ssf-4-staffordshire", "hanley-lighting", "2023-24", 20_000_000),
        ("ssf-5-warwickshire", "rugby-gates", "2023-24", 40_000_000),
    ):
        entries.allocate(context, grant_id, _share(initiative_id, year), pence, "As announced")
    lamps = _share("hanley-lighting", "2021-22")
    entries.transfer(context, "ssf-2-staffordshire", lamps, "burton-cctv", 1_000_000, "More cameras, fewer lamps")


def _pay(context: Context, payer_id: str, line: PaymentLine, document: Document, **rest_pence: int) -> None:
    """Pay a line of a document two days after its date; the rest of it is not charged to any grant."""
    uncharged = Uncharged(net_pence=rest_pence.get("net", 0), vat_pence=rest_pence.get("vat", 0))
    entries.pay(context, document, (SplitLine(line=line),), uncharged, payer_id, document.date + timedelta(days=2))


def _line(
    grant_id: str, initiative_id: str, net_pence: int, vat_pence: int, description: str, commitment: str | None = None
) -> PaymentLine:
    return PaymentLine(
        grant_id=grant_id,
        initiative_id=initiative_id,
        nature=Nature.NOT_STATED,
        net_pence=net_pence,
        vat_pence=vat_pence,
        commitment=commitment,
        description=description,
    )


def _invoice(number: str, supplier: str, on: date, net_pence: int, vat_pence: int) -> Document:
    return Document(kind=DocumentKind.INVOICE, number=number, date=on, supplier=supplier, net_pence=net_pence, vat_pence=vat_pence)


def _pending(initiative_id: str, on: date, pence: int, party: str, reference: str = "") -> Spend:
    return Spend(initiative_id=initiative_id, nature=Nature.NOT_STATED, on=on, amount_pence=pence, party=party, reference=reference)


def _spend(context: Context) -> None:
    lamps = _line("ssf-1-staffordshire", "hanley-lighting", 80_000_000, 16_000_000, "Columns, lanterns and fitting")
    _pay(context, "staffordshire", lamps, _invoice("L-1", "Lamps Ltd", date(2020, 9, 1), 80_000_000, 16_000_000))
    trainer = _line("swan-staffordshire", "night-training", 100_000, 20_000, "-1,234.56")
    _pay(context, "hanley-partners", trainer, _invoice("=1+1", '=HYPERLINK("x")', date(2022, 1, 5), 100_000, 20_000))
    order = entries.commit(context, "ssf-4-staffordshire", _pending("burton-cctv", date(2022, 6, 1), 30_000_000, "Cameras plc", "PO 7"))
    named = f"ssf-4-staffordshire.{order.position.seq}"
    cameras = _line("ssf-4-staffordshire", "burton-cctv", 20_000_000, 4_000_000, "@first half", named)
    bill = _invoice("C-9", "Cameras plc", date(2023, 3, 1), 25_000_005, 5_000_001)
    _pay(context, "staffordshire", cameras, bill, net=5_000_005, vat=1_000_001)
    gates = _line("ssf-5-warwickshire", "rugby-gates", 5_000_005, 1_000_001, 'Gates, "heavy"')
    _pay(context, "warwickshire", gates, _invoice("C-10", "Gates & Sons", date(2023, 5, 1), 5_000_005, 1_000_001))
    entries.accrue(context, "ssf-5-warwickshire", _pending("rugby-gates", date(2024, 1, 31), 2_500_000, "Gates & Sons"))
    _come_in(context)


def _come_in(context: Context) -> None:
    given = MatchGiven(
        kind=EntryKind.MATCH_IN_KIND,
        contributor="Rugby volunteers",
        on=date(2023, 7, 1),
        amount_pence=123_456,
        nature=Nature.NOT_STATED,
    )
    entries.record_match(context, "ssf-5-warwickshire", given)
    claimed = Settlement(
        kind=EntryKind.CLAIMED,
        quarter="2020-21-Q2",
        nature=Nature.NOT_STATED,
        on=date(2020, 10, 20),
        amount_pence=80_000_000,
        reference="Q2",
    )
    entries.record_settlement(context, "ssf-1-staffordshire", claimed)


def _put_right(context: Context) -> None:
    lamps = _first(context, "ssf-1-staffordshire", EntryKind.PAYMENT)
    entries.correct(context, lamps, date(2020, 10, 1), -10_000, "Entered £100 too high")
    entries.refund(context, lamps, date(2020, 11, 1), 250_000, "CN 4", "Two lanterns sent back")
    order = _first(context, "ssf-4-staffordshire", EntryKind.COMMITMENT)
    entries.give_back(context, order, EntryKind.RELEASE, date(2023, 3, 20), 4_000_000, "Not needed")
    gates = _first(context, "ssf-5-warwickshire", EntryKind.PAYMENT)
    entries.allocate(context, "ssf-5-warwickshire", _share("night-training", "2023-24"), 1_000_000, "For the evening economy")
    there = Elsewhere(initiative_id="night-training", nature=Nature.NOT_STATED)
    entries.recode(context, gates, date(2023, 6, 1), 500_000, there, "Miscoded")


def _first(context: Context, grant_id: str, kind: EntryKind) -> str:
    return next(named for named, _, entry in reading.entries(context, grant_id) if entry.kind is kind)


def _vary(office: Office) -> None:
    """The reduction of Warwickshire's second year, asked for by one person and approved by another."""
    reduction = Variation(
        id=0,
        kind=VariationKind.REDUCTION,
        dated=date(2023, 12, 14),
        reason="The Home Office reduced every area's second year",
        notice_reference="HO letter",
        changes=(LineChange(financial_year="2024-25", nature=Nature.NOT_STATED, change_pence=-18_000_000),),
        ends=None,
        requested_by="",
    )
    grants.request_variation(office.context(FINANCE), "ssf-5-warwickshire", reduction)
    grants.approve_variation(office.context(CERTIFIER), "ssf-5-warwickshire", 1, "Seen the letter")
    grants.move(office.context(), "ssf-1-staffordshire", GrantState.CLOSED, date(2021, 4, 1), "Over")


def _close_quarters(context: Context) -> None:
    """The night fund's year, closed quarter by quarter; then its one invoice turns out to be £12 too high."""
    for quarter in FinancialYear.parse("2021-22").quarters():
        closing.hold(context, "swan-staffordshire", quarter, "Quarter end")
        closing.close(context, "swan-staffordshire", quarter, "Quarter end")
    trainer = _first(context, "swan-staffordshire", EntryKind.PAYMENT)
    entries.correct(context, trainer, date(2022, 4, 11), -1_200, "The invoice says £1,188")
