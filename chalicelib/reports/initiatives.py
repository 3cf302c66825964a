"""What a publication may say about initiatives: no ids (they give away titles), and no field that one of them withholds.

In public an initiative is named by the entry that was first recorded of it: that stays, and tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.summaries import Dimension, summarise
from chalicelib.domain.values import Struct
from chalicelib.domain.variations import Basis
from chalicelib.reports.contents import Contents, bases_by


class Told(Struct, frozen=True, kw_only=True):
    """An initiative in published words, and its money in pence. None where a field is withheld."""

    first_entry: str
    title: str | None
    category: str
    partner: str | None
    places: tuple[str, ...] | None
    state: str
    allocated_basis: Basis
    allocated_pence: int
    spent_pence: int


def told(contents: Contents) -> tuple[Told, ...]:
    """The initiatives that money is allocated to, by category and title."""
    return tuple(told_by_id(contents).values())


def told_by_id(contents: Contents) -> dict[str, Told]:
    """The same by their ids, which are not to be published."""
    by_initiative = summarise(contents.balances(), contents.directory, (Dimension.INITIATIVE,), {})
    rows = ((row.group[Dimension.INITIATIVE], row.measures) for row in by_initiative.rows)
    bases = bases_by(contents, (Dimension.INITIATIVE,), {})
    found = {held: _told(contents, contents.initiatives[held], dict(money), bases.get((held,), {})) for held, money in rows if held}
    return dict(sorted(found.items(), key=lambda each: _place(each[1])))


def _place(each: Told) -> tuple[str, bool, str, int, str]:
    return each.category, each.title is None, each.title or "", -each.allocated_pence, each.first_entry


def _told(contents: Contents, initiative: Initiative, money: dict[str, int], bases: Mapping[str, Basis]) -> Told:
    may = initiative.may_publish
    return Told(
        first_entry=contents.first_entries[initiative.id],
        title=initiative.title if may("title") else None,
        category=initiative.category.words,
        partner=contents.organisations[initiative.partner_id].name if may("partner") else None,
        places=tuple(place.name for place in initiative.places) if may("places") else None,
        state=initiative.state.replace("_", " ").capitalize(),
        allocated_basis=bases.get("allocated", Basis.EXACT),
        allocated_pence=money["allocated"],
        spent_pence=money["spent"],
    )
