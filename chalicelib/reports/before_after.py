"""What differs between two of the domain's values, in words: the field, what it was, and what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum

from chalicelib.domain.funds import MatchRequirement
from chalicelib.domain.initiatives import Category
from chalicelib.domain.values import Struct
from chalicelib.reports.words import day, money

_NOT_TOLD = frozenset({"id", "version", "state", "allocated_pence", "used_pence", "matched_pence", "periods", "variations", "set_in"})
"""What is told by its own facts, follows from others, or names the thing itself."""

_MONEY = frozenset({"award_ceilings", "pence"})
"""The fields that hold pence though their names do not end so: by some key, or by themselves."""

_NAMES = ("name", "quarter", "code", "description")
"""By what an item of a list is called: the first of these that it has."""

_THERE = "yes"
"""What stands for an item of which there is nothing to say but its name."""


class Changed(Struct, frozen=True, kw_only=True):
    """One field that differs. Nothing, before or after, is the empty text."""

    field: str
    before: str
    after: str


class Told(Struct, frozen=True):
    """What happened, in a sentence, and the fields that it changed."""

    words: str
    changes: tuple[Changed, ...] = ()


def compared(before: object, after: object) -> tuple[Changed, ...]:
    """Every field in which two values of one type differ, in the order of their type. None is a value that says nothing."""
    was, now = dict(_said("", before)), dict(_said("", after))
    return tuple(
        Changed(field=field, before=was.get(field, ""), after=now.get(field, ""))
        for field in dict.fromkeys((*now, *was))
        if was.get(field, "") != now.get(field, "")
    )


def changed(field: str, before: object, after: object) -> tuple[Changed, ...]:
    """One field that changed, as a row of its own; none where it says the same."""
    was, now = text_of(before), text_of(after)
    return (Changed(field=field, before=was, after=now),) if was != now else ()


def text_of(value: object, name: str = "") -> str:
    """A single value in words; `name` is its field's, which says what is pence."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Enum():
            return value.words if isinstance(value, Category) else str(value.value).replace("_", " ")
        case date():
            return day(value)
        case int():
            return money(value) if name.endswith("_pence") or name in _MONEY else f"{value:,}"
        case _:
            return str(value)


def _said(name: str, value: object, label: str = "") -> Iterator[tuple[str, str]]:
    """What a value says, field by field: `outputs: Columns`, and its text. What is empty is not said."""
    match value:
        case None | "" | ():
            return
        case MatchRequirement():
            yield label, f"{value.basis_points / 100:g}% of the {value.base}"
        case Mapping():
            for key in sorted(value):
                yield f"{label}: {key}", text_of(value[key], name)
        case tuple():
            yield from _items(label, value)
        case Struct():
            for each, held in _fields(value):
                yield from _said(each, held, f"{label}: {_words(each)}" if label else _words(each))
        case _:
            yield label, text_of(value, name)


def _items(label: str, items: tuple[object, ...]) -> Iterator[tuple[str, str]]:
    plain = [text_of(item) for item in items if not isinstance(item, Struct)]
    if plain:
        yield label, "; ".join(plain)
    for item in items:
        if isinstance(item, Struct):
            named, rest = _named(item)
            yield f"{label}: {named}", ", ".join(f"{_words(each)} {text_of(held, each)}" for each, held in rest) or _THERE


def _named(item: Struct) -> tuple[str, list[tuple[str, object]]]:
    """What an item of a list is called, and what else it says. An award line is called by its year and nature."""
    said = {name: held for name, held in _fields(item) if held not in (None, "", ())}
    names = ("financial_year", "nature") if "nature" in said else next((name,) for name in _NAMES if name in said)
    return " ".join(text_of(said.pop(name)) for name in names), list(said.items())


def _fields(value: Struct) -> list[tuple[str, object]]:
    return [(name, getattr(value, name)) for name in value.__struct_fields__ if name not in _NOT_TOLD]


def _words(name: str) -> str:
    if name == "pence":
        return "limit"
    return name.removesuffix("_pence").removesuffix("_id").replace("_", " ")
