"""The rows of a ledger extract, typed column by column: every different text is read once, and only odd rows are looked at singly.

columns of texts -> what each different text says -> columns of values
                    for rows with something wrong -> blank, a heading again, a total, or complaints
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import TypeVar, cast

from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.extract_header import Header
from chalicelib.domain.extract_odd_rows import OddRows
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed, Sheet
from chalicelib.domain.extract_texts import Wrong, bare, date_reader, read_amount, read_amount_or_none, read_each, read_name, read_words
from chalicelib.domain.profiles import Profile, Sign
from chalicelib.domain.values import Struct

T = TypeVar("T")


class Rows(Struct, kw_only=True):
    """What a sheet's rows say, column beside column, one value for each row that can be read; and what became of all others.

    `pence` is the amount as the profile's `amounts` are, above nothing for spending. `vat` is 0 where the layout has no such column.
    """

    sheet: str
    numbers: Sequence[int]
    on: Sequence[date]
    supplier: Sequence[str]
    pence: Sequence[int]
    vat: Sequence[int]
    codes: Sequence[tuple[str, ...]]
    reference: Sequence[str]
    line: Sequence[str]
    kind: Sequence[DocumentKind | None]
    document_on: Sequence[date | None]
    document_total: Sequence[int | None]
    description: Sequence[str]
    complaints: tuple[Complaint, ...] = ()
    repaired: tuple[Complaint, ...] = ()
    footers: tuple[Footer, ...] = ()
    passed: Passed


class _Reading:
    """A sheet's rows beneath its header, as they are taken apart into columns."""

    def __init__(self, sheet: Sheet, header: Header, profile: Profile) -> None:
        self.header, self.profile = header, profile
        self.width = max(len(header.cells), 1)
        self.odd = OddRows(sheet.name, header, profile)
        first = header.at + 2
        self.rows, self.numbers = self.odd.squared(sheet.rows[header.at + 1 :], first)
        self.bad: set[int] = set()
        self.wrong: list[tuple[int, str, str, Wrong]] = []

    @cached_property
    def good(self) -> list[int]:
        """The places of the rows with nothing wrong, once all columns have been read."""
        return [place for place in range(len(self.rows)) if place not in self.bad]

    def texts(self, column: str) -> list[str]:
        """The texts of a column that the layout has."""
        place = self.header.places[column]
        return [row[place] for row in self.rows]

    def values(self, column: str, read: Callable[[str], T | Wrong]) -> list[T | Wrong]:
        """A column's values. Where one is wrong, its row is odd."""
        if column not in self.header.places:
            return [read("")] * len(self.rows)
        texts = self.texts(column)
        meanings = read_each(texts, read)
        if any(type(meaning) is Wrong for meaning in meanings.values()):
            for place, text in enumerate(texts):
                meaning = meanings[text]
                if isinstance(meaning, Wrong):
                    self.complain(place, self.header.name(column), text, meaning)
        return [meanings[text] for text in texts]

    def complain(self, place: int, column: str, text: str, wrong: Wrong) -> None:
        """Note what is wrong with a row, beside anything else that is."""
        self.bad.add(place)
        self.wrong.append((place, column, text, wrong))

    def amounts(self) -> list[int | Wrong]:
        """What each row comes to, in pence, above nothing for spending."""
        if "amount" in self.header.places:
            read: list[int | Wrong] = self.values("amount", read_amount)
        else:
            pairs = list(zip(self.values("debit", read_amount_or_none), self.values("credit", read_amount_or_none), strict=True))
            meanings = {pair: _less(pair) for pair in set(pairs)}
            read = [meanings[pair] for pair in pairs]
            name = f"{self.header.name('debit')}, {self.header.name('credit')}"
            for place, amount in enumerate(read):
                if isinstance(amount, Wrong) and amount.wrong:
                    self.complain(place, name, "", amount)
        if self.profile.sign is Sign.SPENDING:
            return read
        return [amount if isinstance(amount, Wrong) else -amount for amount in read]


def _less(pair: tuple[int | Wrong | None, int | Wrong | None]) -> int | Wrong:
    debit, credit = pair
    if isinstance(debit, Wrong) or isinstance(credit, Wrong):
        return Wrong("", "")  # said of the cell itself
    if debit is None and credit is None:
        return Wrong("are both empty", "an amount in one of them")
    if debit and credit:
        return Wrong("both hold an amount", "an amount in one of them")
    return (debit or 0) - (credit or 0)


def read_rows(sheet: Sheet, header: Header, profile: Profile) -> Rows:
    """Every row beneath a header: its values, or what became of it."""
    reading = _Reading(sheet, header, profile)
    kinds = {text.casefold(): kind for text, kind in profile.types.items()}
    dates = date_reader(profile.date_order)
    on, supplier, pence = reading.values("on", dates), reading.values("supplier", read_name), reading.amounts()
    vat = reading.values("vat", lambda text: read_amount(text) if bare(text) else 0)
    kind = reading.values("document_type", lambda text: _kind(text, kinds))
    document_on = reading.values("document_on", lambda text: dates(text) if bare(text) else None)
    document_total = reading.values("document_total", read_amount_or_none)
    codes = list(zip(*(_words(reading, f"codes.{place}") for place in range(len(profile.columns.codes))), strict=True))
    # Where nothing is wrong, nothing is to be held against what the rows before it come to.
    summed = enumerate(pence) if reading.bad else ()
    counted = [0 if isinstance(amount, Wrong) or place in reading.bad else amount for place, amount in summed]
    reading.odd.settle(reading.rows, reading.numbers, reading.wrong, counted)
    return Rows(
        sheet=sheet.name,
        numbers=_kept(reading, list(reading.numbers)),
        on=_kept(reading, on),
        supplier=_kept(reading, supplier),
        pence=_kept(reading, pence),
        vat=_kept(reading, vat),
        codes=_kept(reading, codes),
        reference=_kept(reading, _words(reading, "reference")),
        line=_kept(reading, _words(reading, "line")),
        kind=_kept(reading, kind),
        document_on=_kept(reading, document_on),
        document_total=_kept(reading, document_total),
        description=_kept(reading, _words(reading, "description")),
        complaints=tuple(reading.odd.complaints),
        repaired=tuple(reading.odd.repaired),
        footers=tuple(reading.odd.footers),
        passed=reading.odd.passed,
    )


def _kept(reading: _Reading, values: Sequence[T | Wrong]) -> list[T]:
    """The values of the rows with nothing wrong."""
    if not reading.bad:
        return cast("list[T]", values)  # nothing is Wrong where no row is bad
    kept = [values[place] for place in reading.good]
    return cast("list[T]", kept)  # whatever was Wrong made its row bad


def _words(reading: _Reading, column: str) -> list[str]:
    if column not in reading.header.places:
        return [""] * len(reading.rows)
    texts = reading.texts(column)
    meanings = read_each(texts, read_words)
    return [meanings[text] for text in texts]


def _kind(text: str, kinds: dict[str, DocumentKind]) -> DocumentKind | Wrong | None:
    if not kinds:
        return None
    found = kinds.get(bare(text).casefold())
    return found or Wrong("is no type of document that the profile knows", " or ".join(sorted(map(str.upper, kinds))))
