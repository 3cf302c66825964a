"""A store that counts what is asked of it: each of these calls is one round trip (`chalicelib.storage.keys` has the table)."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Batch, Head, Snapshot, Standing, Wanted


class CountedStore(MemoryStore):
    """A store in memory, and how often each of its calls was made."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()

    def load(self, wanted: Wanted) -> Snapshot:
        self.calls["load"] += 1
        return super().load(wanted)

    def record(self, batch: Batch) -> None:
        self.calls["record"] += 1
        super().record(batch)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        self.calls["heads"] += 1
        return super().heads(kind, after=after, limit=limit)

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        self.calls["links"] += 1
        return super().links(name, after=after, until=until, limit=limit)

    def standings(self, grant_id: str) -> Iterator[Standing]:
        self.calls["standings"] += 1
        return super().standings(grant_id)

    def spent(self) -> dict[str, int]:
        """The calls since this was last asked."""
        counted = dict(self.calls)
        self.calls.clear()
        return counted
