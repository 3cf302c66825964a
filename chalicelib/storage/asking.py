"""One call to DynamoDB: repeated within a bound while the table is busy, its errors told in the store's words."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict, cast

from chalicelib.storage.store import StoreBusy, StoreUnreachable
from chalicelib.storage.wire import Answer, Item

TRIES = 5
"""How often a call is made that the table does not take; botocore tries each twice, too."""

CONDITION_FAILED = "ConditionalCheckFailed"
CONFLICT = "TransactionConflict"

BUSY = frozenset(
    {
        CONFLICT,
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingError",
        "ThrottlingException",
        "TransactionInProgressException",
    }
)
"""What DynamoDB calls a request that it did not take, as an error's code or as one item's reason."""

Call = Callable[..., Answer]


class Reason(TypedDict, total=False):
    """Why an item cancelled its transaction; `Item` is what stood there, where the write asked to be told."""

    Code: str
    Item: Item


Refused = Callable[[Sequence[Reason]], Exception | None]
"""What the reasons of a cancelled transaction mean to its caller; None when they are not a refusal."""


def nothing_refused(_: Sequence[Reason]) -> None:
    """For calls that have no conditions."""


def ask(call: Call, request: Mapping[str, object], *, refused: Refused, sleep: Callable[[float], None]) -> bytes:
    """The body of DynamoDB's answer.

    Raises what `refused` makes of a cancelled transaction, StoreBusy after `TRIES` tries, StoreUnreachable when there
    was no answer, and botocore's ClientError for what no caller can put right.
    """
    for attempt in range(TRIES):
        if attempt:
            sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311  jitter is not a secret
        body = _asked_once(call, request, refused)
        if body is not None:
            return body
    raise StoreBusy(f"the table did not take the request in {TRIES} tries")


def _asked_once(call: Call, request: Mapping[str, object], refused: Refused) -> bytes | None:
    """The answer's body, or None when the table is busy."""
    # Whoever holds a client has imported botocore; importing this module must not.
    from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004, PLC0415

    try:
        return call(**request)["body"]
    except ClientError as error:
        reasons = cast("Sequence[Reason]", error.response.get("CancellationReasons", ()))
        if reasons and (refusal := refused(reasons)):
            raise refusal from error
        if BUSY & {error.response["Error"]["Code"], *(reason.get("Code", "") for reason in reasons)}:
            return None
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500:
            raise StoreUnreachable(str(error)) from error
        raise
    except (ConnectionError, HTTPClientError) as error:
        raise StoreUnreachable(str(error)) from error
