"""Dropped files: extracts that a ledger system leaves at the office's door, under `incoming/<profile>/<file name>`.

Whoever leaves one has no token and no role here. So a dropped file is announced and previewed in the system's own name,
and goes no further: a person of finance reads the preview and commits it.
"""

from __future__ import annotations

from hashlib import sha256

from chalicelib.domain.errors import Refused
from chalicelib.domain.file_types import FileType
from chalicelib.domain.import_refusals import ExtractUnreadable
from chalicelib.domain.imports import EXTRACT_TYPES
from chalicelib.domain.values import Struct

INCOMING = "incoming/"
"""What the key of every dropped file begins with."""


class Dropped(Struct, frozen=True, kw_only=True):
    """A file that was dropped: its key as it is, of any characters, its size in bytes, and which version of the key it is."""

    key: str
    size: int
    version: str = ""

    @property
    def is_a_folder(self) -> bool:
        """Whether it is what consoles write for a folder: a key that ends with a slash, with nothing in it."""
        return self.key.endswith("/") and not self.size


class Place(Struct, frozen=True, kw_only=True):
    """What a dropped file's key says: by which profile it is read, what it is called, and of which type it is by its name."""

    profile_id: str
    file_name: str
    content_type: FileType


class DroppedElsewhere(Refused):
    """The file was not dropped into a profile's folder."""

    key: str

    @property
    def detail(self) -> str:
        return f"The key {self.key!r} is not {INCOMING}, the id of a mapping profile, a slash, and the file's name."


def place_of(key: str) -> Place:
    """What a key says. Raises DroppedElsewhere; ExtractUnreadable for a name that is neither a CSV's nor an XLSX's."""
    profile_id, slash, file_name = key.removeprefix(INCOMING).partition("/")
    if not key.startswith(INCOMING) or not profile_id or not slash or not file_name or "/" in file_name:
        raise DroppedElsewhere(key=key)
    for kind in EXTRACT_TYPES:
        if file_name.casefold().endswith(kind.extensions):
            return Place(profile_id=profile_id, file_name=file_name, content_type=kind)
    raise ExtractUnreadable(why=f"{file_name!r} is neither a CSV nor an XLSX file by its name: it must end with .csv or .xlsx.")


def import_id_of(place: Place, content_sha256: str) -> str:
    """The id of the import of these bytes as a file of this type by this profile: the same, however often and by whatever name."""
    return sha256(f"{place.profile_id}/{place.content_type}/{content_sha256}".encode()).hexdigest()[:32]
