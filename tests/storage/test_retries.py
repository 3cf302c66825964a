"""What the store makes of an unwilling DynamoDB. No emulator throttles or conflicts, so a client of our own does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from chalicelib.domain.chain import Kind
from chalicelib.storage.asking import TRIES
from chalicelib.storage.dynamo import DynamoStore
from chalicelib.storage.store import Batch, DocumentTaken, Stale, Store, StoreBusy, StoreUnreachable, Wanted
from chalicelib.storage.wire import Answer
from tests.storage.batches import CELL, GRANT, change, whole

if TYPE_CHECKING:
    from botocore.exceptions import _ClientErrorResponseTypeDef

NOTHING = b'{"Responses":[{},{}],"Items":[]}'


def error(code: str, *reasons: str, status: int = 400) -> ClientError:
    """An error of DynamoDB's, with the reason of each item of a cancelled transaction."""
    response = {
        "Error": {"Code": code, "Message": "made up"},
        "ResponseMetadata": {"HTTPStatusCode": status},
        "CancellationReasons": [{"Code": reason, "Item": {"entered_as": {"S": "swan-1.7"}}} for reason in reasons],
    }
    return ClientError(cast("_ClientErrorResponseTypeDef", response), "TransactWriteItems")


def cancelled(*reasons: str) -> ClientError:
    """A transaction cancelled for these reasons, in the order of its items."""
    return error("TransactionCanceledException", *reasons)


@dataclass(slots=True)
class Unwilling:
    """A client whose first calls fail, each with the next error; then it answers that there is nothing."""

    errors: Sequence[Exception]
    calls: int = 0

    def _answer(self) -> Answer:
        self.calls += 1
        if self.calls <= len(self.errors):
            raise self.errors[self.calls - 1]
        return {"body": NOTHING}

    def get_item(self, **request: object) -> Answer:
        return self._answer()

    def query(self, **request: object) -> Answer:
        return self._answer()

    def transact_get_items(self, **request: object) -> Answer:
        return self._answer()

    def transact_write_items(self, **request: object) -> Answer:
        return self._answer()


@dataclass(slots=True)
class Trial:
    """A store on an unwilling client, and how long it slept between its tries."""

    client: Unwilling
    slept: list[float] = field(default_factory=list)

    @property
    def store(self) -> DynamoStore:
        return DynamoStore(self.client, "ledger", sleep=self.slept.append)


def record(store: Store) -> None:
    """Record three items: head, record, document."""
    store.record(Batch(changes=(change(GRANT, "first"),), documents={"invoice INV-1": "ssf-5-warwickshire.1"}))


def load(store: Store) -> None:
    """Load two items in one transaction."""
    store.load(Wanted(heads=(GRANT,), balances=(CELL,)))


def load_one(store: Store) -> None:
    """Load one item."""
    store.load(Wanted(heads=(GRANT,)))


def query(store: Store) -> None:
    """Query."""
    list(store.heads(Kind.GRANT))


THROTTLES = ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded", "TransactionInProgressException"]


@pytest.mark.parametrize("code", THROTTLES)
@pytest.mark.parametrize("call", [record, load, load_one, query])
def test_a_busy_table_is_tried_again(call: Callable[[Store], None], code: str) -> None:
    trial = Trial(Unwilling([error(code)] * 2))

    call(trial.store)

    assert trial.client.calls == 3
    assert len(trial.slept) == 2


@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
@pytest.mark.parametrize("call", [record, load])
def test_a_transaction_cancelled_for_want_of_capacity_is_tried_again(call: Callable[[Store], None], code: str) -> None:
    trial = Trial(Unwilling([cancelled("None", code, *(["None"] if call is record else []))] * 2))

    call(trial.store)

    assert trial.client.calls == 3


@pytest.mark.parametrize("call", [record, load, load_one, query])
def test_a_table_that_stays_busy_is_given_up_within_a_bound(call: Callable[[Store], None]) -> None:
    trial = Trial(Unwilling([error("ThrottlingException")] * 100))

    with pytest.raises(StoreBusy):
        call(trial.store)

    assert trial.client.calls == TRIES == 5
    assert len(trial.slept) == 4
    assert all(0 <= pause <= most for pause, most in zip(trial.slept, [0.1, 0.2, 0.4, 0.8], strict=True))


def test_the_pauses_are_not_the_same_for_everybody() -> None:
    trials = [Trial(Unwilling([error("ThrottlingException")])) for _ in range(20)]

    for trial in trials:
        record(trial.store)

    assert len({trial.slept[0] for trial in trials}) > 10


def test_a_write_in_conflict_with_another_is_stale_at_once() -> None:
    trial = Trial(Unwilling([cancelled("TransactionConflict", "None", "None")]))

    with pytest.raises(Stale):
        record(trial.store)

    assert (trial.client.calls, trial.slept) == (1, [])


def test_a_read_in_conflict_with_a_write_is_tried_again_within_a_bound() -> None:
    trial = Trial(Unwilling([cancelled("None", "TransactionConflict")] * 2))
    load(trial.store)
    assert trial.client.calls == 3

    with pytest.raises(StoreBusy):
        load(Trial(Unwilling([cancelled("None", "TransactionConflict")] * 100)).store)


@pytest.mark.parametrize(
    ("reasons", "expected"),
    [
        (("ConditionalCheckFailed", "None", "None"), Stale),
        (("None", "ConditionalCheckFailed", "None"), Stale),
        (("None", "None", "ConditionalCheckFailed"), DocumentTaken),
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), Stale),
        (("TransactionConflict", "None", "ConditionalCheckFailed"), Stale),
        (("ThrottlingError", "None", "ConditionalCheckFailed"), DocumentTaken),
        (("ThrottlingError", "ConditionalCheckFailed", "None"), Stale),
    ],
)
def test_a_cancelled_write_means_the_most_telling_of_its_reasons(reasons: tuple[str, ...], expected: type[Exception]) -> None:
    trial = Trial(Unwilling([cancelled(*reasons)] * 100))

    with pytest.raises(expected):
        record(trial.store)

    assert trial.client.calls == 1


def test_the_entry_that_carries_a_taken_document_is_named() -> None:
    with pytest.raises(DocumentTaken) as taken:
        record(Trial(Unwilling([cancelled("None", "None", "ConditionalCheckFailed")])).store)

    assert (taken.value.key, taken.value.entered_as) == ("invoice INV-1", "swan-1.7")


@pytest.mark.parametrize(
    "silence",
    [
        error("InternalServerError", status=500),
        error("ServiceUnavailable", status=503),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:1"),
    ],
    ids=lambda silence: type(silence).__name__,
)
@pytest.mark.parametrize("call", [record, load, query])
def test_no_answer_is_not_taken_for_a_refusal(call: Callable[[Store], None], silence: Exception) -> None:
    trial = Trial(Unwilling([silence] * 100))

    with pytest.raises(StoreUnreachable):
        call(trial.store)

    assert trial.client.calls == 1  # botocore has tried again already


@pytest.mark.parametrize(
    "fault", [error("AccessDeniedException"), error("ValidationException"), cancelled("ValidationError", "None", "None")]
)
def test_what_no_caller_can_put_right_is_raised_as_it_is(fault: ClientError) -> None:
    with pytest.raises(ClientError) as raised:
        record(Trial(Unwilling([fault])).store)

    assert raised.value is fault


def test_a_request_that_was_answered_meanwhile_is_stale() -> None:
    reasons = ("ConditionalCheckFailed", "None", "None", "ConditionalCheckFailed", "None", "None")

    with pytest.raises(Stale):
        Trial(Unwilling([cancelled(*reasons)])).store.record(whole("first"))
