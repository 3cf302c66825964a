"""Gaps: what keeps a ledger from being published, each with where it is and what would be right. Never with a withheld value in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum

from chalicelib.domain.disclosures import Disclosure, Particular
from chalicelib.domain.errors import Conflict
from chalicelib.domain.statutory_lists import Listed
from chalicelib.domain.values import Struct, replace

ONWARD_GRANT = "onward_grant"
"""What a gap names that is no particular: whether payments are onward grants."""

_MOST_ENTRIES = 3
"""How many payments a gap names; it counts the others."""

_RIGHT = {
    Particular.RECIPIENT: "say who received the money",
    Particular.PURPOSE: "say what the money is for",
    Particular.CONDITIONS: "say on which conditions the grant was made",
    Particular.REASONS: "say why the grant was made",
    Particular.VALUE_FOR_MONEY: "say why good value for money was expected",
}


class GapKind(StrEnum):
    """What a gap is: nothing is said, nobody has looked again at what is withheld, or a withheld name is published elsewhere."""

    MISSING = "missing"
    REVIEW_OVERDUE = "review_overdue"
    SHOWN_ELSEWHERE = "shown_elsewhere"


class Gap(Struct, frozen=True, kw_only=True):
    """One gap. `subject` is the initiative or entry whose disclosure closes it, `what` the particular, or `onward_grant`.

    `payments` counts the payments that it is about, of which `entries` are the first, and `amount_pence` is what these payments come to.
    """

    kind: GapKind
    subject: str
    what: str
    detail: str
    entries: tuple[str, ...] = ()
    payments: int = 0
    amount_pence: int = 0

    @property
    def key(self) -> str:
        """Its place among all gaps."""
        return f"{self.subject}#{self.what}#{self.kind}"


class PublicationHasGaps(Conflict):
    """Something that must be published is missing."""

    gaps: tuple[Gap, ...]

    @property
    def detail(self) -> str:
        return " ".join(("Nothing was published.", *(gap.detail for gap in self.gaps)))


def gaps(found: Sequence[Listed], disclosures: Iterable[Disclosure], today: date) -> tuple[Gap, ...]:
    """Every gap, in order of subject and particular: payments that share one are told together."""
    together: dict[str, Gap] = {}
    for each in found:
        for gap in _of(each):
            held = together.setdefault(gap.key, gap)
            pence = held.amount_pence + each.line.paid_pence - each.line.refunded_pence
            entries = (*held.entries, each.line.id)[:_MOST_ENTRIES]
            together[gap.key] = replace(held, entries=entries, payments=held.payments + 1, amount_pence=pence)
    for gap in (*overdue(disclosures, today), *_said_elsewhere(found)):
        together[gap.key] = gap
    return tuple(together[key] for key in sorted(together))


def _of(each: Listed) -> Iterator[Gap]:
    """What is missing of a line: at the initiative, unless something nearer says whether it is an onward grant."""
    if not each.line.paid_pence:
        return
    if each.told.onward_grant is None:
        yield _missing(each.line.initiative_id, ONWARD_GRANT, "say whether its payments are onward grants to a partner")
    if not each.counts:
        return
    said_at = next((held.id for held in each.told.near if held.statement.onward_grant is not None), each.line.initiative_id)
    for particular in each.particulars:
        if not each.text(particular) and each.told.withheld(particular) is None:
            yield _missing(said_at, particular, _RIGHT[particular])


def _missing(subject: str, what: str, right: str) -> Gap:
    return Gap(kind=GapKind.MISSING, subject=subject, what=what, detail=f"{subject}: {right}.")


def overdue(disclosures: Iterable[Disclosure], today: date) -> Iterator[Gap]:
    """A gap for each withholding that nobody has looked at again in time."""
    for held in disclosures:
        for each in held.withheld:
            if each.overdue(today):
                detail = (
                    f"{held.id}: withholding the {each.particular.words} was to be looked at again by {each.review_on}: "
                    "withhold it anew, or lift it."
                )
                yield Gap(kind=GapKind.REVIEW_OVERDUE, subject=held.id, what=each.particular, detail=detail)


def withheld_texts(found: Iterable[Listed], particular: Particular) -> Iterator[tuple[str, str]]:
    """The plain texts of a particular that are withheld, each with the subject that withholds it. For comparing, never for showing.

    Of a recipient that is both what is said of it and what the document says.
    """
    for each in found:
        if subject := each.told.withheld_at(particular):
            texts = {each.text(particular), each.line.supplier.strip()} if particular is Particular.RECIPIENT else {each.text(particular)}
            yield from ((subject, text) for text in sorted(texts) if text)


def shown_elsewhere(subject: str, what: str, where: str) -> Gap:
    """The gap that a withheld text leaves which can be read elsewhere: a particular of a disclosure, or a field of an initiative."""
    detail = f"{subject}: the {what.replace('_', ' ')} is withheld and can be read in {where}: withhold it there, too, or lift it."
    return Gap(kind=GapKind.SHOWN_ELSEWHERE, subject=subject, what=what, detail=detail)


def withheld_since(subject: str, what: str, draft_id: str) -> Gap:
    """The gap that a draft has which shows what is withheld by now."""
    detail = f"{subject}: the {what.replace('_', ' ')} is withheld since draft {draft_id} was made: discard it, and make another."
    return Gap(kind=GapKind.SHOWN_ELSEWHERE, subject=subject, what=what, detail=detail)


def _said_elsewhere(found: Sequence[Listed]) -> Iterator[Gap]:
    """Where a text that one payment's statement withholds is said of another payment."""
    for particular in Particular:
        withheld = {text: subject for subject, text in withheld_texts(found, particular)}
        shown: dict[str, list[str]] = {}
        for each in found if withheld else ():
            text = each.text(particular)
            if text in withheld and each.counts and particular in each.particulars and each.told.withheld(particular) is None:
                shown.setdefault(withheld[text], []).append(each.line.id)
        for subject, entries in shown.items():
            others = f" and {len(entries) - _MOST_ENTRIES} others" if len(entries) > _MOST_ENTRIES else ""
            yield shown_elsewhere(subject, particular, f"what is said of {', '.join(entries[:_MOST_ENTRIES])}{others}")
