"""The ledger's table, as the deployed template describes it, made on an embedded DynamoDB."""

from __future__ import annotations

from typing import Protocol, cast

from botocore.exceptions import ClientError

from chalicelib.storage.dynamo import dynamodb_client
from chalicelib.storage.wire import Client


class _TableMaker(Protocol):
    def create_table(self, **request: object) -> object: ...


def ensure_table(table_name: str, *, region: str, endpoint_url: str | None) -> bool:
    """Make the table unless it is there, and say whether it was made."""
    return ensure_table_with(dynamodb_client(region=region, endpoint_url=endpoint_url), table_name)


def ensure_table_with(client: Client, table_name: str) -> bool:
    """Make the table with a client that is there already."""
    try:
        cast("_TableMaker", client).create_table(
            TableName=table_name,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceInUseException":
            return False
        raise
    return True
