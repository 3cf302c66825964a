"""The queue of a workshop: what SQS is asked, and what its answers mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

import pytest
from moto import mock_aws

from chalicelib.storage.workshop import MessagesRefused, QueueClient, Refused, SqsQueue, queue_client, queue_client_on_first_use


class Owner(QueueClient, Protocol):
    """The client of someone who may make queues and take from them, too."""

    def create_queue(self, **request: object) -> dict[str, str]: ...
    def receive_message(self, **request: object) -> dict[str, list[dict[str, str]]]: ...


@pytest.fixture
def owner() -> Iterator[Owner]:
    with mock_aws():
        yield cast("Owner", queue_client(region="eu-west-2"))


def test_any_number_of_messages_is_sent(owner: Owner) -> None:
    url = owner.create_queue(QueueName="parts")["QueueUrl"]
    messages = [f"message {number}" for number in range(23)]

    SqsQueue(queue_client_on_first_use(region="eu-west-2"), url).send(messages)

    taken: list[str] = []
    while some := owner.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        taken += [each["Body"] for each in some]
    assert sorted(taken) == sorted(messages)


@dataclass
class Answering:
    """A client that refuses the last message of each request, and remembers how many it was asked to send."""

    refused: Sequence[Refused]
    sizes: list[int] = field(default_factory=list)

    def send_message_batch(self, **request: object) -> Mapping[str, Sequence[Refused]]:
        self.sizes.append(len(cast("list[object]", request["Entries"])))
        return {"Failed": self.refused} if self.refused else {}


def test_ten_are_sent_at_a_time() -> None:
    client = Answering(())

    SqsQueue(client, "url").send(["message"] * 21)
    SqsQueue(client, "url").send([])

    assert client.sizes == [10, 10, 1]


def test_a_message_that_is_refused_is_no_success() -> None:
    client = Answering(({"Code": "InternalError"},))

    with pytest.raises(MessagesRefused, match="refused 1 of 3 messages: InternalError"):
        SqsQueue(client, "url").send(["message"] * 3)
