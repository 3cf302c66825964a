"""ZIP files that are the same bytes for the same contents."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

ZIP = "application/zip"

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first day that a ZIP file can say: when it was made is no part of it."""


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files by name as one ZIP file."""
    from zipfile import ZIP_STORED, ZipFile, ZipInfo  # noqa: PLC0415  slow to import, and few requests make one

    onto = BytesIO()
    # Stored, not deflated: versions of zlib do not write the same bytes.
    with ZipFile(onto, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            about = ZipInfo(name, _EPOCH)
            about.create_system, about.external_attr = 3, 0o644 << 16  # as on Linux, whatever this machine is
            archive.writestr(about, files[name])
    return onto.getvalue()


def unzipped(packed: bytes) -> dict[str, bytes]:
    """The files of a ZIP file by name. Raises zipfile.BadZipFile."""
    from zipfile import ZipFile  # noqa: PLC0415  as above

    with ZipFile(BytesIO(packed)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
