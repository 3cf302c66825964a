"""DynamoDB's JSON, read without botocore's response parser, which is most of what a large read costs.

Connections, retries, checksums, credentials and signing stay botocore's. Only the last step is ours: for the
operations below, a success comes back as its raw bytes, and msgspec decodes them straight into typed rows.
Errors, and every other operation, go to botocore's own parser. A large answer's checksum is added up here, in a sixth of the time
that botocore takes; where it differs, botocore sees so, and asks again.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Generic, Protocol, TypedDict, TypeVar

import msgspec

Value = Mapping[str, str]
"""A DynamoDB value: `{"S": "text"}` or `{"N": "42"}`. The table holds no other types."""

Item = Mapping[str, Value]
"""A DynamoDB item, by attribute name."""

_CHECKSUM = "x-amz-crc32"
_LARGE = 64 * 1024

RAW_OPERATIONS = frozenset({"GetItem", "Query", "TransactGetItems", "TransactWriteItems"})
"""The operations whose successes come back as `{"body": bytes}`."""


Row = TypeVar("Row")


class Answer(TypedDict):
    """What the client returns for `RAW_OPERATIONS`: the response's body as it came."""

    body: bytes


class Client(Protocol):
    """The calls that the store makes of a client from `dynamodb_client`."""

    def get_item(self, **request: object) -> Answer:
        """One item."""
        ...

    def query(self, **request: object) -> Answer:
        """One page of a partition."""
        ...

    def transact_get_items(self, **request: object) -> Answer:
        """Up to 100 items in one atomic view."""
        ...

    def transact_write_items(self, **request: object) -> Answer:
        """Up to 100 items, all or none."""
        ...


class Found(msgspec.Struct, rename="pascal", gc=False):
    """One item that was asked for, when it is there."""

    item: Item | None = None


class FoundTogether(msgspec.Struct, rename="pascal", gc=False):
    """The items of one atomic view, in the order they were asked for."""

    responses: list[Found]


class Page(msgspec.Struct, Generic[Row], rename="pascal", gc=False):
    """One page of a query; `last_evaluated_key` is where the next begins, when there is one."""

    items: list[Row]
    last_evaluated_key: Item | None = None


class Text(msgspec.Struct, gc=False):
    """A DynamoDB string."""

    text: str = msgspec.field(name="S")


class LinkRow(msgspec.Struct, gc=False):
    """A record's item, typed because whole chains stream through it."""

    sk: Text
    body: Text
    hash: Text


class BodyRow(msgspec.Struct, gc=False):
    """A record's body alone, typed because exports stream through it."""

    body: Text


decode_found = msgspec.json.Decoder(Found).decode
decode_found_together = msgspec.json.Decoder(FoundTogether).decode
decode_page = msgspec.json.Decoder(Page[Item]).decode
decode_link_page = msgspec.json.Decoder(Page[LinkRow]).decode
decode_body_page = msgspec.json.Decoder(Page[BodyRow]).decode


class Parser(Protocol):
    """What botocore asks of a response parser."""

    def parse(self, response: Mapping[str, object], shape: object) -> dict[str, object]:
        """The response in the form its caller sees."""
        ...


class ParserFactory(Protocol):
    """What botocore asks of its `response_parser_factory`."""

    def create_parser(self, protocol_name: str) -> Parser:
        """A parser for one wire protocol."""
        ...


class RawParser:
    """Hands a success's bytes on unread, and everything else to botocore's parser."""

    def __init__(self, botocores: Parser) -> None:
        self._botocores = botocores

    def parse(self, response: Mapping[str, object], shape: object) -> dict[str, object]:
        """`{"body": bytes}` and the usual metadata for a success of `RAW_OPERATIONS`.

        The checksum of what was not found whole here is compared later, by botocore's retry handler, on the same bytes.
        """
        match response:
            case {"status_code": 200, "body": bytes() as body, "context": {"operation_name": name}} if name in RAW_OPERATIONS:
                headers = response.get("headers")
                if len(body) >= _LARGE and isinstance(headers, MutableMapping):
                    _note_whole(headers, body)
                return {"body": body, "ResponseMetadata": {"HTTPStatusCode": 200}}
        return self._botocores.parse(response, shape)


def _note_whole(headers: MutableMapping[str, str], body: bytes) -> None:
    """Take the checksum from the headers of a body that has it: what is not there is not added up again."""
    from zlib_ng.zlib_ng import crc32  # noqa: PLC0415  only who reads much needs it

    if headers.get(_CHECKSUM) == str(crc32(body)):
        del headers[_CHECKSUM]


class RawParserFactory:
    """Goes into a botocore session as its `response_parser_factory`."""

    def __init__(self, botocores: ParserFactory) -> None:
        self._botocores = botocores

    def create_parser(self, protocol_name: str) -> Parser:
        """Ours for DynamoDB's JSON protocol, botocore's for any other (as when it fetches credentials)."""
        parser = self._botocores.create_parser(protocol_name)
        return RawParser(parser) if protocol_name == "json" else parser
