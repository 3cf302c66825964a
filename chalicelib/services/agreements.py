"""Agreements: the office's control totals of a quarter beside ours, drawn, explained, signed by a second person, and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import TypeVar

import msgspec

from chalicelib.context import Context
from chalicelib.domain import agreeing, closing
from chalicelib.domain.aggregates import Record
from chalicelib.domain.agreeing import Total
from chalicelib.domain.agreement_rows import Item
from chalicelib.domain.agreements import Agreement, AgreementDrawn, AgreementExplained, AgreementFact, Explanation, ours_by_line
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.columns import in_quarter
from chalicelib.domain.comparing import compare
from chalicelib.domain.errors import AlreadyExists, ChainBroken, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter
from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct, replace
from chalicelib.services import reading, registers
from chalicelib.services.agreement_rows import Spent, extracts
from chalicelib.services.closing import Folding
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, one, view_of
from chalicelib.storage.store import Wanted

R = TypeVar("R")
Which = tuple[str, Quarter]
"""Whose agreement: the grant's id, and the quarter."""


class Stated(Struct, frozen=True, kw_only=True):
    """What the office's ledger says, total by total, and the imports that are not to be read beside it."""

    totals: tuple[Total, ...]
    set_aside: tuple[str, ...] = ()


class Explained(Struct, frozen=True, kw_only=True):
    """An explanation, with its record: which it is, when it was given, and how it explains."""

    number: int
    at: datetime
    reason: str
    explanation: Explanation


class Shown(Struct, frozen=True, kw_only=True):
    """An agreement with what it was drawn from, its explanations, and what each of its lines has come to since, in pence."""

    grant_id: str
    quarter: Quarter
    agreement: Agreement
    drawn: AgreementDrawn
    explained: tuple[Explained, ...]
    now: tuple[int, ...]


class Standing(Struct, frozen=True, kw_only=True):
    """How far a grant is with agreeing a quarter; no agreement where no control totals were stated."""

    grant_id: str
    agreement: Agreement | None


def key_of(name: str) -> str:
    """Under which key the rows of an agreement are kept."""
    return f"agreements/{name}"


def version_of(agreement: Agreement) -> str:
    """The version a reader sees: its last record."""
    return str(agreement.changed_in)


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
        expect(context, version_of(_there(agreement, grant_id, quarter)))

    _drawn(context, (grant_id, quarter), stated, reason, again, _whatever)
    return find(context, grant_id, quarter)


def explain(context: Context, grant_id: str, quarter: Quarter, explanation: Explanation, reason: str) -> Explained:
    """Explain part of a difference by hand.

    Raises Missing, NoSuchPeriod, NotInState, ReopeningNeeded, Contradictory, TooManyExplanations.
    """

    def decide(_view: View, agreement: Agreement) -> AgreementFact:
        return agreeing.explain(agreement, str(quarter), explanation)

    return _change(context, (grant_id, quarter), decide, reason, lambda written: _explained(written.records[0]))


def withdraw(context: Context, grant_id: str, quarter: Quarter, number: int, reason: str) -> Shown:
    """Count an explanation no more. Raises Missing, StaleView, NoSuchPeriod, NotInState, ReopeningNeeded."""

    def decide(_view: View, agreement: Agreement) -> AgreementFact:
        expect(context, version_of(agreement))
        given = _explanations(context, grant_id, (number,) if number in agreement.explained else ())
        return agreeing.withdraw(agreement, str(quarter), number, given[number].explanation if given else None)

    _change(context, (grant_id, quarter), decide, reason, _whatever)
    return find(context, grant_id, quarter)


def sign(context: Context, grant_id: str, quarter: Quarter, reason: str) -> Shown:
    """Sign an agreement. What it says is held against the grant's records, and whatever is posted meanwhile is read, too.

    Costs one read of every record of the grant. Raises Missing, StaleView, NoSuchPeriod, NotInState, ReopeningNeeded,
    PreparerCannotApprove, DifferenceUnexplained, AgreementOutdated, ChainBroken.
    """

    def decide(view: View, agreement: Agreement) -> AgreementFact:
        expect(context, version_of(agreement))
        cells = in_quarter(view.purse(grant_id).cells, str(quarter))
        return agreeing.sign(grant_id, str(quarter), agreement, cells, context.actor)

    _change(context, (grant_id, quarter), decide, reason, _whatever, look=Folding(_of_the_quarter(context), grant_id).look)
    return find(context, grant_id, quarter)


def find(context: Context, grant_id: str, quarter: Quarter) -> Shown:
    """An agreement as it stands. Raises Missing, NoSuchPeriod, ChainBroken."""
    grant = registers.find(context, Grant, grant_id).state
    agreement = _there(closing.period(grant, quarter).agreement, grant_id, quarter)
    cells = {balance.cell: balance.counters for balance in context.store.balances(grant_id)}
    own = {key: counters for key, counters in cells.items() if Cell.parse(key).quarter == str(quarter)}
    name = Name(Kind.GRANT, grant_id)
    wanted = {(name, agreement.drawn_in): f"the agreement of {quarter}", **{(name, each): "an explanation" for each in agreement.explained}}
    records = reading.some(context, wanted)
    drawn = records.pop((name, agreement.drawn_in)).fact
    if not isinstance(drawn, AgreementDrawn):
        raise ChainBroken(aggregate=str(name), seq=agreement.drawn_in, why="should be an agreement")
    return Shown(
        grant_id=grant_id,
        quarter=quarter,
        agreement=agreement,
        drawn=drawn,
        explained=tuple(_explained(record) for record in records.values()),
        now=ours_by_line(agreement.lines, own),
    )


def rows(context: Context, grant_id: str, quarter: Quarter) -> Iterator[Item]:
    """The documents behind the differences of an agreement, as it was drawn. Raises Missing, NoSuchPeriod."""
    grant = registers.find(context, Grant, grant_id).state
    agreement = _there(closing.period(grant, quarter).agreement, grant_id, quarter)
    decode = msgspec.json.Decoder(Item).decode
    return map(decode, context.objects.get(key_of(agreement.files[-1])).splitlines())


def every(context: Context, quarter: Quarter, after: str = "") -> Iterator[Standing]:
    """How far each grant that has the quarter is with agreeing it, in order of id."""
    for held in registers.every(context, Grant, after=after):
        if closing.concerns(held.state, quarter):
            yield Standing(grant_id=held.name.id, agreement=closing.period(held.state, quarter).agreement)


def _there(agreement: Agreement | None, grant_id: str, quarter: Quarter) -> Agreement:
    if agreement is None:
        raise Missing(kind="agreement", id=f"{grant_id}/{quarter}")
    return agreement


def _whatever(written: Written[Grant]) -> Written[Grant]:
    """For changes whose answer is read afterwards."""
    return written


def _drawn(
    context: Context,
    which: Which,
    stated: Stated,
    reason: str,
    allow: Callable[[Agreement | None], None],
    result: Callable[[Written[Grant]], R],
) -> R:
    grant_id, quarter = which
    totals = agreeing.checked(stated.totals)
    spent = Spent(grant_id)

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        agreement = closing.agreeable(held.state, quarter).agreement
        allow(agreement)
        read = extracts(context, grant_id, quarter, frozenset(each.document for each in spent.entries), stated.set_aside)
        compared = compare(totals, quarter, spent.entries, read.theirs, read.unplaced, read.elsewhere)
        given = _explanations(context, grant_id, agreement.explained if agreement else ())
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

    look = Folding(_of_the_quarter(context), grant_id, spent.take).look
    return change(context, look, plan, lambda written: result(one(Grant)(written)))


def _put(context: Context, folder: str, items: Sequence[Item]) -> File:
    """Keep the documents behind the differences, a line of JSON each, under a name that their SHA-256 makes."""
    encode = msgspec.json.Encoder().encode
    content = b"".join(encode(item) + b"\n" for item in items)
    name = f"{folder}/{sha256(content).hexdigest()[:16]}.jsonl"
    stored = context.objects.put(key_of(name), BytesIO(content), content_type="application/x-ndjson")
    return File(name=name, sha256=stored.sha256, size=stored.size)


def _change(
    context: Context,
    which: Which,
    decide: Callable[[View, Agreement], AgreementFact],
    reason: str,
    result: Callable[[Written[Grant]], R],
    *,
    look: Callable[[], View] | None = None,
) -> R:
    grant_id, quarter = which
    wanted = Wanted(heads=(Name(Kind.GRANT, grant_id),))

    def plan(view: View) -> Plan:
        held = view.held(Grant, grant_id)
        agreement = _there(closing.agreeable(held.state, quarter).agreement, grant_id, quarter)
        return Plan(parts=(Part(held.name, held, (decide(view, agreement),)),), reason=reason)

    return change(context, look or (lambda: view_of(context, wanted)), plan, lambda written: result(one(Grant)(written)))


def _of_the_quarter(context: Context) -> Context:
    """For reading the grant: what the caller saw was the agreement, not the grant."""
    return replace(context, expected_version=None)


def _explanations(context: Context, grant_id: str, numbers: tuple[int, ...]) -> dict[int, Explained]:
    """Explanations by their records' numbers. Raises ChainBroken."""
    wanted = {(Name(Kind.GRANT, grant_id), number): "an explanation" for number in numbers}
    return {number: _explained(record) for (_, number), record in (reading.some(context, wanted) if wanted else {}).items()}


def _explained(record: Record) -> Explained:
    if not isinstance(record.fact, AgreementExplained):
        raise ChainBroken(aggregate=str(record.name), seq=record.seq, why="should be an explanation")
    return Explained(number=record.seq, at=record.at, reason=record.reason, explanation=record.fact.explanation)


def _as_drawn(written: Written[Grant], quarter: Quarter) -> Shown:
    """An agreement just drawn for the first time, so without explanations."""
    fact = next(record.fact for record in written.records if isinstance(record.fact, AgreementDrawn))
    agreement = _there(written.state.periods[str(quarter)].agreement, written.name.id, quarter)
    now = tuple(line.ours_pence for line in agreement.lines)
    return Shown(grant_id=written.name.id, quarter=quarter, agreement=agreement, drawn=fact, explained=(), now=now)
