"""A batch as the items of one DynamoDB transaction: each with its condition, and what it means when that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from chalicelib.domain.chain import START
from chalicelib.domain.values import Struct
from chalicelib.storage import keys
from chalicelib.storage.asking import CONDITION_FAILED, CONFLICT, Reason
from chalicelib.storage.store import (
    Answered,
    Batch,
    Change,
    DocumentTaken,
    EntryKey,
    RequestKey,
    Stale,
    Standing,
    StandingMissing,
)

Refusal = Stale | DocumentTaken | StandingMissing


class Write(Struct, frozen=True):
    """One item of a transaction, as DynamoDB takes it, and what it means when its condition fails."""

    item: Mapping[str, Mapping[str, object]]
    refused: Callable[[Reason], Refusal]


def writes_of(batch: Batch, table: str) -> list[Write]:
    """Everything that a batch writes."""
    return list(_writes_of(batch, table))


def refusal(reasons: Sequence[Reason], writes: Sequence[Write]) -> Refusal | None:
    """Why the store refused a transaction, from the reasons of its items in order; None when it did not refuse.

    Stale goes before DocumentTaken: the document of a replayed request is in the store already, and the
    request must be found as a replay. Another transaction in progress is somebody else writing: stale, too.
    """
    refusals: list[Refusal] = [
        write.refused(reason) for write, reason in zip(writes, reasons, strict=True) if reason.get("Code") == CONDITION_FAILED
    ]
    if any(reason.get("Code") == CONFLICT for reason in reasons):
        refusals.append(Stale("another transaction is writing to the same items"))
    return min(refusals, key=_rank, default=None)


def item_key(key: keys.Key) -> dict[str, dict[str, str]]:
    """A key as DynamoDB takes it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _rank(refused: Refusal) -> int:
    return (Stale, DocumentTaken, StandingMissing).index(type(refused))


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
    for entry in batch.changed:
        yield _changed(entry, batch.moved.get(entry), batch.marked.get(entry), table)
    for (grant_id, cell), counters in batch.balances.items():
        moved = ((keys.COUNTER + name, pence) for name, pence in counters.items())
        # Without a condition there is nothing to refuse.
        yield Write({"Update": _add(keys.balance(grant_id, cell), moved, table)}, _stale("balance"))


def _answer(request: RequestKey, answered: Answered, table: str) -> Write:
    beside = {"fingerprint": {"S": answered.fingerprint}, "body": {"S": answered.body}}
    put = _put_new(keys.request(request.subject, request.key), beside, table)
    return Write({"Put": put}, _stale(f"request {request.key}"))


def _head(change: Change, table: str) -> Write:
    last = change.links[-1]
    beside = {"seq": {"N": str(last.seq)}, "hash": {"S": last.hash}, "state": {"S": change.state}}
    put = _put_new(keys.head(change.name), beside, table)
    if change.seen != START:
        # The hash too: a chain that was restored from a backup can have the same number and another past.
        put["ConditionExpression"] = "#seq = :seq AND #hash = :hash"
        put["ExpressionAttributeNames"] = {"#seq": "seq", "#hash": "hash"}
        put["ExpressionAttributeValues"] = {":seq": {"N": str(change.seen.seq)}, ":hash": {"S": change.seen.hash}}
    return Write({"Put": put}, _stale(f"the head of {change.name}"))


def _records(change: Change, table: str) -> Iterator[Write]:
    for link in change.links:
        beside = {"body": {"S": link.body}, "hash": {"S": link.hash}}
        put = _put_new(keys.record(change.name, link.seq), beside, table)
        yield Write({"Put": put}, _stale(f"record {link.seq} of {change.name}"))


def _document(key: str, entered_as: str, table: str) -> Write:
    put = _put_new(keys.document(key), {"entered_as": {"S": entered_as}}, table)
    put["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return Write({"Put": put}, partial(_taken, key))


def _opened(standing: Standing, table: str) -> Write:
    marked = {"mark": {"S": standing.mark}} if standing.mark else {}
    beside = {"about": {"S": standing.about}, "left": {"N": str(standing.left_pence)}, **marked}
    put = _put_new(keys.standing(standing.grant_id, standing.seq), beside, table)
    return Write({"Put": put}, _stale(f"standing {standing.grant_id}.{standing.seq}"))


def _changed(entry: EntryKey, pence: int | None, mark: str | None, table: str) -> Write:
    """What is left of an entry moves by so many pence, or it is marked, or both: DynamoDB takes an item once in a transaction."""
    adds, names, values = ["ADD #left :left"], {"#left": "left"}, {":left": {"N": str(pence or 0)}}
    if mark is not None:
        adds, names, values = [*adds, "SET #mark = :mark"], {**names, "#mark": "mark"}, {**values, ":mark": {"S": mark}}
    update: dict[str, object] = {
        "TableName": table,
        "Key": item_key(keys.standing(*entry)),
        "UpdateExpression": " ".join(adds),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    # Without it, ADD would make an entry's standing out of nothing.
    update["ConditionExpression"] = "attribute_exists(pk)"
    return Write({"Update": update}, partial(_missing, entry))


def _put_new(key: keys.Key, beside: Mapping[str, Mapping[str, str]], table: str) -> dict[str, object]:
    return {"TableName": table, "Item": {**item_key(key), **beside}, "ConditionExpression": "attribute_not_exists(pk)"}


def _add(key: keys.Key, moved: Iterable[tuple[str, int]], table: str) -> dict[str, object]:
    numbered = list(enumerate(moved))
    return {
        "TableName": table,
        "Key": item_key(key),
        "UpdateExpression": "ADD " + ", ".join(f"#{i} :{i}" for i, _ in numbered),
        "ExpressionAttributeNames": {f"#{i}": name for i, (name, _) in numbered},
        "ExpressionAttributeValues": {f":{i}": {"N": str(pence)} for i, (_, pence) in numbered},
    }


def _stale(what: str) -> Callable[[Reason], Refusal]:
    return lambda _: Stale(f"{what} is not as it was seen")


def _taken(key: str, reason: Reason) -> DocumentTaken:
    return DocumentTaken(key=key, entered_as=reason["Item"]["entered_as"]["S"])


def _missing(entry: EntryKey, _: Reason) -> StandingMissing:
    return StandingMissing(grant_id=entry[0], seq=entry[1])
