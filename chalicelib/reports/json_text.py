"""JSON files: indented for people, in the order given, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from io import BytesIO


def as_json(value: object) -> bytes:
    """A value as a JSON file in UTF-8, with a line end."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def as_json_rows(head: Mapping[str, object], name: str, rows: Iterable[object]) -> bytes:
    """A JSON file whose last member is a list with a line for each of its rows: long lists stay small, and can be read."""
    onto = BytesIO()
    onto.write(as_json({**head, name: []}).removesuffix(b"[]\n}\n") + b"[\n")
    for number, row in enumerate(rows):
        line = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        onto.write((f",\n{line}" if number else line).encode())
    onto.write(b"\n]\n}\n")
    return onto.getvalue()
