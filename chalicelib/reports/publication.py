"""A publication's files: one set of contents, every file made of it."""

from __future__ import annotations

from chalicelib.reports.contents import Contents
from chalicelib.reports.data_package import data_package
from chalicelib.reports.giving import giving_files
from chalicelib.reports.manifest import manifest
from chalicelib.reports.page import page
from chalicelib.reports.statutory_lists import statutory_files
from chalicelib.reports.summary_csv import summary_csv
from chalicelib.reports.summary_json import summary_json

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}


def files_of(contents: Contents) -> dict[str, bytes]:
    """The files by name. The manifest comes last: it holds the others' SHA-256."""
    data = {
        "summary.json": summary_json(contents),
        "summary.csv": summary_csv(contents),
        **statutory_files(contents),
        **giving_files(contents),
    }
    data["datapackage.json"] = data_package(contents, data)
    files = {**data, "index.html": page(contents, {name: len(content) for name, content in data.items()})}
    return {**files, "manifest.json": manifest(contents, files)}


def media_type(name: str) -> str:
    """The media type of a file, by its ending."""
    return _MEDIA_TYPES[name.rpartition(".")[2]]
