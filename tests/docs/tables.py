"""The project's documents, as their tests read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.domain.ledger_tables import Row, table_rows

DOCS = Path(__file__).parents[2] / "docs"

_TABLE = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)


def tables_of(document: str) -> Iterator[tuple[Row, ...]]:
    """Every table of a document, in order, its columns by their headings in small letters and without back quotes."""
    for found in _TABLE.finditer(document):
        yield table_rows(found[0].replace("`", ""))
