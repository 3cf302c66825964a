"""What travels: request bodies and queries come in through `read` and `read_query`, answers go out through `written`.

A schema is a `Body` (what a caller sends: unknown members are refused) or a `Shown` (what an answer carries).
Both are msgspec structs, and each says `frozen=True, kw_only=True` again, which msgspec does not inherit in full.
Field types with their meanings are in `chalicelib.api.fields`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeVar

import msgspec

from chalicelib.api.complaints import below, complaints, unwrapped
from chalicelib.domain.errors import FieldError, Invalid

T = TypeVar("T", bound="Body")

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_TRUTHS = {"true": True, "false": False}


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request carries: nothing missing, nothing unknown, nothing converted.

    `ALSO` tells the documentation what the members' types cannot say and a view checks, in further keywords of JSON
    Schema: `{"minProperties": 1}`, or `{"oneOf": [{"required": ["shares"]}, {"required": ["net_pence", "vat_pence"]}]}`.
    """

    ALSO: ClassVar[Mapping[str, object]] = {}


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer carries."""


class Versioned(Shown, frozen=True, kw_only=True):
    """A resource that can be changed: its `version` is the answer's ETag, and what If-Match must name."""

    version: str


def read(raw: bytes, schema: type[T]) -> T:
    """A body as its schema. Raises Invalid with every field's error at once."""
    try:
        value = msgspec.json.decode(raw, type=schema)
        repeated = tuple(_repeated(json.loads(raw, object_pairs_hook=_Members)))
    except msgspec.ValidationError as error:
        raise Invalid(_complaints_about(raw, schema, str(error))) from error
    except RecursionError as error:
        raise Invalid((FieldError("", "Arrays and objects are nested too deeply."),)) from error
    except ValueError as error:
        raise Invalid((FieldError("", f"This is not JSON: {error}."),)) from error
    if repeated:
        raise Invalid(repeated)
    return value


def read_query(given: Mapping[str, Sequence[str]], schema: type[T]) -> T:
    """A query string as its schema: text becomes numbers and dates. Raises Invalid with every parameter's error."""
    repeated = tuple(
        FieldError(below("", name), f"is given {len(values)} times; give it once") for name, values in given.items() if len(values) > 1
    )
    kinds = {field.encode_name: field.type for field in msgspec.structs.fields(schema)}
    values = {name: _sense(texts[-1], kinds.get(name, str)) for name, texts in given.items()}
    try:
        value = msgspec.convert(values, schema)
    except msgspec.ValidationError as error:
        raise Invalid((*repeated, *complaints(values, schema))) from error
    if repeated:
        raise Invalid(repeated)
    return value


def read_text(text: str, kind: object, *, pointer: str) -> object:
    """One text, such as a path's parameter, as its type. Raises Invalid."""
    value = _sense(text, kind)
    if found := complaints(value, kind, pointer=pointer):
        raise Invalid(found)
    return msgspec.convert(value, kind)


def written(shown: object) -> str:
    """An answer's body."""
    return msgspec.json.encode(shown).decode()


def _sense(text: str, kind: object) -> object:
    """Text as the number or truth it spells, where one is wanted and it spells one. Nothing spells null."""
    bare, _ = unwrapped(kind)
    if bare is int and _INTEGER.fullmatch(text):
        return int(text)
    return _TRUTHS.get(text, text) if bare is bool else text


def _complaints_about(raw: bytes, schema: object, otherwise: str) -> tuple[FieldError, ...]:
    try:
        value = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return (FieldError("", f"This is not JSON: {otherwise}."),)
    return complaints(value, schema) or (FieldError("", otherwise),)


class _Members(list[tuple[str, object]]):
    """An object's members as they were written, repeated ones too; msgspec would quietly keep the last."""


def _repeated(value: object, pointer: str = "") -> list[FieldError]:
    found: list[FieldError] = []
    names: set[str] = set()
    if isinstance(value, _Members):
        for name, member in value:
            at = below(pointer, name)
            found += [FieldError(at, "is given twice; give it once")] if name in names else []
            found += _repeated(member, at)
            names.add(name)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += _repeated(item, below(pointer, str(number)))
    return found
