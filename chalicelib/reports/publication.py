"""A publication's files: one set of contents, every file made of it, and all of them checked before anybody sees them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from chalicelib.reports import verify_publication
from chalicelib.reports.contents import Contents
from chalicelib.reports.entry_list import entry_list
from chalicelib.reports.figures import figures
from chalicelib.reports.manifest import manifest
from chalicelib.reports.page import page
from chalicelib.reports.summary_csv import summary_csv
from chalicelib.reports.summary_json import summary_json
from chalicelib.reports.verify_publication import ENTRIES, FIGURES, MANIFEST, Entries

VERIFIER = "verify_publication.py"

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "py": "text/plain; charset=utf-8",
}


class DoesNotReconcile(Exception):
    """The files do not say the same, or a figure is not the sum of its entries; the message says which."""


def files_of(contents: Contents) -> dict[str, bytes]:
    """The files by name. The manifest comes last: it holds the others' SHA-256. Raises DoesNotReconcile."""
    data = {"summary.json": summary_json(contents), "summary.csv": summary_csv(contents)}
    pages = {"index.html": page(contents, {name: len(content) for name, content in data.items()})}
    files = _proved(contents, {**data, **pages, VERIFIER: Path(verify_publication.__file__).read_bytes()})
    verdict = verify_publication.check(files.get)
    if not verdict.holds:
        raise DoesNotReconcile(" ".join(verdict.problems[:5]))
    return files


def _proved(contents: Contents, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with what proves them: the entries, the figures, and the manifest."""
    listed = entry_list(contents)
    entries = Entries(listed)
    proved = {**files, ENTRIES: listed, FIGURES: figures(contents, entries)}
    return {**proved, MANIFEST: manifest(contents, proved, entries)}


def media_type(name: str) -> str:
    """The media type of a file, by its ending."""
    return _MEDIA_TYPES[name.rpartition(".")[2]]
