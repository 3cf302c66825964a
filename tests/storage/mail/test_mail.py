"""Mail: what SES is asked, what its answers mean, and messages as files."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Protocol, cast

import pytest
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, ReadTimeoutError
from moto import mock_aws

from chalicelib.storage.mail import FolderMail, MailClient, MailRefused, MailUnanswered, Message, SesMail, mail_client, service

MESSAGE = Message(
    name="return.hanley-cctv.2023-24-Q3.due.1",
    sender="grants@office.example",
    to=("returns@council.example", "finance@council.example"),
    subject="The return is due on 29 January 2024",
    text="The return for 2023-24\N{EN DASH}Q3 is due.\n",
)


class Owner(MailClient, Protocol):
    """The client of someone who may verify senders, too."""

    def create_email_identity(self, **request: object) -> object: ...


class Answering:
    """A client that gives one answer, and remembers what it was asked."""

    def __init__(self, answer: Exception | None = None) -> None:
        self.answer = answer
        self.asked: list[dict[str, object]] = []

    def send_email(self, **request: object) -> service.MailSent:
        self.asked.append(request)
        if self.answer:
            raise self.answer
        return {"MessageId": "m-1"}


@pytest.fixture
def owner() -> Iterator[Owner]:
    with mock_aws():
        yield cast("Owner", mail_client(region="eu-west-2"))


def answered(status: int, code: str) -> ClientError:
    metadata = {"HTTPStatusCode": status, "RequestId": "", "HostId": "", "HTTPHeaders": {}, "RetryAttempts": 0}
    response = {"Error": {"Code": code, "Message": "returns@council.example is unknown"}, "ResponseMetadata": metadata}
    return ClientError(response, "SendEmail")  # type: ignore[arg-type]  # as much of a response as is read


def test_ses_takes_a_message_and_names_it(owner: Owner) -> None:
    owner.create_email_identity(EmailIdentity=MESSAGE.sender)

    assert SesMail(owner).send(MESSAGE) != ""


def test_a_sender_that_is_not_verified_is_refused(owner: Owner) -> None:
    with pytest.raises(MailRefused, match=r"^Amazon SES refused it: MessageRejected\.$"):
        SesMail(owner).send(MESSAGE)


def test_everybody_is_written_to_in_one_message() -> None:
    client = Answering()

    assert SesMail(client).send(MESSAGE) == "m-1"
    (asked,) = client.asked
    assert asked["FromEmailAddress"] == "grants@office.example"
    assert asked["Destination"] == {"ToAddresses": ["returns@council.example", "finance@council.example"]}


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (answered(400, "MessageRejected"), "Amazon SES refused it: MessageRejected."),
        (answered(429, "TooManyRequestsException"), "Amazon SES refused it: TooManyRequestsException."),
        (EndpointConnectionError(endpoint_url="https://email.test"), "Amazon SES was not reached: EndpointConnectionError."),
    ],
)
def test_a_refusal_says_why_and_names_no_address(answer: Exception, why: str) -> None:
    with pytest.raises(MailRefused) as refusal:
        SesMail(Answering(answer)).send(MESSAGE)

    assert str(refusal.value) == why


@pytest.mark.parametrize("answer", [answered(500, "InternalFailure"), ReadTimeoutError(endpoint_url="https://email.test"), BotoCoreError()])
def test_where_the_service_went_wrong_or_silent_nobody_knows(answer: Exception) -> None:
    with pytest.raises(MailUnanswered):
        SesMail(Answering(answer)).send(MESSAGE)


def test_the_client_asks_once_and_is_made_when_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(*, region: str) -> MailClient:
        made.append(region)
        return Answering()

    monkeypatch.setattr(service, "mail_client", make)
    later = service.mail_client_on_first_use(region="eu-west-2")
    assert made == []

    SesMail(later).send(MESSAGE)
    SesMail(later).send(MESSAGE)
    assert made == ["eu-west-2"]


def test_a_message_becomes_a_file_that_a_mail_program_reads(tmp_path: Path) -> None:
    mail = FolderMail(tmp_path / "mail")
    assert mail.sent() == ()

    assert mail.send(MESSAGE) == "return.hanley-cctv.2023-24-Q3.due.1.eml"

    (file,) = mail.sent()
    read = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (read["From"], read["To"]) == ("grants@office.example", "returns@council.example, finance@council.example")
    assert read["Subject"] == "The return is due on 29 January 2024"
    assert read.get_content() == MESSAGE.text


@pytest.mark.parametrize("name", ["", "../elsewhere", "a/b", ".hidden", "a\n"])
def test_no_message_leaves_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(MailRefused, match="cannot be called that"):
        FolderMail(tmp_path).send(Message(name=name, sender="a@a.example", to=("b@b.example",), subject="", text=""))

    assert list(tmp_path.iterdir()) == []
