"""The conventional way: one item per entry with typed attributes, read and written through boto3's resource API.

Names of initiatives and the like are looked up in dictionaries that are made beforehand and not counted; nothing is
hashed or checked. What is measured is the least that such a ledger costs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypedDict, TypeVar, cast

import boto3  # type: ignore[import-untyped]  # boto3 carries no types
from boto3.dynamodb.conditions import Key  # type: ignore[import-untyped]  # boto3 carries no types

from bench.office import NOW, OFFICER
from chalicelib.domain.cells import Counter
from chalicelib.domain.entries import Entry
from chalicelib.domain.grants import Grant
from chalicelib.domain.initiatives import Initiative

COUNTERS = tuple(counter.value for counter in Counter)
"""The counters an entry may move; each that it moves is an attribute of its item."""

G = TypeVar("G", bound=Hashable)
Sums = dict[G, dict[str, Decimal]]
Numbers = Mapping[str, Decimal]
"""An item, of whose attributes those are meant that are numbers."""


class Item(TypedDict, total=False):
    """One entry as the resource API returns it; the counters stand beside these under their own names."""

    entry_id: str
    kind: str
    on: str
    grant_id: str
    initiative_id: str
    financial_year: str
    quarter: str
    nature: str
    amount_pence: Decimal
    net_pence: Decimal
    vat_pence: Decimal
    document_kind: str
    document_date: str
    document_total_pence: Decimal
    document_number: str
    party: str
    payer: str
    reference: str
    entry_named: str
    description: str
    reason: str
    recorded_by: str
    recorded_at: str


class Page(TypedDict, total=False):
    """One page of a query."""

    Items: list[Item]
    LastEvaluatedKey: Mapping[str, str]


class Got(TypedDict, total=False):
    """One item that was asked for."""

    Item: Mapping[str, Decimal]


class Events(Protocol):
    """Where a client's requests and answers can be listened to."""

    def register(self, event_name: str, handler: Callable[..., None]) -> None: ...
    def unregister(self, event_name: str, handler: Callable[..., None]) -> None: ...


class Meta(Protocol):
    """What a client or a table knows about itself."""

    @property
    def events(self) -> Events: ...
    @property
    def client(self) -> LowLevel: ...


class LowLevel(Protocol):
    """What is used of the client beneath a table."""

    @property
    def meta(self) -> Meta: ...
    def transact_write_items(self, **request: object) -> object: ...


class Table(Protocol):
    """What is used of boto3's table resource, which makes its methods at run time."""

    @property
    def name(self) -> str: ...
    @property
    def meta(self) -> Meta: ...
    def query(self, **request: object) -> Page: ...
    def get_item(self, **request: object) -> Got: ...
    def put_item(self, **request: object) -> object: ...
    def update_item(self, **request: object) -> object: ...


class _Resource(Protocol):
    def Table(self, name: str) -> Table: ...  # noqa: N802  boto3's own name


def table_at(endpoint_url: str, name: str) -> Table:
    """A table of an embedded DynamoDB through boto3's resource API."""
    anyone = {"aws_access_key_id": "anyone", "aws_secret_access_key": "anyone"}
    resource = boto3.resource("dynamodb", region_name="eu-west-2", endpoint_url=endpoint_url, **anyone)
    return cast("_Resource", resource).Table(name)


def item_of(grant_id: str, entry_id: str, entry: Entry, reason: str) -> Mapping[str, Mapping[str, str]]:
    """One entry as it is stored. What is empty is left out."""
    place, document = entry.place, entry.document
    attributes: dict[str, str | int | None] = {
        "pk": f"grant#{grant_id}",
        "sk": f"entry#{int(entry_id.rsplit('.', 1)[1]):010}",
        "entry_id": entry_id,
        "kind": entry.kind.value,
        "on": entry.on.isoformat(),
        "grant_id": grant_id,
        "initiative_id": place.initiative_id,
        "financial_year": place.financial_year,
        "quarter": place.quarter,
        "nature": place.nature.value,
        "amount_pence": entry.amount_pence,
        "net_pence": entry.net_pence,
        "vat_pence": entry.vat_pence,
        "party": entry.party,
        "payer": entry.payer,
        "reference": entry.reference,
        "entry_named": entry.of,
        "description": entry.description,
        "reason": reason,
        "recorded_by": OFFICER,
        "recorded_at": NOW.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **entry.moves,
    }
    if document:
        attributes["document_kind"] = document.kind.value
        attributes["document_date"] = document.date.isoformat()
        attributes["document_total_pence"] = document.net_pence + document.vat_pence
        attributes["document_number"] = document.number
    return {name: _typed(value) for name, value in attributes.items() if value is not None and value != ""}


def _typed(value: str | int) -> dict[str, str]:
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def entries(table: Table, grant_id: str) -> Iterator[Item]:
    """A grant's entries, page by page."""
    request: dict[str, object] = {"KeyConditionExpression": Key("pk").eq(f"grant#{grant_id}") & Key("sk").begins_with("entry#")}
    while True:
        page = table.query(**request)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def fold(table: Table, grant_ids: Iterable[str], group: Callable[[Item], G]) -> Sums[G]:
    """The counters in pence over every entry, by group."""
    sums: Sums[G] = {}
    for grant_id in grant_ids:
        for item in entries(table, grant_id):
            into = sums.setdefault(group(item), {})
            numbers = cast("Numbers", item)
            for counter in COUNTERS:
                if counter in numbers:
                    into[counter] = into.get(counter, Decimal(0)) + numbers[counter]
    return sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """What rows say besides their entry: grants, initiatives and the names of organisations, by id."""

    grants: Mapping[str, Grant]
    initiatives: Mapping[str, Initiative]
    names: Mapping[str, str]
