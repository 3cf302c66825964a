"""`make run`: start an office, fill it the first time, say where everything is, and wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event

from chalice.app import Chalice

from local.files import Guard
from local.issuer import ROLES, Issuer
from local.machine import Machine
from local.office import Office, office
from local.uploads import Keep


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an office on this machine is made of besides the machine.

    `fill` is called with every first start, through the served API, and again where an earlier one did not finish.
    `published` says under which key the newest publication's files are, with a closing slash, if there is one.
    `partner` is the organisation that the partner's token is for. `keep` takes what is put to an upload link. `look` looks for files
    that were dropped, every second.
    """

    build: Callable[[], Chalice]
    guard: Guard
    fill: Callable[[Office], None]
    published: Callable[[], str | None]
    partner: str
    keep: Keep | None = None
    look: Callable[[], None] = lambda: None


def run(machine: Machine, parts: Parts, stop: Event) -> int:
    """Serve until `stop` is set. The exit code is 1 when the store died first."""
    with opened(machine, parts) as running:
        _fill_once(machine, parts, running)
        print(_where_everything_is(machine, running, parts))
        while not stop.wait(1):
            if not running.dynamodb.is_running:
                print("The embedded DynamoDB has ended. Nothing acknowledged is lost; start again.")
                return 1
            parts.look()
    return 0


@contextmanager
def opened(machine: Machine, parts: Parts, *, in_memory: bool = False) -> Iterator[Office]:
    """A running office whose table stands."""
    with office(machine, parts.build, parts.guard, parts.published, parts.keep, in_memory=in_memory) as running:
        yield running


def token_for(issuer: Issuer, role: str, organisation: str) -> str:
    """Sign a token for one role, good for twelve hours from now. Only a partner's names an organisation."""
    theirs = organisation if role == "partner" else None
    return issuer.token([role], subject=f"local-{role}", now=datetime.now(UTC), organisation=theirs)


def tokens(issuer: Issuer, organisation: str) -> Mapping[str, str]:
    """Sign one token for every role."""
    return {role: token_for(issuer, role, organisation) for role in ROLES}


def _fill_once(machine: Machine, parts: Parts, running: Office) -> None:
    filled = machine.folder / "filled"
    if not filled.exists():
        parts.fill(running)
        filled.touch()  # not before: a fill that was interrupted is taken up again


def _where_everything_is(machine: Machine, running: Office, parts: Parts) -> str:
    published = parts.published()
    lines = [
        f"Streetlight answers at   {running.url}",
        f"its API is described at  {running.url}/docs",
        f"the published page is    {f'{running.url}/{published}' if published else 'not made yet'}",
        f"its data stays in        {machine.folder}",
        f"files are dropped in      {machine.folder / 'incoming'}/<profile>/",
        "",
        "A token for each role, good for twelve hours (`make token ROLE=officer` makes another):",
        *(f"  {role:14}{token}" for role, token in tokens(running.issuer, parts.partner).items()),
        "",
        "Ctrl-C stops it.",
    ]
    return "\n".join(lines)
