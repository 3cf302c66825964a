"""What a preview has to keep while it is made and cannot keep in memory: a database of its own, gone when it is closed.

SQLite keeps a database without a name in memory as far as that is small, and the rest in a temporary file.

    fragment    rows of documents as they were read, in their order
    spread      the buckets that have more than one fragment, and how many
    made        documents of several fragments, beside the place of the first
    wrong       rows that are no documents, with all that is wrong with them
    known       documents that the ledger has
    entered     the ledger's entries of those
    block       finished files of the preview, packed
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from types import TracebackType

import msgspec

from chalicelib.domain.extract_documents import Documents, Extracted
from chalicelib.domain.extract_fragments import Fragment
from chalicelib.domain.extract_sheets import Complaint
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.previewing import EnteredLine
from chalicelib.domain.values import replace
from chalicelib.services.import_progress import NOW_AND_THEN, Progress, Stage, told, untold

_CACHE_KIB = 16 * 1024
_TABLES = """
    CREATE TABLE fragment (place INTEGER PRIMARY KEY, bucket INTEGER, body BLOB);
    CREATE TABLE spread (bucket INTEGER PRIMARY KEY, fragments INTEGER);
    CREATE TABLE made (place INTEGER PRIMARY KEY, body BLOB);
    CREATE TABLE wrong (place INTEGER PRIMARY KEY, body BLOB);
    CREATE TABLE known (number INTEGER PRIMARY KEY, key TEXT UNIQUE, body BLOB);
    CREATE TABLE entered (place INTEGER PRIMARY KEY, entry TEXT UNIQUE, key TEXT, body BLOB);
    CREATE INDEX entered_of ON entered (key);
    CREATE TABLE block (name TEXT PRIMARY KEY, body BLOB);
    BEGIN;
"""

_encode = msgspec.msgpack.Encoder().encode
_fragment = msgspec.msgpack.Decoder(Fragment).decode
_extracted = msgspec.msgpack.Decoder(Extracted).decode
_complaints = msgspec.msgpack.Decoder(tuple[Complaint, ...]).decode
_line = msgspec.msgpack.Decoder(EnteredLine).decode


class Scratch:
    """The database of one preview. `count` is how many documents there are, once the first of them was asked for."""

    def __init__(self) -> None:
        self.count = self._fragments = 0
        self._database = sqlite3.connect("", isolation_level=None)
        # Nothing of it outlives a failure, so nothing is written twice to survive one.
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE_KIB}; {_TABLES}")

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()

    def _put(self, table: str, rows: Iterable[tuple[object, ...]], columns: int) -> int:
        insert = f"INSERT INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608  our own names
        return self._database.executemany(insert, rows).rowcount

    def add_fragments(self, fragments: Iterable[Fragment]) -> None:
        """Keep fragments, in the order of the file."""
        self._fragments += self._put("fragment", ((None, each.bucket, _encode(each)) for each in fragments), 3)

    def add_wrong(self, rows: Iterable[tuple[Complaint, ...]]) -> None:
        """Keep what is wrong with rows that are no documents."""
        self._put("wrong", ((None, _encode(each)) for each in rows), 2)

    def wrong(self) -> Iterator[tuple[Complaint, ...]]:
        """What is wrong with each row that is no document, in the order of the file."""
        return (_complaints(body) for (body,) in self._database.execute("SELECT body FROM wrong ORDER BY place"))

    def documents(self, making: Documents, progress: Progress = untold) -> Iterator[Extracted]:
        """The documents that the fragments come to, in the order of their first rows."""
        self._database.execute("INSERT INTO spread SELECT bucket, COUNT(*) FROM fragment GROUP BY bucket HAVING COUNT(*) > 1")
        (parts,) = self._database.execute("SELECT COALESCE(SUM(fragments), 0) FROM spread").fetchone()
        made_of_them = self._put("made", ((place, _encode(each)) for place, each in self._together(making, parts, progress)), 2)
        self.count = self._fragments - parts + made_of_them
        rows = self._database.execute(
            "SELECT fragment.body, bucket IN (SELECT bucket FROM spread), made.body"
            " FROM fragment LEFT JOIN made USING (place) ORDER BY fragment.place"
        )
        for body, spread, made in rows:
            if made:
                yield _extracted(made)
            elif not spread:
                yield making.by_itself(_fragment(body))

    def _together(self, making: Documents, parts: int, progress: Progress) -> Iterator[tuple[int, Extracted]]:
        """The documents of buckets with several fragments, so many in all, each with the place of its first."""
        rows = self._database.execute("SELECT bucket, place, body FROM fragment JOIN spread USING (bucket) ORDER BY bucket, place")
        tell = progress if parts >= NOW_AND_THEN else untold  # few are put together in a moment
        for _, bucket in groupby(told(rows, tell, Stage.TOGETHER, parts), key=lambda row: row[0]):
            alike: dict[str, int] = {}
            numbered: dict[tuple[str, int], tuple[int, Fragment]] = {}
            for _, place, body in bucket:
                fragment = _fragment(body)
                if fragment.made_of:
                    alike[fragment.made_of] = alike.get(fragment.made_of, 0) + 1
                    yield place, making.by_itself(fragment, alike[fragment.made_of])
                else:
                    numbered[fragment.sheet, fragment.rows[0].number] = place, fragment
            for each in making.of([fragment for _, fragment in numbered.values()]):
                yield numbered[each.sheet, each.rows[0]][0], each

    def add_known(self, documents: Iterable[tuple[int, Extracted]]) -> None:
        """Keep documents that the ledger has, with their numbers in the preview."""
        self._put("known", ((number, each.key, _encode(each)) for number, each in documents), 3)

    def known(self) -> Iterator[tuple[int, Extracted, tuple[EnteredLine, ...]]]:
        """Each document that the ledger has, with its number and its entries, in order."""
        for number, key, body in self._database.execute("SELECT number, key, body FROM known ORDER BY number"):
            lines = self._database.execute("SELECT body FROM entered WHERE key = ? ORDER BY place", (key,))
            yield number, _extracted(body), tuple(_line(line) for (line,) in lines)

    def is_known(self, key: str) -> bool:
        """Whether the document with this key is one of those."""
        return self._database.execute("SELECT 1 FROM known WHERE key = ?", (key,)).fetchone() is not None

    def add_entered(self, key: str, line: EnteredLine) -> None:
        """Keep an entry of a document."""
        self._put("entered", ((None, line.entry_id, key, _encode(line)),), 4)

    def entered(self, entry_id: str) -> tuple[str, EnteredLine] | None:
        """An entry that was kept, and its document's key."""
        found = self._database.execute("SELECT key, body FROM entered WHERE entry = ?", (entry_id,)).fetchone()
        return (found[0], _line(found[1])) if found else None

    def correct_entered(self, entry_id: str, pence: int) -> None:
        """Keep an entry as it is after a correction by so many pence."""
        if found := self.entered(entry_id):
            self._change(replace(found[1], pence=found[1].pence + pence))

    def leave_entered(self, entry_id: str, left_pence: int, paid: Paid | None) -> None:
        """Keep what is left of an entry, and how it was paid."""
        if found := self.entered(entry_id):
            self._change(replace(found[1], left_pence=left_pence, paid=paid))

    def _change(self, line: EnteredLine) -> None:
        self._database.execute("UPDATE entered SET body = ? WHERE entry = ?", (_encode(line), line.entry_id))

    def entries(self) -> Iterator[str]:
        """The ids of all entries that were kept, in order."""
        last = 0
        while rows := self._database.execute(
            "SELECT place, entry FROM entered WHERE place > ? ORDER BY place LIMIT 1000", (last,)
        ).fetchall():
            yield from (entry for _, entry in rows)
            last = rows[-1][0]

    def add_block(self, name: str, block: bytes) -> None:
        """Keep a finished file of the preview."""
        self._put("block", ((name, zlib.compress(block, 1)),), 2)

    def block(self, name: str) -> bytes:
        """A finished file of the preview."""
        (body,) = self._database.execute("SELECT body FROM block WHERE name = ?", (name,)).fetchone()
        return zlib.decompress(body)
