"""The ledger store on DynamoDB. `chalicelib.storage.keys` says what each call costs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar, cast

from chalicelib.domain.chain import Kind, Link, Name, Position
from chalicelib.storage import keys, wire
from chalicelib.storage.admission import admit
from chalicelib.storage.asking import Call, Reason, Refused, ask, nothing_refused
from chalicelib.storage.store import (
    ATOMIC_LIMIT,
    Answered,
    Balance,
    Batch,
    Counters,
    Head,
    Snapshot,
    Standing,
    Wanted,
)
from chalicelib.storage.transaction import item_key, refusal, writes_of

Row = TypeVar("Row")


def dynamodb_client(*, region: str, endpoint_url: str | None = None) -> wire.Client:
    """A client whose large answers skip botocore's parser. It is thread safe: make one, and share it.

    An endpoint means an embedded DynamoDB, which asks for a signature but not for whose it is.
    """
    # botocore takes a fifth of a second to import: only who needs it pays.
    from botocore.config import Config  # noqa: PLC0415

    from chalicelib.storage.sessions import new_session  # noqa: PLC0415

    session = new_session()
    factory = session.get_component("response_parser_factory")
    session.register_component("response_parser_factory", wire.RawParserFactory(factory))
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 2},
        connect_timeout=2,
        read_timeout=5,
        max_pool_connections=32,
        parameter_validation=False,  # the requests are ours, and DynamoDB checks them again
        user_agent="streetlight",  # botocore makes up a new one for every request, a tenth of what a request costs
    )
    anyone = "anyone" if endpoint_url else None
    client = session.create_client(
        "dynamodb",
        region,
        endpoint_url=endpoint_url,
        config=config,
        aws_access_key_id=anyone,
        aws_secret_access_key=anyone,
    )
    return cast("wire.Client", client)


class DynamoStore:
    """A ledger store in one DynamoDB table. Safe to share between threads."""

    def __init__(
        self,
        client: wire.Client,
        table_name: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table_name
        self._sleep = sleep

    def load(self, wanted: Wanted) -> Snapshot:
        """One atomic view of what is wanted; see `Store.load`."""
        request = keys.request(wanted.request.subject, wanted.request.key) if wanted.request else None
        heads = {keys.head(name): name for name in wanted.heads}
        balances = {keys.balance(*cell): cell for cell in wanted.balances}
        standings = {keys.standing(*entry): entry for entry in wanted.standings}
        documents = {keys.document(each): each for each in wanted.documents}
        records = {keys.record(*each): each for each in wanted.records}
        # In this order: what guards a decision is read no later than what the decision looks at.
        found = self._found([*heads, *((request,) if request else ()), *balances, *standings, *documents, *records])
        return Snapshot(
            heads={name: _head(name, found[key]) for key, name in heads.items() if key in found},
            balances={cell: _counters(found[key]) for key, cell in balances.items() if key in found},
            standings={entry: _standing(entry[0], found[key]) for key, entry in standings.items() if key in found},
            documents={each: found[key]["entered_as"]["S"] for key, each in documents.items() if key in found},
            links={each: _link(found[key]) for key, each in records.items() if key in found},
            answered=_answered(found[request]) if request in found else None,
        )

    def record(self, batch: Batch) -> None:
        """Write the whole batch or nothing; see `Store.record`."""
        admit(batch)
        writes = writes_of(batch, self._table)

        def refused(reasons: Sequence[Reason]) -> Exception | None:
            return refusal(reasons, writes)

        request = {"TransactItems": [write.item for write in writes]}
        self._ask(self._client.transact_write_items, request, refused=refused)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        """The heads of one kind in order of id, after the id given, at most `limit` of them."""
        onward = {":after": after} if after else {}
        query = self._query(keys.heads(kind), "sk > :after" if after else "", onward)
        for item in self._items(query, limit):
            yield _head(Name(kind, item["sk"]["S"]), item)

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        """An aggregate's links in order: those after record `after`, up to and including record `until`."""
        query = self._records(name, after, until)
        if query is None:
            return
        query |= {"ProjectionExpression": "sk, body, #hash", "ExpressionAttributeNames": {"#hash": "hash"}}
        for rows in self._pages(query, wire.decode_link_page, limit):
            for row in rows:
                yield Link(keys.seq_of(row.sk.text), row.body.text, row.hash.text)

    def bodies(self, name: Name, *, after: int = 0, until: int | None = None) -> Iterator[Sequence[str]]:
        """The bodies of an aggregate's records after record `after`, up to and including record `until`, a page at a time."""
        query = self._records(name, after, until)
        if query is None:
            return
        query["ProjectionExpression"] = "body"
        for rows in self._pages(query, wire.decode_body_page, None):
            texts = [row.body.text for row in rows]
            rows.clear()  # while they are at hand: when the texts have been used up it takes twice as long
            yield texts

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        """All balances, or those of one grant, in order of key."""
        if grant_id is None:
            query = self._query(keys.BALANCES)
        else:
            query = self._query(keys.BALANCES, "begins_with(sk, :grant)", {":grant": keys.balances_of(grant_id)})
        for item in self._items(query):
            yield Balance(*keys.cell_of(item["sk"]["S"]), _counters(item))

    def standings(self, grant_id: str) -> Iterator[Standing]:
        """All standings of one grant, in order of record number."""
        grant = keys.aggregate(Name(Kind.GRANT, grant_id))
        query = self._query(grant, "begins_with(sk, :standing)", {":standing": keys.STANDINGS})
        for item in self._items(query):
            yield _standing(grant_id, item)

    def _found(self, wanted: Sequence[keys.Key]) -> dict[keys.Key, wire.Item]:
        if len(wanted) == 1:
            return self._one(wanted[0])
        found: dict[keys.Key, wire.Item] = {}
        for start in range(0, len(wanted), ATOMIC_LIMIT):
            found |= self._together(wanted[start : start + ATOMIC_LIMIT])
        return found

    def _one(self, key: keys.Key) -> dict[keys.Key, wire.Item]:
        # A consistent read of one item is as atomic as a transaction, at half the price.
        request = {"TableName": self._table, "Key": item_key(key), "ConsistentRead": True}
        item = wire.decode_found(self._ask(self._client.get_item, request)).item
        return {key: item} if item else {}

    def _together(self, wanted: Sequence[keys.Key]) -> dict[keys.Key, wire.Item]:
        gets = [{"Get": {"TableName": self._table, "Key": item_key(key)}} for key in wanted]
        body = self._ask(self._client.transact_get_items, {"TransactItems": gets})
        responses = wire.decode_found_together(body).responses
        return {key: found.item for key, found in zip(wanted, responses, strict=True) if found.item}

    def _records(self, name: Name, after: int, until: int | None) -> dict[str, object] | None:
        """A query for the records after one and up to another, or None when there can be none between them."""
        last = keys.LAST_SEQ if until is None else min(until, keys.LAST_SEQ)
        if after >= last:
            return None
        between = {":first": keys.record_sk(after + 1), ":last": keys.record_sk(last)}
        return self._query(keys.aggregate(name), "sk BETWEEN :first AND :last", between)

    def _query(self, pk: str, condition: str = "", values: Mapping[str, str] | None = None) -> dict[str, object]:
        return {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": f"pk = :pk AND {condition}" if condition else "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": pk}} | {name: {"S": text} for name, text in (values or {}).items()},
        }

    def _items(self, query: dict[str, object], limit: int | None = None) -> Iterator[wire.Item]:
        for items in self._pages(query, wire.decode_page, limit):
            yield from items

    def _pages(self, query: dict[str, object], decode: Callable[[bytes], wire.Page[Row]], limit: int | None) -> Iterator[list[Row]]:
        """The rows of a query, a page (up to 1 MB) at a time, each fetched when the one before has been used up."""
        while limit is None or limit > 0:
            page = decode(self._ask(self._client.query, query | ({"Limit": limit} if limit else {})))
            yield page.items
            if page.last_evaluated_key is None:
                return
            if limit is not None:
                limit -= len(page.items)
            query["ExclusiveStartKey"] = page.last_evaluated_key

    def _ask(self, call: Call, request: Mapping[str, object], refused: Refused = nothing_refused) -> bytes:
        return ask(call, request, refused=refused, sleep=self._sleep)


def _head(name: Name, item: wire.Item) -> Head:
    return Head(name, Position(int(item["seq"]["N"]), item["hash"]["S"]), item["state"]["S"])


def _link(item: wire.Item) -> Link:
    return Link(keys.seq_of(item["sk"]["S"]), item["body"]["S"], item["hash"]["S"])


def _counters(item: wire.Item) -> Counters:
    return {name.removeprefix(keys.COUNTER): int(value["N"]) for name, value in item.items() if name.startswith(keys.COUNTER)}


def _standing(grant_id: str, item: wire.Item) -> Standing:
    mark = item["mark"]["S"] if "mark" in item else ""
    return Standing(grant_id, keys.seq_of(item["sk"]["S"]), item["about"]["S"], int(item["left"]["N"]), mark)


def _answered(item: wire.Item) -> Answered:
    return Answered(item["fingerprint"]["S"], item["body"]["S"])
