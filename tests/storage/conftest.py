"""Every store that the contract suite runs on, and a table of one's own on the embedded DynamoDB."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from moto import mock_aws

from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Store
from chalicelib.storage.wire import Client
from local.embedded import EmbeddedDynamoDB, embedded_dynamodb
from local.table import ensure_table_with

REGION = "eu-west-2"


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[EmbeddedDynamoDB]:
    """One embedded DynamoDB in memory for all tests."""
    with embedded_dynamodb() as running:
        yield running


@pytest.fixture(scope="session")
def client(dynamodb: EmbeddedDynamoDB) -> Client:
    """A client of the embedded DynamoDB."""
    return dynamodb_client(region=REGION, endpoint_url=dynamodb.endpoint_url)


@pytest.fixture(scope="session")
def new_table(client: Client) -> Callable[[], str]:
    """Makes an empty table on the embedded DynamoDB and gives its name."""
    numbers = count(1)

    def make() -> str:
        name = f"ledger-{next(numbers)}"
        ensure_table_with(client, name)
        return name

    return make


@pytest.fixture
def dynamo(client: Client, new_table: Callable[[], str]) -> DynamoStore:
    """An empty store on the embedded DynamoDB."""
    return DynamoStore(client, new_table())


@pytest.fixture(scope="session")
def moto_client() -> Client:
    """A client for moto. Made once: making it is slow, and it answers only while moto is on."""
    with mock_aws():
        return dynamodb_client(region=REGION)


@pytest.fixture
def moto(moto_client: Client) -> Iterator[DynamoStore]:
    """An empty store on moto. For one thread only: moto's transactions are not atomic between threads."""
    with mock_aws():
        ensure_table_with(moto_client, "ledger")
        yield DynamoStore(moto_client, "ledger")


@pytest.fixture(params=["memory", "moto", "dynamo"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store of each kind."""
    if request.param == "memory":
        return MemoryStore()
    made: DynamoStore = request.getfixturevalue(request.param)
    return made
