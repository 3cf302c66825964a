"""entries.json: every entry of a publication with its pence, so that anybody can add its figures up.

Entries that are alike stand together. What they are of is told only as far as it may be: an initiative is named by its
first entry, and a partner that is withheld is nobody. There is no date, no party and no word in it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from chalicelib.domain.alike import Alike, each
from chalicelib.domain.cells import Cell
from chalicelib.domain.values import Struct
from chalicelib.reports.contents import Contents
from chalicelib.reports.json_text import as_json_rows

ABOUT = (
    "Every entry, those together that are alike. Each has its record's number in its grant's chain, and the pence that it adds to each "
    "of the counters that `moves` names. An entry's id is its grant and that number: ssf-1-example.7. `initiative` is the id of the entry "
    "that was first recorded of it. `partner` is empty where it is withheld. Null: for none."
)


class Group(Struct, frozen=True, kw_only=True):
    """Entries that are alike, and what they are of in public."""

    grant_id: str
    fund: str
    lead_recipient: str
    initiative: str | None
    category: str | None
    partner: str | None
    alike: Alike
    numbers: array[int]

    @property
    def place(self) -> Cell:
        """Their cell taken apart."""
        return Cell.parse(self.alike.cell)


def entry_list(contents: Contents) -> bytes:
    """The file."""
    head = {"publication": contents.publication.id, "about": ABOUT}
    return as_json_rows(head, "groups", (_told(group) for group in sorted(_groups(contents), key=_order)))


def _groups(contents: Contents) -> Iterator[Group]:
    directory = contents.directory
    for grant_id, entries in contents.entries.items():
        grant = contents.grants[grant_id]
        for alike, numbers in entries.items():
            initiative_id = Cell.parse(alike.cell).initiative_id
            initiative = directory.initiatives[initiative_id] if initiative_id else None
            yield Group(
                grant_id=grant_id,
                fund=grant.fund_id,
                lead_recipient=grant.lead_recipient_id,
                initiative=contents.first_entries[initiative.id] if initiative else None,
                category=initiative.category.value if initiative else None,
                partner=initiative.partner_id if initiative else None,
                alike=alike,
                numbers=numbers,
            )


def _order(group: Group) -> tuple[str, int]:
    # Not by initiative: the order of ids would tell how they begin.
    return group.grant_id, group.numbers[0]


def _told(group: Group) -> dict[str, object]:
    place = group.place
    return {
        "grant": group.grant_id,
        "fund": group.fund,
        "lead_recipient": group.lead_recipient,
        "initiative": group.initiative,
        "category": group.category,
        "partner": group.partner,
        "financial_year": place.financial_year,
        "quarter": place.quarter,
        "nature": place.nature.value,
        "kind": group.alike.kind,
        "moves": list(group.alike.moved),
        "entries": list(each(group.alike, group.numbers)),
    }
