"""Drawing an agreement: the control totals that were stated are put beside a fold of the grant and the rows of its extracts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO

import msgspec

from chalicelib.context import Context
from chalicelib.domain import agreeing, closing
from chalicelib.domain.agreeing import CodedTotal, Total
from chalicelib.domain.agreement_rows import Item
from chalicelib.domain.agreements import Agreement, AgreementDrawn
from chalicelib.domain.errors import AlreadyExists
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter
from chalicelib.domain.profiles import Profile
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct
from chalicelib.services import registers
from chalicelib.services.agreements import R, Shown, Which, explanations, find, key_of, of_the_quarter, there, version_of
from chalicelib.services.closing import Folding
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, one


class Stated(Struct, frozen=True, kw_only=True):
    """What the office's ledger says, total by total, and the imports that are not to be read beside it.

    Those that are `coded` are mapped by a profile.
    """

    totals: tuple[Total, ...] = ()
    coded: tuple[CodedTotal, ...] = ()
    profile_id: str = ""
    set_aside: tuple[str, ...] = ()


def draw(context: Context, grant_id: str, quarter: Quarter, stated: Stated, reason: str) -> Shown:
    """State the office's control totals for the first time, and put ours beside them.

    Costs one read of every record of the grant, and of the rows of the extracts that name it. Raises Missing, NoSuchPeriod, NotInState,
    ReopeningNeeded, Contradictory, ChainBroken, AlreadyExists.
    """

    def first(agreement: Agreement | None) -> None:
        if agreement:
            raise AlreadyExists(kind="agreement", id=f"{grant_id}/{quarter}")

    return _drawn(context, (grant_id, quarter), stated, reason, first, lambda written: _as_drawn(written, quarter))


def draw_anew(context: Context, grant_id: str, quarter: Quarter, stated: Stated, reason: str) -> Shown:
    """State the totals anew, or compare the same ones with the ledger as it is now. What was explained by hand still counts.

    Costs and raises what `draw` does, but for AlreadyExists; StaleView.
    """

    def again(agreement: Agreement | None) -> None:
        expect(context, version_of(there(agreement, grant_id, quarter)))

    _drawn(context, (grant_id, quarter), stated, reason, again, _left)
    return find(context, grant_id, quarter)


def _left(written: Written[Grant]) -> Written[Grant]:
    """For a change whose answer is read afterwards."""
    return written


def _drawn(
    context: Context,
    which: Which,
    stated: Stated,
    reason: str,
    allow: Callable[[Agreement | None], None],
    result: Callable[[Written[Grant]], R],
) -> R:
    from chalicelib.domain.comparing import compare  # noqa: PLC0415  few requests draw an agreement, and a cold start counts
    from chalicelib.services.agreement_rows import Spent, extracts  # noqa: PLC0415  for the same reason

    grant_id, quarter = which
    totals = agreeing.checked((*stated.totals, *_mapped(context, grant_id, stated)))
    spent = Spent(grant_id)

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        agreement = closing.agreeable(held.state, quarter).agreement
        allow(agreement)
        read = extracts(context, grant_id, quarter, frozenset(each.document for each in spent.entries), stated.set_aside)
        compared = compare(totals, quarter, spent.entries, read.theirs, read.unplaced, read.elsewhere)
        given = explanations(context, grant_id, agreement.explained if agreement else ())
        file = _put(context, f"{grant_id}.{quarter}", compared.items)
        fact = AgreementDrawn(
            quarter=str(quarter),
            drawn_by=context.actor.subject,
            lines=agreeing.kept(compared.lines, {number: each.explanation for number, each in given.items()}),
            imports=read.positions,
            set_aside=stated.set_aside,
            kept=tuple(given),
            explained_by=tuple(dict.fromkeys(each.explanation.by for each in given.values())),
            file=file.name,
            sha256=file.sha256,
            size=file.size,
        )
        return Plan(parts=(Part(held.name, held, (fact,)),), reason=reason)

    look = Folding(of_the_quarter(context), grant_id, spent.take).look
    return change(context, look, plan, lambda written: result(one(Grant)(written)))


def _mapped(context: Context, grant_id: str, stated: Stated) -> tuple[Total, ...]:
    if not stated.coded:
        return ()
    profile = registers.find(context, Profile, stated.profile_id).state
    return agreeing.mapped(profile, grant_id, stated.coded)


def _put(context: Context, folder: str, items: Sequence[Item]) -> File:
    """Keep the documents behind the differences, a line of JSON each, under a name that their SHA-256 makes."""
    encode = msgspec.json.Encoder().encode
    content = b"".join(encode(item) + b"\n" for item in items)
    name = f"{folder}/{sha256(content).hexdigest()[:16]}.jsonl"
    stored = context.objects.put(key_of(name), BytesIO(content), content_type="application/x-ndjson")
    return File(name=name, sha256=stored.sha256, size=stored.size)


def _as_drawn(written: Written[Grant], quarter: Quarter) -> Shown:
    """An agreement just drawn for the first time, so without explanations."""
    fact = next(record.fact for record in written.records if isinstance(record.fact, AgreementDrawn))
    agreement = there(written.state.periods[str(quarter)].agreement, written.name.id, quarter)
    now = tuple(line.ours_pence for line in agreement.lines)
    return Shown(grant_id=written.name.id, quarter=quarter, agreement=agreement, drawn=fact, explained=(), now=now)
