"""The headers that decide whether a request is done at all: which version it means, and whether it was made before."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import ClassVar

from chalicelib.api.problems import ApiError

_KEY = re.compile(r"[!-~]{1,128}")
_ETAG = re.compile(r'"([!#-~]+)"')
_ETAGS = re.compile(r'(?:W/)?("[!#-~]*")')

SECURITY: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer carries: answers are private, and nothing in them is to be run, framed or guessed at."""


class IdempotencyKeyMissing(ApiError):
    """This needs an Idempotency-Key."""

    status = 400

    @property
    def detail(self) -> str:
        return "Send the header Idempotency-Key with a new random value for each new request, and the same one when you repeat it."


class IdempotencyKeyMalformed(ApiError):
    """The Idempotency-Key cannot be used."""

    status = 400

    @property
    def detail(self) -> str:
        return "An Idempotency-Key is 1 to 128 visible ASCII characters, such as a UUID."


class VersionRequired(ApiError):
    """This needs If-Match."""

    status = 428

    @property
    def detail(self) -> str:
        return "Send the header If-Match with the ETag that you read, so that nobody else's change is lost."


class VersionMalformed(ApiError):
    """The If-Match header cannot be used."""

    status: ClassVar[int] = 400
    given: str

    @property
    def detail(self) -> str:
        return 'If-Match must be the one ETag that you read, in its quotation marks, such as "12"; not a list, not *.'


def idempotency_key(given: str | None) -> str:
    """The key of a request that happens once. Raises IdempotencyKeyMissing, IdempotencyKeyMalformed."""
    if given is None:
        raise IdempotencyKeyMissing
    if not _KEY.fullmatch(given):
        raise IdempotencyKeyMalformed
    return given


def version_meant(given: str | None) -> str:
    """The version that If-Match names. Raises VersionRequired, VersionMalformed."""
    if given is None:
        raise VersionRequired
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        raise VersionMalformed(given=given)
    return found[1]


def etag(version: str) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def etag_of(body: str) -> str:
    """The ETag of an answer that has no version of its own."""
    return etag(sha256(body.encode()).hexdigest()[:32])


def known_already(if_none_match: str | None, current: str) -> bool:
    """Whether the caller holds the current answer already."""
    given = (if_none_match or "").strip()
    return given == "*" or current in _ETAGS.findall(given)
