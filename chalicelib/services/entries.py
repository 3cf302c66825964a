"""Money moving: each function is one request, one decision and one atomic write; every one returns what was recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from chalicelib.context import Context
from chalicelib.domain import claiming, income, putting_right, spending
from chalicelib.domain.cells import Cell, Nature, year_and_quarters
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.documents import SplitLine, Uncharged, split_document
from chalicelib.domain.entries import Document, Entry, EntryKind, parse_entry_id
from chalicelib.domain.entry_refusals import DatedInFuture, DocumentAlreadyEntered
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.grants import Grant, GrantFact
from chalicelib.domain.income import MatchGiven, Settlement
from chalicelib.domain.initiatives import Initiative, InitiativeState
from chalicelib.domain.ledger import Purse
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import FinancialYear, london_date
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.spending import Budgeted, Payment, PaymentLine, Spend
from chalicelib.domain.values import replace
from chalicelib.services.unit import Part, Plan, View, Written, change, one, view_of
from chalicelib.storage import items
from chalicelib.storage.store import CellKey, EntryKey, Wanted

Decide = Callable[[Purse], tuple[Entry, ...]]
F = TypeVar("F", bound=GrantFact)


def allocate(context: Context, grant_id: str, share: Budgeted, amount_pence: int, reason: str) -> Written[Grant]:
    """Promise part of an award line to an initiative, or take back what it does not use."""

    def decide(view: View) -> tuple[Entry, ...]:
        purse = view.purse(grant_id)
        if amount_pence > 0:
            going_on(view, share.initiative_id)
        return spending.allocate(purse, share, amount_pence)

    return _allocating(context, grant_id, share, share.initiative_id, decide, reason)


def transfer(context: Context, grant_id: str, share: Budgeted, to_initiative_id: str, amount_pence: int, reason: str) -> Written[Grant]:
    """A virement between two initiatives of one award line."""

    def decide(view: View) -> tuple[Entry, ...]:
        purse = view.purse(grant_id)
        going_on(view, to_initiative_id)
        return spending.transfer(purse, share, to_initiative_id, amount_pence)

    return _allocating(context, grant_id, share, to_initiative_id, decide, reason)


def _allocating(
    context: Context,
    grant_id: str,
    share: Budgeted,
    receiver_id: str,
    decide: Callable[[View], tuple[Entry, ...]],
    reason: str,
) -> Written[Grant]:
    wanted = Wanted(
        heads=(Name(Kind.GRANT, grant_id), Name(Kind.INITIATIVE, receiver_id)),
        balances=_cells(grant_id, share.initiative_id, share.financial_year, share.nature),
    )
    return _post(context, grant_id, lambda: view_of(context, wanted), decide, reason)


def going_on(view: View, initiative_id: str) -> None:
    """Refuse new money for an initiative that was cancelled. Raises Missing, NotInState."""
    initiative = view.state(Initiative, initiative_id)
    if initiative.state is InitiativeState.CANCELLED:
        needed = tuple(state for state in InitiativeState if state is not InitiativeState.CANCELLED)
        raise NotInState(kind="initiative", id=initiative_id, state=initiative.state, needed=needed)


def commit(context: Context, grant_id: str, spend: Spend) -> Written[Grant]:
    """Record a commitment."""
    return _spending(context, grant_id, spend, spending.commit)


def accrue(context: Context, grant_id: str, spend: Spend) -> Written[Grant]:
    """Record an accrual."""
    return _spending(context, grant_id, spend, spending.accrue)


def _spending(context: Context, grant_id: str, spend: Spend, decide: Callable[[Purse, Spend], tuple[Entry, ...]]) -> Written[Grant]:
    wanted = Wanted(
        heads=(Name(Kind.GRANT, grant_id), Name(Kind.INITIATIVE, spend.initiative_id)),
        balances=_cells(grant_id, spend.initiative_id, str(FinancialYear.of(spend.on)), spend.nature),
        standings=(parsed(spend.commitment),) if spend.commitment else (),
    )

    def checked(view: View) -> tuple[Entry, ...]:
        purse = view.purse(grant_id)
        going_on(view, spend.initiative_id)
        return decide(purse, spend)

    return _post(context, grant_id, lambda: view_of(context, wanted), checked)


def record_match(context: Context, grant_id: str, given: MatchGiven) -> Written[Grant]:
    """Record a partner's contribution. Raises Missing for an initiative that is not there."""
    besides = (Name(Kind.INITIATIVE, given.initiative_id),) if given.initiative_id else ()
    wanted = Wanted(heads=(Name(Kind.GRANT, grant_id), *besides))

    def decide(view: View) -> tuple[Entry, ...]:
        if given.initiative_id:
            view.state(Initiative, given.initiative_id)
        return income.record_match(view.purse(grant_id), given)

    return _post(context, grant_id, lambda: view_of(context, wanted), decide)


def record_settlement(context: Context, grant_id: str, settlement: Settlement) -> Written[Grant]:
    """Record what was claimed from the Home Office, or received from it. Raises ClaimsArePrepared where claims say what is claimed."""
    wanted = Wanted(heads=(Name(Kind.GRANT, grant_id), Name(Kind.CLAIMS, grant_id)))

    def decide(view: View) -> tuple[Entry, ...]:
        held = view.find(GrantClaims, grant_id)
        if held and settlement.kind is EntryKind.CLAIMED:
            claiming.by_hand(held.state)
        return income.record_settlement(view.purse(grant_id), settlement)

    return _post(context, grant_id, lambda: view_of(context, wanted), decide)


def pay(
    context: Context,
    document: Document,
    lines: Sequence[SplitLine],
    uncharged: Uncharged,
    payer_id: str,
    on: date,
) -> tuple[Written[Grant], ...]:
    """Pay a document, split over as many initiatives and grants as it has lines; all of it, or nothing.

    Raises DocumentDoesNotAddUp, DocumentAlreadyEntered, TooManyLines, and for each line what `spending.pay` raises.
    """
    parts = split_document(document, lines, uncharged)
    grant_ids = tuple(dict.fromkeys(line.grant_id for line in parts))
    initiatives = tuple(dict.fromkeys(Name(Kind.INITIATIVE, line.initiative_id) for line in parts))
    wanted = Wanted(
        heads=(*(Name(Kind.GRANT, grant_id) for grant_id in grant_ids), Name(Kind.ORGANISATION, payer_id), *initiatives),
        balances=tuple(dict.fromkeys(cell for line in parts for cell in _line_cells(line, on))),
        documents=(document.key,),
        standings=tuple(dict.fromkeys(parsed(entry) for line in parts for entry in (line.commitment, line.accrual) if entry)),
    )

    def look() -> View:
        view = view_of(context, wanted)
        further = tuple(cell for line in parts for cell in _accrued_cells(view, line) if cell not in wanted.balances)
        return view_of(context, replace(wanted, balances=wanted.balances + further)) if further else view

    def decide(view: View) -> Plan:
        # Said before anything else: whoever types an invoice again is not short of money.
        if entered_as := view.snapshot.documents.get(document.key):
            raise DocumentAlreadyEntered(supplier=document.supplier, number=document.number, entered_as=entered_as)
        vat_status = view.state(Organisation, payer_id).vat_status
        payment = Payment(document=document, on=on, payer_id=payer_id, vat_status=vat_status)
        for name in initiatives:
            view.state(Initiative, name.id)
        purses = {grant_id: view.purse(grant_id) for grant_id in grant_ids}
        posted: dict[str, tuple[Entry, ...]] = dict.fromkeys(grant_ids, ())
        for line in parts:
            entries = spending.pay(purses[line.grant_id], line, payment)
            purses[line.grant_id] = purses[line.grant_id].after(*entries)
            posted[line.grant_id] += entries
        named = ((Name(Kind.GRANT, grant_id), view.held(Grant, grant_id)) for grant_id in grant_ids)
        return Plan(parts=tuple(Part(name, held, happened(context, posted[name.id])) for name, held in named))

    only = one(Grant)
    return change(context, look, decide, lambda written: tuple(only((each,)) for each in written))


def give_back(context: Context, named: str, kind: EntryKind, on: date, amount_pence: int | None, reason: str) -> Written[Grant]:
    """Release a commitment or reverse an accrual, in part or in full."""
    return _naming(context, named, lambda purse: spending.give_back(purse, named, kind, on, amount_pence), reason)


def refund(context: Context, named: str, on: date, amount_pence: int, reference: str, reason: str) -> Written[Grant]:
    """Record money that came back, out of the payment it returns."""
    return _naming(context, named, lambda purse: putting_right.refund(purse, named, on, amount_pence, reference), reason, draws=True)


def correct(context: Context, named: str, on: date, change_pence: int, reason: str) -> Written[Grant]:
    """Change what an entry stands at."""
    return _naming(
        context,
        named,
        lambda purse: putting_right.correct(purse, named, on, change_pence),
        reason,
        draws=True,
    )


def recode(context: Context, named: str, on: date, amount_pence: int | None, to: Elsewhere, reason: str) -> Written[Grant]:
    """Move a miscoded entry to the initiative or nature where it belongs."""
    return _naming(
        context,
        named,
        lambda purse: putting_right.recode(purse, named, on, amount_pence, to),
        reason,
        draws=True,
        to=to,
    )


def _naming(
    context: Context,
    named: str,
    decide: Decide,
    reason: str,
    *,
    draws: bool = False,
    to: Elsewhere | None = None,
) -> Written[Grant]:
    """A change that names an earlier entry. Which cells it draws on (if it does) stands with that entry."""
    grant_id, seq = parsed(named)
    receivers = (Name(Kind.INITIATIVE, to.initiative_id),) if to else ()
    wanted = Wanted(heads=(Name(Kind.GRANT, grant_id), Name(Kind.CLAIMS, grant_id), *receivers), standings=((grant_id, seq),))

    def look() -> View:
        view = view_of(context, wanted)
        standing = view.snapshot.standings.get((grant_id, seq))
        if not draws or standing is None:
            return view
        cell = Cell.parse(items.standing_of(standing).cell)
        cells = _cells(grant_id, cell.initiative_id or "-", cell.financial_year, cell.nature)
        if to is not None:
            cells += _cells(grant_id, to.initiative_id, cell.financial_year, to.nature)
        return view_of(context, Wanted(heads=wanted.heads, standings=wanted.standings, balances=tuple(dict.fromkeys(cells))))

    def checked(view: View) -> tuple[Entry, ...]:
        purse = view.purse(grant_id)
        if held := view.find(GrantClaims, grant_id):
            claiming.not_posted_by(held.state, named)
        for name in receivers:
            view.state(Initiative, name.id)
        return decide(purse)

    return _post(context, grant_id, look, checked, reason)


def _post(
    context: Context,
    grant_id: str,
    look: Callable[[], View],
    decide: Callable[[View], tuple[Entry, ...]],
    reason: str = "",
) -> Written[Grant]:
    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        return Plan(parts=(Part(held.name, held, happened(context, decide(view))),), reason=reason)

    return change(context, look, plan, one(Grant))


def happened(context: Context, facts: tuple[F, ...]) -> tuple[F, ...]:
    """The facts themselves, when no entry among them is dated after today in London. Raises DatedInFuture."""
    today = london_date(context.now)
    for fact in facts:
        if isinstance(fact, Entry) and fact.on > today:
            raise DatedInFuture(on=fact.on, today=today)
    return facts


def parsed(entry: str) -> EntryKey:
    """The grant and the number that an entry's id names. Raises Missing."""
    found = parse_entry_id(entry)
    if found is None:
        raise Missing(kind="entry", id=entry)
    return found


def _accrued_cells(view: View, line: PaymentLine) -> tuple[CellKey, ...]:
    """The cells of the year in which a line's accrual lies: what settles it is a cost of that year."""
    standing = view.snapshot.standings.get(parsed(line.accrual)) if line.accrual else None
    if standing is None:
        return ()
    year = Cell.parse(items.standing_of(standing).cell).financial_year
    return _cells(line.grant_id, line.initiative_id, year, line.nature)


def _line_cells(line: PaymentLine, on: date) -> tuple[CellKey, ...]:
    return _cells(line.grant_id, line.initiative_id, str(FinancialYear.of(on)), line.nature)


def _cells(grant_id: str, initiative_id: str, financial_year: str, nature: Nature) -> tuple[CellKey, ...]:
    return tuple((grant_id, key) for key in year_and_quarters(initiative_id, financial_year, nature))
