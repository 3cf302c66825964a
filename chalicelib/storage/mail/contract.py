"""What is sent, and what whoever sends it promises."""

from __future__ import annotations

from typing import Protocol

from chalicelib.domain.values import Struct


class Message(Struct, frozen=True, kw_only=True):
    """An e-mail in plain text. `name` is its own, whatever else is sent: letters, digits, hyphens and full stops."""

    name: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str


class MailRefused(Exception):
    """The message was not sent; this says why, and names no address."""


class MailUnanswered(Exception):
    """No answer came: the message was sent, or it was not."""


class Mail(Protocol):
    """Whoever sends mail."""

    def send(self, message: Message) -> str:
        """Send a message once, and answer with what the service calls it. Raises MailRefused, MailUnanswered."""
        ...
