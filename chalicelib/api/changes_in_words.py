"""History for people: what was done to one thing, and in the whole office between two days, in words and as CSV."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta, field

from chalicelib.api.duties import EXPORT, READ
from chalicelib.api.fields import DateField, Instant, ItemId
from chalicelib.api.history import Collection
from chalicelib.api.paging import UnknownCursor, number_after
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import ChainBroken, Contradictory, Missing, RoleMissing, contradiction
from chalicelib.reports.before_after import Changed
from chalicelib.reports.telling import Happened
from chalicelib.services import history as services
from chalicelib.services.history import Days, HistoryTooLong

changes_in_words = Routes("history")

CSV = "text/csv; charset=utf-8"
_PLACE = re.compile(r"([a-z-]+)/([^/]+)/([1-9][0-9]{0,9})")

RecordNumber = Annotated[int, Meta(ge=0, lt=10**10, description="The number of a record in its thing's history.", examples=[42])]


class RecordsQuery(Body, frozen=True, kw_only=True):
    """Which records of one thing: those after `after`, up to and including `until`."""

    after: RecordNumber = 0
    until: RecordNumber | None = None


class DaysQuery(Body, frozen=True, kw_only=True):
    """Which days, both counted; one kind of thing alone, if `kind` is given."""

    first: DateField = field(name="from")
    last: DateField = field(name="to")
    kind: Kind | None = None


class ChangesQuery(PageQuery, frozen=True, kw_only=True):
    """Which days, both counted; one kind of thing alone, if `kind` is given."""

    first: DateField = field(name="from")
    last: DateField = field(name="to")
    kind: Kind | None = None


class ChangedView(Shown, frozen=True, kw_only=True):
    """A field that changed, in words; nothing is the empty text."""

    field: str
    before: str
    after: str

    @classmethod
    def of(cls, changed: Changed) -> ChangedView:
        """As the API shows it."""
        return cls(field=changed.field, before=changed.before, after=changed.after)


class ThingView(Shown, frozen=True, kw_only=True):
    """A thing that has a history: its kind, and its id."""

    kind: Kind
    id: str


class HappenedView(Shown, frozen=True, kw_only=True):
    """What somebody did to a thing: a sentence, the reason that was given, and the fields that changed. `seq` is its record."""

    about: ThingView
    seq: int
    at: Instant
    by: str
    what: str
    reason: str
    changes: tuple[ChangedView, ...]

    @classmethod
    def of(cls, happened: Happened) -> HappenedView:
        """As the API shows it."""
        record, told = happened
        return cls(
            about=ThingView(kind=record.name.kind, id=record.name.id),
            seq=record.seq,
            at=record.at,
            by=record.by,
            what=told.words,
            reason=record.reason,
            changes=tuple(ChangedView.of(each) for each in told.changes),
        )


@changes_in_words.listing(
    "/history/{collection}/{item_id}/words",
    allow=READ,
    gives=HappenedView.of,
    summary="Read a history in words",
    problems=(Missing, RoleMissing, ChainBroken, UnknownCursor),
)
def read_in_words(call: Call, collection: Collection, item_id: ItemId, query: PageQuery) -> Page[Happened]:
    """Everything that ever happened to one thing, in words, from the first record: who did it, when and why, and what was there before."""
    found = services.of_thing(call.context, _named(call, collection, item_id), number_after(call.after))
    return Page.of(found, limit=query.limit, key=lambda each: str(each.record.seq))


@changes_in_words.get(
    "/history/{collection}/{item_id}/words.csv",
    allow=READ,
    query=RecordsQuery,
    gives=str,
    media=CSV,
    headers={"Content-Disposition": 'attachment; filename="history.csv"'},
    summary="Get a history in words as CSV",
    problems=(Missing, RoleMissing, ChainBroken, HistoryTooLong),
)
def history_as_csv(call: Call, collection: Collection, item_id: ItemId, query: RecordsQuery) -> str:
    """The same as a file that is safe to open in a spreadsheet: a row for each field that changed."""
    name = _named(call, collection, item_id)
    return services.file_of(services.of_thing(call.context, name, query.after, query.until))


@changes_in_words.listing(
    "/changes",
    allow=READ,
    query=ChangesQuery,
    gives=HappenedView.of,
    summary="List what changed between two days",
    problems=(ChainBroken, Contradictory, UnknownCursor),
)
def list_changes(call: Call, query: ChangesQuery) -> Page[Happened]:
    """What everybody did in the office on these days, in London: kind by kind, thing by thing, each in order.

    Exports are for those who may export.
    """
    kinds = _kinds(call, query.kind)
    found = services.between(call.context, _days(query), kinds, _place(call.after, kinds))
    return Page.of(found, limit=query.limit, key=lambda each: f"{each.record.name.kind}/{each.record.name.id}/{each.record.seq}")


@changes_in_words.get(
    "/changes.csv",
    allow=READ,
    query=DaysQuery,
    gives=str,
    media=CSV,
    headers={"Content-Disposition": 'attachment; filename="changes.csv"'},
    summary="Get what changed between two days as CSV",
    problems=(ChainBroken, Contradictory, HistoryTooLong),
)
def changes_as_csv(call: Call, query: DaysQuery) -> str:
    """The same as a file that is safe to open in a spreadsheet: a row for each field that changed."""
    return services.file_of(services.between(call.context, _days(query), _kinds(call, query.kind)))


def _named(call: Call, collection: Collection, item_id: str) -> Name:
    if collection is Collection.EXPORTS:
        call.context.actor.require(EXPORT)
    return collection.aggregate(item_id)


def _days(query: ChangesQuery | DaysQuery) -> Days:
    if query.last < query.first:
        raise contradiction("/to", f"{query.last} is before {query.first}")
    return Days(first=query.first, last=query.last)


def _kinds(call: Call, only: Kind | None) -> tuple[Kind, ...]:
    """The kinds asked for, as far as the actor may read them."""
    if only is Kind.EXPORT:
        call.context.actor.require(EXPORT)
    exporting = call.context.actor.roles & EXPORT
    return tuple(kind for kind in Kind if only in (None, kind) and (exporting or kind is not Kind.EXPORT))


def _place(after: str, kinds: tuple[Kind, ...]) -> tuple[Name, int] | None:
    if not after:
        return None
    found = _PLACE.fullmatch(after)
    if found is None or found[1] not in kinds:
        raise UnknownCursor
    return Name(Kind(found[1]), found[2]), int(found[3])
