"""What each command does with what it was asked. What few commands need is imported by those: a token is printed at once."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from threading import Event

from local.exit_codes import ExitCode
from local.machine import Machine
from local.running import run, token_for, tokens
from local.streetlight import parts
from local.told import Misused, Told

# ruff: noqa: PLC0415  each of these imports is there for the reason that the module's first line gives


def run_server(machine: Machine, _asked: argparse.Namespace, _told: Told) -> int:
    """Serve until somebody stops it."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    return run(machine, parts(machine), stop)


def import_file(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Preview an extract."""
    from local.importing import bring_in

    return bring_in(machine, asked.file, asked.profile, told)


def preview(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Preview an import anew."""
    from local import importing

    return importing.preview(machine, asked.import_id, told)


def commit(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Post a preview."""
    from chalicelib.services.import_posting import Asked
    from local import importing

    wanted = Asked(digest=asked.digest, confirmed=tuple(asked.confirm), accept_difference=asked.accept_difference)
    return importing.commit(machine, asked.import_id, wanted, told)


def agreement(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Put control totals beside a quarter."""
    from local import agreeing

    return agreeing.agree(machine, (asked.grant, asked.quarter), asked.file, asked.profile, told)


def incoming(machine: Machine, _asked: argparse.Namespace, told: Told) -> ExitCode:
    """Take in what was dropped."""
    from local import incoming as door

    return door.incoming(machine, told)


def export(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Make an export."""
    from local import exporting

    return exporting.export(machine, asked, told)


def publish(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Make a publication or a draft, or publish one."""
    from local import publishing

    return publishing.publish(machine, told, draft_id=asked.draft, as_draft=asked.as_draft)


def rebuild(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Make files again and compare them."""
    from local import publishing

    return publishing.rebuild(machine, asked.id, told)


def verify(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Verify the ledger, or a publication's files."""
    from local import verifying

    if asked.folder:
        return verifying.verify_folder(asked.folder, asked.manifest_sha256, asked.earlier, told)
    if asked.manifest_sha256 or asked.earlier:
        return told.misused(Misused("--manifest-sha256 and --earlier go with a publication's folder.", ""))
    return verifying.verify(machine, told)


def close(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Close a quarter."""
    from local import offline

    return offline.close(machine, asked.quarter, asked.reason, told)


def remind(machine: Machine, _asked: argparse.Namespace, told: Told) -> ExitCode:
    """Write reminders."""
    from local import offline

    return offline.remind(machine, told)


def token(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Print one token, for the sake of `$(...)` alone."""
    made = token_for(machine.issuer(), asked.role, asked.organisation)
    told.people(made)
    told.program({"role": asked.role, "token": made, "issuer": machine.url})
    return ExitCode.DONE


def every_token(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Print a token for each role."""
    made = tokens(machine.issuer(), asked.organisation)
    told.people(*(f"{role:14}{each}" for role, each in made.items()))
    told.program({"issuer": machine.url, "tokens": made})
    return ExitCode.DONE


def reset(machine: Machine, asked: argparse.Namespace, told: Told) -> ExitCode:
    """Throw the data away, when somebody says so."""
    if not asked.yes and not _said_yes(machine, told):
        return ExitCode.NOT_DONE
    machine.reset()
    told.people(f"{machine.folder} is gone; the next run starts afresh.")
    told.program({"gone": str(machine.folder)})
    return ExitCode.DONE


def fuzz(_machine: Machine, asked: argparse.Namespace, _told: Told) -> int:
    """Run schemathesis; the exit code is its own."""
    from local import fuzzing

    return fuzzing.fuzz(parts, asked.options)


class NobodySaidYes(Exception):
    """Nothing was thrown away; nobody said yes."""


def _said_yes(machine: Machine, told: Told) -> bool:
    """Ask whoever is at the terminal; where nobody is, or a program asks, it must be said with --yes."""
    if told.as_json or not sys.stdin.isatty():
        told.refused(NobodySaidYes(f"Nothing was thrown away: say --yes to throw away everything in {machine.folder}."))
        return False
    print(f"Throw away everything in {machine.folder}? Nothing brings it back. Type yes: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() == "yes":
        return True
    told.refused(NobodySaidYes("Nothing was thrown away."))
    return False
