"""The fragments of documents in a ledger extract: rows of one number from one supplier, as far as they were read together.

The rows of a document may stand anywhere in a file, and a file may have more rows than fit into memory. So rows are put into
fragments as they are read, fragments are kept elsewhere, and those with the same `bucket` are brought together again to be
documents. Nothing else can be a part of those documents, or the same document once more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from chalicelib.domain.entries import DocumentKind, plain
from chalicelib.domain.extract_rows import Rows
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.extract_texts import REDACTED
from chalicelib.domain.profiles import Amounts, Profile, coding_of
from chalicelib.domain.values import Struct


class FragmentRow(Struct, frozen=True, array_like=True):
    """A row of a document: its number, its days, its amounts in pence, which of the profile's codings it has (or None, and its codes)."""

    number: int
    on: date
    document_on: date | None
    net_pence: int
    vat_pence: int
    coding: int | None
    codes: tuple[str, ...]
    total_pence: int | None
    description: str
    repaired: tuple[Complaint, ...] = ()
    paid_on: date | None = None
    payment_reference: str = ""


class Fragment(Struct, frozen=True, array_like=True):
    """Rows of one document. `kind` is what is stated of it; the texts in `plain` are supplier and number as `plain` leaves them.

    `made_of` is a digest of all that the one row says whose document has no number of its own, and `number` what begins it.
    """

    sheet: str
    supplier: str
    number: str
    kind: DocumentKind | None
    plain: tuple[str, str]
    made_of: str
    rows: tuple[FragmentRow, ...]

    @property
    def bucket(self) -> int:
        """What all fragments of a document share, and few others do, while this program runs."""
        return hash(self.made_of or self.plain)


_MOST_REMEMBERED = 20_000


class Fragments:
    """Puts rows into fragments, in the order of their first rows."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._gross = profile.amounts is Amounts.GROSS
        self._unsigned = profile.credits_unsigned
        self._places = {coding.codes: place for place, coding in reversed(list(enumerate(profile.codings)))}
        self._codings: dict[tuple[str, ...], int | None] = {}
        self._plain: dict[str, str] = {}

    def of(self, rows: Rows) -> Iterator[Fragment]:
        """The fragments of rows that were read together."""
        numbers = [f"{reference}/{line}" if line else reference for reference, line in zip(rows.reference, rows.line, strict=True)]
        self._remember(rows, numbers)
        repaired = {each.row: each for each in rows.repaired}
        groups: dict[tuple[str, str, DocumentKind | None, int], list[int]] = {}
        plainly = self._plain
        for place, (supplier, number, kind) in enumerate(zip(rows.supplier, numbers, rows.kind, strict=True)):
            own = place if supplier == REDACTED or not rows.reference[place] else -1  # a document by itself
            group = (plainly[supplier], plainly[number], kind, own)
            if group in groups:
                groups[group].append(place)
            else:
                groups[group] = [place]
        for (supplier, number, kind, own), places in groups.items():
            first = places[0]
            yield Fragment(
                rows.sheet,
                rows.supplier[first],
                numbers[first],
                kind,
                (supplier, number),
                _digest(rows, first, numbers[first]) if own >= 0 else "",
                tuple([self._row(rows, place, kind, repaired) for place in places]),
            )

    def _remember(self, rows: Rows, numbers: list[str]) -> None:
        if len(self._plain) > _MOST_REMEMBERED:
            self._plain.clear()
        for text in {*rows.supplier, *numbers} - self._plain.keys():
            self._plain[text] = plain(text)
        if len(self._codings) > _MOST_REMEMBERED:
            self._codings.clear()
        for codes in set(rows.codes) - self._codings.keys():
            coding = coding_of(self._profile, codes)
            self._codings[codes] = self._places[coding.codes] if coding else None

    def _row(self, rows: Rows, place: int, kind: DocumentKind | None, repaired: dict[int, Complaint]) -> FragmentRow:
        codes, number = rows.codes[place], rows.numbers[place]
        coding = self._codings[codes]
        vat, pence = rows.vat[place], rows.pence[place]
        if self._unsigned and kind is DocumentKind.CREDIT_NOTE:
            vat, pence = -vat, -pence
        return FragmentRow(
            number,
            rows.on[place],
            rows.document_on[place],
            pence - vat if self._gross else pence,
            vat,
            coding,
            codes if coding is None else (),
            rows.document_total[place],
            rows.description[place],
            (repaired[number],) if number in repaired else (),
            rows.paid_on[place],
            rows.payment_reference[place],
        )


def _digest(rows: Rows, place: int, number: str) -> str:
    says = (rows.on[place], rows.supplier[place], rows.pence[place], rows.vat[place], rows.codes[place], rows.description[place])
    return sha256(repr((*map(str, says), number)).encode()).hexdigest()[:12]
