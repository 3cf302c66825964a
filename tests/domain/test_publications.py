"""Publications and exports: what was made, from which position, and whether its files are in place."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.cells import Cell
from chalicelib.domain.errors import Invalid, Missing
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.exports import apply as apply_export
from chalicelib.domain.publications import (
    File,
    Publication,
    PublicationAbandoned,
    PublicationBegun,
    PublicationMade,
    Publications,
    PublicationState,
    apply,
)

FILES = (File(name="summary.csv", sha256="ab" * 32, size=1200),)


def publication(number: int, on: date = date(2023, 12, 1), request: str = "") -> Publication:
    return Publication(id=f"{on}-{number}", on=on, code_version="1.0.0", requested_by="publisher", request=request)


def begins(each: Publication) -> PublicationBegun:
    return PublicationBegun(publication=each, position={"grant#ssf-5-warwickshire": 42}, office="Example")


def begun(*publications: Publication) -> Publications:
    held: Publications | None = None
    for seq, each in enumerate(publications, start=1):
        held = apply(held, begins(each), seq)
    return held or Publications()


def test_a_publication_that_was_begun_is_unfinished() -> None:
    held = begun(publication(1))

    assert held.unfinished == publication(1)
    assert held.made == ()
    assert held.find("2023-12-01-1").state is PublicationState.BEGUN


def test_a_publication_whose_files_are_in_place_is_made() -> None:
    held = apply(begun(publication(1)), PublicationMade(id="2023-12-01-1", files=FILES), 2)

    assert held.unfinished is None
    assert held.made == (replace(publication(1), files=FILES, state=PublicationState.MADE),)


def test_an_abandoned_publication_is_neither_unfinished_nor_made() -> None:
    held = apply(begun(publication(1)), PublicationAbandoned(id="2023-12-01-1"), 2)

    assert held.unfinished is None
    assert held.made == ()
    assert held.find("2023-12-01-1").state is PublicationState.ABANDONED


def test_the_earlier_publications_stay_as_they_were() -> None:
    first = apply(begun(publication(1)), PublicationMade(id="2023-12-01-1", files=FILES), 2)
    second = apply(first, begins(publication(2)), 3)
    third = apply(second, PublicationMade(id="2023-12-01-2", files=()), 4)

    assert third.publications[:1] == first.publications
    assert [each.id for each in third.made] == ["2023-12-01-1", "2023-12-01-2"]


def test_a_publication_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing, match="There is no publication with the id '2023-12-01-2'"):
        begun(publication(1)).find("2023-12-01-2")


def test_an_id_is_the_day_and_a_number_and_is_never_used_again() -> None:
    held = apply(begun(publication(1)), PublicationAbandoned(id="2023-12-01-1"), 2)

    assert Publications().next_id(date(2023, 12, 1)) == "2023-12-01-1"
    assert held.next_id(date(2023, 12, 1)) == "2023-12-01-2"
    assert held.next_id(date(2024, 1, 1)) == "2024-01-01-1"


def test_a_request_made_again_finds_its_publication() -> None:
    held = begun(publication(1, request="key-1"), publication(2))

    assert held.answering("publisher", "key-1") == held.publications[0]
    assert held.answering("somebody", "key-1") is None
    assert held.answering("publisher", "key-2") is None
    assert held.answering("publisher", "") is None


def test_an_abandoned_publication_answers_nobody() -> None:
    held = apply(begun(publication(1, request="key-1")), PublicationAbandoned(id="2023-12-01-1"), 2)

    assert held.answering("publisher", "key-1") is None


@pytest.mark.parametrize(
    "scope",
    [
        Scope(financial_year="2023-24"),
        Scope(quarter="2023-24-Q1"),
        Scope(fund_id="ssf-5"),
        Scope(grant_id="ssf-5-warwickshire"),
        Scope(financial_year="2023-24", quarter="2023-24-Q4", fund_id="ssf-5"),
    ],
)
def test_an_export_takes_in_what_matches_every_part_given(scope: Scope) -> None:
    assert scope.checked() is scope


def test_an_export_of_everything_is_refused() -> None:
    with pytest.raises(Invalid, match="give at least one of financial_year, quarter, fund_id and grant_id"):
        Scope().checked()


def test_an_export_of_a_quarter_of_another_year_is_refused() -> None:
    with pytest.raises(Invalid, match="/quarter: 2023-24-Q1 is not in 2022-23"):
        Scope(financial_year="2022-23", quarter="2023-24-Q1").checked()


def test_an_export_stays_as_it_was_made() -> None:
    export = Export(
        id="e1",
        on=date(2024, 1, 5),
        scope=Scope(fund_id="ssf-5"),
        position={"grant#ssf-5-warwickshire": 42},
        rows=3,
        totals_pence={"paid": 100},
        files=FILES,
    )

    assert apply_export(None, ExportMade(export=export), 1) == export


@pytest.mark.parametrize(
    ("scope", "cells"),
    [
        (Scope(financial_year="2023-24"), [True, True, False]),
        (Scope(quarter="2023-24-Q1"), [False, True, False]),
        (Scope(financial_year="2023-24", quarter="2023-24-Q2"), [False, False, False]),
        (Scope(grant_id="ssf-5-warwickshire"), [True, True, True]),
    ],
)
def test_an_export_takes_in_the_cells_of_its_period(scope: Scope, cells: list[bool]) -> None:
    keys = ("lighting#2023-24#capital", "lighting#2023-24-Q1#capital", "lighting#2024-25-Q1#capital")

    assert [scope.takes_in(Cell.parse(key)) for key in keys] == cells
