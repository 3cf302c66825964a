"""`python -m local export`: make an export of the data folder, without a server, and say where its files are."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from chalicelib.domain.errors import DomainError
from chalicelib.domain.exports import FORMATS, Asked, Export, ExportFormat, ExportKind, ExportMade, Scope
from chalicelib.domain.people import Role
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.reports.words import counted
from chalicelib.services import exports
from chalicelib.services.export_entries import records_in
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import data_of
from local.told import Told

FORMATS_IN_WORDS = "\n".join(f"  {kind:<18} {', '.join(each)}" for kind, each in FORMATS.items())
"""Which kind of export there is in which formats, a line each."""

_OPTIONS = {"/format": "--format", "/financial_year": "--year", "/quarter": "--quarter", "": "the scope"}
"""What a refused field is called on the command line."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What an export is asked for with."""
    parser.add_argument("kind", choices=[kind.value for kind in ExportKind], metavar="kind", help=f"one of {', '.join(ExportKind)}")
    parser.add_argument("--format", choices=[each.value for each in ExportFormat], default="csv", help="default: %(default)s")
    parser.add_argument("--year", type=FinancialYear.parse, help="a financial year, such as 2023-24")
    parser.add_argument("--quarter", type=Quarter.parse, help="a quarter, such as 2023-24-Q3")
    parser.add_argument("--fund", help="a fund's id, such as ssf-5")
    parser.add_argument("--grant", help="a grant's id, such as ssf-5-warwickshire")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="copy the files into this folder, too")


def export(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Make the export and say where its files are; the exit code is 1 when it was refused."""
    scope = Scope(
        financial_year=str(asked.year) if asked.year else None,
        quarter=str(asked.quarter) if asked.quarter else None,
        fund_id=asked.fund,
        grant_id=asked.grant,
    )
    try:
        made = _made(machine, scope, Asked(kind=ExportKind(asked.kind), format=ExportFormat(asked.format)), told)
    except DomainError as refusal:
        return told.refused(refusal, options=_OPTIONS)
    paths = [machine.objects / exports.key_of(made.id, file.name) for file in made.files]
    if asked.to:
        asked.to.mkdir(parents=True, exist_ok=True)
        paths = [Path(shutil.copy(path, asked.to)) for path in paths]
    files = [{"path": str(path), "sha256": file.sha256, "size": file.size} for path, file in zip(paths, made.files, strict=True)]
    told.program({"id": made.id, "rows": made.rows, "totals_pence": dict(made.totals_pence), "files": files})
    told.people(f"Export {made.id}: {counted(made.rows, 'row')}.")
    told.people(*(f"    {path}  {file.size:,} bytes  {file.sha256}" for path, file in zip(paths, made.files, strict=True)))
    return ExitCode.DONE


def _made(machine: Machine, scope: Scope, asked: Asked, told: Told) -> Export:
    with data_of(machine, Role.FINANCE) as context:
        begun = exports.prepared(context, scope, asked)
        with told.bar(records_in(begun.position), "records") as bar:
            written = exports.written(context, begun, bar.show)
        return exports.begin(context, ExportMade(export=written)).state
