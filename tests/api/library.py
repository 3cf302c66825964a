"""A small app of our own on the real machinery: books that can be added, shown, listed, renamed and lent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar

import msgspec
from chalice.config import Config
from chalice.test import HTTPResponse, TestHTTPClient
from msgspec import UNSET, Meta, UnsetType

from chalicelib.api.fields import PositivePence, Slug, Text
from chalicelib.api.host import Api
from chalicelib.api.meta import meta
from chalicelib.api.routing import ANYONE, Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.backend import Backend, Lazily
from chalicelib.context import Context
from chalicelib.domain.errors import AlreadyExists, KeyReused, Missing, StaleView
from chalicelib.domain.people import Role
from chalicelib.domain.values import Struct, replace
from chalicelib.services.unit import Replayed
from chalicelib.settings import Settings
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.objects import FolderObjects
from tests.api import tokens

STAFF = frozenset({Role.OFFICER, Role.FINANCE})

SETTINGS = Settings(
    office_name="Office of Tests",
    code_version="1.2.3",
    table_name="table",
    bucket_name="bucket",
    token_issuer=tokens.ISSUER,
    token_audience=tokens.AUDIENCE,
    token_jwks_url=tokens.JWKS_URL,
    token_roles_claim="roles",
    publication_note="",
    evidence_largest_bytes=1_000_000,
    endpoint_url=None,
    local_objects=None,
    local_link_base=None,
    local_signing_key=None,
)


class Book(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    price_pence: int = 100
    version: int = 1


class NewBook(Body, frozen=True, kw_only=True):
    """A book to add."""

    ALSO: ClassVar[Mapping[str, object]] = {"not": {"required": ["colour"]}}

    id: Slug
    title: Text
    price_pence: PositivePence = 100


class BookChanges(Body, frozen=True, kw_only=True):
    """What to change."""

    title: Text | UnsetType = UNSET


class BookView(Versioned, frozen=True, kw_only=True):
    """A book."""

    id: Slug
    title: str
    price_pence: int

    @classmethod
    def of(cls, book: Book) -> "BookView":
        return cls(id=book.id, title=book.title, price_pence=book.price_pence, version=str(book.version))


class BookQuery(PageQuery, frozen=True, kw_only=True):
    cheaper_than_pence: PositivePence | None = None


class Count(Shown, frozen=True, kw_only=True):
    books: Annotated[int, Meta(ge=0)]

    @classmethod
    def of(cls, books: int) -> "Count":
        return cls(books=books)


@dataclass
class Shelf:
    """What the library keeps, and how often its views were called."""

    books: dict[str, Book] = field(default_factory=dict)
    answered: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    calls: int = 0
    seen: list[Context] = field(default_factory=list)

    def add(self, context: Context, book: Book) -> Book:
        once = context.once
        assert once is not None
        if once.request.key == "crash":
            raise RuntimeError("an inner matter")
        asked = (once.request.subject, once.request.key)
        if found := self.answered.get(asked):
            if found[0] != once.fingerprint:
                raise KeyReused(key=once.request.key)
            raise Replayed(found[1])
        if book.id in self.books:
            raise AlreadyExists(kind="book", id=book.id)
        once.answer(replace(book, title="a first attempt that was not recorded"))
        self.answered[asked] = (once.fingerprint, once.answer(book))
        self.books[book.id] = book
        return book

    def find(self, book_id: str) -> Book:
        if book_id not in self.books:
            raise Missing(kind="book", id=book_id)
        return self.books[book_id]

    def change(self, context: Context, book: Book) -> Book:
        if context.expected_version != str(self.books[book.id].version):
            raise StaleView(expected=str(context.expected_version), current=str(self.books[book.id].version))
        self.books[book.id] = replace(book, version=book.version + 1)
        return self.books[book.id]


def routes(shelf: Shelf) -> Routes:
    books = Routes("books")

    @books.post("/books", allow=STAFF, takes=NewBook, gives=BookView.of, at="/books/{id}", summary="Add a book", problems=(AlreadyExists,))
    def add_book(call: Call, body: NewBook) -> Book:
        """Add a book."""
        shelf.calls += 1
        shelf.seen.append(call.context)
        return shelf.add(call.context, Book(id=body.id, title=body.title, price_pence=body.price_pence))

    @books.get("/books/{book_id}", allow=STAFF, gives=BookView.of, versioned=True, summary="Show a book", problems=(Missing,))
    def show_book(call: Call, book_id: Slug) -> Book:
        return shelf.find(book_id)

    @books.listing("/books", allow=STAFF, query=BookQuery, gives=BookView.of, summary="List books")
    def list_books(call: Call, query: BookQuery) -> Page[Book]:
        ceiling = query.cheaper_than_pence or 10**13
        found = (shelf.books[name] for name in sorted(shelf.books) if name > call.after)
        return Page.of((book for book in found if book.price_pence < ceiling), limit=query.limit, key=lambda book: book.id)

    @books.patch("/books/{book_id}", allow=STAFF, takes=BookChanges, gives=BookView.of, summary="Rename a book")
    def rename_book(call: Call, book_id: Slug, body: BookChanges) -> Book:
        book = shelf.find(book_id)
        return shelf.change(call.context, replace(book, title=str(body.title)))

    @books.post("/books/{book_id}/lend", allow=frozenset({Role.FINANCE}), creates=False, gives=BookView.of, summary="Lend a book")
    def lend_book(call: Call, book_id: Slug) -> Book:
        return shelf.change(call.context, shelf.find(book_id))

    @books.get("/count", allow=ANYONE, gives=Count.of, summary="Count the books")
    def count_books(call: Call) -> int:
        return len(shelf.books)

    @books.get("/crash", allow=ANYONE, gives=Count.of, summary="Fail")
    def crash(call: Call) -> int:
        raise RuntimeError("an inner matter")

    return books


@dataclass(frozen=True)
class Answer:
    """An answer, with its body read."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> dict[str, object]:
        return msgspec.json.decode(self.text, type=dict[str, object])

    @property
    def pointers(self) -> list[str]:
        """The pointers of a problem's field errors."""
        return [error.pointer for error in msgspec.json.decode(self.text, type=_Errors).errors]

    @property
    def details(self) -> dict[str, str]:
        """A problem's field errors by pointer."""
        return {error.pointer: error.detail for error in msgspec.json.decode(self.text, type=_Errors).errors}


class _Error(msgspec.Struct):
    pointer: str
    detail: str


class _Errors(msgspec.Struct):
    errors: list[_Error]


class Library:
    """The app with a client in front of it."""

    def __init__(self, backend: Callable[[], Backend] | None = None) -> None:
        self.shelf = Shelf()
        self.built = 0
        self.api = Api(Lazily(backend or self._backend), fetch=lambda _: tokens.jwks())
        self.api.register_blueprint(routes(self.shelf))
        self.api.register_blueprint(meta)
        self._client = TestHTTPClient(self.api, Config.create())

    def _backend(self) -> Backend:
        self.built += 1
        return Backend(settings=SETTINGS, store=MemoryStore(), objects=FolderObjects(Path("unused"), "https://files.test", b"k" * 32))

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Call with a signed-in officer unless an Authorization header is given; underscores in header names mean hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {**tokens.bearer(), "Content-Type": "application/json", **named}
        raw = body if isinstance(body, bytes) else b"" if body is None else msgspec.json.encode(body)
        response: HTTPResponse = self._client.request(method, path, headers=sent, body=raw)
        return Answer(response.status_code, response.headers, response.body.decode())

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def add(self, book_id: str = "emma", *, key: str = "k1", **members: object) -> Answer:
        return self.call("POST", "/books", {"id": book_id, "title": "Emma", **members}, Idempotency_Key=key)
