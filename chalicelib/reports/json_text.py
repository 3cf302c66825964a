"""JSON files: indented for people, in the order given, the same bytes every time."""

from __future__ import annotations

import json


def as_json(value: object) -> bytes:
    """A value as a JSON file in UTF-8, with a line end."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False).encode() + b"\n"
