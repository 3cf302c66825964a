"""What a schema says of a value's form is what the domain says of it."""

import typing

import msgspec
import pytest

from chalicelib.api.fields import LongText, Reason, Text
from chalicelib.api.initiatives import Publishable
from chalicelib.api.organisations import Identifier
from chalicelib.domain.initiatives import PUBLISHABLE
from chalicelib.domain.organisations import identifier_problem


def test_the_fields_that_can_be_withheld_are_those_that_can_be_published() -> None:
    assert set(typing.get_args(Publishable)) == PUBLISHABLE


@pytest.mark.parametrize(
    ("text", "is_identifier"),
    [
        ("GB-COH-01234567", True),
        ("GB-COH-SC123456", True),
        ("GB-COH-IP12345R", True),
        ("GB-COH-1234567R", False),
        ("GB-COH-01234567\n", False),
        ("GB-CHC-123456", True),
        ("GB-CHC-1164883", True),
        ("GB-CHC-12345", False),
        ("GB-LAE-STE", True),
        ("GB-LAE-STE,GB-LAE-STE", False),
        ("US-EIN-123456", False),
        ("", False),
    ],
)
def test_an_identifier_is_what_the_domain_takes_for_one(text: str, is_identifier: bool) -> None:
    assert (identifier_problem(text) is None) is is_identifier
    if is_identifier:
        assert msgspec.convert(text, Identifier) == text
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text, Identifier)


@pytest.mark.parametrize("form", [Text, LongText, Reason])
@pytest.mark.parametrize("text", ["£400", "  in  spaces ", "Ynys Môn", "\u00a0£1 "])
def test_text_is_anything_with_something_in_it(form: object, text: str) -> None:
    assert msgspec.convert(text, form) == text


@pytest.mark.parametrize("form", [Text, LongText, Reason])
@pytest.mark.parametrize("text", ["   ", "\u00a0\u2003\u3000", "", "abc\0", "\x85abc", "\u2028abc"])
def test_white_space_alone_is_no_text_and_control_characters_are_in_none(form: object, text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, form)


@pytest.mark.parametrize("text", ["one\n\ttwo", "\none", "one\n"])
def test_only_long_text_has_several_lines(text: str) -> None:
    assert msgspec.convert(text, LongText) == text
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, Text)
