"""A store that tells what was asked of it, call by call."""

from collections import Counter
from collections.abc import Iterator
from typing import TypeVar

from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Balance, Batch, Head, Snapshot, Store, Wanted

T = TypeVar("T")


class Watched(MemoryStore):
    """The same store. `asked` names each call, in order; `rows` counts what was taken of each list."""

    def __init__(self, inner: Store) -> None:
        self.__dict__.update(vars(inner))
        self.asked: list[str] = []
        self.rows: Counter[str] = Counter()

    def load(self, wanted: Wanted) -> Snapshot:
        self.asked.append("load " + " ".join(str(name) for name in wanted.heads))
        return super().load(wanted)

    def record(self, batch: Batch) -> None:
        self.asked.append("record " + " ".join(str(change.name) for change in batch.changes))
        super().record(batch)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        return self._counted(f"heads of {kind}", super().heads(kind, after=after, limit=limit))

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        return self._counted(f"links of {name}", super().links(name, after=after, until=until, limit=limit))

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        return self._counted(f"balances of {grant_id or 'every grant'}", super().balances(grant_id))

    def _counted(self, what: str, found: Iterator[T]) -> Iterator[T]:
        # As the real store asks for nothing until the first row is taken.
        self.asked.append(what)
        for each in found:
            self.rows[what] += 1
            yield each
