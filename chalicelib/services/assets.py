"""The register of assets: what was bought, with which payment, and how it went; and payments that nothing was registered for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from chalicelib.context import Context
from chalicelib.domain import assets
from chalicelib.domain.assets import Asset, Disposal, Purchase, PurchaseFact
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind, Standing, parse_entry_id
from chalicelib.domain.errors import Missing, Refused
from chalicelib.domain.grants import Grant
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.periods import london_date
from chalicelib.domain.values import Struct, replace
from chalicelib.reports.assets import register_csv
from chalicelib.services import reading, registers
from chalicelib.services.unit import Part, Plan, View, change, expect, one, view_of
from chalicelib.storage import items
from chalicelib.storage.store import EntryKey, Head, Wanted

MOST_CSV_CHARACTERS = 1_500_000
"""Of the register in one answer: a character has up to 4 bytes, and a Lambda function answers with up to 6 MB."""


class RegisterTooLong(Refused):
    """The register is too long for one file."""

    assets: int

    @property
    def detail(self) -> str:
        return f"The register has {self.assets:,} assets, too many for one answer: ask for one grant's at a time."


class Unregistered(Struct, frozen=True, kw_only=True):
    """A payment above its grant's threshold for which no asset is registered, and the pence that still stand of it."""

    payment_id: str
    entry: Entry
    left_pence: int


def register(context: Context, asset: Asset) -> Asset:
    """Register an item that was bought with a payment.

    Raises Missing (payment or owner), WrongEntry, DatedInFuture, MoreThanPaid.
    """

    def decide(view: View, purchase: Purchase | None) -> PurchaseFact:
        payment = _payment(view, asset.payment_id)
        view.state(Organisation, asset.owner_id)
        bought = replace(asset, initiative_id=Cell.parse(payment.cell).initiative_id)
        return assets.register(purchase, payment, bought, london_date(context.now))

    return _change(context, asset.payment_id, decide, lambda purchase: purchase.assets[-1], owner_id=asset.owner_id)


def amend(context: Context, asset_id: str, amended: Callable[[Asset], Asset], owner_id: str | None) -> Asset:
    """Change what is said of an asset; `owner_id` is the new owner, if that is among it.

    Raises Missing (the asset, or the new owner), StaleView, NotInState, DatedInFuture, MoreThanPaid.
    """
    payment_id = assets.payment_of(asset_id)

    def decide(view: View, purchase: Purchase | None) -> PurchaseFact:
        held = _expected(context, purchase, asset_id)
        if owner_id:
            view.state(Organisation, owner_id)
        return assets.amend(held, _payment(view, payment_id), asset_id, amended, london_date(context.now))

    return _change(context, payment_id, decide, lambda purchase: purchase.asset(asset_id), owner_id=owner_id)


def dispose(context: Context, asset_id: str, disposal: Disposal) -> Asset:
    """Say how an asset went. Raises Missing, StaleView, NotInState, DatedInFuture, Contradictory."""

    def decide(_view: View, purchase: Purchase | None) -> PurchaseFact:
        return assets.dispose(_expected(context, purchase, asset_id), asset_id, disposal, london_date(context.now))

    return _change(context, assets.payment_of(asset_id), decide, lambda purchase: purchase.asset(asset_id), reason=disposal.reason)


def find(context: Context, asset_id: str) -> Asset:
    """One asset. Raises Missing."""
    payment_id = assets.payment_of(asset_id)
    held = view_of(context, Wanted(heads=(Name(Kind.PURCHASE, payment_id),))).find(Purchase, payment_id)
    if held is None:
        raise Missing(kind="asset", id=asset_id)
    return held.state.asset(asset_id)


def every(context: Context, grant_id: str | None = None, after: str = "") -> Iterator[Asset]:
    """Every asset, or those bought with one grant's payments, after the asset given: payment by payment, in order of id."""
    last = assets.place_of(after)
    payment_id = assets.payment_of(after) if last else ""
    for head in _purchases(context, grant_id, _just_before(payment_id)):
        bought = items.state_of(Purchase, head).assets
        yield from bought[last:] if head.name.id == payment_id else bought


def register_file(context: Context, grant_id: str | None = None) -> str:
    """The register as CSV: every asset, or those of one grant. Raises RegisterTooLong."""
    names = {held.state.id: held.state.name for held in registers.every(context, Organisation)}
    listed = tuple(every(context, grant_id))
    text = register_csv(listed, names)
    if len(text) > MOST_CSV_CHARACTERS:
        raise RegisterTooLong(assets=len(listed))
    return text


def unregistered(context: Context, grant_id: str, after: int = 0) -> Iterator[Unregistered]:
    """A grant's payments above its threshold, after record `after`, that no asset is registered for; none without a threshold.

    Money that was recoded away from a payment with assets is that payment's still. Raises Missing, ChainBroken.
    """
    threshold = registers.find(context, Grant, grant_id).state.asset_threshold_pence
    if threshold is None:
        return
    purchased = {head.name.id for head in _purchases(context, grant_id)}
    left = {standing.seq: standing.left_pence for standing in context.store.standings(grant_id)}
    for payment_id, record, entry in reading.entries_after(context, grant_id, after):
        pence = left.get(record.seq, 0)
        if entry.stands_as is EntryKind.PAYMENT and pence > threshold and not purchased & {payment_id, entry.of}:
            yield Unregistered(payment_id=payment_id, entry=entry, left_pence=pence)


def _change(
    context: Context,
    payment_id: str,
    decide: Callable[[View, Purchase | None], PurchaseFact],
    result: Callable[[Purchase], Asset],
    *,
    owner_id: str | None = None,
    reason: str = "",
) -> Asset:
    """One change to what was bought with a payment. How much of the payment stands is read in the same view."""
    grant_id, seq = _named(payment_id)
    name = Name(Kind.PURCHASE, payment_id)
    owners = (Name(Kind.ORGANISATION, owner_id),) if owner_id else ()
    wanted = Wanted(heads=(name, Name(Kind.GRANT, grant_id), *owners), standings=((grant_id, seq),))

    def plan(view: View) -> Plan:
        held = view.find(Purchase, payment_id)
        fact = decide(view, held.state if held else None)
        return Plan(parts=(Part(name, held, (fact,)),), reason=reason)

    sole = one(Purchase)
    return change(context, lambda: view_of(context, wanted), plan, lambda written: result(sole(written).state))


def _payment(view: View, payment_id: str) -> Standing:
    """What stands of a payment. Raises Missing, WrongEntry."""
    return view.purse(_named(payment_id)[0]).standing(payment_id, EntryKind.PAYMENT)


def _expected(context: Context, purchase: Purchase | None, asset_id: str) -> Purchase:
    """The purchase, when the asset is there and is the version that the caller read. Raises Missing, StaleView."""
    if purchase is None:
        raise Missing(kind="asset", id=asset_id)
    expect(context, str(purchase.asset(asset_id).version))
    return purchase


def _purchases(context: Context, grant_id: str | None, after: str = "") -> Iterator[Head]:
    """What was bought with each payment of one grant, or of any."""
    start = f"{grant_id}." if grant_id else ""
    return takewhile(lambda head: head.name.id.startswith(start), context.store.heads(Kind.PURCHASE, after=max(start, after)))


def _just_before(payment_id: str) -> str:
    """A text that no payment's id lies between this id and: no character of an id comes after a tilde."""
    return f"{payment_id[:-1]}{chr(ord(payment_id[-1]) - 1)}~" if payment_id else ""


def _named(payment_id: str) -> EntryKey:
    found = parse_entry_id(payment_id)
    if found is None:
        raise Missing(kind="entry", id=payment_id)
    return found
