"""Publications and exports: what was made, from which position, and whether its files are in place."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.cells import Cell
from chalicelib.domain.errors import Invalid, NotInState
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.exports import apply as apply_export
from chalicelib.domain.publication_ids import next_id, place_of
from chalicelib.domain.publications import (
    File,
    Publication,
    PublicationAbandoned,
    PublicationBegun,
    PublicationDiscarded,
    PublicationDrafted,
    PublicationMade,
    PublicationNumbered,
    Publications,
    PublicationSettled,
    PublicationState,
    PublicationWithdrawn,
    PublisherNotTold,
    PublisherTold,
    apply,
    apply_office,
    in_state,
)
from chalicelib.domain.values import replace

FILES = (File(name="summary.csv", sha256="ab" * 32, size=1200),)
ARCHIVE = File(name="publication-2023-12-01-1.zip", sha256="cd" * 32, size=1500)
AT = datetime(2023, 12, 4, 9, 30, tzinfo=UTC)


PUBLICATION = Publication(id="2023-12-01-1", on=date(2023, 12, 1), code_version="1.0.0", requested_by="publisher", request="key-1")
BEGUN = PublicationBegun(publication=PUBLICATION, position={"grant#ssf-5-warwickshire": 42}, office="Example")


def test_a_publication_is_begun_without_files() -> None:
    held = apply(None, BEGUN, 1)

    assert held == replace(PUBLICATION, seq=1)
    assert (held.state, held.files) == (PublicationState.BEGUN, ())


def test_a_publication_whose_files_are_in_place_is_made() -> None:
    assert apply(PUBLICATION, PublicationMade(files=FILES), 2) == replace(PUBLICATION, files=FILES, state=PublicationState.MADE, seq=2)


def test_a_draft_becomes_a_publication_or_nothing_and_a_publication_may_be_withdrawn() -> None:
    drafted = apply(apply(None, BEGUN, 1), PublicationDrafted(files=FILES, archive=ARCHIVE), 2)
    told = apply(apply(drafted, PublisherNotTold(why="No address"), 3), PublisherTold(message_id="m-1"), 4)
    made = apply(told, PublicationMade(files=FILES, at=AT), 5)
    stone = File(name="withdrawn.json", sha256="ef" * 32, size=90)
    withdrawn = apply(made, PublicationWithdrawn(why="A name was in it", at=AT, tombstone=stone), 6)

    assert [each.state.value for each in (drafted, told, made, withdrawn)] == ["drafted", "drafted", "made", "withdrawn"]
    assert (drafted.archive, drafted.told, told.told, made.made_at) == (ARCHIVE, False, True, AT)
    assert (withdrawn.files, withdrawn.why, withdrawn.withdrawn_at, withdrawn.seq) == ((*FILES, stone), "A name was in it", AT, 6)
    assert apply(drafted, PublicationDiscarded(), 3).state is PublicationState.DISCARDED


def test_only_what_has_files_is_shown() -> None:
    shown = [state.value for state in PublicationState if replace(PUBLICATION, state=state).is_shown]

    assert shown == ["drafted", "made", "discarded", "withdrawn"]


def test_a_step_needs_its_state() -> None:
    assert in_state(PUBLICATION, PublicationState.MADE, PublicationState.BEGUN) == PUBLICATION
    with pytest.raises(NotInState, match="The publication 2023-12-01-1 is begun; this needs it to be drafted"):
        in_state(PUBLICATION, PublicationState.DRAFTED)


def test_an_abandoned_publication_has_no_files() -> None:
    held = apply(PUBLICATION, PublicationAbandoned(why="Other code runs now"), 2)

    assert (held.state, held.files) == (PublicationState.ABANDONED, ())


@pytest.mark.parametrize("fact", [PublicationMade(files=FILES), PublicationAbandoned(why="Other code runs now")])
def test_what_was_never_begun_cannot_end(fact: PublicationMade | PublicationAbandoned) -> None:
    with pytest.raises(ValueError, match="a publication cannot begin with publication_"):
        apply(None, fact, 1)


def test_the_office_has_one_publication_unfinished_until_it_is_settled() -> None:
    begun = apply_office(None, PublicationNumbered(id="2023-12-01-1"), 1)
    made = apply_office(begun, PublicationSettled(id="2023-12-01-1", state=PublicationState.MADE), 2)
    abandoned = apply_office(begun, PublicationSettled(id="2023-12-01-1", state=PublicationState.ABANDONED), 2)

    assert (begun.unfinished, made.unfinished, abandoned.unfinished) == ("2023-12-01-1", None, None)


def test_what_the_office_keeps_does_not_grow_with_its_publications() -> None:
    held: Publications | None = None
    for number in range(1, 701):
        held = apply_office(held, PublicationNumbered(id=f"2023-12-01-{number}"), 2 * number - 1)
        held = apply_office(held, PublicationSettled(id=held.last, state=PublicationState.MADE), 2 * number)

    assert held == Publications(last="2023-12-01-700", state=PublicationState.MADE)


def test_an_id_is_the_day_and_a_number() -> None:
    assert next_id(date(2023, 12, 1), 0) == "2023-12-01-1"
    assert next_id(date(2023, 12, 1), 9) == "2023-12-01-10"


def test_publications_are_in_order_of_day_and_number() -> None:
    ids = ["2024-01-01-1", "2023-12-01-10", "2023-12-01-9", "2023-12-02-1"]

    assert sorted(ids, key=place_of) == ["2023-12-01-9", "2023-12-01-10", "2023-12-02-1", "2024-01-01-1"]


@pytest.mark.parametrize("text", ["", "office", "2023-12-01", "2023-12-01-", "2023-12-01-x", "20231201-1", "2023-12-01-01", "2023-13-01-1"])
def test_what_is_no_publications_id_has_no_place(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        place_of(text)


def test_a_publication_answers_the_request_that_it_was_begun_for() -> None:
    assert PUBLICATION.answers("publisher", "key-1")
    assert not PUBLICATION.answers("somebody", "key-1")
    assert not PUBLICATION.answers("publisher", "key-2")
    assert not replace(PUBLICATION, request="").answers("publisher", "")


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
