"""Agreements: the office's control totals of a quarter beside ours, drawn, explained, signed by a second person, and shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from chalicelib.context import Context
from chalicelib.domain import agreeing, closing
from chalicelib.domain.aggregates import Record
from chalicelib.domain.agreement_rows import Item
from chalicelib.domain.agreements import Agreement, AgreementDrawn, AgreementExplained, AgreementFact, Explanation, ours_by_line
from chalicelib.domain.cells import Cell
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.columns import in_quarter
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import Struct, replace
from chalicelib.services import reading, registers
from chalicelib.services.closing import Folding
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, one, view_of
from chalicelib.storage.store import Wanted

R = TypeVar("R")
Which = tuple[str, Quarter]
"""Whose agreement: the grant's id, and the quarter."""


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
        given = explanations(context, grant_id, (number,) if number in agreement.explained else ())
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

    _change(context, (grant_id, quarter), decide, reason, _whatever, look=Folding(of_the_quarter(context), grant_id).look)
    return find(context, grant_id, quarter)


def find(context: Context, grant_id: str, quarter: Quarter) -> Shown:
    """An agreement as it stands. Raises Missing, NoSuchPeriod, ChainBroken."""
    grant = registers.find(context, Grant, grant_id).state
    agreement = there(closing.period(grant, quarter).agreement, grant_id, quarter)
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
    agreement = there(closing.period(grant, quarter).agreement, grant_id, quarter)
    decode = msgspec.json.Decoder(Item).decode
    return map(decode, context.objects.get(key_of(agreement.files[-1])).splitlines())


def every(context: Context, quarter: Quarter, after: str = "") -> Iterator[Standing]:
    """How far each grant that has the quarter is with agreeing it, in order of id."""
    for held in registers.every(context, Grant, after=after):
        if closing.concerns(held.state, quarter):
            yield Standing(grant_id=held.name.id, agreement=closing.period(held.state, quarter).agreement)


def there(agreement: Agreement | None, grant_id: str, quarter: Quarter) -> Agreement:
    """The agreement itself. Raises Missing where there is none."""
    if agreement is None:
        raise Missing(kind="agreement", id=f"{grant_id}/{quarter}")
    return agreement


def _whatever(written: Written[Grant]) -> Written[Grant]:
    """For changes whose answer is read afterwards."""
    return written


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
        agreement = there(closing.agreeable(held.state, quarter).agreement, grant_id, quarter)
        return Plan(parts=(Part(held.name, held, (decide(view, agreement),)),), reason=reason)

    return change(context, look or (lambda: view_of(context, wanted)), plan, lambda written: result(one(Grant)(written)))


def of_the_quarter(context: Context) -> Context:
    """For reading the grant: what the caller saw was the agreement, not the grant."""
    return replace(context, expected_version=None)


def explanations(context: Context, grant_id: str, numbers: tuple[int, ...]) -> dict[int, Explained]:
    """Explanations by their records' numbers. Raises ChainBroken."""
    wanted = {(Name(Kind.GRANT, grant_id), number): "an explanation" for number in numbers}
    return {number: _explained(record) for (_, number), record in (reading.some(context, wanted) if wanted else {}).items()}


def _explained(record: Record) -> Explained:
    if not isinstance(record.fact, AgreementExplained):
        raise ChainBroken(aggregate=str(record.name), seq=record.seq, why="should be an explanation")
    return Explained(number=record.seq, at=record.at, reason=record.reason, explanation=record.fact.explanation)
