"""Suspense: what imports could not post, posted after all or dismissed, one by one."""

from __future__ import annotations

from datetime import date

from chalicelib.context import Context
from chalicelib.domain import suspense
from chalicelib.domain.aggregates import State
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import contradiction
from chalicelib.domain.imports import Import, ImportSettled
from chalicelib.domain.previews import PreviewRow
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.suspense import Suspended, SuspensePosted
from chalicelib.domain.values import Struct, replace
from chalicelib.services import import_entries, registers
from chalicelib.services.import_entries import Decided
from chalicelib.services.import_posting import grant_parts
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, version_of, view_of
from chalicelib.storage.store import Wanted


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Where, or on which day of the office's ledger, a document is posted instead; what is None stays as it was."""

    grant_id: str | None = None
    initiative_id: str | None = None
    nature: Nature | None = None
    on: date | None = None


def post(context: Context, suspense_id: str, elsewhere: Elsewhere, reason: str) -> Written[Suspended]:
    """Post a document after all, as it is or elsewhere. Raises Missing, StaleView, NotInState, Contradictory, and all that refuses it."""
    held = registers.find(context, Suspended, suspense_id).state
    row = _moved(held.row, elsewhere)
    names = (Name(Kind.SUSPENSE, suspense_id), Name(Kind.IMPORT, held.import_id))
    asked = import_entries.wanted((row,), held.payer_id, names)

    def decide(view: View) -> Plan:
        held = view.held(Suspended, suspense_id)
        expect(context, version_of(held))
        held.state.require_waiting()
        decided = Decided()
        import_entries.take(context, view, decided, row, held.state.payer_id, held.state.import_id)
        settled = _settled(view, held.state, tuple(decided.ids), decided.pence)
        posted = Part(held.name, held, (SuspensePosted(entries=tuple(decided.ids)),))
        return Plan(parts=(*grant_parts(view, decided), posted, settled), reason=reason)

    return change(context, lambda: import_entries.look(context, asked), decide, _the_suspended)


def dismiss(context: Context, suspense_id: str, reason: str) -> Written[Suspended]:
    """Find that a document needs no posting. Raises Missing, StaleView, NotInState, PreparerCannotApprove."""
    import_id = suspense_id.partition(".")[0]
    wanted = Wanted(heads=(Name(Kind.SUSPENSE, suspense_id), Name(Kind.IMPORT, import_id)))

    def decide(view: View) -> Plan:
        held = view.held(Suspended, suspense_id)
        expect(context, version_of(held))
        fact = suspense.dismiss(held.state, context.actor)
        return Plan(parts=(Part(held.name, held, (fact,)), _settled(view, held.state, (), 0)), reason=reason)

    return change(context, lambda: view_of(context, wanted), decide, _the_suspended)


def _settled(view: View, held: Suspended, entries: tuple[str, ...], posted_pence: int) -> Part:
    of = view.held(Import, held.import_id)
    fact = ImportSettled(suspense_id=held.id, place=held.place, pence=held.pence, entries=entries, posted_pence=posted_pence)
    return Part(of.name, of, (fact,))


def _moved(row: PreviewRow, elsewhere: Elsewhere) -> PreviewRow:
    """The document as it is to be posted. Raises Contradictory for a correction, which belongs to the entry that it corrects."""
    if row.corrections:
        if elsewhere != Elsewhere():
            raise contradiction("", "a correction is posted where its entry is: leave out grant_id, initiative_id, nature and on")
        return row

    def line(each: PaymentLine) -> PaymentLine:
        return replace(
            each,
            grant_id=elsewhere.grant_id or each.grant_id,
            initiative_id=elsewhere.initiative_id or each.initiative_id,
            nature=elsewhere.nature or each.nature,
        )

    return replace(row, on=elsewhere.on or row.on, lines=tuple(map(line, row.lines)))


def _the_suspended(written: tuple[Written[State], ...]) -> Written[Suspended]:
    (found,) = (
        Written(each.name, each.position, each.state, each.records, each.change) for each in written if isinstance(each.state, Suspended)
    )
    return found
