"""Stores that tell what was asked of them: the calls in words, or what each read asked for and brought."""

from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile
from typing import TypeVar

from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.storage import keys
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Balance, Batch, Head, Snapshot, Standing, Store, Wanted

T = TypeVar("T")


def counting(store: Store) -> "CountingCalls":
    """The same store; `calls` lists what was asked of it, in words."""
    return CountingCalls(store)


def promised(about: str) -> dict[str, list[str]]:
    """The calls that the docstring of `keys` promises for requests about something, by request."""
    lines = (line.strip() for line in (keys.__doc__ or "").partition(f"Requests about {about}")[2].splitlines())
    table = takewhile(lambda line: line.startswith("|"), dropwhile(lambda line: not line.startswith("|"), lines))
    rows = [line.strip("|").split("|") for line in table]
    return {request.strip(): calls.strip().split(", ") for request, calls in rows[2:]}


_MANY = {Kind.EVIDENCE: "evidence", Kind.CLAIMS: "claims", Kind.PUBLICATIONS: "publications", Kind.SUSPENSE: "suspense"}


class CountingCalls(MemoryStore):
    """The same store, which remembers its calls."""

    def __init__(self, inner: Store) -> None:
        self.__dict__.update(vars(inner))
        self._inner = inner
        self.calls: list[str] = []

    def load(self, wanted: Wanted) -> Snapshot:
        self.calls.append("load records" if wanted.records else "load")
        return super().load(wanted)

    def record(self, batch: Batch) -> None:
        self.calls.append("record")
        super().record(batch)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        self.calls.append(f"heads of {_MANY.get(kind, f'{kind}s')}")
        return super().heads(kind, after=after, limit=limit)

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        self.calls.append("links")
        return super().links(name, after=after, until=until, limit=limit)

    def bodies(self, name: Name, *, after: int = 0, until: int | None = None) -> Iterator[Sequence[str]]:
        self.calls.append("bodies")
        return self._inner.bodies(name, after=after, until=until)

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        self.calls.append("balances")
        return super().balances(grant_id)

    def standings(self, grant_id: str) -> Iterator[Standing]:
        self.calls.append("standings")
        return super().standings(grant_id)


class CountingReads(MemoryStore):
    """The same store; `reads` says in order what was asked for, `asked` with which limit, and `rows` how many came back of each."""

    def __init__(self, inner: Store) -> None:
        self.__dict__.update(vars(inner))
        self.reads: list[str] = []
        self.asked: list[int | None] = []
        self.rows: dict[str, int] = {}

    def load(self, wanted: Wanted) -> Snapshot:
        self.reads.append("load")
        return super().load(wanted)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        return self._counted(f"heads {kind}", super().heads(kind, after=after, limit=limit), limit)

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        return self._counted(f"links {name}", super().links(name, after=after, until=until, limit=limit), limit)

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        return self._counted(f"balances {grant_id or 'all'}", super().balances(grant_id), None)

    def _counted(self, what: str, found: Iterator[T], limit: int | None) -> Iterator[T]:
        # A query brings all its rows, whoever looks at them.
        rows = list(found)
        self.reads.append(what)
        self.asked.append(limit)
        self.rows[what] = self.rows.get(what, 0) + len(rows)
        return iter(rows)
