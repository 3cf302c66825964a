"""Waivers: one rule of a grant set aside until a day, asked for by one person and approved by another.

requested --> approved --> expired    the day after its last day the rule blocks again, by itself
          --> rejected
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.matters import Override
from chalicelib.domain.rules import RuleName
from chalicelib.domain.values import Struct, replace


class WaiverState(StrEnum):
    """What has become of a waiver. An approved one expires by itself."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Waiver(Struct, frozen=True, kw_only=True):
    """A waiver of one rule. `expires` is the last day on which it holds, `clause` what it was asked for against.

    Why it was asked for, and why it was decided as it was, stand with the records `requested_in` and `decided_in`: the
    grant's head travels with every posting and holds what decisions need.
    """

    id: int
    rule: RuleName
    clause: str
    expires: date
    publishable: bool
    requested_by: str
    decided: WaiverState | None = None
    decided_by: str | None = None
    override: Override | None = None
    requested_in: int | None = None
    decided_in: int | None = None

    def state(self, today: date) -> WaiverState:
        """What has become of it by this day."""
        if self.decided is WaiverState.APPROVED and self.expires < today:
            return WaiverState.EXPIRED
        return self.decided or WaiverState.REQUESTED


Waivers = tuple[Waiver, ...]


class WaiverRequested(Struct, frozen=True, kw_only=True):
    """Somebody asked for a rule to be waived; the record's reason says why."""

    KIND: ClassVar = "waiver_requested"

    waiver: Waiver


class WaiverDecided(Struct, frozen=True, kw_only=True):
    """A second person approved or rejected a waiver; the record's reason says why. These are its details, whole."""

    KIND: ClassVar = "waiver_decided"

    waiver: Waiver


WaiverFact = WaiverRequested | WaiverDecided


def after(waivers: Waivers, fact: WaiverFact, seq: int) -> Waivers:
    """The waivers after a fact, which was record `seq`."""
    if isinstance(fact, WaiverRequested):
        return (*waivers, replace(fact.waiver, requested_in=seq))
    decided = replace(fact.waiver, override=None, decided_in=seq)
    return tuple(decided if held.id == decided.id else held for held in waivers)


def in_force(waivers: Iterable[Waiver], rule: RuleName, today: date) -> Waiver | None:
    """The waiver of a rule that holds on this day and does so longest, or None."""
    holding = (each for each in waivers if each.rule is rule and each.state(today) is WaiverState.APPROVED)
    return max(holding, key=lambda each: each.expires, default=None)


class PublicWaiver(Struct, frozen=True, kw_only=True):
    """A waiver that may be published, with why it was asked for and the day on which it was approved."""

    waiver: Waiver
    why: str
    approved_on: date


class Publishable:
    """Collects a grant's waivers from its records, as they pass; those that were approved and may be published are public."""

    def __init__(self) -> None:
        self._why: dict[int, str] = {}
        self._approved: list[PublicWaiver] = []

    def take(self, fact: object, on: date, reason: str) -> None:
        """Take one record's fact, with the day in London on which it was recorded, and its reason."""
        if isinstance(fact, WaiverRequested):
            self._why[fact.waiver.id] = reason
        elif isinstance(fact, WaiverDecided) and fact.waiver.decided is WaiverState.APPROVED and fact.waiver.publishable:
            self._approved.append(PublicWaiver(waiver=fact.waiver, why=self._why[fact.waiver.id], approved_on=on))

    @property
    def waivers(self) -> tuple[PublicWaiver, ...]:
        """Those that are public, in the order of their approval."""
        return tuple(self._approved)
