"""What waits for a decision across the office: read from the grants' heads, so nothing is listed that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from chalicelib.context import Context
from chalicelib.domain.approvals import Waiting, waiting
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter
from chalicelib.domain.values import Struct
from chalicelib.services import reading, registers
from chalicelib.services.unit import Held
from chalicelib.storage.store import RecordKey


class Wanting(Struct, frozen=True, kw_only=True):
    """Which requests are asked for: of one matter or grant, by one person, or those that somebody else than the actor made."""

    matter: Matter | None = None
    grant_id: str | None = None
    requested_by: str | None = None
    by_others: bool = False


class ShownWaiting(Struct, frozen=True, kw_only=True):
    """A request that waits, when it was made, and why."""

    waiting: Waiting
    requested_at: datetime
    why: str


def every(context: Context, wanting: Wanting, after: tuple[str, int], limit: int) -> Iterator[ShownWaiting]:
    """So many of the requests that wait, grant by grant, after the place given: a grant's id and a record's number.

    Raises Missing for a grant that is not there, ChainBroken.
    """
    found = (each for grant in _grants(context, wanting, after[0]) for each in waiting(grant.state) if _wanted(context, wanting, each))
    listed = tuple(islice((each for each in found if (each.grant_id, each.requested_in) > after), limit))
    records = reading.some(context, {_record(each): f"the request of {each.matter} {each.id}" for each in listed})
    asked = ((each, records[_record(each)]) for each in listed)
    return iter([ShownWaiting(waiting=each, requested_at=record.at, why=record.reason) for each, record in asked])


def _record(each: Waiting) -> RecordKey:
    return Name(Kind.GRANT, each.grant_id), each.requested_in


def _grants(context: Context, wanting: Wanting, after: str) -> Iterator[Held[Grant]]:
    if wanting.grant_id is not None:
        return iter((registers.find(context, Grant, wanting.grant_id),))
    # From the last grant on, not after it: more of it may wait.
    return (grant for grant in registers.every(context, Grant, after=after[:-1]) if grant.name.id >= after)


def _wanted(context: Context, wanting: Wanting, each: Waiting) -> bool:
    if wanting.by_others and each.requested_by == context.actor.subject:
        return False
    return wanting.matter in (None, each.matter) and wanting.requested_by in (None, each.requested_by)
