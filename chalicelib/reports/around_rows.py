"""What stands in a file around its rows, so that rows written apart make the same file as rows written at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.domain.values import Struct


class Around(Struct, frozen=True, kw_only=True):
    """The bytes before all rows, before the first of them, between any two, and after the last."""

    heading: bytes
    first: bytes = b""
    between: bytes = b""
    ending: bytes = b""

    def whole(self, pieces: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
        """The file of which these are the rows: runs of them that follow one another, each with its own bytes between its rows."""
        yield self.heading
        before = self.first
        for piece in pieces:
            begun = False
            for chunk in filter(None, piece):
                if not begun:
                    yield before
                begun = True
                yield chunk
            before = self.between if begun else before
        yield self.ending
