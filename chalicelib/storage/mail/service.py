"""Mail through Amazon SES."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Protocol, TypedDict, cast

from chalicelib.domain.values import Struct
from chalicelib.storage.mail.contract import MailRefused, MailUnanswered, Message

if TYPE_CHECKING:
    # botocore takes a quarter of a second to import: only who makes a client pays.
    from botocore.exceptions import ClientError

_UNSURE = 500
"""From this HTTP status on the service itself went wrong, perhaps after it took the message."""


class MailSent(TypedDict):
    """What is used of SES's answer."""

    MessageId: str


class MailClient(Protocol):
    """The call made of botocore's SES client, which makes its methods at run time and so has no types of its own."""

    def send_email(self, **request: object) -> MailSent: ...


def mail_client(*, region: str, endpoint_url: str | None = None) -> MailClient:
    """A client that asks once. botocore's own retries would send again what was taken and not answered."""
    from botocore.config import Config  # noqa: PLC0415

    from chalicelib.storage.sessions import new_session  # noqa: PLC0415

    config = Config(retries={"total_max_attempts": 1, "mode": "standard"}, connect_timeout=5, read_timeout=20)
    return cast("MailClient", new_session().create_client("sesv2", region_name=region, endpoint_url=endpoint_url, config=config))


def mail_client_on_first_use(*, region: str) -> MailClient:
    """The same, made when the first message is sent: most runs send none."""
    return _Later(cache(lambda: mail_client(region=region)))


class _Later(Struct, frozen=True):
    client: Callable[[], MailClient]

    def send_email(self, **request: object) -> MailSent:
        return self.client().send_email(**request)


class SesMail(Struct, frozen=True):
    """Hands messages to SES; see `Mail`."""

    client: MailClient

    def send(self, message: Message) -> str:
        """Send a message. What SES says of a refusal may name addresses: only its code goes on."""
        from botocore.exceptions import (  # noqa: PLC0415  as above
            BotoCoreError,
            ClientError,
            ConnectTimeoutError,
            EndpointConnectionError,
            NoCredentialsError,
        )

        try:
            return self.client.send_email(**_request(message))["MessageId"]
        except ClientError as error:
            if _status(error) >= _UNSURE:
                raise MailUnanswered(_code(error)) from None
            raise MailRefused(f"Amazon SES refused it: {_code(error)}.") from None
        except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
            raise MailRefused(f"Amazon SES was not reached: {type(error).__name__}.") from None
        except BotoCoreError as error:
            raise MailUnanswered(type(error).__name__) from None


def _request(message: Message) -> dict[str, object]:
    return {
        "FromEmailAddress": message.sender,
        "Destination": {"ToAddresses": list(message.to)},
        "Content": {
            "Simple": {
                "Subject": {"Data": message.subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": message.text, "Charset": "UTF-8"}},
            }
        },
    }


def _code(error: ClientError) -> str:
    return error.response["Error"]["Code"]


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]
