"""Disclosures: saying what the public is told of payments, withholding some of it on a ground, and publishing that again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.context import Context
from chalicelib.domain import disclosures
from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.disclosures import SUBJECTS, Disclosure, DisclosureFact, Particular, ParticularsStated, Statement, Withholding
from chalicelib.domain.entries import parse_entry_id
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.periods import london_date
from chalicelib.services import registers
from chalicelib.services.unit import Held, Part, Plan, View, Written, change, expect, one, version_of, view_of
from chalicelib.storage.store import Wanted


def find(context: Context, subject: str) -> Held[Disclosure]:
    """What is said of a subject. Nothing has version 0. Raises Missing, WrongEntry (an entry that has no disclosure)."""
    return _held(view_of(context, _wanted(subject)), subject)


def every(context: Context, after: str = "", *, at_once: int | None = None) -> Iterator[Held[Disclosure]]:
    """Every disclosure there is, in order of subject, after the subject given."""
    return registers.every(context, Disclosure, after, at_once=at_once)


def state(context: Context, subject: str, statement: Statement) -> Written[Disclosure]:
    """Say what holds for a subject's payments, whole: what is left out is not said. Raises Missing, WrongEntry, StaleView."""
    by, on = context.actor.subject, london_date(context.now)
    return _change(context, subject, lambda _held: ParticularsStated(subject=subject, statement=statement, by=by, on=on))


def withhold(context: Context, subject: str, withholding: Withholding, reason: str) -> Written[Disclosure]:
    """Withhold a particular, or go on withholding it. Raises Missing, WrongEntry, StaleView, Contradictory."""
    return _change(context, subject, lambda _held: disclosures.withhold(subject, withholding), reason)


def lift(context: Context, subject: str, particular: Particular, reason: str) -> Written[Disclosure]:
    """Publish a particular again. Raises Missing, WrongEntry, StaleView, NotInState."""
    return _change(context, subject, lambda held: disclosures.lift(held, particular), reason)


def _change(context: Context, subject: str, decide: Callable[[Disclosure], DisclosureFact], reason: str = "") -> Written[Disclosure]:
    def plan(view: View) -> Plan:
        held = _held(view, subject)
        expect(context, version_of(held))
        return Plan(parts=(Part(held.name, held if held.position.seq else None, (decide(held.state),)),), reason=reason)

    return change(context, lambda: view_of(context, _wanted(subject)), plan, one(Disclosure))


def _wanted(subject: str) -> Wanted:
    name, entry = Name(Kind.DISCLOSURE, subject), parse_entry_id(subject)
    if entry is None:
        return Wanted(heads=(name, Name(Kind.INITIATIVE, subject)))
    return Wanted(heads=(name, Name(Kind.GRANT, entry[0])), standings=(entry,))


def _held(view: View, subject: str) -> Held[Disclosure]:
    """What is said of a subject that is there."""
    if entry := parse_entry_id(subject):
        view.purse(entry[0]).standing(subject, *SUBJECTS)
    else:
        view.state(Initiative, subject)
    return view.find(Disclosure, subject) or Held(Name(Kind.DISCLOSURE, subject), START, Disclosure(id=subject))
