"""The odd rows of a ledger extract: what is blank, a heading again, a total, or has lost a delimiter; all else is complained of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import groupby

from chalicelib.domain.extract_header import Header, plain
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed
from chalicelib.domain.extract_texts import Wrong, bare, parted, read_amount
from chalicelib.domain.profiles import Profile, Sign

_TOTAL = re.compile(r"(grand|sub|overall|report)?totals?(fortheperiod|forthemonth)?")
_WORDED = re.compile(r"\w")


class OddRows:
    """What becomes of those of a sheet's rows, or of some that stand together, that are not like the others."""

    def __init__(self, sheet: str, header: Header, profile: Profile) -> None:
        self._sheet, self._header, self._profile = sheet, header, profile
        self._heading = tuple(plain(cell) for cell in header.cells)
        self._amounts = tuple(header.places[name] for name in ("amount", "debit", "credit") if name in header.places)
        self.complaints: list[Complaint] = []
        self.repaired: list[Complaint] = []
        self.footers: list[Footer] = []
        self.passed = Passed()

    def squared(self, rows: Sequence[list[str]], first: int) -> tuple[list[list[str]], Sequence[int]]:
        """The rows as wide as the header, and their numbers; those that cannot be made so are complained of and left out."""
        width = len(self._header.cells)
        odd = {place for place, row in enumerate(rows) if len(row) != width}
        if not odd:
            return list(rows), range(first, first + len(rows))
        squared = {place: self._squared(rows[place], first + place, width) for place in sorted(odd)}
        kept = [place for place in range(len(rows)) if place not in odd or squared[place] is not None]
        return [squared.get(place) or rows[place] for place in kept], [first + place for place in kept]

    def _squared(self, row: list[str], number: int, width: int) -> list[str] | None:
        if len(row) > width:
            if not any(map(bare, row[width:])):
                return row[:width]
            self._complain(number, "", f"{len(row)} cells", f"has more cells than the header, which has {width}", "quotes round a comma")
            return None
        padded = row + [""] * (width - len(row))
        if not any(map(_WORDED.search, row)) or self._is_total(padded):
            return padded
        return self._repaired(row, number, width)

    def _repaired(self, row: list[str], number: int, width: int) -> list[str] | None:
        """A row whose date was run into the name before it or the amount after it, parted again where the profile says so."""
        at, on = self._run_together(row, width)
        if at is None or on is None:
            self._complain(number, "", f"{len(row)} cells", f"has fewer cells than the header, which has {width}", "every delimiter")
            return None
        right = self._profile.delimiter.join(on)
        column = self._header.name("on")
        if not self._profile.repairs_dates:
            self._complain(number, column, row[at], "has run into what is beside it: a delimiter is missing", right)
            return None
        self.repaired.append(self._told(number, column, row[at], "had run into what is beside it, and was parted from it", right))
        return [*row[:at], *on, *row[at + 1 :]]

    def _run_together(self, row: list[str], width: int) -> tuple[int, list[str]] | tuple[None, None]:
        """The place of the cell whose delimiters were lost, and the cells that it should be: supplier, date and amount stand in a row."""
        places = self._header.places
        on = places["on"]
        for at in (on - 1, on):
            parts = parted(row[at]) if 0 <= at < len(row) else None
            before, after = (bool(parts[0]), bool(parts[2])) if parts else (False, False)
            beside = (not before or places["supplier"] == on - 1) and (not after or places.get("amount") == on + 1)
            if parts and beside and at == on - before and len(row) + before + after == width:
                return at, [part for part in parts if part]
        return None, None

    def settle(
        self,
        rows: Sequence[list[str]],
        numbers: Sequence[int],
        wrong: Sequence[tuple[int, str, str, Wrong]],
        counted: Callable[[], Sequence[int]],
    ) -> None:
        """Say what became of each row with something wrong; `counted` tells what the rows before each place come to."""
        sums = cache(counted)
        for place, all_wrong in groupby(sorted(wrong, key=lambda each: each[0]), key=lambda each: each[0]):
            row, number = rows[place], numbers[place]
            if not any(map(_WORDED.search, row)):
                self.passed.blank += 1
            elif tuple(map(plain, row)) == self._heading:
                self.passed.heading += 1
            elif self._is_total(row) and (stated := self._stated(row)) is not None:
                self.passed.total += 1
                self.footers.append(Footer(sheet=self._sheet, row=number, stated_pence=stated, counted_pence=sums()[place]))
            elif self._is_alone(row) and self._stated(row) == sums()[place]:
                self.passed.total += 1
                self.footers.append(Footer(sheet=self._sheet, row=number, stated_pence=sums()[place], counted_pence=sums()[place]))
            else:
                for _, column, text, each in all_wrong:
                    self._complain(number, column, bare(text)[:200], each.wrong, each.right)
        # Those of the wrong width were complained of first: all stand in the order of the file.
        self.complaints.sort(key=lambda each: each.row)

    def _is_total(self, row: Sequence[str]) -> bool:
        first = next((cell for cell in row if _WORDED.search(cell)), "")
        return _TOTAL.fullmatch(plain(first)) is not None

    def _is_alone(self, row: Sequence[str]) -> bool:
        """Whether an amount stands in a row by itself."""
        return all(place in self._amounts or not _WORDED.search(cell) for place, cell in enumerate(row))

    def _stated(self, row: Sequence[str]) -> int | None:
        """The total that a row states, above nothing for spending: what was debited, less what was credited."""
        amounts = [read_amount(row[place]) if bare(row[place]) else 0 for place in self._amounts]
        read = [amount for amount in amounts if not isinstance(amount, Wrong)]
        if len(read) != len(amounts) or not any(bare(row[place]) for place in self._amounts):
            return None
        stated = read[0] - sum(read[1:])
        return stated if self._profile.sign is Sign.SPENDING else -stated

    def _complain(self, row: int, column: str, value: str, wrong: str, right: str) -> None:
        self.complaints.append(self._told(row, column, value, wrong, right))

    def _told(self, row: int, column: str, value: str, wrong: str, right: str) -> Complaint:
        return Complaint(sheet=self._sheet, row=row, column=column, value=value, wrong=wrong, right=right)
