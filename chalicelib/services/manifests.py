"""Manifests as they are kept: which files they list. The ledger records a manifest's SHA-256, so what it lists is held, too."""

from __future__ import annotations

from msgspec.json import decode

from chalicelib.domain.publications import File
from chalicelib.domain.values import Struct

MANIFEST = "manifest.json"
"""The file that lists all others of a publication."""


class _Manifest(Struct, frozen=True, kw_only=True):
    """What is read of a manifest."""

    files: tuple[File, ...]


def listed(manifest: bytes) -> tuple[File, ...]:
    """The files that a manifest lists. Raises ValueError for what is no manifest."""
    return decode(manifest, type=_Manifest).files
