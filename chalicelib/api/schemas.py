"""What travels: request bodies and queries come in through `read` and `read_query`, answers go out through `written`.

A schema is a `Body` (what a caller sends: unknown members are refused) or a `Shown` (what an answer carries).
Both are msgspec structs; a struct with a required field after an optional one says `kw_only=True`, which
msgspec does not inherit. Field types with their meanings are in `chalicelib.api.fields`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from chalicelib.api.complaints import complaints
from chalicelib.domain.errors import FieldError, Invalid

T = TypeVar("T")

_DEEPEST = "Arrays and objects are nested too deeply."


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request carries: nothing missing, nothing unknown, nothing converted."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer carries."""


class Versioned(Shown, frozen=True, kw_only=True):
    """A resource that can be changed: its `version` is the answer's ETag, and what If-Match must name."""

    version: str


def read(raw: bytes, schema: type[T]) -> T:
    """A body as its schema. Raises Invalid with every field's error at once."""
    try:
        return msgspec.json.decode(raw, type=schema)
    except msgspec.ValidationError as error:
        raise Invalid(complaints(msgspec.json.decode(raw), schema) or (_whole(str(error)),)) from error
    except RecursionError as error:
        raise Invalid((_whole(_DEEPEST),)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid((_whole(f"This is not JSON: {error}."),)) from error


def read_query(given: Mapping[str, Sequence[str]], schema: type[T]) -> T:
    """A query string as its schema: text becomes numbers and dates. Raises Invalid with every parameter's error."""
    repeated = tuple(
        FieldError(f"/{name}", f"is given {len(values)} times; give it once") for name, values in given.items() if len(values) > 1
    )
    values = {name: values[-1] for name, values in given.items()}
    try:
        read = msgspec.convert(values, schema, strict=False)
    except msgspec.ValidationError as error:
        found = complaints(values, schema, strict=False) or (_whole(str(error)),)
        raise Invalid((*repeated, *found)) from error
    if repeated:
        raise Invalid(repeated)
    return read


def written(shown: object) -> str:
    """An answer's body."""
    return msgspec.json.encode(shown).decode()


def _whole(detail: str) -> FieldError:
    return FieldError("", detail)
