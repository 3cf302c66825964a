"""The reading path of our own: successes unread, errors and all else as botocore reads them, checksums still checked."""

import json
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Protocol, cast

import pytest
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from chalicelib.domain.chain import Kind
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.wire import Client, RawParser, RawParserFactory, decode_link_page
from tests.storage.conftest import REGION

PAGE = json.dumps({"Items": [], "Count": 0, "ScannedCount": 0}).encode()
LARGE = PAGE + b" " * 100_000


class Body(BytesIO):
    """A response's body as urllib3 would give it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def response(status: int, body: bytes, checksum: int | None = None) -> AWSResponse:
    """What comes over the wire, with the checksum of its body or a wrong one."""
    headers = HTTPHeaders()
    headers["x-amz-crc32"] = str(zlib.crc32(body) if checksum is None else checksum)
    return AWSResponse("http://127.0.0.1:1/", status, headers, Body(body))


class Table(Protocol):
    """The calls of botocore's that the store does not make."""

    def list_tables(self) -> dict[str, list[str]]: ...


@pytest.fixture(scope="module")
def unplugged() -> Client:
    """A client that nobody answers, unless a test does."""
    return dynamodb_client(region=REGION, endpoint_url="http://127.0.0.1:1")


@contextmanager
def answering(client: Client, *responses: AWSResponse) -> Iterator[list[AWSResponse]]:
    """Answer the client's requests in order; gives the answers that are left."""
    left = list(responses)
    events = cast("BaseClient", client).meta.events
    # What botocore's hooks return is sent on; its stubs believe that they return nothing.
    answer = cast("Callable[..., None]", lambda **_: left.pop(0))
    events.register("before-send.dynamodb", answer)
    try:
        yield left
    finally:
        events.unregister("before-send.dynamodb", answer)


def test_a_success_is_handed_on_unread(unplugged: Client) -> None:
    with answering(unplugged, response(200, PAGE)):
        assert unplugged.query(TableName="ledger")["body"] == PAGE


@pytest.mark.parametrize("page", [PAGE, LARGE], ids=["small", "large"])
def test_a_body_that_was_damaged_on_its_way_is_fetched_again(unplugged: Client, page: bytes) -> None:
    damaged = response(200, page.replace(b"Items", b"Itmes"), checksum=zlib.crc32(page))

    with answering(unplugged, damaged, response(200, page)) as left:
        assert list(DynamoStore(unplugged, "ledger").heads(Kind.GRANT)) == []

    assert left == []


@pytest.mark.parametrize(("page", "left"), [(PAGE, True), (LARGE, False)], ids=["small", "large"])
def test_the_checksum_of_a_large_body_is_added_up_once(unplugged: Client, page: bytes, left: bool) -> None:
    whole = response(200, page)

    with answering(unplugged, whole):
        assert unplugged.query(TableName="ledger")["body"] == page

    assert ("x-amz-crc32" in whole.headers) == left


def test_errors_are_botocores(unplugged: Client) -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": {"pk": {"S": "x"}}, "Message": "failed"}]
    body = json.dumps({"__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", "CancellationReasons": reasons})

    with answering(unplugged, response(400, body.encode())), pytest.raises(ClientError) as raised:
        unplugged.transact_write_items(TransactItems=[])

    assert raised.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert raised.value.response["CancellationReasons"] == reasons


def test_other_operations_are_botocores(client: Client, new_table: Callable[[], str]) -> None:
    name = new_table()

    assert name in cast("Table", client).list_tables()["TableNames"]


class Theirs:
    """Stands for botocore's parser."""

    def parse(self, response: object, shape: object) -> dict[str, object]:
        return {"read by": "botocore"}


class TheirFactory:
    """Stands for botocore's factory of parsers."""

    def create_parser(self, protocol_name: str) -> Theirs:
        return Theirs()


def test_only_dynamodbs_protocol_is_read_by_us() -> None:
    factory = RawParserFactory(TheirFactory())

    assert isinstance(factory.create_parser("json"), RawParser)
    assert isinstance(factory.create_parser("query"), Theirs)  # as when a role's credentials are fetched


def test_a_json_service_that_is_not_dynamodb_is_botocores() -> None:
    answer = {"status_code": 200, "body": b"{}", "headers": {}, "context": {"operation_name": "GetSecretValue"}}

    assert RawParser(Theirs()).parse(answer, None) == {"read by": "botocore"}


def test_a_page_is_decoded_into_typed_rows() -> None:
    item = {"pk": {"S": "grant#x"}, "sk": {"S": "record#0000000001"}, "body": {"S": '{"a":"£ 🔦"}'}, "hash": {"S": "f" * 64}}
    page = decode_link_page(json.dumps({"Items": [item], "Count": 1, "LastEvaluatedKey": {"pk": {"S": "grant#x"}}}).encode())

    assert [(row.sk.text, row.body.text, row.hash.text) for row in page.items] == [("record#0000000001", '{"a":"£ 🔦"}', "f" * 64)]
    assert page.last_evaluated_key == {"pk": {"S": "grant#x"}}


def test_importing_the_store_does_not_import_botocore() -> None:
    """A quarter of a second of every cold start that needs no store."""
    program = "import sys, chalicelib.storage.dynamo; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
