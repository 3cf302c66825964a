"""The commands of `python -m local`: one table, from which the help, the parser and docs/command-line.md are made or checked."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from local import arguments, doing
from local.exit_codes import ExitCode
from local.exporting import FORMATS_IN_WORDS
from local.exporting import add_arguments as _export_arguments
from local.machine import Machine
from local.told import Told

Arguments = Callable[[argparse.ArgumentParser], None]


class Needs(Enum):
    """What a command works on, in words for its help."""

    SERVER = "It serves, until Ctrl-C."
    STOPPED = "It works on the data folder itself, so the server must not run meanwhile: it is refused while one does."
    NOTHING = "It can be run at any time, whether the server runs or not."


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command. `ends` says what exit code 1 means of it; `examples` are what follows `python -m local`.

    What serves prints no JSON; `counts` says that it shows a bar.
    """

    name: str
    summary: str
    needs: Needs
    do: Callable[[Machine, argparse.Namespace, Told], int]
    ends: str
    examples: tuple[str, ...]
    arguments: Arguments = lambda _: None
    more: str = ""
    counts: bool = False

    def describe(self, parser: argparse.ArgumentParser) -> None:
        """Give its parser its arguments and its help."""
        parser.description = "\n\n".join(part for part in (self.summary, self.needs.value, self.more) if part)
        parser.epilog = self._epilog()
        self.arguments(parser)
        if self.needs is not Needs.SERVER:
            parser.add_argument("--json", action="store_true", help="print one JSON document; a refusal as problem details")
        if self.counts:
            parser.add_argument("--quiet", action="store_true", help="show no progress")
        parser.set_defaults(command=self)

    def _epilog(self) -> str:
        meanings = {ExitCode.NOT_DONE: self.ends}
        codes = (f"  {code.value}  {meanings.get(code, code.meaning)}" for code in ExitCode)
        examples = (f"  python -m local {each}" for each in self.examples)
        return "\n".join(("exit codes:", *codes, "", "for example:", *examples))


COMMANDS = (
    Command(
        name="run",
        summary="Serve the API, the files and the sign-in; the first run loads the example.",
        needs=Needs.SERVER,
        do=doing.run_server,
        ends="the port or the data is in use, or the store has ended",
        examples=("run", "--port 8123 run"),
    ),
    Command(
        name="import",
        summary="Preview an extract of finance's ledger: every row, and what would become of it. Nothing is posted.",
        needs=Needs.STOPPED,
        do=doing.import_file,
        ends="the extract is refused, or a row of it is, or a total that it states is not met",
        examples=("import October.csv --profile one-line-per-payment", "import October.xlsx --profile invoice-lines --json"),
        arguments=arguments.extract,
        counts=True,
    ),
    Command(
        name="preview",
        summary="Preview an import anew, beside the ledger as it stands now.",
        needs=Needs.STOPPED,
        do=doing.preview,
        ends="a row is refused, or a total that the file states is not met; or the import is committed already",
        examples=("preview 00000000000000000000000000000000",),
        arguments=arguments.preview,
        counts=True,
    ),
    Command(
        name="commit",
        summary="Post the preview that was seen, to its end; broken off, the same command goes on.",
        needs=Needs.STOPPED,
        do=doing.commit,
        ends="it is refused, or some of it waits in suspense",
        examples=(f"commit {'0' * 32} {'0' * 64}", f"commit {'0' * 32} {'0' * 64} --confirm 3 17"),
        arguments=arguments.commit,
        counts=True,
    ),
    Command(
        name="agreement",
        summary="Put the control totals of finance's ledger beside a quarter of a grant, and say what differs, and why.",
        needs=Needs.STOPPED,
        do=doing.agreement,
        ends="it is refused, or something is unexplained",
        examples=("agreement ssf-4-staffordshire 2023-24-Q3 balance.csv --profile one-line-per-payment",),
        arguments=arguments.agreement,
    ),
    Command(
        name="incoming",
        summary="Preview every file in incoming/<profile>/ of the data folder, and tell finance. Nothing is posted.",
        needs=Needs.STOPPED,
        do=doing.incoming,
        ends="a file cannot be previewed, for the reason that is told",
        examples=("incoming", "incoming --json"),
        more="A running server does the same with what is dropped while it runs. The same file makes one import, however often it is seen.",
    ),
    Command(
        name="export",
        summary="Export entries, or a report on them, from the ledger as it stands.",
        needs=Needs.STOPPED,
        do=doing.export,
        ends="it was refused or could not be made",
        examples=("export entries --format xlsx --year 2023-24", "export budget_monitoring --fund ssf-5 --to month-end --json"),
        arguments=_export_arguments,
        more=f"Give at least one of --year, --quarter, --fund and --grant.\n\nformats:\n{FORMATS_IN_WORDS}",
        counts=True,
    ),
    Command(
        name="publish",
        summary="Publish the ledger as it stands, or a draft that was made of it.",
        needs=Needs.STOPPED,
        do=doing.publish,
        ends="nothing was published: there are gaps, or the draft no longer stands",
        examples=("publish", "publish --draft", "publish 2024-04-01-1"),
        arguments=arguments.publish,
    ),
    Command(
        name="rebuild",
        summary="Make a publication or an export again, and compare every SHA-256 with its record.",
        needs=Needs.STOPPED,
        do=doing.rebuild,
        ends="a file comes out different, or there is nothing with that id",
        examples=("rebuild 2024-04-01-1",),
        arguments=arguments.rebuild,
    ),
    Command(
        name="verify",
        summary="Recompute every hash, head, balance and file; or check a publication's files, wherever they are.",
        needs=Needs.STOPPED,
        do=doing.verify,
        ends="something is broken",
        examples=("verify", "verify .local/objects/published/2024-04-01-1"),
        arguments=arguments.verify,
        more="With a folder it needs neither the data nor a stopped server: it runs the check that ships with every publication.",
        counts=True,
    ),
    Command(
        name="close",
        summary="Close a quarter of every grant; what was closed before stays so.",
        needs=Needs.STOPPED,
        do=doing.close,
        ends="something stopped a grant's",
        examples=("close 2023-24-Q3", 'close 2023-24-Q3 --reason "Agreed with the ledger"'),
        arguments=arguments.close,
    ),
    Command(
        name="reminders",
        summary="Write the reminders whose day has come as files, and list them all.",
        needs=Needs.STOPPED,
        do=doing.remind,
        ends="one could not be sent",
        examples=("reminders",),
    ),
    Command(
        name="token",
        summary="Print a token for a role, good for twelve hours at the server of this data.",
        needs=Needs.NOTHING,
        do=doing.token,
        ends="the data folder cannot be written",
        examples=("token finance", "token partner --organisation warwickshire-pcc"),
        arguments=arguments.token,
    ),
    Command(
        name="tokens",
        summary="Print a token for every role, each after its role's name.",
        needs=Needs.NOTHING,
        do=doing.every_token,
        ends="the data folder cannot be written",
        examples=("tokens --json",),
        arguments=arguments.partner,
    ),
    Command(
        name="reset",
        summary="Throw away everything in the data folder, after asking.",
        needs=Needs.STOPPED,
        do=doing.reset,
        ends="nothing was thrown away: nobody said yes, or there is something else in the folder",
        examples=("reset", "reset --yes"),
        arguments=arguments.reset,
    ),
    Command(
        name="schemathesis",
        summary="Run schemathesis against a fresh server.",
        needs=Needs.SERVER,
        do=doing.fuzz,
        ends="schemathesis found something",
        examples=("schemathesis -- --max-examples 10",),
        arguments=arguments.fuzz,
    ),
)


def listed() -> str:
    """Every command with its summary, by what it works on."""
    titles = {Needs.SERVER: "serve", Needs.STOPPED: "work on the data folder, with the server stopped", Needs.NOTHING: "at any time"}
    return "\n\n".join(
        "\n".join((f"{title}:", *(f"  {each.name:<13}{each.summary}" for each in COMMANDS if each.needs is needs)))
        for needs, title in titles.items()
    )
