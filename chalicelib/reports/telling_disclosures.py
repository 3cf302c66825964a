"""Disclosures in words. They are for the office, as all histories are: what is withheld is told here."""

from __future__ import annotations

from chalicelib.domain.aggregates import State
from chalicelib.domain.disclosures import Disclosure, DisclosureFact, Particular, ParticularsStated, ParticularWithheld, WithholdingLifted
from chalicelib.domain.grounds import Ground
from chalicelib.reports.before_after import Changed, Told, changed, compared
from chalicelib.reports.words import day


def told(fact: DisclosureFact, before: State | None) -> Told:
    """A fact of a disclosure."""
    held = before if isinstance(before, Disclosure) else None
    match fact:
        case ParticularsStated():
            return Told("Said what the public is told of the payments.", compared(held.statement if held else None, fact.statement))
        case ParticularWithheld():
            now = fact.withholding
            words = f"Withheld the {now.particular.words} ({_words(now.ground)}), to be looked at again by {day(now.review_on)}."
            return Told(words, _changed(held, now.particular, now.ground))
        case WithholdingLifted():
            return Told(f"Lifted the withholding of the {fact.particular.words}.", _changed(held, fact.particular, None))


def _changed(held: Disclosure | None, particular: Particular, ground: Ground | None) -> tuple[Changed, ...]:
    was = held.withholding(particular) if held else None
    return changed(f"withheld: {particular.words}", was.ground if was else None, ground)


def _words(ground: Ground) -> str:
    return ground.replace("_", " ")
