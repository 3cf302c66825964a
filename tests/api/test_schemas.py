"""Bodies: everything wrong is told at once, where it is and in words that say what would be right."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.api.changes import given
from chalicelib.api.complaints import MOST, below
from chalicelib.api.fields import DateField, FinancialYearText, Instant, LongText, Pence, PositivePence, QuarterText, Slug, Text
from chalicelib.api.schemas import Body, read
from chalicelib.domain.errors import Invalid


class Nature(StrEnum):
    CAPITAL = "capital"
    REVENUE = "revenue"


class Line(Body, frozen=True, kw_only=True):
    financial_year: FinancialYearText
    nature: Nature
    amount_pence: PositivePence


class Cash(Body, frozen=True, kw_only=True, tag="cash"):
    amount_pence: Pence


class Kind(Body, frozen=True, kw_only=True, tag="in_kind"):
    what: Text


class Grant(Body, frozen=True, kw_only=True):
    id: Slug
    lines: Annotated[list[Line], Meta(min_length=1, max_length=3)]
    starts: DateField | None = None
    seen: Instant | None = None
    quarter: QuarterText | UnsetType = UNSET
    notes: LongText | None = None
    approved: bool = False
    ceilings: dict[FinancialYearText, PositivePence] = field(default_factory=dict)
    match: Cash | Kind | None = None
    size: Literal["small", "large"] = "small"


LINE = '{"financial_year": "2023-24", "nature": "capital", "amount_pence": 100}'


def wrong(raw: str | bytes) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read(raw if isinstance(raw, bytes) else raw.encode(), Grant)
    return {error.pointer: error.detail for error in refused.value.errors}


def with_(members: str) -> str:
    return f'{{"id": "g", "lines": [{LINE}], {members}}}'


def test_a_good_body_is_read() -> None:
    grant = read(with_('"starts": "2023-10-01", "match": {"type": "cash", "amount_pence": -5}').encode(), Grant)

    assert grant.lines[0].amount_pence == 100
    assert grant.starts == date(2023, 10, 1)
    assert grant.match == Cash(amount_pence=-5)
    assert given(grant).keys() == {"id", "lines", "starts", "seen", "notes", "approved", "ceilings", "match", "size"}


def test_everything_wrong_is_told_at_once() -> None:
    raw = """{"id": "A Grant", "colour": "red", "starts": "1.10.2023", "approved": "yes", "size": "huge",
              "lines": [{"financial_year": "2023/24", "nature": "both", "amount_pence": 12.5},
                        {"nature": "revenue", "amount_pence": true, "pounds": 3}, 7]}"""

    assert wrong(raw) == {
        "/id": 'must be an id: lower-case letters, digits and single hyphens between them, such as ssf-5-warwickshire, not "A Grant"',
        "/lines/0/financial_year": 'must be a financial year, April to March, such as 2023-24, not "2023/24"',
        "/lines/0/nature": 'must be one of capital, revenue, not "both"',
        "/lines/0/amount_pence": "must be a whole number of pence, more than nothing, such as 123456, not 12.5",
        "/lines/1/financial_year": "is missing; it must be a financial year, April to March, such as 2023-24",
        "/lines/1/amount_pence": "must be a whole number of pence, more than nothing, such as 123456, not true",
        "/lines/1/pounds": "is not known here; what there is: financial_year, nature, amount_pence",
        "/lines/2": "must be an object, not 7",
        "/starts": 'must be a date in London, as YYYY-MM-DD, such as 2023-11-01, not "1.10.2023"',
        "/approved": 'must be true or false, not "yes"',
        "/size": 'must be one of small, large, not "huge"',
        "/colour": "is not known here; what there is: id, lines, starts, seen, quarter, notes, approved, ceilings, match, size",
    }


@pytest.mark.parametrize(
    ("members", "pointer", "detail"),
    [
        ('"lines": []', "/lines", "must have at least 1 of them"),
        ('"lines": {}', "/lines", "must be a list"),
        ('"lines": null', "/lines", "must be a list, not null"),
        ('"id": ""', "/id", "must be an id"),
        ('"id": "' + "a" * 61 + '"', "/id", "must have at most 60 characters"),
        ('"notes": ""', "/notes", "must not be empty"),
        ('"notes": "a\\u0000b"', "/notes", "must be text of several lines"),
        ('"quarter": "2023-24-Q5"', "/quarter", "must be a quarter of a financial year; Q1 is April to June"),
        ('"quarter": null', "/quarter", "must be a quarter"),
        ('"ceilings": {"2023": 5}', "/ceilings/2023", "must be a financial year"),
        ('"ceilings": {"2023-24": 0}', "/ceilings/2023-24", "must be at least 1, not 0"),
        ('"ceilings": {"2023-24": 10000000000001}', "/ceilings/2023-24", "must be at most 10000000000000"),
        ('"seen": "2023-10-01T12:00:00"', "/seen", "must be an instant"),
        ('"match": {"type": "gold"}', "/match/type", 'must be one of cash, in_kind, not "gold"'),
        ('"match": {}', "/match/type", "must be one of cash, in_kind"),
        ('"match": {"type": "cash"}', "/match/amount_pence", "is missing; it must be a whole number of pence"),
        ('"match": {"type": "in_kind", "what": "x", "amount_pence": 1}', "/match/amount_pence", "is not known here; what there is: what"),
        ('"match": 7', "/match", "must be an object or null, not 7"),
    ],
)
def test_each_fault_is_worded_for_whoever_can_put_it_right(members: str, pointer: str, detail: str) -> None:
    raw = f'{{"id": "g", {members}}}' if '"lines"' in members else with_(members)
    raw = raw.replace('"id": "g", ', "") if '"id": "g"' in raw and members.startswith('"id"') else raw

    assert wrong(raw)[pointer].startswith(detail)


@pytest.mark.parametrize(
    "raw", ["", " ", "{", "[[[[", '{"id": "g",}', '{"id": NaN}', b"\xff", '{"id": "\\ud800"}', '{"id": "g"} {"id": "h"}', "[" * 100_000]
)
def test_what_is_no_json_is_said_to_be_none(raw: str | bytes) -> None:
    assert list(wrong(raw)) == [""]


@pytest.mark.parametrize("raw", ["[]", "7", "null", '"g"'])
def test_a_body_is_an_object(raw: str) -> None:
    assert wrong(raw)[""].startswith("must be an object")


def test_a_member_given_twice_is_refused() -> None:
    twice = f'{{"id": "g", "id": "h", "lines": [{LINE}, {LINE[:-1]}, "amount_pence": 7}}]}}'

    assert wrong(twice) == {"/id": "is given twice; give it once", "/lines/1/amount_pence": "is given twice; give it once"}


@pytest.mark.parametrize("number", ["1.0", "1e2", "100000000000000000000", '"100"', "true", "null"])
def test_pence_are_whole_numbers_and_nothing_else(number: str) -> None:
    assert list(wrong(f'{{"id": "g", "lines": [{LINE.replace("100", number)}]}}')) == ["/lines/0/amount_pence"]


@pytest.mark.parametrize("text", ["a\n", "a\r\n", "-a", "a-", "a--b", "á", "A"])
def test_a_slug_has_nothing_before_or_after_it(text: str) -> None:
    escaped = text.replace("\r", "\\r").replace("\n", "\\n")

    assert list(wrong(f'{{"id": "{escaped}", "lines": [{LINE}]}}')) == ["/id"]


def test_a_great_many_faults_are_not_all_told() -> None:
    class Many(Body, frozen=True):
        numbers: list[int]

    with pytest.raises(Invalid) as refused:
        read(f'{{"numbers": [{", ".join(["0.5"] * 5000)}]}}'.encode(), Many)

    assert len(refused.value.errors) == MOST


def test_pointers_are_escaped_as_rfc_6901_has_it() -> None:
    assert below("/a", "b/c~d") == "/a/b~1c~0d"
    assert list(wrong(with_('"x/y": 1'))) == ["/x~1y"]


def test_a_long_value_is_not_repeated_in_full() -> None:
    assert len(wrong(with_(f'"size": "{"x" * 5000}"'))["/size"]) < 120
