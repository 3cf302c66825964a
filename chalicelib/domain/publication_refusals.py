"""What stands in the way of publishing, each with what it is about."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.errors import Conflict


class PublicationOvertaken(Conflict):
    """Other code took over while this publication was being written."""

    id: str

    @property
    def detail(self) -> str:
        return f"Publication {self.id} was abandoned, as other code has begun to write its files or another publication: ask for a new one."


class DraftStale(Conflict):
    """Something else was published or withdrawn since this draft was made."""

    id: str
    follows: str
    latest: str
    withdrawn: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"Draft {self.id} {' and '.join(self._overtaken())}: discard it, and make another."

    def _overtaken(self) -> Iterator[str]:
        if self.follows != self.latest:
            yield f"tells what has changed since {self.follows or 'no publication'}, and the latest is {self.latest or 'none'} by now"
        if self.withdrawn:
            were = "was" if len(self.withdrawn) == 1 else "were"
            yield f"does not say that {', '.join(self.withdrawn)} {were} withdrawn since it was made"


class DraftChanged(Conflict):
    """A draft is not kept as it was recorded."""

    id: str
    file: str

    @property
    def detail(self) -> str:
        return f"{self.file} of draft {self.id} is not what its record says: nothing was published. Discard it, and make another."


class EarlierChanged(Conflict):
    """A file of the earlier publication is not as it was recorded."""

    id: str
    file: str

    @property
    def detail(self) -> str:
        return f"{self.file} of publication {self.id}, which this one is compared with, holds other bytes than its record says: restore it."


class PublicationWaits(Conflict):
    """Another publication is being made."""

    id: str

    @property
    def detail(self) -> str:
        return f"Publication {self.id} is being made or published, and they are made one after the other: wait for it, or cancel it."


class NothingWaits(Conflict):
    """Nothing of this publication waits to be done."""

    id: str

    @property
    def detail(self) -> str:
        return f"Publication {self.id} is not being made or published: there is nothing to cancel."
