"""The rows of a ledger extract, typed column by column: every different text is read once, and only odd rows are looked at singly.

columns of texts -> what each different text says -> columns of values
                    for rows with something wrong -> blank, a heading again, a total, or complaints
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import accumulate, compress
from typing import Generic, TypeVar, cast

from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.extract_header import Header
from chalicelib.domain.extract_odd_rows import OddRows
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed
from chalicelib.domain.extract_texts import Wrong, bare, date_reader, read_amount, read_amount_or_none, read_name, read_words
from chalicelib.domain.profiles import Profile, Sign
from chalicelib.domain.values import Struct

T = TypeVar("T")

_MOST_REMEMBERED = 20_000
"""So many different texts of a column are remembered; then they are forgotten, and read anew where they come again."""


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
    paid_on: Sequence[date | None]
    payment_reference: Sequence[str]
    complaints: tuple[Complaint, ...] = ()
    repaired: tuple[Complaint, ...] = ()
    footers: tuple[Footer, ...] = ()
    passed: Passed


class _Meanings(Generic[T]):
    """What the different texts of a column say, and which of them say nothing."""

    def __init__(self, read: Callable[[str], T | Wrong]) -> None:
        self.read = read
        self._known: dict[str, T | Wrong] = {}
        self.wrong: set[str] = set()

    def of(self, texts: Iterable[str]) -> Mapping[str, T | Wrong]:
        """What these texts say, and perhaps others."""
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
            self.wrong.clear()
        known = self._known
        new = set(texts) - known.keys()
        known.update(zip(new, map(self.read, new), strict=True))
        self.wrong.update([text for text in new if type(known[text]) is Wrong])
        return known


class _Columns:
    """How each column of a layout is read."""

    def __init__(self, profile: Profile) -> None:
        kinds = {text.casefold(): kind for text, kind in profile.types.items()}
        dates = date_reader(profile.date_order)
        self.on = _Meanings(dates)
        self.supplier = _Meanings(read_name)
        self.amount = _Meanings(read_amount)
        self.debit = _Meanings(read_amount_or_none)
        self.credit = _Meanings(read_amount_or_none)
        self.vat = _Meanings(lambda text: read_amount(text) if bare(text) else 0)
        self.document_type = _Meanings(lambda text: _kind(text, kinds))
        self.document_on = _Meanings(lambda text: dates(text) if bare(text) else None)
        self.document_total = _Meanings(read_amount_or_none)
        self.paid_on = _Meanings(lambda text: dates(text) if bare(text) else None)
        words = ("reference", "line", "description", "payment_reference", *_code_columns(profile))
        self.words = {name: _Meanings(read_words) for name in words}


class RowReader:
    """Reads a sheet's rows beneath its header, so many at a time, in their order."""

    def __init__(self, sheet: str, header: Header, profile: Profile) -> None:
        self._sheet, self._header, self._profile = sheet, header, profile
        self._columns = _Columns(profile)
        self._counted = 0

    def read(self, rows: Sequence[list[str]], first: int) -> Rows:
        """The next rows, of which the first has this number: the values of each, or what became of it."""
        reading = _Reading(self._sheet, self._header, self._profile, rows, first)
        columns = self._columns
        on, supplier = reading.values("on", columns.on), reading.values("supplier", columns.supplier)
        pence = reading.amounts(columns)
        vat = reading.values("vat", columns.vat)
        kind = reading.values("document_type", columns.document_type)
        document_on = reading.values("document_on", columns.document_on)
        document_total = reading.values("document_total", columns.document_total)
        paid_on = reading.values("paid_on", columns.paid_on)
        words = {name: reading.words(name, meanings) for name, meanings in columns.words.items()}
        codes = list(zip(*(words[name] for name in _code_columns(self._profile)), strict=True))
        reading.settle(pence, self._counted)
        kept = _kept(reading, pence)
        self._counted += sum(kept)
        return Rows(
            sheet=self._sheet,
            numbers=_kept(reading, list(reading.numbers)),
            on=_kept(reading, on),
            supplier=_kept(reading, supplier),
            pence=kept,
            vat=_kept(reading, vat),
            codes=_kept(reading, codes),
            reference=_kept(reading, words["reference"]),
            line=_kept(reading, words["line"]),
            kind=_kept(reading, kind),
            document_on=_kept(reading, document_on),
            document_total=_kept(reading, document_total),
            description=_kept(reading, words["description"]),
            paid_on=_kept(reading, paid_on),
            payment_reference=_kept(reading, words["payment_reference"]),
            complaints=tuple(reading.odd.complaints),
            repaired=tuple(reading.odd.repaired),
            footers=tuple(reading.odd.footers),
            passed=reading.odd.passed,
        )


class _Reading:
    """Some rows, as they are taken apart into columns."""

    def __init__(self, sheet: str, header: Header, profile: Profile, rows: Sequence[list[str]], first: int) -> None:
        self.header, self.profile = header, profile
        self.odd = OddRows(sheet, header, profile)
        self.rows, self.numbers = self.odd.squared(rows, first)
        self._columns = list(zip(*self.rows, strict=True))
        self.bad: set[int] = set()
        self.wrong: list[tuple[int, str, str, Wrong]] = []

    @cached_property
    def good(self) -> bytearray:
        """Whether nothing is wrong with a row, by its place, once all columns have been read."""
        good = bytearray(b"\1") * len(self.rows)
        for place in self.bad:
            good[place] = 0
        return good

    def settle(self, pence: Sequence[int | Wrong], before: int) -> None:
        """Say what became of the rows with something wrong. All rows before these come to so much."""

        def counted() -> list[int]:
            amounts = (amount if good and not isinstance(amount, Wrong) else 0 for amount, good in zip(pence, self.good, strict=True))
            return list(accumulate(amounts, initial=before))

        self.odd.settle(self.rows, self.numbers, self.wrong, counted)

    def texts(self, column: str) -> Sequence[str]:
        """The texts of a column that the layout has."""
        return self._columns[self.header.places[column]] if self.rows else ()

    def values(self, column: str, meanings: _Meanings[T]) -> list[T | Wrong]:
        """A column's values. Where one is wrong, its row is odd."""
        if column not in self.header.places:
            return [meanings.read("")] * len(self.rows)
        texts = self.texts(column)
        known = meanings.of(texts)
        if meanings.wrong and not meanings.wrong.isdisjoint(texts):
            for place in [place for place, text in enumerate(texts) if text in meanings.wrong]:
                meaning = known[texts[place]]
                if isinstance(meaning, Wrong):
                    self.complain(place, self.header.name(column), texts[place], meaning)
        return list(map(known.__getitem__, texts))

    def words(self, column: str, meanings: _Meanings[str]) -> list[str]:
        """A column's words, in which nothing is wrong."""
        if column not in self.header.places:
            return [""] * len(self.rows)
        texts = self.texts(column)
        known = cast("Mapping[str, str]", meanings.of(texts))  # words are never Wrong
        return list(map(known.__getitem__, texts))

    def complain(self, place: int, column: str, text: str, wrong: Wrong) -> None:
        """Note what is wrong with a row, beside anything else that is."""
        self.bad.add(place)
        self.wrong.append((place, column, text, wrong))

    def amounts(self, columns: _Columns) -> list[int | Wrong]:
        """What each row comes to, in pence, above nothing for spending."""
        if "amount" in self.header.places:
            read: list[int | Wrong] = self.values("amount", columns.amount)
        else:
            debited, credited = self.values("debit", columns.debit), self.values("credit", columns.credit)
            pairs = list(zip(debited, credited, strict=True))
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


def _kept(reading: _Reading, values: Sequence[T | Wrong]) -> list[T]:
    """The values of the rows with nothing wrong."""
    if not reading.bad:
        return cast("list[T]", values)  # nothing is Wrong where no row is bad
    return cast("list[T]", list(compress(values, reading.good)))  # whatever was Wrong made its row bad


def _code_columns(profile: Profile) -> tuple[str, ...]:
    return tuple(f"codes.{place}" for place in range(len(profile.columns.codes)))


def _kind(text: str, kinds: dict[str, DocumentKind]) -> DocumentKind | Wrong | None:
    if not kinds:
        return None
    found = kinds.get(bare(text).casefold())
    return found or Wrong("is no type of document that the profile knows", " or ".join(sorted(map(str.upper, kinds))))
