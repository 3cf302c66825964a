"""What the site says in each language. A message is looked up by its English words, so templates read as the page does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from markupsafe import Markup, escape

from chalicelib.domain.values import Struct
from chalicelib.reports.site.welsh import MESSAGES, MONTHS


class Untranslated(LookupError):
    """A page in this language says something that its catalogue lacks: half a page in another language is no page."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code} has no words for {message!r}")


class Language(Struct, frozen=True, kw_only=True):
    """A language: its code for `lang`, its own name, its months, and its messages by their English words (None: they are English)."""

    code: str
    name: str
    months: tuple[str, ...]
    messages: Mapping[str, str] | None = None

    def say(self, message: str, **values: object) -> Markup:
        """A message in this language; `{names}` in it stand for values, escaped unless they are markup. Raises Untranslated."""
        return escape(self._words(message)).format(**values)

    def count(self, number: int, one: str, many: str) -> Markup:
        """A number of things: `1 grant`, `6 grants`; both messages hold `{count}`."""
        return self.say(one if number == 1 else many, count=f"{number:,}")

    def day(self, on: date) -> str:
        """A date: `1 April 2024`."""
        return f"{on.day} {self.months[on.month - 1]} {on.year}"

    def _words(self, message: str) -> str:
        if self.messages is None:
            return message
        try:
            return self.messages[message]
        except KeyError:
            raise Untranslated(self.code, message) from None


ENGLISH = Language(
    code="en-GB",
    name="English",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)
WELSH = Language(code="cy", name="Cymraeg", months=MONTHS, messages=MESSAGES)
