"""`python -m local`: run Streetlight on this machine, and look after its data."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from local.commands import COMMANDS, Command, Needs, listed
from local.embedded import EmbeddedDynamoDBFailed
from local.exit_codes import ExitCode
from local.machine import ROOT, Machine, MachineBusy, NotOurs
from local.office import PortTaken, served_port
from local.told import REFUSALS, BrokenOff, Misused, Told

PROGRAM = "python -m local"
PORT = 8000
LAST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command. The exit code is an ExitCode; what was not understood ends the program with 2, as argparse does."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        asked = _parser().parse_args(given)
    except Misused as misuse:
        raise SystemExit(Told(as_json="--json" in given).misused(misuse)) from None
    told = Told(as_json=getattr(asked, "json", False), quiet=getattr(asked, "quiet", False))
    command: Command = asked.command
    folder = asked.data.resolve()
    machine = Machine(folder=folder, port=asked.port or _port_without(command, folder))
    try:
        return int(command.do(machine, asked, told))
    except PortTaken as refusal:
        return told.refused(refusal, [f"{refusal} Choose another: PORT={machine.port + 1}"])
    except KeyboardInterrupt:
        return told.refused(BrokenOff("Broken off. What was recorded stays recorded; the same command can be given again."))
    except (*REFUSALS, BrokenOff, MachineBusy, NotOurs, EmbeddedDynamoDBFailed, OSError) as refusal:
        return told.refused(refusal)


class _Parser(argparse.ArgumentParser):
    """A parser that leaves it to `main` how a misuse is told."""

    def error(self, message: str) -> NoReturn:
        raise Misused(f"{self.prog}: {message}", self.format_usage())


def _parser() -> argparse.ArgumentParser:
    codes = "\n".join(f"  {code.value}  {code.meaning}" for code in ExitCode)
    parser = _Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} [--data FOLDER] [--port PORT] command ...",
        description=__doc__,
        epilog=f"{listed()}\n\nexit codes:\n{codes}\n\npython -m local COMMAND --help says more of one, with examples.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", default=ROOT / ".local", help="the folder that keeps everything (default: .local)"
    )
    # An empty PORT is none. argparse checks a default that is a text like what was typed.
    port_help = f"default: $PORT, or else {PORT}; for a token, the port that the server of this data last ran on"
    parser.add_argument("--port", type=_port, default=os.environ.get("PORT") or None, help=port_help)
    commands = parser.add_subparsers(prog=PROGRAM, required=True, metavar="command", help=argparse.SUPPRESS)
    for command in COMMANDS:
        command.describe(commands.add_parser(command.name, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False))
    return parser


def _port(text: str) -> int:
    """A port that was asked for. Its refusal is argparse's."""
    if text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port (also the one in PORT) is a number from 1 to {LAST_PORT}, not {text!r}")


def _port_without(command: Command, folder: Path) -> int:
    """The port when none was asked for: a token is for the server that is there, on whatever port it runs."""
    return (served_port(folder) if command.needs is Needs.NOTHING else None) or PORT


if __name__ == "__main__":
    sys.exit(main())
