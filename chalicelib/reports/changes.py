"""changes.json and changes.csv: what has changed since the earlier publication, figure by figure, by which entries, and why.

The earlier figures with these changes make the figures now. Nothing is said that is withheld by now: a line that is no longer
shown is only numbered, entries that are shown elsewhere are only counted, and why an entry was put right is told where its
initiative withholds nothing.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.domain.entries import EntryKind, entry_id, parse_entry_id
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.values import Struct
from chalicelib.reports.cells import BOM, line, pounds
from chalicelib.reports.contents import Contents
from chalicelib.reports.earlier import Earlier
from chalicelib.reports.json_text import as_json_rows
from chalicelib.reports.verify_publication import CHANGES, Entries, Group, Line
from chalicelib.reports.words import counted

CHANGES_CSV = "changes.csv"
MOST_IDS, MOST_REASONS = 200, 20
"""How many a cell of changes.csv lists: spreadsheets cut long cells off. changes.json has all of them."""

COLUMNS = ("figure", "name", "old_pounds", "new_pounds", "change_pounds", "entries", "entry_ids", "why")

FIRST = "This is the first publication that has figures to compare with: there is nothing to tell."
ABOUT = (
    "What has changed since the earlier publication. Each figure that is another one, or new (old_pence is null), has its entries: those "
    "recorded since. `elsewhere` counts older entries that are now shown in another line. `gone_lines` are the places, from 0, in the "
    "earlier figures.json of lines that are no longer shown. The earlier figures without these lines, with the changes, are the figures "
    "now. `entries` has the kind of each entry, and why it put another right; `reason` is null where it gives none or may not be told."
)


class Change(Struct, frozen=True, kw_only=True):
    """A figure that is another one, in pence. `old` is None where there was none."""

    figure: str
    name: str
    old: int | None
    new: int
    entries: tuple[str, ...]
    elsewhere: int


class ToldEntry(Struct, frozen=True, kw_only=True):
    """An entry that was recorded since: its kind, and its reason, where that may be told."""

    kind: str
    reason: str | None


class Comparison:
    """Two publications' figures, held against each other."""

    def __init__(self, contents: Contents, earlier: Earlier, figures: bytes, entries: Entries) -> None:
        self._position = earlier.position
        self._reasons = contents.reasons
        self._silent = _silent(contents, entries)
        self._now, self._before = entries, Entries(earlier.entries)
        self._were = {_first(group): group.where for group in self._before.groups}
        self._are = {_first(group): group.where for group in entries.groups}
        self._lines = _lines(figures)
        self._old = dict(enumerate(_lines(earlier.figures)))
        self._names = {each["id"]: each["name"] for each in json.loads(figures)["figures"]}
        kept = {one.id: one.pence.keys() for one in self._lines}
        self.gone = [number for number, one in self._old.items() if kept.get(one.id) != one.pence.keys()]
        self._known = {one.id: one for number, one in self._old.items() if number not in set(self.gone)}

    def changes(self) -> Iterator[Change]:
        """Every figure that is another one, or new, in the order of the figures."""
        for one in self._lines:
            old = self._known.get(one.id)
            for measure, pence in one.pence.items():
                was = old.pence[measure] if old else None
                if was != pence:
                    yield Change(
                        figure=f"{one.id}.{measure}",
                        name=f"{self._names[one.id]}: {measure}",
                        old=was,
                        new=pence,
                        entries=tuple(self._entries(one, old, measure)),
                        elsewhere=self._elsewhere(one, old, measure),
                    )

    def told(self, changes: Sequence[Change]) -> dict[str, ToldEntry]:
        """The entries that the changes name, by id, in order."""
        wanted = {each for change in changes for each in change.entries}
        since: dict[str, int] = {}
        for grant_id, seq in filter(None, map(parse_entry_id, wanted)):
            since[grant_id] = min(seq, since.get(grant_id, seq))
        return {
            named: self._told(group, seq)
            for group in self._now.groups
            if group.grant in since
            for seq in group.seqs[bisect_left(group.seqs, since[group.grant]) :]
            if (named := entry_id(group.grant, seq)) in wanted
        }

    def _entries(self, one: Line, old: Line | None, measure: str) -> Iterator[str]:
        # Where the line counts the same records as before, what it has more are those that were recorded since.
        same = old is None or (one.after, one.until) == (old.after, old.until)
        for group in self._moving(self._now, one, measure):
            reached = self._position.get(f"grant#{group.grant}", 0)
            for seq in group.seqs[bisect_right(group.seqs, reached) if same else 0 :]:
                if _counts(one, seq) and (seq > reached or not (old and _counts(old, seq))):
                    yield entry_id(group.grant, seq)

    def _elsewhere(self, one: Line, old: Line | None, measure: str) -> int:
        """How many older entries are shown in this line now and were not, or were and are not."""
        came = (group for group in self._moving(self._now, one, measure) if _outside(self._were.get(_first(group)), one))
        left = (group for group in self._moving(self._before, old, measure) if old and _outside(self._are.get(_first(group)), old))
        return sum(bisect_right(group.seqs, self._position.get(f"grant#{group.grant}", 0)) for group in (*came, *left))

    def _moving(self, entries: Entries, one: Line | None, measure: str) -> Iterator[Group]:
        if one is None or one.where is None:
            return
        counters = {*MEASURES[measure].plus, *MEASURES[measure].minus}
        yield from (group for group in entries.groups_of(one.where) if counters.intersection(group.moves))

    def _told(self, group: Group, seq: int) -> ToldEntry:
        reason = self._reasons.get(group.grant, {}).get(seq)
        return ToldEntry(kind=group.kind, reason=reason if reason and group.where["initiative"] not in self._silent else None)


def _silent(contents: Contents, entries: Entries) -> frozenset[str | None]:
    """The initiatives, as they are named in public, that withhold anything, of themselves or of any payment or commitment.

    What somebody typed as a reason may name anything, so none is told of these.
    """
    found = {each.id for each in contents.initiatives.values() if each.unpublished_fields}
    withholding = {each.id for each in contents.disclosures.values() if each.withheld}
    if withholding:
        found |= withholding & contents.initiatives.keys()
        found |= {each.line.initiative_id for each in contents.listed if any(held.withheld for held in each.told.near)}
    named: set[str | None] = {contents.first_entries[each] for each in found if each in contents.first_entries}
    for grant_id, seq in filter(None, map(parse_entry_id, withholding - contents.initiatives.keys())):
        named |= {group.where["initiative"] for group in entries.groups if group.grant == grant_id and seq in group.seqs}
    return frozenset(named)


def _lines(figures: bytes) -> list[Line]:
    return [Line(each) for each in json.loads(figures)["figures"]]


def _first(group: Group) -> tuple[str, int]:
    """What names a group in any publication: entries that are alike stay so, and only more of them come."""
    return group.grant, group.seqs[0]


def _counts(one: Line, seq: int) -> bool:
    return one.after < seq and (one.until is None or seq <= one.until)


def _outside(where: Mapping[str, str | None] | None, one: Line) -> bool:
    """Whether a group that was (or is) somewhere was (or is) not in this line. One that was nowhere is new."""
    return where is not None and any(where.get(name) != value for name, value in (one.where or {}).items())


class Compared(Struct, frozen=True, kw_only=True):
    """What has changed since the earlier publication: the figures, the lines that are gone, and the entries that figures name."""

    earlier: Earlier
    changes: tuple[Change, ...]
    gone: tuple[int, ...]
    told: Mapping[str, ToldEntry]


def comparison(contents: Contents, figures: bytes, entries: Entries) -> Compared | None:
    """What has changed since the earlier publication; None where there is none to compare with."""
    earlier = contents.compared
    if earlier is None:
        return None
    compared = Comparison(contents, earlier, figures, entries)
    found = tuple(compared.changes())
    return Compared(earlier=earlier, changes=found, gone=tuple(compared.gone), told=compared.told(found))


def changes_files(publication_id: str, compared: Compared | None) -> dict[str, bytes]:
    """Both files by name; without an earlier publication they say so, and have no changes."""
    head: dict[str, object] = {"publication": publication_id}
    if compared is None:
        first = {**head, "about": FIRST, "compared_with": None, "gone_lines": [], "entries": {}}
        return {CHANGES: as_json_rows(first, "changes", ()), CHANGES_CSV: _csv((), {}, ())}
    earlier, found, told = compared.earlier, compared.changes, compared.told
    head |= {
        "about": ABOUT,
        "compared_with": {"publication": earlier.publication, "manifest_sha256": earlier.manifest_sha256},
        "gone_lines": list(compared.gone),
        "entries": {named: {"kind": each.kind, "reason": each.reason} for named, each in told.items()},
    }
    return {CHANGES: as_json_rows(head, "changes", map(_change, found)), CHANGES_CSV: _csv(found, told, compared.gone)}


def _change(change: Change) -> dict[str, object]:
    return {
        "figure": change.figure,
        "name": change.name,
        "old_pence": change.old,
        "new_pence": change.new,
        "entries": list(change.entries),
        "elsewhere": change.elsewhere,
    }


def _csv(found: Sequence[Change], told: Mapping[str, ToldEntry], gone: Sequence[int]) -> bytes:
    rows = [line(COLUMNS)]
    for change in found:
        old = "" if change.old is None else pounds(change.old)
        amounts = (old, pounds(change.new), pounds(change.new - (change.old or 0)))
        rows.append(line((change.figure, change.name, *amounts, str(len(change.entries)), _ids(change), _why(change, told))))
    rows += [line(("", f"A line of the earlier figures.json that is no longer shown: place {number}", *[""] * 6)) for number in gone]
    return BOM + "".join(rows).encode()


def _ids(change: Change) -> str:
    return " ".join(change.entries) if len(change.entries) <= MOST_IDS else f"more than {MOST_IDS}: see {CHANGES}"


def _why(change: Change, told: Mapping[str, ToldEntry]) -> str:
    """Why a figure is another one: so many entries of each kind, and what those that put others right say of it."""
    kinds = Counter(told[each].kind for each in change.entries)
    parts = [counted(kinds[kind], kind.replace("_", " ")) for kind in EntryKind if kinds[kind]]
    if change.elsewhere:
        parts.append(f"{change.elsewhere:,} recorded earlier and now shown in another line")
    reasons = list(dict.fromkeys(reason for each in change.entries if (reason := told[each].reason)))
    further = (f"and {len(reasons) - MOST_REASONS} more reasons: see {CHANGES}",) if len(reasons) > MOST_REASONS else ()
    return "; ".join((", ".join(parts), *reasons[:MOST_REASONS], *further))
