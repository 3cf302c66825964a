"""The site's one stylesheet: GOV.UK Frontend's styles as `make` compiles them, or a plain ground without npm, and our own upon it."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
COMPILED = _HERE / "govuk.css"
"""What `make` compiles from local/style/govuk.scss. It is never committed."""

_PLAIN = _HERE / "plain.css"
_OWN = _HERE / "own.css"


def stylesheet() -> bytes:
    """The file, as UTF-8 without a byte order mark."""
    ground = COMPILED if COMPILED.exists() else _PLAIN
    return (ground.read_text("utf-8-sig").rstrip() + "\n" + _OWN.read_text("utf-8")).encode()
