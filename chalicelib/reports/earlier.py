"""The publication that a later one is compared with, as its files and its record say."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.values import Struct


class Earlier(Struct, frozen=True, kw_only=True):
    """The publication to compare with: its files, and how far each chain had come."""

    publication: str
    manifest_sha256: str
    figures: bytes
    entries: bytes
    position: Mapping[str, int]


Reasons = Mapping[str, Mapping[int, str]]
"""Why entries put others right, by grant and record: those recorded since the earlier publication."""
