"""On the embedded DynamoDB: people throw every command that makes entries at quarters that others close and reopen meanwhile."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import ParamSpec, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.aggregates import Record
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.closing_refusals import PeriodIsClosed
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import DomainError, TooBusy
from chalicelib.domain.people import Actor
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import PeriodClosed, PeriodReopened
from chalicelib.domain.values import replace
from chalicelib.services import closing, reading
from chalicelib.services.unit import Written
from chalicelib.services.verification import verify
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from local.embedded import EmbeddedDynamoDB
from local.table import ensure_table_with
from tests.services.offices import CERTIFIER, FINANCE, Office
from tests.services.quarter_ends import GRANT, POSTING, WHY, Asked, QuarterEnds, trespasses

NAME = Name(Kind.GRANT, GRANT)
Q1, Q2 = Quarter.parse("2023-24-Q1"), Quarter.parse("2023-24-Q2")
DAYS = (date(2023, 5, 2), date(2023, 6, 30), date(2023, 7, 1), date(2023, 9, 30), date(2023, 10, 1))
WRITERS = 8
TABLES = count(1)
P = ParamSpec("P")
R = TypeVar("R")


class Hurried(QuarterEnds):
    """An office whose people really wait before they try again."""

    def context(self, who: Actor = FINANCE) -> Context:
        return replace(super().context(who), pause=wait_a_moment)


def until_done(act: Callable[P, R], *asked: P.args, **named: P.kwargs) -> R:
    """Do it, and again while others are in the way. Raises what it is refused with."""
    while True:
        try:
            return act(*asked, **named)
        except TooBusy:
            wait_a_moment(1)


@dataclass
class Told:
    """What one person was told: every record that was acknowledged, and how often each refusal was given."""

    written: list[Record] = field(default_factory=list)
    refused: Counter[type[DomainError]] = field(default_factory=Counter)


def begun(embedded: EmbeddedDynamoDB) -> Hurried:
    """An office on a table of its own, with one of everything in its first quarter that later entries may name."""
    client, table = dynamodb_client(region="eu-west-2", endpoint_url=embedded.endpoint_url), f"at-once-{next(TABLES)}"
    ensure_table_with(client, table)
    ends = Hurried(Office(store=DynamoStore(client, table)).open())
    for what in POSTING:
        pence = 1_000 if what in {"release", "reversal"} else 10_000
        ends.ask(Asked(what=what, who=FINANCE, on=date(2023, 5, 2), pence=pence, place=0, quarter=Q1))
    return ends


def throw(ends: Hurried, whats: tuple[str, ...], days: tuple[date, ...]) -> Told:
    """Ask for everything in this order, each on the next of the days, and remember what came back."""
    told = Told()
    for place, what in enumerate(whats):
        asked = Asked(what=what, who=FINANCE, on=days[place % len(days)], pence=7, place=place, quarter=Q1)
        try:
            told.written += records_of(until_done(ends.ask, asked))
        except DomainError as refusal:
            told.refused[type(refusal)] += 1
    return told


def records_of(outcome: object) -> Iterator[Record]:
    for written in outcome if isinstance(outcome, tuple) else (outcome,):
        assert isinstance(written, Written)
        yield from written.records


def close_and_reopen(ends: Hurried) -> None:
    """Close the first quarter, reopen it, close it again and the second too, while others post."""
    for quarter, opens_again in ((Q1, True), (Q1, False), (Q2, True), (Q2, False)):
        until_done(closing.hold, ends.context(), GRANT, quarter, WHY)
        until_done(closing.close, ends.context(), GRANT, quarter, WHY)
        wait_a_moment(3)
        if opens_again:
            until_done(closing.request_reopening, ends.context(), GRANT, quarter, WHY)
            until_done(closing.reopen, ends.context(CERTIFIER), GRANT, quarter, WHY)


@pytest.mark.slow
def test_whatever_is_thrown_at_a_quarter_while_it_closes_and_reopens_nothing_lands_in_it_and_nothing_is_lost(
    embedded: EmbeddedDynamoDB,
) -> None:
    refused: Counter[type[DomainError]] = Counter()

    @settings(max_examples=3, deadline=None)
    @given(
        st.tuples(*[st.permutations(POSTING) for _ in range(WRITERS)]),
        st.tuples(*[st.permutations(DAYS) for _ in range(WRITERS)]),
    )
    def tried(whats: tuple[list[str], ...], days: tuple[list[date], ...]) -> None:
        ends = begun(embedded)
        before = {record.seq for record in reading.records(ends.context(), NAME)}
        with ThreadPoolExecutor(WRITERS + 1) as people:
            closer = people.submit(close_and_reopen, ends)
            writers = [people.submit(throw, ends, tuple(each), tuple(on)) for each, on in zip(whats, days, strict=True)]
            closer.result()
            told = [writer.result() for writer in writers]

        stored = {record.seq: record for record in reading.records(ends.context(), NAME)}
        acknowledged = [record for each in told for record in each.written]
        assert list(trespasses(ends.office)) == []
        assert all(stored[record.seq] == record for record in acknowledged), "an acknowledged record is not there"
        entered = {seq for seq, record in stored.items() if isinstance(record.fact, Entry)} - before
        assert entered == {record.seq for record in acknowledged if isinstance(record.fact, Entry)}, "an entry nobody was told of"
        kinds = Counter(type(record.fact) for record in stored.values())
        assert (kinds[PeriodClosed], kinds[PeriodReopened]) == (4, 2)
        assert verify(ends.context(), NAME).problems == ()
        refused.update(sum((each.refused for each in told), Counter[type[DomainError]]()))

    tried()
    assert refused[PeriodIsClosed] > 0
