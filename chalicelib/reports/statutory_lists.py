"""The files of the two lists that the law wants: onward grants made and other spending over £500, as CSV and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO

from chalicelib.domain.disclosures import Particular
from chalicelib.domain.grounds import GROUNDS
from chalicelib.domain.statutory_lists import OF_GRANTS, OF_SPENDING, THRESHOLD_PENCE, Row
from chalicelib.domain.values import Struct
from chalicelib.reports.cells import BOM, line, pounds
from chalicelib.reports.contents import Contents
from chalicelib.reports.json_text import as_json
from chalicelib.reports.words import WITHHELD

_ORDER = "Elected Local Policing Bodies (Specified Information) Order 2011, SI 2011/3050 as amended, Schedule, paragraph"

_LINES = (
    "A row is one payment, with its corrections, less its refunds; or where a payment was recoded to. Rows with the same item are lines "
    "of one document. An item comes to what its document says, with VAT, and with every correction; a row has no VAT that the payer "
    "recovers. What was corrected to nothing is left out."
)


class Listing(Struct, frozen=True, kw_only=True):
    """One of the lists: its files' name, what it is, where the law wants it, what is in it, and its particulars."""

    name: str
    title: str
    source: str
    rule: str
    particulars: tuple[Particular, ...]


GRANTS_MADE = Listing(
    name="grants-made",
    title="Crime and disorder reduction grants made",
    source=f"{_ORDER} 3(f)",
    rule=f"Every payment of an onward grant to a partner, whatever its amount. {_LINES}",
    particulars=OF_GRANTS,
)
OVER_500 = Listing(
    name="spending-over-500",
    title="Other spending over £500",
    source=f"{_ORDER} 3(g)",
    rule=f"Every payment that is no onward grant and whose item comes to more than £500.00, paid or credited. {_LINES}",
    particulars=OF_SPENDING,
)


def statutory_files(contents: Contents) -> dict[str, bytes]:
    """The four files by name."""
    files: dict[str, bytes] = {}
    for listing, rows in ((GRANTS_MADE, contents.lists.grants_made), (OVER_500, contents.lists.over_threshold)):
        files[f"{listing.name}.csv"] = _csv(contents, listing, rows)
        files[f"{listing.name}.json"] = _json(contents, listing, rows)
    return files


def title_of(contents: Contents, row: Row) -> str:
    """The title of a row's initiative, where it may be published."""
    initiative = contents.initiatives[row.initiative_id]
    return initiative.title if initiative.may_publish("title") else WITHHELD


def shown(row: Row, particular: Particular) -> str:
    """A particular as people read it: its text, or that it is withheld and on which ground."""
    ground = row.withheld.get(particular)
    return f"Withheld: {ground}" if ground else row.texts[particular]


def _csv(contents: Contents, listing: Listing, rows: Sequence[Row]) -> bytes:
    columns = (
        *("payment", "item", "date", "financial_year", "quarter", "grant", "initiative"),
        *listing.particulars,
        *("item_pounds", "paid_pounds", "refunded_pounds", "amount_pounds"),
    )
    file = BytesIO()
    file.write(BOM + line(columns).encode())
    for row in rows:
        where = (row.id, row.item_id, row.on, row.financial_year, row.quarter, row.grant_id, title_of(contents, row))
        amounts = map(pounds, (row.item_pence, row.paid_pence, row.refunded_pence, row.amount_pence))
        file.write(line((*where, *(shown(row, each) for each in listing.particulars), *amounts)).encode())
    return file.getvalue()


def _json(contents: Contents, listing: Listing, rows: Sequence[Row]) -> bytes:
    """The file. Rows come last, one on each line: a large ledger's are written one after another and never held together."""
    about = as_json(
        {
            "publication": contents.publication.id,
            "published_on": str(contents.publication.on),
            "office": contents.office,
            "note": contents.note,
            "currency": "GBP",
            "title": listing.title,
            "source": listing.source,
            "rule": listing.rule,
            "threshold_pence": THRESHOLD_PENCE if listing is OVER_500 else None,
            "total": {
                "rows": len(rows),
                "paid_pence": sum(row.paid_pence for row in rows),
                "refunded_pence": sum(row.refunded_pence for row in rows),
                "amount_pence": sum(row.amount_pence for row in rows),
            },
            "reconciliation": _reconciliation(contents),
            "grounds": {ground: {"words": told.words, "source": told.source} for ground, told in GROUNDS.items()},
        }
    )
    file = BytesIO()
    file.write(about.removesuffix(b"\n}\n") + b',\n  "rows": [')
    for number, row in enumerate(rows):
        file.write((",\n    " if number else "\n    ").encode() + json.dumps(_row(contents, listing, row), ensure_ascii=False).encode())
    file.write(b"\n  ]\n}\n" if rows else b"]\n}\n")
    return file.getvalue()


def _row(contents: Contents, listing: Listing, row: Row) -> dict[str, object]:
    """A row. A particular that is withheld is null, and stands under `withheld` with its ground."""
    return {
        "payment": row.id,
        "item": row.item_id,
        "date": row.on,
        "financial_year": row.financial_year,
        "quarter": row.quarter,
        "grant": row.grant_id,
        "initiative": title_of(contents, row),
        **{each: row.texts.get(each) for each in listing.particulars},
        "withheld": dict(row.withheld),
        "item_pence": row.item_pence,
        "paid_pence": row.paid_pence,
        "refunded_pence": row.refunded_pence,
        "amount_pence": row.amount_pence,
    }


def _reconciliation(contents: Contents) -> dict[str, object]:
    """How both lists, and what is in neither, add up to the measure `spent` of summary.json."""
    lists = contents.lists
    return {
        "grants_made_pence": sum(row.amount_pence for row in lists.grants_made),
        "spending_over_500_pence": sum(row.amount_pence for row in lists.over_threshold),
        "not_listed_pence": lists.not_listed_pence,
        "not_listed_payments": lists.not_listed,
        "spent_pence": contents.total.figures["spent"],
    }
