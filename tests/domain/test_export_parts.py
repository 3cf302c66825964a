"""Which records each part of an export has."""

import pytest

from chalicelib.domain import export_parts
from chalicelib.domain.export_parts import ExportPart, Piece, Run, Split, parts_of, runs_in, runs_of

POSITION = {"grant#ssf-4": 250, "grant#swan": 10, "initiative#lighting": 7, "grant#ssf-3": 40}
PIECE = Piece(sha256="0" * 64, size=100, totals_sha256="1" * 64, rows=3)


def split(position: dict[str, int], each: int) -> list[tuple[Run, ...]]:
    """The records of each part."""
    made = Split(parts=parts_of(position, each))
    return [runs_in(position, made, number) for number in range(1, len(made.parts) + 1)]


def test_small_grants_are_gathered_and_a_large_one_is_cut() -> None:
    assert split(POSITION, 100) == [
        (Run("ssf-3", 0, 40), Run("ssf-4", 0, 60)),
        (Run("ssf-4", 60, 160),),
        (Run("ssf-4", 160, 250), Run("swan", 0, 10)),
    ]


@pytest.mark.parametrize(
    ("each", "ends"),
    [
        (1_000, [("swan", 10)]),
        (300, [("swan", 10)]),
        (299, [("swan", 9), ("swan", 10)]),
        (290, [("ssf-4", 250), ("swan", 10)]),
        (40, [("ssf-3", 40), *(("ssf-4", 40 * n) for n in range(1, 7)), ("swan", 10)]),
    ],
)
def test_a_part_ends_with_a_grant_or_within_one(each: int, ends: list[tuple[str, int]]) -> None:
    assert [(part.grant_id, part.until) for part in parts_of(POSITION, each)] == ends


@pytest.mark.parametrize("each", range(1, 61))
def test_the_parts_are_all_records_once_and_in_order(each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_parts, "MOST_PARTS", 1_000)
    position = {"grant#a": 1, "grant#b": 17, "grant#b-2": 3, "grant#c": 40}

    parts = split(position, each)

    assert [(run.grant_id, seq) for runs in parts for run in runs for seq in range(run.after + 1, run.until + 1)] == [
        (grant, seq) for grant, until in (("a", 1), ("b", 17), ("b-2", 3), ("c", 40)) for seq in range(1, until + 1)
    ]
    assert {sum(run.records for run in runs) for runs in parts[:-1]} <= {each}


def test_of_a_larger_ledger_the_parts_are_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_parts, "MOST_PARTS", 3)

    assert [(part.grant_id, part.until) for part in parts_of(POSITION, 10)] == [("ssf-4", 60), ("ssf-4", 160), ("swan", 10)]


def test_all_of_a_position_is_its_grants_in_order() -> None:
    assert runs_of(POSITION) == (Run("ssf-3", 0, 40), Run("ssf-4", 0, 250), Run("swan", 0, 10))


def test_what_the_parts_come_to_adds_up() -> None:
    made = Split(parts=parts_of(POSITION, 100))
    first = made.with_piece(3, PIECE, {"paid": 5, "refunded": 1})
    second = first.with_piece(1, PIECE, {"paid": 7})

    assert (made.missing, first.missing, second.missing) == ((1, 2, 3), (1, 2), (2,))
    assert (second.rows, second.totals_pence) == (6, {"paid": 12, "refunded": 1})
    assert second.parts[0] == ExportPart(grant_id="ssf-4", until=60, piece=PIECE)


def test_a_part_is_made_once() -> None:
    made = Split(parts=parts_of(POSITION, 100)).with_piece(2, PIECE, {})

    with pytest.raises(ValueError, match="part 2 was made already"):
        made.with_piece(2, PIECE, {})


@pytest.mark.parametrize("number", [0, -1, 4])
def test_there_are_no_other_parts(number: int) -> None:
    made = Split(parts=parts_of(POSITION, 100))

    with pytest.raises(ValueError, match=f"there is no part {number} of 3"):
        runs_in(POSITION, made, number)
    with pytest.raises(ValueError, match=f"there is no part {number} of 3"):
        made.with_piece(number, PIECE, {})
