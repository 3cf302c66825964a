"""A publication's files: one set of contents, every file made of it."""

from __future__ import annotations

from chalicelib.reports.contents import Contents
from chalicelib.reports.manifest import manifest
from chalicelib.reports.site import FIRST_PAGE, is_of_site, site_files
from chalicelib.reports.summary_csv import summary_csv
from chalicelib.reports.summary_json import summary_json

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


def files_of(contents: Contents) -> dict[str, bytes]:
    """The files by name. The manifest comes last: it holds the others' SHA-256."""
    data = {"summary.json": summary_json(contents), "summary.csv": summary_csv(contents)}
    files = {**data, **site_files(contents, data)}
    return {**files, "manifest.json": manifest(contents, files)}


def is_recorded(name: str) -> bool:
    """Whether the ledger records a file's SHA-256 itself. Of the site it records the first page; the manifest has all the others.

    A record stays small however many pages there are, and says as much: the manifest is recorded.
    """
    return name == FIRST_PAGE or not is_of_site(name)


def media_type(name: str) -> str:
    """The media type of a file, by its ending."""
    return _MEDIA_TYPES[name.rpartition(".")[2]]
