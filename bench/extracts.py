"""Extracts of the measured office's ledger, a line for each payment, as long as is wanted: seeded, and wrong here and there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from bench.office import NOW, PAYER, grants_and_initiatives
from chalicelib.domain.cells import Nature
from chalicelib.domain.periods import london_date
from chalicelib.domain.profiles import Coding, Columns, Profile

HEADER = ("Payment Date", "Supplier", "Cost Centre", "Subjective", "Amount", "Transaction Number", "Description")
TODAY = london_date(NOW)
GENERAL = "GEN"
"""The cost centre of what no grant pays."""

CENTRES = {f"SS{number:02}": coded for number, coded in enumerate(grants_and_initiatives(), 1)}
"""Whose money each cost centre is: its grant and initiative."""

PROFILE = Profile(
    id="payments",
    title="One line for each payment, with pound signs and commas",
    payer_id=PAYER,
    columns=Columns(
        on=("Payment Date",),
        supplier=("Supplier",),
        codes=(("Cost Centre",), ("Subjective",)),
        amount=("Amount",),
        reference=("Transaction Number",),
        description=("Description",),
    ),
    codings=(
        *(
            Coding(codes=(centre, "*"), grant_id=grant_id, initiative_id=initiative_id, nature=Nature.CAPITAL)
            for centre, (grant_id, initiative_id) in CENTRES.items()
        ),
        Coding(codes=(GENERAL, "*"), left_out="Not of a grant"),
    ),
)

_BEGAN, _DAYS = date(2023, 4, 1), 360
_WRONG = (
    {"Payment Date": ""},
    {"Payment Date": "31/06/2023"},
    {"Payment Date": "in June"},
    {"Payment Date": "01/06/2031"},
    {"Supplier": " "},
    {"Cost Centre": "SS99"},
    {"Amount": ""},
    {"Amount": "n/a"},
    {"Amount": "£12.345"},
    {"Amount": "£12,34.50"},
)
"""What a wrong row has in place of what is right. Beside these, some have a cell too many or too few, and some documents two days."""

_WRONG_SHARE, _ODD_SHARE, _NAMELESS_SHARE = 0.01, 0.002, 0.02


def write_extract(path: Path, rows: int) -> None:
    """Write an extract with so many lines of payments; one in fifty is wrong, or no payment at all."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(HEADER) + "\r\n")
        file.writelines(",".join(map(_quoted, row)) + "\r\n" for row in _rows(random.Random(rows), rows))


def _quoted(cell: str) -> str:
    return f'"{cell}"' if "," in cell else cell


def _rows(chance: random.Random, rows: int) -> Iterator[list[str]]:
    invoice, lines = 0, 0
    on, supplier = _BEGAN, ""
    for _ in range(rows):
        if not lines:
            # Two lines in three are invoices by themselves; the others share theirs with the next one or two.
            invoice, lines = invoice + 1, chance.choice((1, 1, 1, 1, 2, 3))
            on, supplier = _BEGAN + timedelta(days=chance.randrange(_DAYS)), f"Supplier {chance.randrange(400)} Ltd"
        lines -= 1
        row = _row(chance, on, supplier, f"{invoice:07}")
        yield _wrong(chance, row) if chance.random() < _WRONG_SHARE else row
        if chance.random() < _ODD_SHARE:
            yield chance.choice(([], list(HEADER), [""] * len(HEADER)))


def _row(chance: random.Random, on: date, supplier: str, number: str) -> list[str]:
    pence = chance.randrange(100, 200_000)
    centre = chance.choice((*CENTRES, GENERAL, GENERAL))
    return [
        f"{on:%d/%m/%Y}",
        supplier if chance.random() > _NAMELESS_SHARE else "REDACTED",
        centre,
        str(4000 + chance.randrange(40)),
        f"£{pence // 100:,}.{pence % 100:02}",
        number,
        f"Works order {chance.randrange(5_000)}",
    ]


def _wrong(chance: random.Random, row: list[str]) -> list[str]:
    kind = chance.randrange(len(_WRONG) + 3)
    if kind < len(_WRONG):
        # With a number of its own: what is wrong with a document is told of the document, not of this row.
        return [_WRONG[kind].get(column, cell) for column, cell in zip(HEADER, [*row[:5], f"X{row[5]}", row[6]], strict=True)]
    if kind == len(_WRONG):
        return [*row, "one too many"]
    if kind == len(_WRONG) + 1:
        return row[:-1]
    return ["29/03/2024", *row[1:]]
