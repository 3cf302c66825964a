"""The conventional way with an extract: `csv.DictReader`, a pydantic model that validates row by row, and documents in a dictionary."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from bench.extracts import CENTRES, GENERAL, HEADER, TODAY

Error = tuple[int, str, str]
"""What is wrong in an extract: row, column (empty where the row is meant), and what."""

_FORMATS = ("%d/%m/%Y", "%d-%b-%Y", "%Y-%m-%d")
_DAY = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}")
_AMOUNT = re.compile(r"\(?-?£? ?-?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?\)?-?")


def _date(text: str) -> date:
    plain = text.strip()
    if not plain:
        raise ValueError("is empty")
    for form in _FORMATS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    raise ValueError("is on no calendar" if _DAY.fullmatch(plain) else "is not a date")


def _pence(text: str) -> int:
    plain = text.strip()
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(_slip(plain))
    negative = plain.startswith(("(", "-", "£-")) or plain.endswith("-")
    try:
        amount = Decimal(re.sub(r"[£,()\- ]", "", plain))
    except InvalidOperation as error:
        raise ValueError("is not an amount") from error
    pence = int(amount * 100)
    return -pence if negative else pence


def _slip(text: str) -> str:
    if not text:
        return "is empty"
    if re.search(r"[A-Za-z]", text):
        return "has letters or the sign of another currency"
    return "has more than two decimals" if re.search(r"\.[0-9]{3,}", text) else "has a misplaced comma"


def _name(text: str) -> str:
    plain = " ".join(text.split())
    if not plain:
        raise ValueError("is empty")
    return "REDACTED" if "redact" in plain.lower() else plain[:200]


def _words(text: str) -> str:
    return " ".join(text.split())[:200]


class Payment(BaseModel):
    """One row."""

    on: Annotated[date, BeforeValidator(_date)] = Field(alias="Payment Date")
    supplier: Annotated[str, BeforeValidator(_name)] = Field(alias="Supplier")
    centre: Annotated[str, BeforeValidator(_words)] = Field(alias="Cost Centre")
    subjective: Annotated[str, BeforeValidator(_words)] = Field(alias="Subjective")
    pence: Annotated[int, BeforeValidator(_pence)] = Field(alias="Amount")
    number: Annotated[str, BeforeValidator(_words)] = Field(alias="Transaction Number")
    description: Annotated[str, BeforeValidator(_words)] = Field(alias="Description")


def rows(path: Path, errors: list[Error]) -> Iterator[tuple[int, Payment]]:
    """Every row that can be read, with its number; what is wrong with the others is added to the errors."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            number = reader.line_num
            if row["Payment Date"] == HEADER[0] or not any(row.values()):
                continue
            cells = "more" if None in row else "fewer" if None in row.values() else ""
            if cells:
                errors.append((number, "", f"has {cells} cells than the header, which has {len(HEADER)}"))
                continue
            try:
                yield number, Payment.model_validate(row)
            except ValidationError as wrong:
                told = wrong.errors(include_url=False, include_context=False, include_input=False)
                errors += [(number, str(each["loc"][0]), each["msg"].removeprefix("Value error, ")) for each in told]


def documents(path: Path, errors: list[Error]) -> tuple[int, dict[tuple[str, str], int]]:
    """How many documents there are, and what each grant and initiative is charged by those with nothing wrong, in pence."""
    found: dict[tuple[str, ...], list[tuple[int, Payment]]] = {}
    for number, row in rows(path, errors):
        by_itself = not row.number or row.supplier == "REDACTED"
        key = (str(number),) if by_itself else (_plain(row.supplier), _plain(row.number))
        found.setdefault(key, []).append((number, row))
    charged: dict[tuple[str, str], int] = {}
    for document in found.values():
        wrong = list(_wrong(document))
        errors += wrong
        if not wrong:
            for _, row in document:
                if row.centre in CENTRES:
                    coded = CENTRES[row.centre]
                    charged[coded] = charged.get(coded, 0) + row.pence
    return len(found), charged


def _plain(text: str) -> str:
    return re.sub(r"\W+", "", text.casefold())


def _wrong(document: list[tuple[int, Payment]]) -> Iterator[Error]:
    first, head = document[0]
    days = [(number, row.on) for number, row in document if row.on > TODAY or row.on != head.on]
    if days:
        for number, on in days:
            yield number, "Payment Date", "has not come yet" if on > TODAY else f"is another day than row {first} has"
        return
    for number, row in document:
        if row.centre not in CENTRES and row.centre != GENERAL:
            yield number, "Cost Centre / Subjective", "fits no coding of the profile"
