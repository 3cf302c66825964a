"""Refusals: every one says what is wrong, where, and what would be right."""

import inspect
import pkgutil
import re
from collections.abc import Iterator
from datetime import date
from importlib import import_module

import pytest

from chalicelib import domain
from chalicelib.domain.agreement_refusals import Moved, Unexplained
from chalicelib.domain.answers import RuleBroken
from chalicelib.domain.errors import (
    AlreadyExists,
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    Missing,
    NotFound,
    Refused,
    StaleView,
    TooBusy,
    Unreadable,
)
from chalicelib.domain.import_refusals import ExtractUnreadable
from chalicelib.domain.periods import PeriodUnreadable
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.refusals import DateOutsidePeriod

KINDS = (NotFound, Forbidden, Conflict, Refused, Unreadable)


def refusals_there_are() -> Iterator[type[DomainError]]:
    for module in pkgutil.iter_modules(domain.__path__):
        for each in vars(import_module(f"chalicelib.domain.{module.name}")).values():
            if isinstance(each, type) and issubclass(each, DomainError) and each not in (DomainError, *KINDS):
                yield each


REFUSALS = sorted(set(refusals_there_are()), key=str)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_is_of_one_kind_and_has_a_title(refusal: type[DomainError]) -> None:
    title = (refusal.__doc__ or "").strip().splitlines()[0]

    assert issubclass(refusal, (Invalid, *KINDS))
    assert title.endswith(".")
    assert title[0].isupper()
    assert issubclass(refusal, Invalid) or "detail" in vars(refusal), f"{refusal.__name__} says nothing of its own"


def example_of(refusal: type[DomainError]) -> DomainError:
    """A refusal with something in every attribute."""
    values: dict[str, object] = {
        "str": "swan",
        "int": 123_456,
        "tuple[str, ...]": ("active", "closed"),
        "tuple[int, ...]": (3, 5),
        "date": date(2023, 4, 1),
        "tuple[Unexplained, ...]": (Unexplained(of="swan", pence=-5),),
        "tuple[Moved, ...]": (Moved(of="swan", agreed_pence=5, now_pence=6),),
    }
    annotated = {name: kind for each in refusal.__mro__ for name, kind in inspect.get_annotations(each).items() if name != "_named"}
    return refusal(**{name: values[str(kind)] for name, kind in annotated.items()})


TOLD_ELSEWHERE = (Invalid, PeriodUnreadable, ExtractUnreadable, RuleBroken, PublicationHasGaps)
"""What repeats words, answers or gaps that it is given, whose own tests read them."""


@pytest.mark.parametrize("refusal", [each for each in REFUSALS if not issubclass(each, TOLD_ELSEWHERE)])
def test_every_refusal_says_what_is_wrong_in_sentences(refusal: type[DomainError]) -> None:
    said = str(example_of(refusal))

    assert said[0].isupper() or said[0].isdigit() or said.startswith(("£", "swan"))
    assert said.endswith(".")
    assert "EntryKind" not in said


@pytest.mark.parametrize(
    ("values", "named", "message"),
    [
        ((), {"kind": "fund"}, "Missing misses id"),
        (("fund", "swan", "more"), {}, "Missing takes kind, id"),
        (("fund", "swan"), {"id": "swan"}, "Missing takes kind, id"),
        (("fund", "swan"), {"name": "SWaN"}, "Missing takes kind, id"),
    ],
)
def test_a_refusal_is_given_what_it_annotates_and_nothing_else(values: tuple[str, ...], named: dict[str, str], message: str) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        Missing(*values, **named)


def test_a_refusals_attributes_are_its_members() -> None:
    refusal = DateOutsidePeriod(grant_id="ssf-5", on=date(2023, 1, 1), starts=date(2023, 4, 1), ends=date(2024, 3, 31))

    assert refusal.title == "The date is outside the grant's period."
    assert refusal.members == {
        "grant_id": "ssf-5",
        "on": date(2023, 1, 1),
        "starts": date(2023, 4, 1),
        "ends": date(2024, 3, 31),
    }
    assert str(refusal) == refusal.detail


def test_every_field_error_is_told() -> None:
    refusal = Invalid((FieldError("/ends", "is before the start"), FieldError("", "give something")))

    assert str(refusal) == "/ends: is before the start; /: give something"


def test_a_refusal_without_facts_has_no_members() -> None:
    assert TooBusy().members == {}
    assert TooBusy().title == "Others kept changing this while the request was tried."


def test_a_stale_view_names_both_versions() -> None:
    assert str(StaleView(expected="3", current="5")) == "You hold version 3, it is now 5: read it again, then repeat your change."


@pytest.mark.parametrize(("kind", "begins"), [("initiative", "An initiative"), ("organisation", "An organisation"), ("grant", "A grant")])
def test_what_exists_already_has_its_article(kind: str, begins: str) -> None:
    assert str(AlreadyExists(kind=kind, id="x")) == f"{begins} with the id 'x' already exists; choose another id, or change that one."
