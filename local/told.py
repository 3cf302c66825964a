"""What a command says: lines to people, or one JSON document to a program; and refusals to either."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import msgspec

from chalicelib.domain.errors import DomainError, Invalid
from chalicelib.storage.store import StoreBusy, StoreUnreachable
from local.bars import Bar, Bars
from local.exit_codes import ExitCode


class Misused(Exception):
    """The command was not understood; the message says what of it."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class BrokenOff(Exception):
    """The command was broken off; whoever gave it did."""


class Told:
    """Where a command says what it does. With `as_json` stdout holds one JSON document and nothing else; with `quiet` no bar is shown."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self._quiet = quiet

    def people(self, *lines: object) -> None:
        """Say lines to people, at once."""
        if not self.as_json:
            for line in lines:
                print(line, flush=True)

    def program(self, document: object) -> None:
        """Say everything to a program. It is called once."""
        if self.as_json:
            print(msgspec.json.encode(document).decode())

    @contextmanager
    def bar(self, of: int, what: str) -> Iterator[Bar]:
        """A bar on stderr for the length of a `with` block, shown on a terminal alone."""
        made = Bar(of, sys.stderr, shown=not self._quiet and sys.stderr.isatty(), what=what)
        try:
            yield made
        finally:
            made.end()

    @contextmanager
    def bars(self) -> Iterator[Bars]:
        """Bars on stderr for the stages of a `with` block, shown on a terminal alone."""
        made = Bars(sys.stderr, shown=not self._quiet and sys.stderr.isatty())
        try:
            yield made
        finally:
            made.end()

    def refused(self, refusal: Exception, lines: Iterable[str] = (), options: Mapping[str, str] | None = None) -> ExitCode:
        """Say why it was not done: problem details to a program. `options` are the fields that have another name here."""
        if self.as_json:
            print(_problem(refusal, options or {}))
        else:
            print(*(lines or _in_words(refusal, options)), file=sys.stderr, sep="\n")
        return ExitCode.NOT_DONE

    def misused(self, misuse: Misused) -> ExitCode:
        """Say what was not understood."""
        print(f"{misuse.usage}{misuse}", file=sys.stderr)
        if self.as_json:
            print(_bare("The command was not understood.", str(misuse)))
        return ExitCode.MISUSED


REFUSALS = (DomainError, StoreBusy, StoreUnreachable)
"""What the app itself refuses with, or its store."""


def _in_words(refusal: Exception, options: Mapping[str, str] | None) -> Iterator[str]:
    if options is None or not isinstance(refusal, Invalid):
        yield str(refusal) or _title(refusal)
        return
    for each in refusal.errors:
        yield f"{options.get(each.pointer, each.pointer)}: {each.detail}"


def _problem(refusal: Exception, options: Mapping[str, str]) -> str:
    from chalicelib.api.problems import body_of, translated  # noqa: PLC0415  only a refusal needs it

    known = translated(refusal)
    if known is None:
        return _bare(_title(refusal), str(refusal))
    problem: dict[str, object] = msgspec.json.decode(body_of(known, ""))
    del problem["instance"]  # nothing was requested over HTTP: no id leads to it
    if isinstance(known, Invalid):
        problem["errors"] = [
            {"pointer": each.pointer, "detail": each.detail, **({"option": options[each.pointer]} if each.pointer in options else {})}
            for each in known.errors
        ]
    return msgspec.json.encode(problem).decode()


def _bare(title: str, detail: str) -> str:
    """What is no refusal of the app's own has no problem type, as in the API, and no HTTP status."""
    return msgspec.json.encode({"type": "about:blank", "title": title, "detail": detail}).decode()


def _title(refusal: Exception) -> str:
    if isinstance(refusal, OSError):
        return "This machine refused it."
    return (type(refusal).__doc__ or type(refusal).__name__).partition(";")[0].rstrip(".") + "."
