"""What the domain's values are made of: frozen structs of msgspec's, which is all that the domain knows of it.

A struct reads and behaves like a frozen dataclass and is made in a fortieth of the time, which is what a cold start
spends most of its own on (docs/decisions/0041-values-are-structs.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

if TYPE_CHECKING:
    from dataclasses import replace  # mypy checks the names and types of what this one is given, for structs as well
else:
    from msgspec.structs import replace

__all__ = ["Struct", "field", "replace"]
