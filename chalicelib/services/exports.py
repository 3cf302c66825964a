"""Finance's exports: entries as rows, with control totals, streamed in flat memory."""

from __future__ import annotations

from typing import BinaryIO

from chalicelib.context import Context
from chalicelib.domain.exports import Export, Scope
from chalicelib.services.unit import Written


def make(context: Context, scope: Scope) -> Written[Export]:
    """Export the entries in a scope. Raises Replayed, Invalid, Missing (the grant or fund), ChainBroken.

    `registers.find(context, Export, id)` and `registers.every(context, Export)` read it again.
    """
    raise NotImplementedError


def rebuild(context: Context, export: Export, onto: BinaryIO) -> None:
    """Write an export's CSV again, byte for byte, whatever was posted since. Raises ChainBroken."""
    raise NotImplementedError


def key_of(export_id: str, name: str) -> str:
    """Under which key an export's file is kept."""
    return f"exports/{export_id}/{name}"
