"""`python -m local verify`: the data folder's own ledger and files, or a publication's files wherever they are."""

from __future__ import annotations

from pathlib import Path

from chalicelib.domain.people import Role
from chalicelib.reports import verify_publication
from chalicelib.reports.words import counted
from chalicelib.services import kept_files
from chalicelib.services.findings import Findings
from chalicelib.services.verification import Verdict, verify_all
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import data_of
from local.told import Told


def verify(machine: Machine, told: Told) -> ExitCode:
    """Say a line for each aggregate, what is wrong with it, and what nothing names; the exit code is 1 when anything is broken."""
    chains = files = 0
    broken: list[Verdict] = []
    with data_of(machine, Role.VIEWER) as context, told.bar(0, "chains") as bar:
        for verdict in verify_all(context):
            told.people(*_in_words(verdict))
            chains, files = chains + 1, files + verdict.files
            broken += [verdict] if verdict.problems else []
            if told.as_json:
                bar.show(chains)
        unrecorded = Findings.of(kept_files.unrecorded(context))
    told.people(f"{counted(chains, 'chain')} and {counted(files, 'file')} verified, {len(broken) or 'none'} broken.")
    if unrecorded.found:
        lines = (f"    {each}" for each in unrecorded.told())
        told.people(f"Beside them, {counted(unrecorded.found, 'file')} that no record names:", *lines)
    told.program(
        {
            "holds": not broken,
            "chains": chains,
            "files": files,
            "broken": [{"name": str(each.name), "problems": list(each.problems)} for each in broken],
            "unrecorded": {"found": unrecorded.found, "first": unrecorded.first},
        }
    )
    return ExitCode.NOT_DONE if broken else ExitCode.DONE


def verify_folder(folder: Path, manifest_sha256: str | None, earlier: Path | None, told: Told) -> ExitCode:
    """Check a publication's files with the script that ships with every publication: this copy of it, not the one beside the files."""
    before = verify_publication.reader(earlier) if earlier else None
    verdict = verify_publication.check(verify_publication.reader(folder), manifest_sha256, before)
    told.people(*verdict.lines())
    told.program({"holds": verdict.holds, "problems": verdict.problems, "notes": verdict.notes})
    return ExitCode.DONE if verdict.holds else ExitCode.NOT_DONE


def _in_words(verdict: Verdict) -> list[str]:
    files = f" and {counted(verdict.files, 'file')}" if verdict.files else ""
    state = "BROKEN" if verdict.problems else "whole"
    heading = f"{verdict.name}  {counted(verdict.position.seq, 'record')}{files}  {verdict.position.hash[:12]}  {state}"
    return [heading, *(f"    {problem}" for problem in verdict.problems)]
