"""An office on the embedded DynamoDB, for what MemoryStore's one lock cannot show."""

from collections.abc import Iterator
from itertools import count

import pytest

from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.store import Store
from chalicelib.storage.wire import Client
from local.embedded import EmbeddedDynamoDB, embedded_dynamodb
from local.table import ensure_table_with

_TABLES = count(1)


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedDynamoDB]:
    """One embedded DynamoDB in memory for all tests of services."""
    with embedded_dynamodb() as running:
        yield running


@pytest.fixture(scope="session")
def live_client(embedded: EmbeddedDynamoDB) -> Client:
    """A client of it: to make one takes longer than many a test."""
    return dynamodb_client(region="eu-west-2", endpoint_url=embedded.endpoint_url)


@pytest.fixture
def live_store(live_client: Client) -> Store:
    """A store on a table of its own."""
    table = f"services-{next(_TABLES)}"
    ensure_table_with(live_client, table)
    return DynamoStore(live_client, table)
