"""Mapping profiles: what the columns of an office's ledger extract say, and which codes are whose money.

A profile is data that finance keeps, each version whole. Nothing about a layout is guessed: what a profile does not say, a file
may not have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.entries import DocumentKind, EntryKind
from chalicelib.domain.errors import Contradictory, FieldError
from chalicelib.domain.values import Struct, field

ANY = "*"
"""A code that stands for every code."""


class Encoding(StrEnum):
    """How a CSV's bytes are text. `detect` takes UTF-8, with or without a byte order mark, and else Windows-1252."""

    DETECT = "detect"
    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"
    CP850 = "cp850"


class DateOrder(StrEnum):
    """What comes first in a date of numbers. A date that begins with a year of four digits is read as such whatever this says."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


class Amounts(StrEnum):
    """What the amounts of a layout are: `net` of VAT, or `gross`, with the VAT in them."""

    NET = "net"
    GROSS = "gross"


class Listing(StrEnum):
    """What a listing that is not one of payments lists: purchase orders (`commitments`), or cost that no invoice came for (`accruals`)."""

    COMMITMENTS = "commitments"
    ACCRUALS = "accruals"

    @property
    def posts(self) -> EntryKind:
        """The kind of entry that each becomes."""
        return EntryKind.COMMITMENT if self is Listing.COMMITMENTS else EntryKind.ACCRUAL


class Sign(StrEnum):
    """Which way a layout's amounts go: `spending` is above nothing, or money that comes in is (`income`)."""

    SPENDING = "spending"
    INCOME = "income"


class Columns(Struct, frozen=True, kw_only=True):
    """Which column says what, by the names that its header may have; an empty one is a column that the layout has not got.

    `on` is the date in the office's ledger. Amounts stand in `amount`, or in `debit` and `credit`. `codes` are the columns that
    codings look at. `reference` is the document's number; where `line` is given, too, each line is a document of its own.
    `document_total` repeats a document's whole total on each of its lines, net or gross as the amounts are. `paid_on` is the day on
    which the document was paid, empty until it is, and `payment_reference` what the ledger calls that payment.
    """

    on: tuple[str, ...]
    supplier: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    amount: tuple[str, ...] = ()
    debit: tuple[str, ...] = ()
    credit: tuple[str, ...] = ()
    vat: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    document_on: tuple[str, ...] = ()
    document_type: tuple[str, ...] = ()
    document_total: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    paid_on: tuple[str, ...] = ()
    payment_reference: tuple[str, ...] = ()


class Coding(Struct, frozen=True, kw_only=True):
    """What rows with these codes are, one for each column of codes (`*` is any): a grant's money, or no grant's and why."""

    codes: tuple[str, ...]
    grant_id: str | None = None
    initiative_id: str | None = None
    nature: Nature | None = None
    left_out: str = ""


class Profile(Struct, frozen=True, kw_only=True):
    """One office's layout. Of the codings that fit a row, the first decides.

    `types` says which kind of document the texts of the type column are; without that column an amount above nothing is an
    invoice and one below it a credit note. `credits_unsigned` is for layouts that write credit notes without a minus.
    `repairs_dates` parts a date from the amount that was run into it (`25/06/2012900`); without it such a row is refused.
    `lists` says what is listed where that is not payments.
    """

    KIND: ClassVar = Kind.PROFILE

    id: str
    title: str
    payer_id: str
    columns: Columns
    codings: tuple[Coding, ...]
    encoding: Encoding = Encoding.DETECT
    delimiter: str = ","
    date_order: DateOrder = DateOrder.DAY_FIRST
    amounts: Amounts = Amounts.NET
    sign: Sign = Sign.SPENDING
    types: Mapping[str, DocumentKind] = field(default_factory=dict)
    credits_unsigned: bool = False
    repairs_dates: bool = False
    lists: Listing | None = None

    def checked(self) -> Profile:
        """Itself. Raises Contradictory with everything that does not fit together."""
        errors = tuple(_problems(self))
        if errors:
            raise Contradictory(errors)
        return self

    @property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """Each grant and initiative that a coding names, once."""
        return tuple(dict.fromkeys((each.grant_id, each.initiative_id) for each in self.codings if each.grant_id and each.initiative_id))


class ProfileAdded(Struct, frozen=True, kw_only=True):
    """Finance began a profile."""

    KIND: ClassVar = "profile_added"

    profile: Profile


class ProfileSet(Struct, frozen=True, kw_only=True):
    """Finance set a profile anew, whole. What was imported by earlier versions stays as it was."""

    KIND: ClassVar = "profile_set"

    profile: Profile


ProfileFact = ProfileAdded | ProfileSet


def apply(_profile: Profile | None, fact: ProfileFact, _seq: int) -> Profile:
    """The profile after a fact."""
    return fact.profile


def coding_of(profile: Profile, codes: tuple[str, ...]) -> Coding | None:
    """The first coding that fits a row's codes, or None."""
    plain = tuple(map(str.casefold, codes))
    for coding in profile.codings:
        if all(ANY in (want, have) or want.casefold() == have for want, have in zip(coding.codes, plain, strict=True)):
            return coding
    return None


def _problems(profile: Profile) -> Iterator[FieldError]:
    columns = profile.columns
    if bool(columns.amount) == bool(columns.debit and columns.credit) or bool(columns.debit) != bool(columns.credit):
        yield FieldError("/columns/amount", "give amount, or both debit and credit")
    for name in ("on", "supplier", "codes"):
        if not getattr(columns, name):
            yield FieldError(f"/columns/{name}", "must name at least one column")
    yield from _problems_of_columns(profile)
    if bool(columns.document_type) != bool(profile.types):
        yield FieldError("/types", "must be given with columns.document_type, and only with it")
    for place, coding in enumerate(profile.codings):
        yield from _coding_problems(coding, place, len(columns.codes))


def _problems_of_columns(profile: Profile) -> Iterator[FieldError]:
    columns = profile.columns
    if profile.lists and not columns.reference:
        yield FieldError("/columns/reference", f"must name a column: {profile.lists} are known by their numbers")
    if columns.line and not columns.reference:
        yield FieldError("/columns/line", "needs reference, as a line is a line of a document")
    if columns.document_total and (columns.line or not columns.reference):
        yield FieldError("/columns/document_total", "needs reference and no line: it is held against the sum of a document's lines")
    if profile.lists and columns.paid_on:
        yield FieldError("/columns/paid_on", f"is for payments: {profile.lists} are not paid")
    if columns.payment_reference and not columns.paid_on:
        yield FieldError("/columns/payment_reference", "needs paid_on, the day of the payment that it names")


def _coding_problems(coding: Coding, place: int, codes: int) -> Iterator[FieldError]:
    if len(coding.codes) != codes:
        yield FieldError(f"/codings/{place}/codes", f"must be {codes}, one for each column of codes")
    target = (coding.grant_id, coding.initiative_id, coding.nature)
    if coding.left_out and any(target):
        yield FieldError(f"/codings/{place}/left_out", "is for money of no grant: leave out grant_id, initiative_id and nature")
    if not coding.left_out and not all(target):
        yield FieldError(f"/codings/{place}", "give grant_id, initiative_id and nature, or left_out with why it is no grant's money")
