"""What the rows of a part add up to, as a file, and put together again with what the other parts add up to."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from chalicelib.domain.values import Struct
from chalicelib.reports.entry_totals import CellTotals, Tally, Totals


class _Cell(Struct, frozen=True):
    """As `CellTotals`."""

    alone: dict[str, tuple[int, int]]
    others: dict[str, tuple[int, int]]
    others_moves: dict[str, int]


class _Packed(Struct, frozen=True):
    """As `Totals`."""

    of_cells: dict[str, dict[str, _Cell]]
    reported: dict[str, dict[str, dict[str, dict[str, int]]]]
    net_pence: int
    vat_pence: int


def packed(totals: Totals) -> bytes:
    """Totals as JSON, in the order in which they were added up: the same bytes of the same rows."""
    return msgspec.json.encode(totals)


def together(parts: Iterable[bytes]) -> Totals:
    """The totals of all rows, of the parts' in order. Raises ValueError for what was not packed here."""
    summed = Totals()
    for part in parts:
        _add(summed, msgspec.json.decode(part, type=_Packed))
    return summed


def _add(summed: Totals, part: _Packed) -> None:
    for grant_id, cells in part.of_cells.items():
        for cell, totals in cells.items():
            _add_cell(summed.of_cell(grant_id, cell), totals)
    # What a quarter reported when it was closed last is what the later part says.
    for grant_id, quarters in part.reported.items():
        summed.reported.setdefault(grant_id, {}).update(quarters)
    summed.net_pence += part.net_pence
    summed.vat_pence += part.vat_pence


def _add_cell(there: CellTotals, part: _Cell) -> None:
    _add_tally(there.alone, part.alone)
    _add_tally(there.others, part.others)
    for counter, pence in part.others_moves.items():
        there.others_moves[counter] = there.others_moves.get(counter, 0) + pence


def _add_tally(there: Tally, part: dict[str, tuple[int, int]]) -> None:
    for kind, (rows, pence) in part.items():
        tally = there[kind]
        tally[0] += rows
        tally[1] += pence
