"""`python -m local`: run Streetlight on this machine, and look after its data."""

from __future__ import annotations

import argparse
import logging
import os
import re
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event

from chalicelib.domain.periods import Quarter
from chalicelib.services.import_posting import Asked
from local import exporting
from local.embedded import EmbeddedDynamoDBFailed
from local.fuzzing import fuzz
from local.issuer import ROLES
from local.machine import ROOT, Machine, MachineBusy
from local.office import PortTaken, served_port
from local.offline import close, publish, rebuild, remind, verify
from local.running import run, token_for
from local.streetlight import PARTNER, parts

PORT = 8000
LAST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command. The exit code is 0 when it did, 1 when it could not, and 2 when it was not understood."""
    asked = _parser().parse_args(arguments)
    folder = asked.data.resolve()
    machine = Machine(folder=folder, port=asked.port or _port_without(asked, folder))
    try:
        return int(asked.do(machine, asked))
    except PortTaken as refusal:
        print(f"{refusal} Choose another: PORT={machine.port + 1}", file=sys.stderr)
        return 1
    except (MachineBusy, EmbeddedDynamoDBFailed, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / ".local", help="the folder that keeps everything (default: .local)")
    # An empty PORT is none. argparse checks a default that is a text like what was typed.
    port_help = f"default: $PORT, or else {PORT}; for a token, the port that the server of this data last ran on"
    parser.add_argument("--port", type=_port, default=os.environ.get("PORT") or None, help=port_help)
    commands = parser.add_subparsers(required=True, metavar="command")

    commands.add_parser("run", help="serve until Ctrl-C; the first run loads the example").set_defaults(do=_run)
    _add_parsers_without_a_server(commands)
    _add_import_parsers(commands)

    token = commands.add_parser("token", help="print a token for a role")
    token.add_argument("role", choices=ROLES)
    token.add_argument("--organisation", default=PARTNER, help="the organisation of a partner's token (default: %(default)s)")
    token.set_defaults(do=_token)

    fuzzing = commands.add_parser("schemathesis", help="run schemathesis against a fresh server; options after -- are its own")
    fuzzing.add_argument("options", nargs="*", metavar="option")
    fuzzing.set_defaults(do=_fuzz)

    reset = commands.add_parser("reset", help="throw away everything in the data folder")
    reset.set_defaults(do=_reset)
    return parser


def _add_parsers_without_a_server(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The use cases on the data folder itself."""
    check = commands.add_parser("verify", help="recompute every hash, head, balance and file; the server must not run meanwhile")
    check.set_defaults(do=_verify)

    publication = commands.add_parser("publish", help="write a publication; the server must not run meanwhile (it has POST /publications)")
    publication.set_defaults(do=_publish)

    again = commands.add_parser(
        "rebuild", help="make a publication or export again and compare every SHA-256; the server must not run meanwhile"
    )
    again.add_argument("id", type=_id, help="the publication's or export's id, such as 2024-04-01-1")
    again.set_defaults(do=_rebuild)

    exporting.add_parser(commands)

    closing = commands.add_parser("close", help="close a quarter of every grant; can be repeated; the server must not run meanwhile")
    closing.add_argument("quarter", type=Quarter.parse, help="such as 2023-24-Q3")
    closing.add_argument("--reason", default="Quarter end", help="what its record says (default: %(default)s)")
    closing.set_defaults(do=_close)

    reminding = commands.add_parser("reminders", help="write the reminders whose day has come as files, and list them all")
    reminding.set_defaults(do=_remind)


def _add_import_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What finance brings in, on the data folder itself."""
    bringing = commands.add_parser("import", help="preview an extract of finance's ledger; the server must not run meanwhile")
    bringing.add_argument("file", type=Path, help="a CSV or XLSX file")
    bringing.add_argument("--profile", required=True, help="the mapping profile that says how it is read")
    bringing.add_argument("--json", action="store_true", help="print the import as the API shows it")
    bringing.set_defaults(do=_import)

    committing = commands.add_parser("commit", help="post a preview, or go on with it, to its end; the server must not run meanwhile")
    committing.add_argument("import_id", type=_id, metavar="import", help="the import's id")
    committing.add_argument("digest", type=_id, help="the digest of the preview that you saw")
    committing.add_argument("--confirm", type=int, nargs="*", default=[], metavar="number", help="changed documents to be corrected")
    committing.add_argument("--accept-difference", action="store_true", help="although a total of the file's own is not met")
    committing.add_argument("--json", action="store_true", help="print the import as the API shows it")
    committing.set_defaults(do=_commit)

    agreeing = commands.add_parser(
        "agreement", help="put the control totals of finance's ledger beside a quarter; the server must not run meanwhile"
    )
    agreeing.add_argument("grant", type=_id, help="the grant's id")
    agreeing.add_argument("quarter", type=Quarter.parse, help="such as 2023-24-Q3")
    agreeing.add_argument("file", type=Path, help="a CSV file: a heading, then the codes of each total and, in the last column, its pounds")
    agreeing.add_argument("--profile", required=True, help="the mapping profile that says whose the codes are")
    agreeing.add_argument("--json", action="store_true", help="print the agreement as the API shows it")
    agreeing.set_defaults(do=_agree)


def _id(text: str) -> str:
    """An id that a publication or export can have. Its refusal is argparse's."""
    if re.fullmatch(r"[0-9a-z-]{1,64}", text):
        return text
    raise argparse.ArgumentTypeError(f"an id has digits, small letters and '-', unlike {text!r}")


def _port(text: str) -> int:
    """A port that was asked for. Its refusal is argparse's."""
    if text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PORT:
        return int(text)
    raise argparse.ArgumentTypeError(f"a port (also the one in PORT) is a number from 1 to {LAST_PORT}, not {text!r}")


def _port_without(asked: argparse.Namespace, folder: Path) -> int:
    """The port when none was asked for: a token is for the server that is there, on whatever port it runs."""
    return (served_port(folder) if asked.do is _token else None) or PORT


def _run(machine: Machine, _asked: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stop.set())
    return run(machine, parts(machine), stop)


def _token(machine: Machine, asked: argparse.Namespace) -> int:
    print(token_for(machine.issuer(), asked.role, asked.organisation))
    return 0


def _verify(machine: Machine, _asked: argparse.Namespace) -> int:
    return verify(machine)


def _publish(machine: Machine, _asked: argparse.Namespace) -> int:
    return publish(machine)


def _rebuild(machine: Machine, asked: argparse.Namespace) -> int:
    return rebuild(machine, asked.id)


def _close(machine: Machine, asked: argparse.Namespace) -> int:
    return close(machine, asked.quarter, asked.reason)


def _import(machine: Machine, asked: argparse.Namespace) -> int:
    from local.importing import bring_in  # noqa: PLC0415  no other command needs what it needs

    return bring_in(machine, asked.file, asked.profile, as_json=asked.json)


def _commit(machine: Machine, asked: argparse.Namespace) -> int:
    from local.importing import commit  # noqa: PLC0415  for the same reason

    wanted = Asked(digest=asked.digest, confirmed=tuple(asked.confirm), accept_difference=asked.accept_difference)
    return commit(machine, asked.import_id, wanted, as_json=asked.json)


def _agree(machine: Machine, asked: argparse.Namespace) -> int:
    from local.agreeing import agree  # noqa: PLC0415  for the same reason

    return agree(machine, (asked.grant, asked.quarter), asked.file, asked.profile, as_json=asked.json)


def _remind(machine: Machine, _asked: argparse.Namespace) -> int:
    return remind(machine)


def _fuzz(_machine: Machine, asked: argparse.Namespace) -> int:
    return fuzz(parts, asked.options)


def _reset(machine: Machine, _asked: argparse.Namespace) -> int:
    machine.reset()
    print(f"{machine.folder} is gone; the next run starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
