"""A batch as the items of one DynamoDB transaction, each with its condition and what its refusal means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from chalicelib.domain.chain import START, Name
from chalicelib.storage import keys
from chalicelib.storage.store import (
    Answered,
    Batch,
    Change,
    Counters,
    DocumentTaken,
    EntryKey,
    RequestKey,
    Stale,
    Standing,
    StandingMissing,
)
from chalicelib.storage.wire import Item

NEW = "attribute_not_exists(pk)"
THERE = "attribute_exists(pk)"

THROTTLED = frozenset({
    "LimitExceededException",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionInProgressException",
})
"""What DynamoDB calls a request that it did not take: as an error, and as the reason of a cancelled transaction."""


class Throttled(Exception):
    """The store did not take the request: try again a little later. Nothing was written."""


class Meaning(Enum):
    """What it means that an item's condition failed."""

    STALE = auto()
    TAKEN = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Write:
    """One item of a transaction: DynamoDB's request for it, and what it means when its condition fails."""

    action: str
    request: Mapping[str, object]
    meaning: Meaning = Meaning.STALE
    about: str | EntryKey | Name | RequestKey = ""

    @property
    def item(self) -> dict[str, object]:
        """The item as TransactWriteItems takes it."""
        return {self.action: self.request}


def writes_of(batch: Batch, table: str) -> list[Write]:
    """Everything the batch writes, as one transaction's items.

    The request comes first, then heads and records, so that a refusal names the most telling reason.
    """
    return [*_writes_of(batch, table)]


def _writes_of(batch: Batch, table: str) -> Iterator[Write]:
    if batch.request:
        yield _answer(*batch.request, table)
    for change in batch.changes:
        yield _head(change, table)
        yield from _records(change, table)
    for key, entered_as in batch.documents.items():
        yield _document(key, entered_as, table)
    for standing in batch.opened:
        yield _opened(standing, table)
    for entry, pence in batch.moved.items():
        yield _moved(entry, pence, table)
    for (grant_id, cell), counters in batch.balances.items():
        yield _balance(keys.balance(grant_id, cell), counters, table)


def item_key(key: keys.Key) -> dict[str, dict[str, str]]:
    """A key as DynamoDB takes it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _put(key: keys.Key, beside: Mapping[str, Mapping[str, str]], table: str) -> dict[str, object]:
    return {"TableName": table, "Item": {**item_key(key), **beside}, "ConditionExpression": NEW}


def _answer(request: RequestKey, answered: Answered, table: str) -> Write:
    beside = {"fingerprint": {"S": answered.fingerprint}, "body": {"S": answered.body}}
    return Write("Put", _put(keys.request(request.subject, request.key), beside, table), about=request)


def _head(change: Change, table: str) -> Write:
    last = change.links[-1]
    beside = {"seq": {"N": str(last.seq)}, "hash": {"S": last.hash}, "state": {"S": change.state}}
    request = _put(keys.head(change.name), beside, table)
    if change.seen != START:
        # Number and hash: a chain restored from a backup can have the same number and another past.
        request |= {
            "ConditionExpression": "#seq = :seq AND #hash = :hash",
            "ExpressionAttributeNames": {"#seq": "seq", "#hash": "hash"},
            "ExpressionAttributeValues": {":seq": {"N": str(change.seen.seq)}, ":hash": {"S": change.seen.hash}},
        }
    return Write("Put", request, about=change.name)


def _records(change: Change, table: str) -> Iterator[Write]:
    for link in change.links:
        beside = {"body": {"S": link.body}, "hash": {"S": link.hash}}
        yield Write("Put", _put(keys.record(change.name, link.seq), beside, table), about=change.name)


def _document(key: str, entered_as: str, table: str) -> Write:
    request = _put(keys.document(key), {"entered_as": {"S": entered_as}}, table)
    request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return Write("Put", request, Meaning.TAKEN, key)


def _opened(standing: Standing, table: str) -> Write:
    beside = {"about": {"S": standing.about}, "left": {"N": str(standing.left_pence)}}
    key = keys.standing(standing.grant_id, standing.seq)
    return Write("Put", _put(key, beside, table), about=(standing.grant_id, standing.seq))


def _moved(entry: EntryKey, pence: int, table: str) -> Write:
    request = _add(keys.standing(*entry), {"left": pence}, table)
    request["ConditionExpression"] = THERE
    return Write("Update", request, Meaning.MISSING, entry)


def _balance(key: keys.Key, counters: Counters, table: str) -> Write:
    moved = {keys.COUNTER + name: pence for name, pence in counters.items()}
    return Write("Update", _add(key, moved, table))


def _add(key: keys.Key, moved: Mapping[str, int], table: str) -> dict[str, object]:
    return {
        "TableName": table,
        "Key": item_key(key),
        "UpdateExpression": "ADD " + ", ".join(f"#{i} :{i}" for i in range(len(moved))),
        "ExpressionAttributeNames": {f"#{i}": name for i, name in enumerate(moved)},
        "ExpressionAttributeValues": {f":{i}": {"N": str(pence)} for i, pence in enumerate(moved.values())},
    }


class Reason(dict[str, object]):
    """Never built: a cancelled transaction's reason is a plain mapping with `Code` and, when asked for, `Item`."""
