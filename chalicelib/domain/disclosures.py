"""Disclosures: what the public is told of a subject's payments, who said so, and what of it is withheld, on which ground.

    initiative        what holds for all that is paid under it
      commitment      what differs for whatever is paid under one order or signed onward grant
        payment       what differs for one payment

What is said nearest to a payment counts, particular by particular; what nothing says is missing. A particular that is withheld
anywhere on the way is withheld. Nothing is edited: who completes a statement or lifts a withholding adds a record.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.errors import NotInState, contradiction
from chalicelib.domain.grounds import Ground
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.values import Struct, replace

SUBJECTS = (EntryKind.PAYMENT, EntryKind.COMMITMENT)
"""As what an entry must stand to have a disclosure of its own. Every initiative may have one."""


class Particular(StrEnum):
    """What the public is told of an onward grant or of an item of spending."""

    RECIPIENT = "recipient"
    PURPOSE = "purpose"
    CONDITIONS = "conditions"
    REASONS = "reasons"
    VALUE_FOR_MONEY = "value_for_money"

    @property
    def words(self) -> str:
        """The particular as people write it."""
        return self.value.replace("_", " ")


class Statement(Struct, frozen=True, kw_only=True):
    """What is said of a subject's payments: whether they are onward grants to a partner, and their particulars.

    `recipient` is said where the document does not say it. `conditions` and `reasons` are an onward grant's, `value_for_money`
    is any other spending's: why good value was expected. What is empty is not said here.
    """

    onward_grant: bool | None = None
    recipient: str = ""
    purpose: str = ""
    conditions: str = ""
    reasons: str = ""
    value_for_money: str = ""

    def said(self, particular: Particular) -> str:
        """What it says of a particular; the empty text where it says nothing."""
        text: str = getattr(self, particular)
        return text


class Withholding(Struct, frozen=True, kw_only=True):
    """A particular that is not published, on which ground, who decided so and when, and when that is to be looked at again."""

    particular: Particular
    ground: Ground
    review_on: date
    decided_by: str
    decided_on: date

    def overdue(self, today: date) -> bool:
        """Whether the day on which it was to be looked at again is over. It is withheld all the same."""
        return self.review_on < today


class Disclosure(Struct, frozen=True, kw_only=True):
    """What is said of a subject, an initiative or an entry whose id is its own, and what of it is withheld."""

    KIND: ClassVar = Kind.DISCLOSURE

    id: str
    statement: Statement = Statement()
    stated_by: str = ""
    stated_on: date | None = None
    withheld: tuple[Withholding, ...] = ()

    def withholding(self, particular: Particular) -> Withholding | None:
        """How a particular is withheld, if it is."""
        return next((each for each in self.withheld if each.particular is particular), None)


class ParticularsStated(Struct, frozen=True, kw_only=True):
    """Somebody said what holds for a subject's payments; this is the statement now, whole."""

    KIND: ClassVar = "particulars_stated"

    subject: str
    statement: Statement
    by: str
    on: date


class ParticularWithheld(Struct, frozen=True, kw_only=True):
    """A particular is not published from now on; the record's reason says why."""

    KIND: ClassVar = "particular_withheld"

    subject: str
    withholding: Withholding


class WithholdingLifted(Struct, frozen=True, kw_only=True):
    """A particular is published again; the record's reason says why."""

    KIND: ClassVar = "withholding_lifted"

    subject: str
    particular: Particular


DisclosureFact = ParticularsStated | ParticularWithheld | WithholdingLifted


def withhold(subject: str, withholding: Withholding) -> ParticularWithheld:
    """Withhold a particular, or go on withholding it with another review date. Raises Contradictory."""
    if withholding.review_on <= withholding.decided_on:
        raise contradiction("/review_on", f"must be after today, {withholding.decided_on}")
    return ParticularWithheld(subject=subject, withholding=withholding)


def lift(held: Disclosure, particular: Particular) -> WithholdingLifted:
    """Publish a particular again. Raises NotInState where it is not withheld."""
    if held.withholding(particular) is None:
        raise NotInState(kind=particular.words, id=f"of {held.id}", state="not withheld", needed=("withheld",))
    return WithholdingLifted(subject=held.id, particular=particular)


def apply(held: Disclosure | None, fact: DisclosureFact, _seq: int) -> Disclosure:
    """The disclosure after a fact."""
    now = held or Disclosure(id=fact.subject)
    if isinstance(fact, ParticularsStated):
        return replace(now, statement=fact.statement, stated_by=fact.by, stated_on=fact.on)
    if isinstance(fact, ParticularWithheld):
        particular = fact.withholding.particular
        added: tuple[Withholding, ...] = (fact.withholding,)
    else:
        particular, added = fact.particular, ()
    kept = (each for each in now.withheld if each.particular is not particular)
    return replace(now, withheld=tuple(sorted((*kept, *added), key=lambda each: list(Particular).index(each.particular))))


def masked(initiative: Initiative, disclosure: Disclosure | None) -> Initiative:
    """The initiative as a publication knows it: who withholds the recipient of all its payments withholds its partner, too."""
    if disclosure is None or disclosure.withholding(Particular.RECIPIENT) is None or not initiative.may_publish("partner"):
        return initiative
    return replace(initiative, unpublished_fields=(*initiative.unpublished_fields, "partner"))


class Told(Struct, frozen=True):
    """The disclosures that hold for one payment, the nearest first."""

    near: tuple[Disclosure, ...]

    @property
    def onward_grant(self) -> bool | None:
        """Whether it is an onward grant; None where nothing says so."""
        return next((each.statement.onward_grant for each in self.near if each.statement.onward_grant is not None), None)

    def said(self, particular: Particular) -> str:
        """What is said of a particular, whether it is withheld or not."""
        return next((text for each in self.near if (text := each.statement.said(particular).strip())), "")

    def withheld(self, particular: Particular) -> Withholding | None:
        """How a particular is withheld, if it is anywhere on the way."""
        return next((found for each in self.near if (found := each.withholding(particular))), None)

    def withheld_at(self, particular: Particular) -> str | None:
        """The subject of the nearest disclosure that withholds a particular, if one does."""
        return next((each.id for each in self.near if each.withholding(particular)), None)
