"""Exports in parts: which records each part has, and what became of it.

    position   ssf-3: 40, ssf-4: 250, swan: 10        of 100 records a part:

    part 1     ssf-3 1-40, ssf-4 1-60                 ends at record 60 of ssf-4
    part 2     ssf-4 61-160                           ends at record 160 of ssf-4
    part 3     ssf-4 161-250, swan 1-10               ends at record 10 of swan

Grants are taken in order: small ones are gathered, a large one is cut. The parts' rows, one after the other, are the export's rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from chalicelib.domain.chain import Kind
from chalicelib.domain.values import Struct, field, replace

MOST_PARTS = 400
"""All of them stand in the export's head, which is written with each: so of a larger ledger the parts are larger."""


class Run(Struct, frozen=True):
    """The records of a grant after record `after`, up to and including record `until`."""

    grant_id: str
    after: int
    until: int

    @property
    def records(self) -> int:
        """How many they are."""
        return self.until - self.after


class Piece(Struct, frozen=True, kw_only=True):
    """What a part came to: the file with its rows, the file with their control totals, and how many rows there are."""

    sha256: str
    size: int
    totals_sha256: str
    rows: int


class ExportPart(Struct, frozen=True, kw_only=True):
    """A part of an export: it begins where the one before it ends. It has no piece until it is made."""

    grant_id: str
    until: int
    piece: Piece | None = None


class Split(Struct, frozen=True, kw_only=True):
    """An export's parts, and when workers were last sent for them, if they ever were.

    `rows` and `totals_pence` are what the parts that are made come to: rows, and each measure in pence.
    """

    parts: tuple[ExportPart, ...]
    sent: datetime | None = None
    rows: int = 0
    totals_pence: Mapping[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers of the parts that are not made, from 1 on."""
        return tuple(number for number, part in enumerate(self.parts, start=1) if part.piece is None)

    def part(self, number: int) -> ExportPart:
        """A part by its number, from 1 on. Raises ValueError where there is none."""
        if not 1 <= number <= len(self.parts):
            raise ValueError(f"there is no part {number} of {len(self.parts)}")
        return self.parts[number - 1]

    def with_piece(self, number: int, piece: Piece, totals_pence: Mapping[str, int]) -> Split:
        """With one part made. Raises ValueError where it was made already."""
        part = self.part(number)
        if part.piece is not None:
            raise ValueError(f"part {number} was made already")
        parts = (*self.parts[: number - 1], replace(part, piece=piece), *self.parts[number:])
        names = {**self.totals_pence, **totals_pence}
        summed = {name: self.totals_pence.get(name, 0) + totals_pence.get(name, 0) for name in names}
        return replace(self, parts=parts, rows=self.rows + piece.rows, totals_pence=summed)


def runs_of(position: Mapping[str, int]) -> tuple[Run, ...]:
    """All records of the grants that a position names, grant by grant, in order."""
    found = (key.split("#", 1) for key in position)
    grants = sorted(grant_id for kind, grant_id in found if kind == Kind.GRANT)
    return tuple(Run(grant_id, 0, position[f"{Kind.GRANT}#{grant_id}"]) for grant_id in grants)


def parts_of(position: Mapping[str, int], records_each: int) -> tuple[ExportPart, ...]:
    """The records of a position's grants in parts of so many: the last has fewer, and all more where they would be too many."""
    runs = runs_of(position)
    each = max(records_each, -(-sum(run.records for run in runs) // MOST_PARTS))
    ends = tuple(_ends(runs, each))
    last = ExportPart(grant_id=runs[-1].grant_id, until=runs[-1].until)
    return ends if ends and ends[-1] == last else (*ends, last)


def _ends(runs: tuple[Run, ...], each: int) -> Iterator[ExportPart]:
    room = each
    for run in runs:
        taken = run.after
        while run.until - taken >= room:
            taken += room
            room = each
            yield ExportPart(grant_id=run.grant_id, until=taken)
        room -= run.until - taken


def runs_in(position: Mapping[str, int], split: Split, number: int) -> tuple[Run, ...]:
    """The records of one part. Raises ValueError where there is no such part."""
    end = split.part(number)
    begin = split.part(number - 1) if number > 1 else ExportPart(grant_id="", until=0)
    first, last = (begin.grant_id, begin.until), (end.grant_id, end.until)
    cut = (
        Run(run.grant_id, first[1] if run.grant_id == first[0] else 0, last[1] if run.grant_id == last[0] else run.until)
        for run in runs_of(position)
        if first[0] <= run.grant_id <= last[0]
    )
    return tuple(run for run in cut if run.records)
