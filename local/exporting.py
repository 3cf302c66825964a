"""`python -m local export`: make an export of the data folder, without a server, and say where its files are."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TextIO

from chalicelib.domain.errors import DomainError, FieldError, Invalid
from chalicelib.domain.exports import FORMATS, Asked, Export, ExportFormat, ExportKind, ExportMade, Scope
from chalicelib.domain.people import Role
from chalicelib.domain.periods import FinancialYear, Quarter
from chalicelib.reports.words import counted
from chalicelib.services import exports
from chalicelib.services.export_entries import records_in
from local.machine import Machine
from local.offline import data_of

_EPILOG = """\
formats:
{formats}

exit codes: 0 the export was made, 1 it was refused or could not be made, 2 the command was not understood

examples:
  python -m local export entries --format xlsx --year 2023-24
  python -m local export budget_monitoring --fund ssf-5 --to ~/month-end --json
"""

_OPTIONS = {"/format": "--format", "/financial_year": "--year", "/quarter": "--quarter", "": "the scope"}
"""What a refused field is called on the command line."""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command, its help, and what does it."""
    formats = "\n".join(f"  {kind:<18} {', '.join(each)}" for kind, each in FORMATS.items())
    parser = commands.add_parser(
        "export",
        help="export entries or a report on them; the server must not run meanwhile (it has POST /exports)",
        description="Export from the ledger as it stands. Give at least one of --year, --quarter, --fund and --grant.",
        epilog=_EPILOG.format(formats=formats),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kind", choices=[kind.value for kind in ExportKind], metavar="kind", help=f"one of {', '.join(ExportKind)}")
    parser.add_argument("--format", choices=[each.value for each in ExportFormat], default="csv", help="default: %(default)s")
    parser.add_argument("--year", type=FinancialYear.parse, help="a financial year, such as 2023-24")
    parser.add_argument("--quarter", type=Quarter.parse, help="a quarter, such as 2023-24-Q3")
    parser.add_argument("--fund", help="a fund's id, such as ssf-5")
    parser.add_argument("--grant", help="a grant's id, such as ssf-5-warwickshire")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="copy the files into this folder, too")
    parser.add_argument("--json", action="store_true", help="print what was made, or why not, as one JSON object")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(do=export)


def export(machine: Machine, asked: argparse.Namespace) -> int:
    """Make the export and print where its files are; the exit code is 1 when it was refused."""
    scope = Scope(
        financial_year=str(asked.year) if asked.year else None,
        quarter=str(asked.quarter) if asked.quarter else None,
        fund_id=asked.fund,
        grant_id=asked.grant,
    )
    try:
        made = _made(machine, scope, Asked(kind=ExportKind(asked.kind), format=ExportFormat(asked.format)), quiet=asked.quiet)
    except DomainError as refusal:
        _refused(refusal, as_json=asked.json)
        return 1
    paths = [machine.objects / exports.key_of(made.id, file.name) for file in made.files]
    if asked.to:
        asked.to.mkdir(parents=True, exist_ok=True)
        paths = [Path(shutil.copy(path, asked.to)) for path in paths]
    _told(made, paths, as_json=asked.json)
    return 0


def _made(machine: Machine, scope: Scope, asked: Asked, *, quiet: bool) -> Export:
    with data_of(machine, Role.FINANCE) as context:
        begun = exports.prepared(context, scope, asked)
        bar = Bar(records_in(begun.position), sys.stderr, shown=not quiet and sys.stderr.isatty())
        try:
            written = exports.written(context, begun, bar.show)
        finally:
            bar.end()
        return exports.begin(context, ExportMade(export=written)).state


class Bar:
    """A bar that fills, on a terminal; anywhere else nothing."""

    WIDTH = 30

    def __init__(self, of: int, onto: TextIO, *, shown: bool) -> None:
        self._of = of
        self._onto = onto
        self._shown = shown

    def show(self, done: int) -> None:
        """Fill it as far as so many are done."""
        if self._shown:
            filled = self.WIDTH * done // max(self._of, done, 1)
            self._onto.write(f"\r[{'#' * filled:<{self.WIDTH}}] {done:,} of {self._of:,} records")
            self._onto.flush()

    def end(self) -> None:
        """Leave the line it was on."""
        if self._shown:
            self._onto.write("\n")


def _refused(refusal: DomainError, *, as_json: bool) -> None:
    errors = refusal.errors if isinstance(refusal, Invalid) else (FieldError("", refusal.detail),)
    if as_json:
        details = [{"field": _OPTIONS.get(each.pointer, each.pointer), "detail": each.detail} for each in errors]
        print(json.dumps({"made": False, "title": refusal.title, "errors": details}))
        return
    for each in errors:
        named = f"{_OPTIONS.get(each.pointer, each.pointer)}: " if isinstance(refusal, Invalid) else ""
        print(f"{named}{each.detail}", file=sys.stderr)


def _told(made: Export, paths: list[Path], *, as_json: bool) -> None:
    if as_json:
        files = [{"path": str(path), "sha256": file.sha256, "size": file.size} for path, file in zip(paths, made.files, strict=True)]
        print(json.dumps({"made": True, "id": made.id, "rows": made.rows, "totals_pence": dict(made.totals_pence), "files": files}))
        return
    print(f"Export {made.id}: {counted(made.rows, 'row')}.")
    for path, file in zip(paths, made.files, strict=True):
        print(f"    {path}  {file.size:,} bytes  {file.sha256}")
