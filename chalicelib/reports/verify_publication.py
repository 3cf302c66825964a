"""Check a publication: that its files are as they were published, and that every figure is the sum of its entries.

    python verify_publication.py [folder]

Give the folder that holds the publication's files; without one, the folder that this file is in is checked. It needs
Python 3.9 or later and nothing else, asks nobody, and changes nothing. It ends with 0 when everything holds, 1 when something
does not, and 2 when there is nothing to check.

    --manifest-sha256 HASH   the SHA-256 of manifest.json as the office states it: without it the files can only be
                             held against each other
    --earlier FOLDER         the publication that changes.json compares with: then the earlier figures with the changes
                             must make the figures here
    --figure ID              show the entries of a figure, such as fund.ssf-1.spent, before the verdict; other words
                             list the figures whose names hold them
    --of NAME=ID ...         with --figure spent: of what, such as fund=ssf-1 quarter=2023-24-Q3; the names are those of
                             entries.json, and so any cell of any page can be opened
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import re
import sys
from array import array
from html.parser import HTMLParser
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple  # as Python 3.9 knows them

MANIFEST, FIGURES, ENTRIES, CHANGES, TOMBSTONE = "manifest.json", "figures.json", "entries.json", "changes.json", "withdrawn.json"
GIVING, GIVING_CSV = "360giving.json", "360giving.csv"
WHOLE, BROKEN, NOTHING = 0, 1, 2
MOST = 40
"""How many findings are told; the rest are counted."""

LISTS = {"grants-made": "grants_made_pence", "spending-over-500": "spending_over_500_pence"}
"""The lists that the law wants, by their files' name, with what both call their sum."""

ROWS = b'"rows": ['
"""What stands before a list's rows, each of which is on a line of its own."""

Read = Callable[[str], Optional[bytes]]
"""The bytes of a file of the publication by its name, or None where there is none."""

Where = Dict[str, Optional[str]]
"""What entries must be of: their fund, grant, category and so on. None: of none."""

_GIVEN = (("amountAwarded", "Amount Awarded", "paid_pence"), ("amountDisbursed", "Amount Disbursed", "amount_pence"))
_SEAL = re.compile(rb',\n  "seal": "([0-9a-f]{64})"\n}\n\Z')
_POUNDS = re.compile(r"(-?)([0-9]+)\.([0-9]{2})")
_SHOWN_POUNDS = re.compile(r"(?:at least |about )?([-\u2212+]?)£([0-9,]+)\.([0-9]{2})")
_UNREADABLE = (ValueError, OverflowError, KeyError, IndexError, RecursionError, StopIteration, csv.Error)


class Malformed(ValueError):
    """A file does not say what it should; the message says what is missing."""


class Verdict:
    """What was found: the problems, in the order in which they were met, and what was counted on the way."""

    def __init__(self) -> None:
        self.problems: List[str] = []
        self.notes: List[str] = []
        self.title = "This publication"
        self.files = self.figures = self.entries = self.places = self.listed = 0

    def wrong(self, what: str) -> None:
        """Take in a problem."""
        self.problems.append(what)

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def lines(self) -> Iterator[str]:
        """The verdict in words."""
        yield self.title
        yield ""
        for problem in self.problems[:MOST]:
            yield f"  WRONG: {problem}"
        if len(self.problems) > MOST:
            yield f"  And {len(self.problems) - MOST} more like these."
        if self.holds:
            yield f"  {self.files} files: each is, to the byte, the one that the manifest names."
            yield f"  {self.figures} figures: each is the sum of those of the {self.entries} entries that belong to it."
            yield f"  {self.places} places in the files that show a figure: each shows the same."
            yield f"  {self.listed} payments in the lists that the law wants: with what is too small for them they come to what was spent."
        for note in self.notes:
            yield f"  NOTE: {note}"
        yield ""
        yield (
            "VERDICT: it holds."
            if self.holds
            else "VERDICT: IT DOES NOT HOLD. Do not rely on these files; fetch them again, or ask the office."
        )


class Group:
    """Entries that are alike: of one grant, in the same place, of one kind, moving the same counters."""

    def __init__(self, held: Dict[str, object]) -> None:
        self.grant = _text(held, "grant")
        self.kind = _text(held, "kind")
        self.moves = [_said(each) for each in _list(held, "moves")]
        self.where: Where = {name: _maybe(value) for name, value in held.items() if name not in ("kind", "moves", "entries")}
        self._width = 1 + len(self.moves)
        self._numbers = array("q")
        for row in _list(held, "entries"):
            if len(_items(row)) != self._width:
                raise Malformed(f"an entry of {self.grant} has not an amount for each of {', '.join(self.moves)}")
            self._numbers.extend(_whole(number) for number in _items(row))
        self.seqs = self._numbers[:: self._width]

    def sums(self, after: int, until: Optional[int]) -> Tuple[int, Dict[str, int]]:
        """How many of the entries stand after a record, up to and including another; and what they add to each counter."""
        counted = [place for place, seq in enumerate(self.seqs) if seq > after and (until is None or seq <= until)]
        numbers, width = self._numbers, self._width
        if len(counted) == len(self.seqs):
            return len(counted), {counter: sum(numbers[at::width]) for at, counter in enumerate(self.moves, 1)}
        return len(counted), {counter: sum(numbers[each * width + at] for each in counted) for at, counter in enumerate(self.moves, 1)}

    def each(self) -> Iterator[Tuple[int, Dict[str, int]]]:
        """The entries: the number of each one's record, and what it adds to each counter."""
        for place in range(0, len(self._numbers), self._width):
            yield self._numbers[place], {counter: self._numbers[place + at] for at, counter in enumerate(self.moves, 1)}


class Entries:
    """Every entry of a publication, for adding up."""

    def __init__(self, content: bytes) -> None:
        waiting = _list(_object(json.loads(content)), "groups")[::-1]
        self.groups: List[Group] = []
        while waiting:  # what was read goes as it is taken in: a million entries are many
            self.groups.append(Group(_object(waiting.pop())))
        self._sums = [group.sums(0, None) for group in self.groups]
        self._by: Dict[Tuple[str, ...], Dict[Tuple[Optional[str], ...], List[int]]] = {}

    def __len__(self) -> int:
        return sum(len(group.seqs) for group in self.groups)

    def twice(self) -> Iterator[str]:
        """The entries that are listed more than once."""
        seen: Dict[str, Set[int]] = {}
        for group in self.groups:
            known = seen.setdefault(group.grant, set())
            for seq in group.seqs:
                if seq in known:
                    yield f"{group.grant}.{seq}"
                known.add(seq)

    def total(self) -> Dict[str, int]:
        """What all entries add to each counter, in pence."""
        return _added(sums for _, sums in self._sums)

    def of(self, where: Where, after: int = 0, until: Optional[int] = None) -> Tuple[int, Dict[str, int]]:
        """How many entries belong to a figure, and what they add to each counter, in pence."""
        places = self._places(where)
        found = [self.groups[each].sums(after, until) if after or until is not None else self._sums[each] for each in places]
        return sum(number for number, _ in found), _added(sums for _, sums in found)

    def groups_of(self, where: Where) -> List[Group]:
        """The groups whose entries belong to a figure."""
        return [self.groups[place] for place in self._places(where)]

    def chains(self) -> Dict[str, bytearray]:
        """For each grant whether each of its records is an entry, by the record's number."""
        last: Dict[str, int] = {}
        for group in self.groups:
            last[group.grant] = max(last.get(group.grant, 0), max(group.seqs, default=0))
        found = {grant: bytearray(seq + 1) for grant, seq in last.items()}
        for group in self.groups:
            for seq in group.seqs:
                found[group.grant][seq] = 1
        return found

    def _places(self, where: Where) -> List[int]:
        names = tuple(sorted(where))
        if names not in self._by:
            index = self._by[names] = {}
            for place, group in enumerate(self.groups):
                index.setdefault(tuple(group.where.get(name) for name in names), []).append(place)
        return self._by[names].get(tuple(where[name] for name in names), [])


class Line:
    """A line of figures: what it is of, each measure's value in pence, and where the files show it."""

    def __init__(self, held: Dict[str, object]) -> None:
        self.id = _text(held, "id")
        self.name = _text(held, "name")
        self.table = _text(held, "table")
        self.where: Optional[Where] = None
        if held["where"] is not None:
            self.where = {name: _maybe(value) for name, value in _object(held["where"]).items()}
        self.after = _whole(held["after"]) if "after" in held else 0
        self.until = _whole(held["until"]) if "until" in held else None
        self.entries = _whole(held["entries"])
        self.adds_up = [_said(each) for each in _list(held, "adds_up")]
        self.pence = {name: _whole(value) for name, value in _object(held["pence"]).items()}
        self.shown = [_object(each) for each in _list(held, "shown")]


def check(read: Read, manifest_sha256: Optional[str] = None, earlier: Optional[Read] = None) -> Verdict:
    """Check a publication whose files `read` gives."""
    verdict = Verdict()
    content = read(MANIFEST)
    if content is None:
        verdict.wrong(f"{MANIFEST} is not there, so nothing can be checked.")
        return verdict
    _manifest_itself(content, manifest_sha256, verdict)
    try:
        manifest = _object(json.loads(content))
        files = _files(manifest, read, verdict)
        _title(manifest, verdict)
    except _UNREADABLE as error:
        verdict.wrong(f"{MANIFEST} cannot be read: {_why(error)}.")
        return verdict
    _proof(manifest, files, verdict)
    if earlier:
        _restated(files, earlier, verdict)
    elif CHANGES in files and b'"compared_with": null' not in files[CHANGES][:2000]:
        verdict.notes.append("changes.json was not held against the earlier publication: give its folder with --earlier.")
    if read(TOMBSTONE) is not None:
        verdict.notes.append("The office has withdrawn this publication since: withdrawn.json says why.")
    return verdict


def _manifest_itself(content: bytes, stated: Optional[str], verdict: Verdict) -> None:
    own = hashlib.sha256(content).hexdigest()
    if stated is None:
        verdict.notes.append(
            f"The SHA-256 of {MANIFEST} was not held against the office's own record, as none was given: this shows that the files "
            f"fit together, not who made them. Ask the office for it, and give it with --manifest-sha256. Here it is {own}."
        )
    elif own != stated.strip().lower():
        verdict.wrong(f"{MANIFEST} is not the one that the office published: its SHA-256 is {own}, not {stated.strip().lower()}.")
    seal = _SEAL.search(content)
    # The seal finds slips, such as a byte lost on the way. Whoever forges a manifest can seal it, too: hence --manifest-sha256.
    if seal is None or hashlib.sha256(content[: seal.start() + 2]).hexdigest().encode() != seal[1]:
        verdict.wrong(f"{MANIFEST} was changed: its seal does not fit it.")


def _title(manifest: Dict[str, object], verdict: Verdict) -> None:
    verdict.title = (
        f"Publication {_text(manifest, 'publication')} of {_text(manifest, 'office')}, made on {_text(manifest, 'published_on')}"
    )


def _files(manifest: Dict[str, object], read: Read, verdict: Verdict) -> Dict[str, bytes]:
    """The files that the manifest names and that are there, each held against it."""
    found: Dict[str, bytes] = {}
    for each in map(_object, _list(manifest, "files")):
        name = _text(each, "name")
        content = read(name)
        if content is None:
            verdict.wrong(f"{name} is not there.")
            continue
        found[name] = content
        verdict.files += 1
        if hashlib.sha256(content).hexdigest() != _text(each, "sha256") or len(content) != _whole(each["size"]):
            verdict.wrong(f"{name} is not the file that was published: its bytes were changed.")
        if "rows" in each:
            _sheet(name, content, each, verdict)
    return found


def _sheet(name: str, content: bytes, said: Dict[str, object], verdict: Verdict) -> None:
    try:
        rows, sums = sheet_totals(content)
    except _UNREADABLE as error:
        verdict.wrong(f"{name} cannot be read as a table: {_why(error)}.")
        return
    if rows != _whole(said["rows"]):
        verdict.wrong(f"{name} has {rows} rows; the manifest says {_whole(said['rows'])}.")
    for column, pence in _object(said["sums_pence"]).items():
        if sums.get(column) != pence:
            verdict.wrong(f"{name}: column {column} adds up to {_pounds(sums.get(column))}; the manifest says {_pounds(_whole(pence))}.")


def sheet(content: bytes) -> List[List[str]]:
    """A CSV file's rows, the heading first."""
    return list(_sheet_rows(content))


def sheet_totals(content: bytes) -> Tuple[int, Dict[str, int]]:
    """How many rows a CSV file has below its heading, and the sum in pence of each column whose name ends in _pounds or _pence."""
    rows = _sheet_rows(content)
    columns = [(place, column) for place, column in enumerate(next(rows)) if column.endswith(("_pounds", "_pence"))]
    sums = {column: 0 for _, column in columns}
    number = 0
    for row in rows:
        number += 1
        for place, column in columns:
            if row[place]:
                sums[column] += _pence(row[place]) if column.endswith("_pounds") else int(row[place])
    return number, sums


def _sheet_rows(content: bytes) -> Iterator[List[str]]:
    """The rows one after another, never held together: a list may have a million."""
    return csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=""), strict=True)


def _proof(manifest: Dict[str, object], files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold the figures against the entries, the tables against their totals, and the files against the figures."""
    try:
        entries = Entries(files[ENTRIES])
        _listed(manifest, entries, verdict)
    except _UNREADABLE as error:
        verdict.wrong(f"{ENTRIES} cannot be read, so no figure can be added up: {_why(error)}.")
        return
    try:
        held = _object(json.loads(files[FIGURES]))
        lines = [Line(_object(each)) for each in _list(held, "figures")]
        measures = {name: _object(each) for name, each in _object(held["measures"]).items()}
        for line in lines:
            _line(line, entries, measures, verdict)
        _tables(lines, verdict)
    except _UNREADABLE as error:
        verdict.wrong(f"{FIGURES} cannot be read, so its figures, total.awarded among them, cannot be checked: {_why(error)}.")
        return
    _places(lines, files, verdict)
    _lists(lines, entries, files, verdict)


def _listed(manifest: Dict[str, object], entries: Entries, verdict: Verdict) -> None:
    said = _object(manifest["entries"])
    verdict.entries = len(entries)
    if len(entries) != _whole(said["entries"]):
        verdict.wrong(f"{ENTRIES} lists {len(entries)} entries; the manifest says {_whole(said['entries'])}.")
    if entries.total() != _object(said["sums_pence"]):
        verdict.wrong(f"{ENTRIES} does not add up to what the manifest says.")
    for named in entries.twice():
        verdict.wrong(f"{ENTRIES} lists entry {named} twice.")
    chains = _object(_object(manifest["ledger"])["chains"])
    for group in entries.groups:
        reached = _whole(_object(chains[f"grant#{group.grant}"])["seq"])
        for seq in group.seqs:
            if not 1 <= seq <= reached:
                verdict.wrong(f"{ENTRIES} lists entry {group.grant}.{seq}; the grant's chain ends at record {reached}.")


def _line(line: Line, entries: Entries, measures: Dict[str, Dict[str, object]], verdict: Verdict) -> None:
    verdict.figures += len(line.pence)
    if line.where is None:
        return
    number, sums = entries.of(line.where, line.after, line.until)
    if number != line.entries:
        verdict.wrong(f"{FIGURES}: {line.id} is said to have {line.entries} entries; {ENTRIES} has {number}.")
    for measure, pence in line.pence.items():
        value = measured(measures[measure], sums)
        if value != pence:
            verdict.wrong(f"{FIGURES}: {line.id}.{measure} is said to be {_pounds(pence)}; its entries add up to {_pounds(value)}.")


def measured(measure: Dict[str, object], sums: Dict[str, int]) -> int:
    """A measure's value in pence: the counters that it adds, less those that it takes off."""
    plus = sum(sums.get(_said(counter), 0) for counter in _list(measure, "plus"))
    return plus - sum(sums.get(_said(counter), 0) for counter in _list(measure, "minus"))


def _tables(lines: List[Line], verdict: Verdict) -> None:
    tables: Dict[str, Dict[str, int]] = {}
    ids = [line.id for line in lines]
    for twice in sorted(set(ids)) if len(set(ids)) < len(ids) else ():
        if ids.count(twice) > 1:
            verdict.wrong(f"{FIGURES} has {twice} more than once.")
    for line in lines:
        # What a table has not got is no part of what it adds up to.
        tables[line.table] = _added((tables.get(line.table, {}), line.pence), keep_nothing=True)
    for line in lines:
        for table in line.adds_up:
            for measure, pence in tables.get(table, {}).items():
                shown = line.pence.get(measure, pence)
                if shown != pence:
                    verdict.wrong(f"{FIGURES}: the lines of {table} add up to {_pounds(pence)}; {line.id}.{measure} is {_pounds(shown)}.")


def _places(lines: List[Line], files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold every place that shows a figure against it."""
    opened = _Opened(files)
    for line in lines:
        for place in line.shown:
            for measure, pence in line.pence.items():
                verdict.places += 1
                try:
                    there, where = opened.shown(place, measure)
                except _UNREADABLE as error:
                    verdict.wrong(f"{line.id}.{measure} cannot be read where {FIGURES} says it is shown, {place}: {_why(error)}.")
                    continue
                if there != pence:
                    verdict.wrong(f"{where}: {line.id}.{measure} is shown as {_pounds(there)}; it is {_pounds(pence)}.")
    known = {f"{line.id}.{measure}": pence for line in lines for measure, pence in line.pence.items()}
    for name, content in files.items():
        if name.endswith(".html"):
            _page(name, content, known, verdict)


class Listing:
    """A list that the law wants, read a row at a time: what it says of itself, and what its rows come to, in pence."""

    def __init__(self, content: bytes, chains: Dict[str, bytearray]) -> None:
        begins = content.index(ROWS) + len(ROWS)
        about = _object(json.loads(content[:begins] + b"]}"))
        self.about: Dict[str, int] = {name: _whole(pence) for name, pence in _object(about["total"]).items()}
        self.reconciliation = {name: _whole(pence) for name, pence in _object(about["reconciliation"]).items()}
        self.unknown: List[str] = []
        self.sums = {"rows": 0, "paid_pence": 0, "refunded_pence": 0, "amount_pence": 0}
        stream = io.BytesIO(content)
        stream.seek(begins)
        for line in stream:
            if line.strip().startswith(b"{"):
                self._take(_object(json.loads(line.strip().rstrip(b","))), chains)

    def _take(self, row: Dict[str, object], chains: Dict[str, bytearray]) -> None:
        payment = _text(row, "payment")
        grant, _, number = payment.rpartition(".")
        chain = chains.get(grant, b"")
        if not (number.isdecimal() and int(number) < len(chain) and chain[int(number)]):
            self.unknown.append(payment)
        self.sums["rows"] += 1
        for name in ("paid_pence", "refunded_pence", "amount_pence"):
            self.sums[name] += _whole(row[name])


def _lists(lines: List[Line], entries: Entries, files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold the lists that the law wants against what they say of themselves, their tables, 360Giving's data, and what was spent."""
    known = entries.chains()
    found: Dict[str, Listing] = {}
    for name in LISTS:
        if f"{name}.json" not in files:
            continue
        try:
            found[name] = Listing(files[f"{name}.json"], known)
            _list_itself(name, found[name], files, verdict)
        except _UNREADABLE as error:
            verdict.wrong(f"{name}.json cannot be read as a list: {_why(error)}.")
            return
    spent = next((line.pence.get("spent", 0) for line in lines if line.id == "total"), 0)
    parts = {"spent_pence": spent, **{LISTS[each]: other.sums["amount_pence"] for each, other in found.items()}}
    for name, listing in found.items():
        _reconciled(name, listing.reconciliation, parts, verdict)
    if GIVING in files and "grants-made" in found:
        _giving(found["grants-made"], files, verdict)


def _reconciled(name: str, told: Dict[str, int], parts: Dict[str, int], verdict: Verdict) -> None:
    for part, pence in parts.items():
        if told.get(part) != pence:
            verdict.wrong(f"{name}.json: {part} is said to be {_pounds(told.get(part))}; it is {_pounds(pence)}.")
    if sum(told.get(part, 0) for part in (*LISTS.values(), "not_listed_pence")) != parts["spent_pence"]:
        verdict.wrong(f"{name}.json: both lists, with what is in neither, do not come to total.spent, {_pounds(parts['spent_pence'])}.")


def _list_itself(name: str, listing: Listing, files: Dict[str, bytes], verdict: Verdict) -> None:
    verdict.listed += listing.sums["rows"]
    for what, value in listing.sums.items():
        if listing.about.get(what) != value:
            verdict.wrong(f"{name}.json: total {what} is said to be {listing.about.get(what)}; its rows come to {value}.")
    for payment in listing.unknown:
        verdict.wrong(f"{name}.json lists a payment {payment} that {ENTRIES} does not have.")
    rows, sums = sheet_totals(files[f"{name}.csv"])
    there = {"rows": rows, **{column.replace("_pounds", "_pence"): pence for column, pence in sums.items()}}
    for what, value in listing.sums.items():
        if there.get(what) != value:
            verdict.wrong(f"{name}.csv: {what} comes to {there.get(what)}; {name}.json has {value}.")


def _giving(grants_made: Listing, files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold 360Giving's data against the list that it was made of: what was awarded is what was paid, disbursed what was spent."""
    try:
        grants = [_object(each) for each in _list(_object(json.loads(files[GIVING])), "grants")]
        heading, *rows = sheet(files[GIVING_CSV])
        for field, column, what in _GIVEN:
            place = heading.index(column)
            for name, pence in (
                (GIVING, sum(round(float(str(each[field])) * 100) for each in grants)),
                (GIVING_CSV, sum(_pence(row[place]) for row in rows)),
            ):
                if pence != grants_made.sums[what]:
                    verdict.wrong(f"{name}: {field} adds up to {_pounds(pence)}; grants-made.json has {_pounds(grants_made.sums[what])}.")
    except _UNREADABLE as error:
        verdict.wrong(f"{GIVING} or {GIVING_CSV} cannot be read: {_why(error)}.")


class _Opened:
    """Files taken apart, each once."""

    def __init__(self, files: Dict[str, bytes]) -> None:
        self._files = files
        self._data: Dict[str, object] = {}
        self._sheets: Dict[str, List[List[str]]] = {}

    def shown(self, place: Dict[str, object], measure: str) -> Tuple[int, str]:
        """The pence that a place shows for a measure, and where that is in words. Raises what `_UNREADABLE` names."""
        name = _text(place, "file")
        if "at" in place:
            pointer = _text(place, "at").replace("{measure}", measure)
            return self._number(name, pointer), f"{name}, {pointer}"
        column = _text(place, "column").replace("{measure}", measure)
        if name not in self._sheets:
            self._sheets[name] = sheet(self._files[name])
        rows, row = self._sheets[name], _whole(place["row"])
        return _pence(rows[row - 1][rows[0].index(column)]), f"{name}, row {row}, column {column}"

    def _number(self, name: str, pointer: str) -> int:
        if name not in self._data:
            self._data[name] = json.loads(self._files[name])
        value = self._data[name]
        for part in pointer.split("/")[1:]:
            value = _items(value)[int(part)] if isinstance(value, list) else _object(value)[part]
        return _whole(value)


class _Marked(HTMLParser):
    """The elements of a page that are marked with a figure's id: `<td data-figure="total.spent">£1.00</td>`."""

    def __init__(self) -> None:
        super().__init__()
        self._open: List[Tuple[str, Optional[int]]] = []
        self.found: List[List[str]] = []

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        figure = dict(attrs).get("data-figure")
        if figure is not None:
            self.found.append([figure, ""])
        self._open.append((tag, len(self.found) - 1 if figure is not None else None))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _, place in self._open:
            if place is not None:
                self.found[place][1] += data


def _page(name: str, content: bytes, known: Dict[str, int], verdict: Verdict) -> None:
    marked = _Marked()
    marked.feed(content.decode("utf-8", "replace"))
    for figure, text in marked.found:
        verdict.places += 1
        shown = _SHOWN_POUNDS.fullmatch(" ".join(text.split()))
        pence = shown and (-1 if shown[1] in ("-", "\u2212") else 1) * (int(shown[2].replace(",", "")) * 100 + int(shown[3]))
        if figure not in known:
            verdict.wrong(f"{name} shows a figure {figure} that {FIGURES} does not have.")
        elif pence != known[figure]:
            verdict.wrong(f"{name}: {figure} is shown as {text.strip()!r}; it is {_pounds(known[figure])}.")


def _restated(files: Dict[str, bytes], earlier: Read, verdict: Verdict) -> None:
    """Hold the earlier figures, with the changes applied, against the figures here."""
    try:
        changes, before, here = (_object(json.loads(each)) for each in (files[CHANGES], earlier(FIGURES) or b"{}", files[FIGURES]))
        compared = _object(changes["compared_with"])
        if compared["publication"] != before["publication"]:
            verdict.wrong(f"{CHANGES} compares with {compared['publication']}, and the earlier folder has {before['publication']}.")
            return
        made, now = restated(before, changes), values(here)
    except _UNREADABLE as error:
        verdict.wrong(f"{CHANGES} cannot be held against the earlier publication: {_why(error)}.")
        return
    for figure in sorted(made.keys() | now.keys()):
        if made.get(figure) != now.get(figure):
            was, should = _pounds(made.get(figure)), _pounds(now.get(figure))
            verdict.wrong(f"{CHANGES}: with the changes, {figure} comes to {was}; {FIGURES} says {should}.")


def values(figures: Dict[str, object]) -> Dict[str, int]:
    """Every figure's value in pence by its id, `fund.ssf-1.spent`, from a figures.json."""
    lines = (_object(each) for each in _list(figures, "figures"))
    return {f"{_text(line, 'id')}.{name}": _whole(pence) for line in lines for name, pence in _object(line["pence"]).items()}


def restated(before: Dict[str, object], changes: Dict[str, object]) -> Dict[str, int]:
    """The earlier figures with the changes applied: what the later figures are to be. Lines that are gone are numbered."""
    gone = {_whole(number) for number in _list(changes, "gone_lines")}
    lines = [each for number, each in enumerate(_list(before, "figures")) if number not in gone]
    made = values({"figures": lines})
    for change in map(_object, _list(changes, "changes")):
        figure, old = _text(change, "figure"), change["old_pence"]
        if made.get(figure) != old:
            raise Malformed(f"{figure} was {_pounds(made.get(figure))}, not {_pounds(_whole(old) if old is not None else None)}")
        made[figure] = _whole(change["new_pence"])
    return made


def opened(read: Read, figure: str) -> Iterator[str]:
    """A figure and its entries, as people read them; or the figures whose ids or names hold the same words."""
    held = _object(json.loads(_there(read, FIGURES)))
    lines = {line.id: line for line in (Line(_object(each)) for each in _list(held, "figures"))}
    of, _, measure = figure.rpartition(".")
    if of not in lines or measure not in lines[of].pence:
        yield f"There is no figure {figure}. These have it in their names:"
        alike = [line for line in lines.values() if figure.lower() in f"{line.id} {line.name}".lower()]
        yield from (f"  {line.name}: {line.id}.{' .'.join(line.pence)}" for line in alike[:MOST])
        return
    line = lines[of]
    yield f"{figure} ({line.name}, {measure}) is {_pounds(line.pence[measure])}."
    if line.where is None:
        parts = (each for each in lines.values() if each.table in line.adds_up)
        yield from (f"  {each.id}.{measure}: {_pounds(each.pence[measure])}" for each in parts)
        return
    yield from _entries_of(read, held, measure, line.where, line.after, line.until)


def opened_of(read: Read, measure: str, of: List[str]) -> Iterator[str]:
    """The entries of a measure where they have all of `of`, such as `fund=ssf-1`: those of any cell of any page."""
    held = _object(json.loads(_there(read, FIGURES)))
    yield f"{measure} of {', '.join(of)}:"
    where: Where = {}
    for each in of:
        name, _, value = each.partition("=")
        where[name] = value or None
    yield from _entries_of(read, held, measure, where)


def _entries_of(
    read: Read, figures: Dict[str, object], measure: str, where: Where, after: int = 0, until: Optional[int] = None
) -> Iterator[str]:
    sums, total = _object(_object(figures["measures"])[measure]), 0
    for group in Entries(_there(read, ENTRIES)).groups_of(where):
        for seq, moved in group.each():
            pence = measured(sums, moved)
            if pence and seq > after and (until is None or seq <= until):
                total += pence
                told = (group.kind, group.where["category"], group.where["quarter"] or group.where["financial_year"])
                yield f"  {group.grant}.{seq}  {', '.join(filter(None, told)).replace('_', ' ')}: {_pounds(pence)}"
    yield f"  Together: {_pounds(total)}."


def _there(read: Read, name: str) -> bytes:
    content = read(name)
    if content is None:
        raise Malformed(f"{name} is not there")
    return content


def _added(parts: Iterable[Dict[str, int]], *, keep_nothing: bool = False) -> Dict[str, int]:
    total: Dict[str, int] = {}
    for part in parts:
        for name, pence in part.items():
            total[name] = total.get(name, 0) + pence
    return {name: pence for name, pence in total.items() if pence or keep_nothing}


def _object(value: object) -> Dict[str, object]:
    if not isinstance(value, dict):
        raise Malformed("something is not as it should be")
    return value


def _items(value: object) -> List[object]:
    if not isinstance(value, list):
        raise Malformed("a list is missing")
    return value


def _list(held: Dict[str, object], name: str) -> List[object]:
    return _items(held[name])


def _said(value: object) -> str:
    if not isinstance(value, str):
        raise Malformed("a text is missing")
    return value


def _maybe(value: object) -> Optional[str]:
    return None if value is None else _said(value)


def _text(held: Dict[str, object], name: str) -> str:
    return _said(held[name])


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Malformed("a whole number is missing")
    return value


def _pence(text: str) -> int:
    found = _POUNDS.fullmatch(text)
    if found is None:
        raise Malformed(f"{text!r} is no amount in pounds")
    return (-1 if found[1] else 1) * (int(found[2]) * 100 + int(found[3]))


def _pounds(pence: Optional[int]) -> str:
    if pence is None:
        return "nothing"
    whole, part = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}£{whole:,}.{part:02}"


def _why(error: BaseException) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error).rstrip(".")


def reader(folder: Path) -> Read:
    """The files in a folder, and in folders below it; no name leads out of it."""
    root = folder.resolve()

    def read(name: str) -> Optional[bytes]:
        path = (root / name).resolve()
        return path.read_bytes() if root in path.parents and path.is_file() else None

    return read


def _show(read: Read, figure: str, of: Optional[List[str]]) -> None:
    try:
        for line in opened_of(read, figure, of) if of else opened(read, figure):
            print(line)
    except _UNREADABLE as error:
        print(f"The entries of {figure} cannot be shown: {_why(error)}.")
    print()


def main(arguments: Optional[List[str]] = None) -> int:
    """Check a folder, print the verdict, and answer with the exit code."""
    commands = argparse.ArgumentParser(description="Check that a publication is whole and that its figures are the sums of their entries.")
    commands.add_argument(
        "folder", nargs="?", type=Path, default=Path(__file__).parent, help="where the files are (default: beside this one)"
    )
    commands.add_argument("--manifest-sha256", metavar="HASH", help="the SHA-256 of manifest.json as the office states it")
    commands.add_argument("--earlier", type=Path, metavar="FOLDER", help="the publication that changes.json compares with")
    commands.add_argument("--figure", metavar="ID", help="show the entries of a figure, such as fund.ssf-1.spent, before the verdict")
    commands.add_argument("--of", metavar="NAME=ID", nargs="+", help="with --figure spent: of what, such as fund=ssf-1 quarter=2023-24-Q3")
    asked = commands.parse_args(arguments)
    if asked.figure:
        _show(reader(asked.folder), asked.figure, asked.of)
    verdict = check(reader(asked.folder), asked.manifest_sha256, reader(asked.earlier) if asked.earlier else None)
    for line in verdict.lines():
        print(line)
    if not (asked.folder / MANIFEST).is_file():
        return NOTHING
    return WHOLE if verdict.holds else BROKEN


if __name__ == "__main__":
    sys.exit(main())
