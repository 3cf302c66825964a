"""datapackage.json: the publication's CSV files as a Frictionless Data Package: what each column holds, and under which licence."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from hashlib import sha256

from chalicelib.domain.measures import MEASURES
from chalicelib.reports.contents import Contents
from chalicelib.reports.giving import LICENCE
from chalicelib.reports.json_text import as_json

_TITLES = {
    "summary.csv": "Every table of the publication, in pounds",
    "grants-made.csv": "Crime and disorder reduction grants made",
    "spending-over-500.csv": "Other spending over £500",
    "changes.csv": "What has changed since the earlier publication",
    "360giving.csv": "Crime and disorder reduction grants as 360Giving data",
}
_DATES = frozenset({"date", "Award Date"})
_COUNTS = frozenset({"entries"})
_NUMBERS = frozenset({"Amount Awarded", "Amount Disbursed"})


def data_package(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """The file, for every CSV among the publication's files."""
    publication = contents.publication
    return as_json(
        {
            "profile": "tabular-data-package",
            "name": f"streetlight-{publication.id}",
            "id": publication.id,
            "title": f"Safer streets grants: awards and spending, {contents.office}",
            "description": contents.note,
            "licenses": [{"name": "OGL-UK-3.0", "title": "Open Government Licence v3.0", "path": LICENCE}],
            "resources": [_resource(name, content) for name, content in sorted(files.items()) if name.endswith(".csv")],
        }
    )


def _resource(name: str, content: bytes) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": name.removesuffix(".csv").replace("/", "-").lower(),
        "title": _TITLES.get(name, name),
        "path": name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{sha256(content).hexdigest()}",
        "schema": {"fields": [_field(column) for column in _columns(content)], "missingValues": [""]},
    }


def _columns(content: bytes) -> list[str]:
    # No more than the heading is taken out of it: the lists may have hundreds of megabytes.
    return next(csv.reader([io.BytesIO(content).readline().decode("utf-8-sig")]))


def _field(column: str) -> dict[str, str]:
    """A column and its type: pounds are numbers, days are dates, and everything else is text, formulas defused."""
    measure = MEASURES.get(column.removesuffix("_pounds"))
    return {"name": column, "type": _type(column), **({"description": measure.meaning} if measure else {})}


def _type(column: str) -> str:
    if column.endswith("_pounds") or column in _NUMBERS:
        return "number"
    return "integer" if column in _COUNTS else "date" if column in _DATES else "string"
