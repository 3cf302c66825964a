"""What waits for a decision across the office: read from heads alone, so nothing is listed that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from chalicelib.context import Context
from chalicelib.domain.approvals import Waiting, waiting
from chalicelib.domain.matters import Matter
from chalicelib.domain.values import Struct
from chalicelib.services import decisions, reading
from chalicelib.services.decisions import Place
from chalicelib.storage.store import RecordKey


class Wanting(Struct, frozen=True, kw_only=True):
    """Which requests are asked for: of one matter or grant, by one person, or those that the actor had no hand in."""

    matter: Matter | None = None
    grant_id: str | None = None
    requested_by: str | None = None
    by_others: bool = False


class ShownWaiting(Struct, frozen=True, kw_only=True):
    """A request that waits, when it was made, and why."""

    waiting: Waiting
    requested_at: datetime
    why: str


def every(context: Context, wanting: Wanting, after: Place, limit: int) -> Iterator[ShownWaiting]:
    """So many of the requests that wait, after the place given: grant by grant, then their claims, then returns, then what is in suspense.

    Raises Missing for a grant that is not there, ChainBroken.
    """
    heads = decisions.heads(context, wanting.matter, wanting.grant_id, after)
    found = (each for held in heads for each in waiting(held.state) if _wanted(context, wanting, each))
    listed = tuple(islice((each for each in found if place_of(each) > after), limit))
    records = reading.some(context, {_record(each): f"the request of {each.matter} {each.id}" for each in listed})
    asked = ((each, records[_record(each)]) for each in listed)
    return iter([ShownWaiting(waiting=each, requested_at=record.at, why=each.why or record.reason) for each, record in asked])


def place_of(each: Waiting) -> Place:
    """Where a request stands in the list."""
    return Place.of(each.name, each.requested_in)


def _record(each: Waiting) -> RecordKey:
    return each.name, each.requested_in


def _wanted(context: Context, wanting: Wanting, each: Waiting) -> bool:
    if wanting.by_others and context.actor.subject in each.prepared_by:
        return False
    return wanting.matter in (None, each.matter) and wanting.requested_by in (None, each.requested_by)
