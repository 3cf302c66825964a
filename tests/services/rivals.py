"""Somebody else who writes while a request reads."""

from collections.abc import Callable, Iterator

from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Balance, Head, Snapshot, Standing, Store, Wanted


def before_each_read(store: Store, act: Callable[[], None]) -> Store:
    """The same store, except that somebody else acts just before each read."""
    return _Rivalled(store, act)


class _Rivalled(MemoryStore):
    def __init__(self, inner: Store, act: Callable[[], None]) -> None:
        self.__dict__.update(vars(inner))
        self._act = act

    def load(self, wanted: Wanted) -> Snapshot:
        self._act()
        return super().load(wanted)

    def heads(self, kind: Kind, *, after: str = "", limit: int | None = None) -> Iterator[Head]:
        self._act()
        return super().heads(kind, after=after, limit=limit)

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        self._act()
        return super().links(name, after=after, until=until, limit=limit)

    def balances(self, grant_id: str | None = None) -> Iterator[Balance]:
        self._act()
        return super().balances(grant_id)

    def standings(self, grant_id: str) -> Iterator[Standing]:
        self._act()
        return super().standings(grant_id)
