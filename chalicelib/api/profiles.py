"""Mapping profiles: which column of finance's extracts says what, and which codes are whose money."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.api.duties import KEEP_PROFILES, READ
from chalicelib.api.fields import Slug, Text
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.errors import AlreadyExists, Missing
from chalicelib.domain.profiles import Amounts, Coding, Columns, DateOrder, Encoding, Listing, Profile, Sign
from chalicelib.services import profiles as services
from chalicelib.services import registers
from chalicelib.services.unit import Held, Written, version_of

profiles = Routes("profiles")

HeaderNames = Annotated[
    tuple[Annotated[str, Meta(min_length=1, max_length=120)], ...],
    Meta(max_length=20, description="The names that the header of a column may have, whatever their capitals and punctuation."),
]
Codes = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=120)], ...], Meta(min_length=1, max_length=6)]
Delimiter = Annotated[str, Meta(pattern=r"^[,;|\t]$(?!\n)", description="What parts the cells of a CSV: a comma, semicolon, bar or tab.")]
Types = Annotated[dict[str, DocumentKind], Meta(max_length=20)]


class ColumnsBody(Body, frozen=True, kw_only=True):
    """Which column says what. What is left out, the layout has not got; amounts stand in `amount`, or in `debit` and `credit`."""

    on: HeaderNames
    supplier: HeaderNames
    codes: Annotated[tuple[HeaderNames, ...], Meta(min_length=1, max_length=6)]
    amount: HeaderNames = ()
    debit: HeaderNames = ()
    credit: HeaderNames = ()
    vat: HeaderNames = ()
    reference: HeaderNames = ()
    line: HeaderNames = ()
    document_on: HeaderNames = ()
    document_type: HeaderNames = ()
    document_total: HeaderNames = ()
    description: HeaderNames = ()
    paid_on: HeaderNames = ()
    payment_reference: HeaderNames = ()

    def columns(self) -> Columns:
        """As the domain knows them."""
        return Columns(**{name: getattr(self, name) for name in Columns.__struct_fields__})


class CodingBody(Body, frozen=True, kw_only=True):
    """Rows with these codes (`*` is any), one for each column of codes: whose money they are, or `left_out`, and why."""

    codes: Codes
    grant_id: Slug | None = None
    initiative_id: Slug | None = None
    nature: Nature | None = None
    left_out: Text | UnsetType = UNSET

    def coding(self) -> Coding:
        """As the domain knows it."""
        left_out = "" if isinstance(self.left_out, UnsetType) else self.left_out
        return Coding(codes=self.codes, grant_id=self.grant_id, initiative_id=self.initiative_id, nature=self.nature, left_out=left_out)


class ProfileBody(Body, frozen=True, kw_only=True):
    """A layout, whole. Of the codings that fit a row, the first decides."""

    title: Text
    payer_id: Slug
    columns: ColumnsBody
    codings: Annotated[tuple[CodingBody, ...], Meta(min_length=1, max_length=1000)]
    encoding: Encoding = Encoding.DETECT
    delimiter: Delimiter = ","
    date_order: DateOrder = DateOrder.DAY_FIRST
    amounts: Amounts = Amounts.NET
    sign: Sign = Sign.SPENDING
    types: Types = field(default_factory=dict)
    credits_unsigned: bool = False
    repairs_dates: bool = False
    lists: Listing | None = None

    def profile(self, profile_id: str) -> Profile:
        """As the domain knows it."""
        return Profile(
            id=profile_id,
            title=self.title,
            payer_id=self.payer_id,
            columns=self.columns.columns(),
            codings=tuple(coding.coding() for coding in self.codings),
            encoding=self.encoding,
            delimiter=self.delimiter,
            date_order=self.date_order,
            amounts=self.amounts,
            sign=self.sign,
            types=self.types,
            credits_unsigned=self.credits_unsigned,
            repairs_dates=self.repairs_dates,
            lists=self.lists,
        )


class NewProfile(ProfileBody, frozen=True, kw_only=True):
    """A layout to add, and the id it will have."""

    id: Slug


class ColumnsView(Shown, frozen=True, kw_only=True):
    """Which column says what, by the names that its header may have; what is empty, the layout has not got."""

    on: tuple[str, ...]
    supplier: tuple[str, ...]
    codes: tuple[tuple[str, ...], ...]
    amount: tuple[str, ...]
    debit: tuple[str, ...]
    credit: tuple[str, ...]
    vat: tuple[str, ...]
    reference: tuple[str, ...]
    line: tuple[str, ...]
    document_on: tuple[str, ...]
    document_type: tuple[str, ...]
    document_total: tuple[str, ...]
    description: tuple[str, ...]
    paid_on: tuple[str, ...]
    payment_reference: tuple[str, ...]


class CodingView(Shown, frozen=True, kw_only=True):
    """What rows with certain codes are."""

    codes: tuple[str, ...]
    grant_id: Slug | None
    initiative_id: Slug | None
    nature: Nature | None
    left_out: str | None


class ProfileView(Versioned, frozen=True, kw_only=True):
    """A mapping profile as it stands. What was imported by earlier versions stays as it was."""

    id: Slug
    title: str
    payer_id: Slug
    columns: ColumnsView
    codings: tuple[CodingView, ...]
    encoding: Encoding
    delimiter: str
    date_order: DateOrder
    amounts: Amounts
    sign: Sign
    types: dict[str, DocumentKind]
    credits_unsigned: bool
    repairs_dates: bool
    lists: Listing | None

    @classmethod
    def of(cls, held: Held[Profile] | Written[Profile]) -> ProfileView:
        """As the API shows it."""
        profile = held.state
        return cls(
            id=profile.id,
            title=profile.title,
            payer_id=profile.payer_id,
            columns=ColumnsView(**{name: getattr(profile.columns, name) for name in Columns.__struct_fields__}),
            codings=tuple(
                CodingView(
                    codes=each.codes,
                    grant_id=each.grant_id,
                    initiative_id=each.initiative_id,
                    nature=each.nature,
                    left_out=each.left_out or None,
                )
                for each in profile.codings
            ),
            encoding=profile.encoding,
            delimiter=profile.delimiter,
            date_order=profile.date_order,
            amounts=profile.amounts,
            sign=profile.sign,
            types=dict(profile.types),
            credits_unsigned=profile.credits_unsigned,
            repairs_dates=profile.repairs_dates,
            lists=profile.lists,
            version=version_of(held),
        )


@profiles.listing("/profiles", allow=READ, gives=ProfileView.of, summary="List mapping profiles")
def list_profiles(call: Call, query: PageQuery) -> Page[Held[Profile]]:
    """Every profile in order of id."""
    found = registers.every(call.context, Profile, after=call.after, at_once=query.at_once)
    return Page.of(found, limit=query.limit, key=lambda each: each.state.id)


@profiles.post(
    "/profiles",
    allow=KEEP_PROFILES,
    takes=NewProfile,
    gives=ProfileView.of,
    at="/profiles/{id}",
    summary="Add a mapping profile",
    problems=(AlreadyExists, Missing),
)
def add_profile(call: Call, body: NewProfile) -> Written[Profile]:
    """Say how one layout of extracts is read, and whose money its codes are."""
    return services.add(call.context, body.profile(body.id))


@profiles.get(
    "/profiles/{profile_id}", allow=READ, gives=ProfileView.of, versioned=True, summary="Show a mapping profile", problems=(Missing,)
)
def show_profile(call: Call, profile_id: Slug) -> Held[Profile]:
    """One profile."""
    return registers.find(call.context, Profile, profile_id)


@profiles.put(
    "/profiles/{profile_id}",
    allow=KEEP_PROFILES,
    takes=ProfileBody,
    gives=ProfileView.of,
    summary="Set a mapping profile anew",
    problems=(Missing,),
)
def set_profile(call: Call, profile_id: Slug, body: ProfileBody) -> Written[Profile]:
    """Set a profile anew, whole. A preview that was made by the version before has to be made again."""
    return services.set_anew(call.context, body.profile(profile_id))
