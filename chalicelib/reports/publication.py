"""A publication's files: one set of contents, every file made of it, and all of them checked before anybody sees them."""

from __future__ import annotations

from pathlib import Path

from chalicelib.reports import verify_publication
from chalicelib.reports.changes import changes_files, comparison
from chalicelib.reports.contents import Contents
from chalicelib.reports.data_package import data_package
from chalicelib.reports.earlier import Earlier
from chalicelib.reports.entry_list import entry_list
from chalicelib.reports.figures import figures
from chalicelib.reports.giving import giving_files
from chalicelib.reports.manifest import manifest
from chalicelib.reports.site import FIRST_PAGE, chart_files, is_of_site, site_files
from chalicelib.reports.statutory_lists import statutory_files
from chalicelib.reports.summary_csv import summary_csv
from chalicelib.reports.summary_json import summary_json
from chalicelib.reports.verify_publication import ENTRIES, FIGURES, MANIFEST, Entries
from chalicelib.reports.workbook import XLSX

VERIFIER = "verify_publication.py"

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "py": "text/plain; charset=utf-8",
    "xlsx": XLSX,
}


class DoesNotReconcile(Exception):
    """The files do not say the same, or a figure is not the sum of its entries; the message says which."""


def files_of(contents: Contents) -> dict[str, bytes]:
    """The files by name, checked. Raises DoesNotReconcile."""
    return reconciled(made_of(contents), contents.compared)


def reconciled(files: dict[str, bytes], earlier: Earlier | None) -> dict[str, bytes]:
    """The files themselves, once the check that ships with them holds. Raises DoesNotReconcile."""
    verdict = verify_publication.check(files.get, earlier={FIGURES: earlier.figures}.get if earlier else None)
    if not verdict.holds:
        raise DoesNotReconcile(" ".join(verdict.problems[:5]))
    return files


def made_of(contents: Contents) -> dict[str, bytes]:
    """The files by name, not checked yet. The manifest comes last: it holds the others' SHA-256.

    With a million entries the contents are as large as the files: who checks these had better let go of the contents first.
    """
    listed = entry_list(contents)
    entries = Entries(listed)
    proofs = {ENTRIES: listed, FIGURES: figures(contents, entries)}
    compared = comparison(contents, proofs[FIGURES], entries)
    data = {
        "summary.json": summary_json(contents),
        "summary.csv": summary_csv(contents),
        **statutory_files(contents),
        **giving_files(contents),
        **proofs,
        **changes_files(contents.publication.id, compared),
        **chart_files(contents),
    }
    data["datapackage.json"] = data_package(contents, data)
    data[VERIFIER] = Path(verify_publication.__file__).read_bytes()
    files = {**data, **site_files(contents, data, compared)}
    files[MANIFEST] = manifest(contents, files, entries)
    return files


def is_recorded(name: str) -> bool:
    """Whether the ledger records a file's SHA-256 itself. Of the site it records the first page; the manifest has all the others.

    A record stays small however many pages there are, and says as much: the manifest is recorded.
    """
    return name == FIRST_PAGE or not is_of_site(name)


def media_type(name: str) -> str:
    """The media type of a file, by its ending."""
    return _MEDIA_TYPES[name.rpartition(".")[2]]
