"""Every fault of a value at once, each with its JSON pointer, in words that say what would be right.

msgspec stops at the first error. When it has refused a value, this walks it beside its schema, asks msgspec about
each part, and words the answer. It decides nothing: what msgspec accepts has no complaints.
"""

from __future__ import annotations

import enum
import re
import types
import typing
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.domain.errors import FieldError

MOST = 100
"""Complaints in one answer; whoever has more starts with these."""

_SHOWN = 60
_ARRAYS = (list, tuple, set, frozenset, Sequence)


def complaints(value: object, schema: object, *, pointer: str = "") -> tuple[FieldError, ...]:
    """What is wrong with each part of a value, as JSON has it."""
    return tuple(islice(_faults(value, schema, pointer), MOST))


def _faults(value: object, kind: object, pointer: str) -> Iterator[FieldError]:
    problem = _problem(value, kind)
    if problem is None:
        return
    bare, metas = unwrapped(kind)
    parts = list(_parts(value, bare, pointer))
    yield from parts or [FieldError(pointer, _worded(problem, value, bare, metas))]


def _problem(value: object, kind: object) -> str | None:
    try:
        msgspec.convert(value, typing.cast("type[object]", kind))
    except msgspec.ValidationError as error:
        return str(error).split(" - at `")[0]
    return None


def _parts(value: object, kind: object, pointer: str) -> Iterator[FieldError]:
    """The faults of the parts of a value that is made of parts."""
    origin = typing.get_origin(kind) or kind
    if isinstance(value, dict):
        if _is_union(kind):
            yield from _alternative(value, kind, pointer)
        elif isinstance(origin, type) and issubclass(origin, msgspec.Struct):
            yield from _members(value, origin, pointer)
        elif origin is dict:
            yield from _entries(value, kind, pointer)
    elif isinstance(value, list):
        yield from _items(value, kind, pointer)


def _members(value: dict[str, object], struct: type[msgspec.Struct], pointer: str) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    config = struct.__struct_config__
    for name, field in fields.items():
        at = below(pointer, name)
        if name in value:
            yield from _faults(value[name], field.type, at)
        elif field.required:
            yield FieldError(at, f"is missing; it must be {_meaning(*unwrapped(field.type))}")
    if config.forbid_unknown_fields:
        for name in value.keys() - fields.keys() - {config.tag_field}:
            yield FieldError(below(pointer, name), f"is not known here; what there is: {', '.join(fields) or 'nothing'}")


def _entries(value: dict[str, object], kind: object, pointer: str) -> Iterator[FieldError]:
    key_kind, value_kind = typing.get_args(kind)
    for name, member in value.items():
        yield from _faults(name, key_kind, below(pointer, name))
        yield from _faults(member, value_kind, below(pointer, name))


def _items(value: list[object], kind: object, pointer: str) -> Iterator[FieldError]:
    for alternative in _alternatives(kind):
        bare, _ = unwrapped(alternative)
        if typing.get_origin(bare) in _ARRAYS:
            item_kind = typing.get_args(bare)[0]
            for number, item in enumerate(value):
                yield from _faults(item, item_kind, below(pointer, str(number)))
            return


def _alternative(value: dict[str, object], kind: object, pointer: str) -> Iterator[FieldError]:
    """Of several kinds of object, the one that the tag names; where there is one only, that one."""
    objects = [bare for bare, _ in map(unwrapped, _alternatives(kind)) if _is_object(bare)]
    if len(objects) == 1:
        yield from _parts(value, objects[0], pointer)
        return
    structs = [each for each in objects if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    tagged = {each.__struct_config__.tag: each for each in structs}
    field = next((each.__struct_config__.tag_field for each in tagged.values()), None)
    if field is None:
        return
    tag = value.get(field)
    if isinstance(tag, str) and tag in tagged:
        yield from _members(value, tagged[tag], pointer)
    else:
        known = ", ".join(sorted(str(each) for each in tagged))
        yield FieldError(below(pointer, field), f"must be one of {known}{_not(tag)}")


def below(pointer: str, name: str) -> str:
    """The JSON pointer (RFC 6901) to a member or item of what a pointer names."""
    return f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"


def unwrapped(kind: object) -> tuple[object, list[Meta]]:
    """A type without its annotations and without what stands for its absence, and what the annotations say."""
    if typing.get_origin(kind) is Annotated:
        bare, *notes = typing.get_args(kind)
        inner, metas = unwrapped(bare)
        return inner, [*metas, *(note for note in notes if isinstance(note, Meta))]
    if _is_union(kind):
        present = [each for each in _alternatives(kind) if each not in {type(None), UnsetType}]
        if len(present) == 1:
            return unwrapped(present[0])
    return kind, []


def _is_union(kind: object) -> bool:
    return typing.get_origin(kind) in {typing.Union, types.UnionType}


def _alternatives(kind: object) -> tuple[object, ...]:
    return typing.get_args(kind) if _is_union(kind) else (kind,)


def _is_object(kind: object) -> bool:
    origin = typing.get_origin(kind) or kind
    return origin is dict or (isinstance(origin, type) and issubclass(origin, msgspec.Struct))


_BOUNDS = (
    (re.compile(r"Expected `\w+` >= (\S+)"), "must be at least {}"),
    (re.compile(r"Expected `\w+` <= (\S+)"), "must be at most {}"),
    (re.compile(r"Expected `str` of length >= 1$"), "must not be empty"),
    (re.compile(r"Expected `str` of length >= (\d+)"), "must have at least {} characters"),
    (re.compile(r"Expected `str` of length <= (\d+)"), "must have at most {} characters"),
    (re.compile(r"Expected `\w+` of length >= (\d+)"), "must have at least {} of them"),
    (re.compile(r"Expected `\w+` of length <= (\d+)"), "must have at most {} of them"),
)
_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "date": "a date, such as 2023-11-01",
    "datetime": "an instant with its offset, such as 2023-11-01T09:30:00Z",
    "list": "a list",
    "tuple": "a list",
    "NoneType": "null",
}


def _worded(problem: str, value: object, kind: object, metas: list[Meta]) -> str:
    for pattern, words in _BOUNDS:
        if found := pattern.match(problem):
            return words.format(*found.groups()) + _not(value)
    return f"must be {_meaning(kind, metas)}{_not(value)}"


def _meaning(kind: object, metas: list[Meta]) -> str:
    """What a value of this type is, in a few words."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return f"one of {', '.join(str(each.value) for each in kind)}"
    if typing.get_origin(kind) is typing.Literal:
        return f"one of {', '.join(map(str, typing.get_args(kind)))}"
    described = next((meta for meta in reversed(metas) if meta.description), None)
    if described is None or not described.description:
        return _named(kind)
    text = described.description.rstrip(".")
    example = f", such as {described.examples[0]}" if described.examples else ""
    return f"{text[:1].lower()}{text[1:]}{example}"


def _named(kind: object) -> str:
    if _is_union(kind):
        return " or ".join(dict.fromkeys(_meaning(*unwrapped(each)) for each in _alternatives(kind) if each is not UnsetType))
    origin = typing.get_origin(kind) or kind
    return _NAMES.get(getattr(origin, "__name__", ""), "an object" if _is_object(kind) else "something else")


def _not(value: object) -> str:
    if value is UNSET or isinstance(value, dict | list):
        return ""
    text = msgspec.json.encode(value).decode()
    return f", not {text if len(text) <= _SHOWN else text[:_SHOWN] + '...'}"
