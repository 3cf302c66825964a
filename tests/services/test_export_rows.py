"""Rows written apart: whatever parts a ledger is cut into, they make the file that is written at once, and its totals."""

from io import BytesIO

import pytest

from chalicelib.domain.export_parts import Run, Split, parts_of, runs_in
from chalicelib.domain.exports import Asked, ExportFormat, ExportKind, Scope
from chalicelib.domain.imports import Waiting
from chalicelib.services import exports
from chalicelib.services.export_entries import Ledger, around, write_entries, write_rows
from chalicelib.services.positions import Past
from tests.services.large_offices import staffordshire
from tests.services.offices import Office

EVERYTHING = Scope()
WAITS = Waiting(documents=2, pence=1_205)
CSV = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.CSV)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return staffordshire(tmp_path_factory.mktemp("office"))


def ledger(office: Office, scope: Scope, runs: tuple[Run, ...] | None = None) -> Ledger:
    context = office.context()
    position = exports.prepared(context, Scope(financial_year="2023-24"), CSV).position
    return Ledger(Past(context, position), scope, runs=runs)


@pytest.mark.parametrize("as_what", [ExportFormat.CSV, ExportFormat.JSON, ExportFormat.HLEDGER])
@pytest.mark.parametrize("each", [1, 7, 20, 1_000])
@pytest.mark.parametrize("scope", [EVERYTHING, Scope(financial_year="2022-23"), Scope(financial_year="2030-31")])
def test_rows_written_apart_make_the_same_file(office: Office, as_what: ExportFormat, each: int, scope: Scope) -> None:
    whole = BytesIO()
    totals = write_entries(ledger(office, scope), as_what, whole, WAITS)
    position = ledger(office, scope).past.position
    split = Split(parts=parts_of(position, each))
    pieces, rows, paid = [], 0, 0
    for number in range(1, len(split.parts) + 1):
        piece = BytesIO()
        summed = write_rows(ledger(office, scope, runs_in(position, split, number)), as_what, piece)
        pieces.append([piece.getvalue()])
        rows, paid = rows + summed.rows, paid + summed.measures["paid"]

    assert b"".join(around(as_what, WAITS).whole(pieces)) == whole.getvalue()
    assert (rows, paid) == (totals.rows, totals.measures["paid"])
