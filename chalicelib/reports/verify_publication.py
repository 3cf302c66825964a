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

Where a file is not as it was published, the verdict says in which line, what stood there, and which figure it touches.

It is one long file because it is read and run by people who have nothing else of ours. Its parts, in this order: the verdict; the
entries and the figures; the files, with what puts a changed byte back; the figures' sums; the places that show them; the lists
that the law wants; 360Giving's data; where a changed byte lies; the earlier publication; opening a figure; reading; the command.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import html
import io
import json
import re
import sys
import zipfile
import zlib
from array import array
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple  # as Python 3.9 knows them

MANIFEST, FIGURES, ENTRIES, CHANGES, TOMBSTONE = "manifest.json", "figures.json", "entries.json", "changes.json", "withdrawn.json"
GIVING, GIVING_CSV, GIVING_XLSX = "360giving.json", "360giving.csv", "360giving.xlsx"
WHOLE, BROKEN, NOTHING = 0, 1, 2
MOST = 40
"""How many findings are told; the rest are counted."""

LISTS = {"grants-made": "grants_made_pence", "spending-over-500": "spending_over_500_pence"}
"""The lists that the law wants, by their files' name, with what both call their sum."""

ROWS = b'"rows": ['
"""What stands before a list's rows, each of which is on a line of its own."""

PIECE = 4096
"""Of how many bytes the manifest gives a sum each, so that one that was changed can be found and put back."""

Read = Callable[[str], Optional[bytes]]
"""The bytes of a file of the publication by its name, or None where there is none."""

Where = Dict[str, Optional[str]]
"""What entries must be of: their fund, grant, category and so on. None: of none."""

EVERYTHING = "everything"
"""What stands for no filter where a figure is named by what its entries are of: `spent of everything`."""

FIRST_SHEET = "xl/worksheets/sheet1.xml"
SOME = 3
"""How many figures are named that an entry counts in; the rest are counted."""

OfLists = Dict[str, List[Tuple[str, str]]]
"""What pages show of the lists that the law wants: by the figure the pages, and what each shows."""

_KEPT_APART = ("payment", "item", "date", "financial_year", "quarter", "grant")
"""The columns of a list that say the same in both its files; what people wrote is guarded against spreadsheets in the CSV."""

_GIVEN = (("amountAwarded", "Amount Awarded", "paid_pence"), ("amountDisbursed", "Amount Disbursed", "amount_pence"))
_POUNDS = re.compile(r"(-?)([0-9]+)\.([0-9]{2})")
_SHOWN_POUNDS = re.compile(r"(?:at least |about )?([-\u2212+]?)£([0-9,]+)\.([0-9]{2})")
_NUMBER = re.compile(r"[-\u2212+]?£?[0-9][0-9,.]*")
_MARK = re.compile("data-figure", re.IGNORECASE)
_ATTRIBUTES = r'(?:\s+[a-z-]+="[^"<>]*")*'
_SMALL = re.compile("</?small>")
_PLAINLY_MARKED = re.compile(
    rf'<([a-z][a-z0-9]*){_ATTRIBUTES}\s+data-figure="([^"<>]*)"{_ATTRIBUTES}\s*>([^<]*(?:{_SMALL.pattern}[^<]*)*)</\1>'
)
_ADLERS = re.compile(r"(?:[0-9a-f]{8})*")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[][{}:,]|[^][\s{}:,"]+')
_WORKBOOK_CELL = re.compile(r'<c r="([A-Z]+)([0-9]+)"[^>]*><v>([-+0-9.eE]+)</v></c>')
_UNREADABLE = (
    *(ValueError, ArithmeticError, KeyError, IndexError, RecursionError, StopIteration),
    *(csv.Error, zipfile.BadZipFile, zlib.error),
)


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
    slips = _manifest_itself(content, manifest_sha256, verdict)
    try:
        manifest = _object(json.loads(slips[0].as_published if slips else content))
        _title(manifest, verdict)
        files = _files(manifest, read, slips, verdict)
    except _UNREADABLE as error:
        verdict.wrong(f"{MANIFEST} cannot be read: {_why(error)}.")
        return verdict
    for slip in slips:
        for said in slip.told(files):
            verdict.wrong(said)
    known = len(verdict.problems)
    _sheets(manifest, files, verdict)
    _proof(manifest, files, verdict)
    told = " ".join(verdict.problems[known:])
    for slip in slips:
        if slip.published is None and slip.name not in told:
            verdict.notes.append(f"As far as can be told, no figure in {slip.name} is another one than it should be.")
    _later(read, files, earlier, verdict)
    return verdict


def _later(read: Read, files: Dict[str, bytes], earlier: Optional[Read], verdict: Verdict) -> None:
    """What other publications say of this one: the one before it, and the office since."""
    if earlier:
        _restated(files, earlier, verdict)
    elif CHANGES in files and b'"compared_with": null' not in files[CHANGES][:2000]:
        verdict.notes.append("changes.json was not held against the earlier publication: give its folder with --earlier.")
    if read(TOMBSTONE) is not None:
        verdict.notes.append("The office has withdrawn this publication since: withdrawn.json says why.")


def _manifest_itself(content: bytes, stated: Optional[str], verdict: Verdict) -> List[Slip]:
    """Hold the manifest against its own seal, and against what the office states."""
    own = hashlib.sha256(content).hexdigest()
    if stated is None:
        verdict.notes.append(
            f"The SHA-256 of {MANIFEST} was not held against the office's own record, as none was given: this shows that the files "
            f"fit together, not who made them. Ask the office for it, and give it with --manifest-sha256. Here it is {own}."
        )
    elif own != stated.strip().lower():
        verdict.wrong(f"{MANIFEST} is not the one that the office published: its SHA-256 is {own}, not {stated.strip().lower()}.")
    # The seal finds slips, such as a byte lost on the way. Whoever forges a manifest can seal it, too: hence --manifest-sha256.
    published = unsealed(content)
    return [] if published == content else [Slip(MANIFEST, content, published)]


def _title(manifest: Dict[str, object], verdict: Verdict) -> None:
    verdict.title = (
        f"Publication {_text(manifest, 'publication')} of {_text(manifest, 'office')}, made on {_text(manifest, 'published_on')}"
    )


def _files(manifest: Dict[str, object], read: Read, slips: List[Slip], verdict: Verdict) -> Dict[str, bytes]:
    """The files that the manifest names and that are there, as they were published where that can be told; `slips` takes in the others."""
    found: Dict[str, bytes] = {}
    for each in map(_object, _list(manifest, "files")):
        name = _text(each, "name")
        content = read(name)
        if content is None:
            verdict.wrong(f"{name} is not there.")
            continue
        verdict.files += 1
        own, size = _text(each, "sha256"), _whole(each["size"])
        if hashlib.sha256(content).hexdigest() != own or len(content) != size:
            perhaps = put_back(content, _text(each, "pieces"), size)
            slip = Slip(name, content, next((before for before in perhaps if hashlib.sha256(before).hexdigest() == own), None))
            slips.append(slip)
            content = slip.as_published
        found[name] = content
    return found


def _sheets(manifest: Dict[str, object], files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold the tables against the rows and sums that the manifest gives."""
    for each in map(_object, _list(manifest, "files")):
        name = _text(each, "name")
        if "rows" in each and name in files:
            _sheet(name, files[name], each, verdict)


# Bytes that were changed, and what stood in their place.


def pieces(content: bytes) -> str:
    """What lets a changed byte be found and put back: the Adler-32 of each 4,096 bytes, as eight hexadecimal digits each."""
    return "".join(f"{zlib.adler32(content[at : at + PIECE]):08x}" for at in range(0, len(content), PIECE))


def put_back(content: bytes, said: str, size: int) -> List[bytes]:
    """All bytes that had these pieces and this size, if in each piece one was changed at most, or if one was put in or left out in all.

    Where a lost byte stood, or which of several was added, the pieces cannot always tell, and other bytes may have the same: whoever asks
    holds each answer to its SHA-256.
    """
    if not _ADLERS.fullmatch(said) or len(said) != 8 * -(-size // PIECE):
        return []
    sums = [int(said[at : at + 8], 16) for at in range(0, len(said), 8)]
    if len(content) == size:
        parts = [_changed_back(content[number * PIECE : (number + 1) * PIECE], adler) for number, adler in enumerate(sums)]
        kept = [part for part in parts if part is not None]
        return [b"".join(kept)] if len(kept) == len(parts) else []
    if abs(len(content) - size) > 1:
        return []
    for number, adler in enumerate(sums):
        begins, ends = number * PIECE, min((number + 1) * PIECE, size)
        if zlib.adler32(content[begins:ends]) != adler:
            by = len(content) - size
            tried = (_without_one if by > 0 else _with_one)(content[begins : ends + by], adler)
            fitting = dict.fromkeys(piece for piece in tried if zlib.adler32(piece) == adler)
            return [content[:begins] + piece + content[ends + by :] for piece in fitting]
    return [content[:size]]


def _changed_back(piece: bytes, said: int) -> Optional[bytes]:
    """A piece with one byte as it was, from how its two sums differ: that of the bytes, and that of each times its place from the end."""
    now, prime = zlib.adler32(piece), 65521
    if now == said:
        return piece
    by = ((now & 0xFFFF) - (said & 0xFFFF)) % prime
    by = by - prime if by > 255 else by
    if not 0 < abs(by) <= 255:
        return None
    at = len(piece) - ((now >> 16) - (said >> 16)) * pow(by, -1, prime) % prime
    if not (0 <= at < len(piece) and 0 <= piece[at] - by <= 255):
        return None
    return piece[:at] + bytes([piece[at] - by]) + piece[at + 1 :]


def _without_one(piece: bytes, _said: int) -> Iterable[bytes]:
    return (piece[:at] + piece[at + 1 :] for at in range(len(piece)))


def _with_one(piece: bytes, said: int) -> Iterable[bytes]:
    lost = ((said & 0xFFFF) - (zlib.adler32(piece) & 0xFFFF)) % 65521
    return (piece[:at] + bytes([lost]) + piece[at:] for at in range(len(piece) + 1) if lost <= 255)


def sealed(body: bytes) -> bytes:
    """A manifest with its last lines: the Adler-32 of its pieces, and the SHA-256 of all bytes before the line that says it."""
    before = body + f'  "pieces": "{pieces(body)}",\n'.encode()
    return before + f'  "seal": "{hashlib.sha256(before).hexdigest()}"\n}}\n'.encode()


def unsealed(content: bytes) -> Optional[bytes]:
    """A manifest as it was sealed: as it is, or with the bytes put back that were changed; None where that cannot be told."""
    most = max(0, len(content) - len(sealed(b"")))
    size = next((most - 8 * number for number in range(most // PIECE + 1, -1, -1) if -(-(most - 8 * number) // PIECE) == number), most)
    body, end = content[:size], content[size:]
    if sealed(body) == content:
        return content
    for again in map(sealed, (body, *put_back(body, end[13:-82].decode("ascii", "replace"), size))):
        if len(again) == len(content) and (again.endswith(end) or len(_differing(content, again)) == 1):
            return again
    return None


def _differing(found: bytes, published: bytes) -> List[int]:
    """Where bytes differ; of two lengths, where they first do."""
    whole = len(found) == len(published)
    places: List[int] = []
    for begins in range(0, max(len(found), len(published)), PIECE):
        here, there = found[begins : begins + PIECE], published[begins : begins + PIECE]
        if here != there:
            places += [begins + at for at, (one, other) in enumerate(zip(here, there)) if one != other]  # noqa: B905  Python 3.9
            if not whole:
                return places[:1] or [min(len(found), len(published))]
    return places


class Slip:
    """A file that is not as it was published: its bytes now, and those that were published, if they could be put back for certain."""

    def __init__(self, name: str, found: bytes, published: Optional[bytes]) -> None:
        self.name, self.found, self.published = name, found, published

    @property
    def as_published(self) -> bytes:
        """The bytes that were published, or those that are there."""
        return self.found if self.published is None else self.published

    def told(self, files: Dict[str, bytes]) -> Iterator[str]:
        """What was changed, in which line, and which figure it touches, as far as it can be told."""
        if self.published is None:
            yield f"{self.name} is not the file that was published: more than one of its bytes was changed."
            return
        for at in _differing(self.found, self.published)[:MOST]:
            figure = touched(self.name, self.published, at, files)
            line = self.published.count(b"\n", 0, at) + 1
            yield (
                f"{self.name} is not the file that was published: {self._words(at, line)} "
                + (f"That is in {figure}." if figure else "That is in no figure.")
            )

    def _words(self, at: int, line: int) -> str:
        if self.name.endswith(".xlsx"):
            return f"its byte {at + 1} was changed."
        now, was = _word(self.found, at, self.name), _word(self.as_published, at, self.name)
        return f"in line {line} {now!r} stands where {was!r} was published."


def _word(content: bytes, at: int, name: str) -> str:
    """What is written at a place, from one blank, quotation mark or bracket to the next."""
    apart = b'\r\n\t "<>' if name.endswith(".html") else b'\r\n\t ",:[]{}'
    begins = next((each + 1 for each in range(at - 1, max(at - 41, -1), -1) if content[each] in apart), max(at - 40, 0))
    ends = next((each for each in range(at + 1, min(at + 41, len(content))) if content[each] in apart), min(at + 40, len(content)))
    return content[begins:ends].decode("utf-8", "backslashreplace")


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
    known = Known(lines, entries, measures, _object(held["lists"]))
    of_lists = _places(lines, known, files, verdict)
    _lists(known, of_lists, entries, files, verdict)


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


class Known:
    """What a figure comes to in pence, by its id in figures.json, or as pages name it: `spent of fund=ssf-1 quarter=2023-24-Q3`.

    Several measures are added up: `committed+accrued of everything`.
    """

    def __init__(self, lines: List[Line], entries: Entries, measures: Dict[str, Dict[str, object]], lists: Dict[str, object]) -> None:
        self.lists = lists
        self._pence = {f"{line.id}.{measure}": pence for line in lines for measure, pence in line.pence.items()}
        self._entries, self._measures = entries, measures

    def pence(self, figure: str) -> Optional[int]:
        """None where there is no such figure."""
        if figure in self._pence:
            return self._pence[figure]
        names, of, rest = figure.partition(" of ")
        wanted = [self._measures.get(name) for name in names.split("+")]
        if not of or None in wanted:
            return None
        _, sums = self._entries.of({} if rest == EVERYTHING else where_of(rest.split(" ")))
        return sum(measured(measure, sums) for measure in wanted if measure)


def where_of(said: List[str]) -> Where:
    """What entries are to be of: `fund=ssf-1`; `initiative` alone for those that are of none, `partner=` where it is withheld."""
    parts = (each.partition("=") for each in said)
    return {name: value if sign else None for name, sign, value in parts}


def _places(lines: List[Line], known: Known, files: Dict[str, bytes], verdict: Verdict) -> OfLists:
    """Hold every place that shows a figure against it. What pages show of the lists is given back, as these are read later."""
    opened = _Opened(files)
    for line in lines:
        for place in line.shown:
            _line_at(line, place, opened, verdict)
    of_lists: OfLists = {}
    for name, content in files.items():
        if name.endswith(".html"):
            _page(name, content, known, of_lists, verdict)
        elif name.startswith("chart-") and name.endswith(".csv"):
            _chart(name, content, known, verdict)
    return of_lists


def _line_at(line: Line, place: Dict[str, object], opened: _Opened, verdict: Verdict) -> None:
    for measure, pence in line.pence.items():
        verdict.places += 1
        try:
            there, where = opened.shown(place, measure)
        except _UNREADABLE as error:
            verdict.wrong(f"{line.id}.{measure} cannot be read where {FIGURES} says it is shown, {place}: {_why(error)}.")
            continue
        if there != pence:
            verdict.wrong(f"{where}: {line.id}.{measure} is shown as {_pounds(there)}; it is {_pounds(pence)}.")


def _chart(name: str, content: bytes, known: Known, verdict: Verdict) -> None:
    """Hold each row of a chart's figures against the figure that it names."""
    try:
        heading, *rows = sheet(content)
        for number, row in enumerate(rows, 2):
            verdict.places += 1
            figure, shown = row[heading.index("figure")], _pence(row[heading.index("pounds")])
            pence = known.pence(figure)
            if pence != shown:
                verdict.wrong(f"{name}, row {number}: {figure} is shown as {_pounds(shown)}; it is {_pounds(pence)}.")
    except _UNREADABLE as error:
        verdict.wrong(f"{name} cannot be read as a table: {_why(error)}.")


# The lists that the law wants.


class Listing:
    """A list that the law wants, read a row at a time: what it says of itself, and what its rows come to, in pence."""

    def __init__(self, name: str, content: bytes, table: Iterator[List[str]], chains: Dict[str, bytearray], shown: OfLists) -> None:
        self._name, self._shown = name, shown
        self._table, self._heading, self._row = table, next(table), 1
        self.wrong: List[str] = []
        self.amounts: Dict[str, int] = {f"{name}.total.amount": 0}
        self.grants: Dict[str, Dict[str, object]] = {}
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
                row = _object(json.loads(line.strip().rstrip(b",")))
                self._take(row, chains)
                self._beside(row)
        if next(self._table, None) is not None:
            self.wrong.append(f"{name}.csv has more rows than {name}.json.")

    def _take(self, row: Dict[str, object], chains: Dict[str, bytearray]) -> None:
        payment = _text(row, "payment")
        grant, _, number = payment.rpartition(".")
        chain = chains.get(grant, b"")
        if not (number.isdecimal() and int(number) < len(chain) and chain[int(number)]):
            self.unknown.append(payment)
        self.sums["rows"] += 1
        for name in ("paid_pence", "refunded_pence", "amount_pence"):
            self.sums[name] += _whole(row[name])
        amount = _whole(row["amount_pence"])
        if _whole(row["paid_pence"]) - _whole(row["refunded_pence"]) != amount:
            self.wrong.append(f"{self._name}.json: {self._name}.{payment}.amount is not what was paid less what was refunded.")
        held = self.grants.setdefault(_text(row, "grant"), {"first_row": self._row + 1, "rows": 0, "amount_pence": 0})
        held["rows"], held["amount_pence"] = _whole(held["rows"]) + 1, _whole(held["amount_pence"]) + amount
        for each in (f"{self._name}.{_text(row, 'financial_year')}.amount", f"{self._name}.total.amount"):
            self.amounts[each] = self.amounts.get(each, 0) + amount
        for what in ("item", "amount"):
            if f"{self._name}.{payment}.{what}" in self._shown:
                self.amounts[f"{self._name}.{payment}.{what}"] = _whole(row[f"{what}_pence"])

    def _beside(self, row: Dict[str, object]) -> None:
        """Hold a row against the same one of the CSV: its names and days, and its amounts."""
        self._row += 1
        beside = next(self._table, None)
        if beside is None:
            self.wrong.append(f"{self._name}.csv has no row {self._row}; {self._name}.json has.")
            return
        for column, text in zip(self._heading, beside):  # noqa: B905  Python 3.9 has no `strict`
            said = row.get(column.replace("_pounds", "_pence"))
            same = _pence(text) == said if column.endswith("_pounds") else column not in _KEPT_APART or text == (said or "")
            if not same:
                figure = f"{self._name}.{_text(row, 'payment')}.{column.replace('_pounds', '')}"
                there = _pounds(_whole(said)) if column.endswith("_pounds") else repr(said)
                self.wrong.append(
                    f"{self._name}.csv, row {self._row}, column {column}: {figure} is shown as {text!r}; {self._name}.json has {there}."
                )


def _lists(known: Known, shown: OfLists, entries: Entries, files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold the lists that the law wants against what they say of themselves, tables, pages, 360Giving's data and what was spent."""
    chains = entries.chains()
    found: Dict[str, Listing] = {}
    for name in LISTS:
        if f"{name}.json" not in files:
            continue
        try:
            found[name] = Listing(name, files[f"{name}.json"], _sheet_rows(files[f"{name}.csv"]), chains, shown)
            _list_itself(name, found[name], _object(_object(known.lists[name])["grants"]), verdict)
        except _UNREADABLE as error:
            verdict.wrong(f"{name}.json or {name}.csv cannot be read as a list: {_why(error)}.")
            return
    amounts = {figure: pence for listing in found.values() for figure, pence in listing.amounts.items()}
    for figure, places in shown.items():
        for page, text in places:
            _held(page, figure, text, amounts.get(figure), verdict)
    spent = known.pence("total.spent") or 0
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


def _list_itself(name: str, listing: Listing, pointed: Dict[str, object], verdict: Verdict) -> None:
    verdict.listed += listing.sums["rows"]
    for what, value in listing.sums.items():
        if listing.about.get(what) != value:
            verdict.wrong(f"{name}.json: total {what} is said to be {listing.about.get(what)}; its rows come to {value}.")
    for payment in listing.unknown:
        verdict.wrong(f"{name}.json lists a payment {payment} that {ENTRIES} does not have.")
    for wrong in listing.wrong:
        verdict.wrong(wrong)
    for grant in sorted(listing.grants.keys() | pointed.keys()):
        if listing.grants.get(grant) != pointed.get(grant):
            verdict.wrong(f"{FIGURES} does not say where {name}.csv has the payments of {grant}, or what they come to.")


# 360Giving's data.

Given = Dict[str, Tuple[int, ...]]
"""By a grant's identifier: what was awarded and what was disbursed, in pence."""


def _giving(grants_made: Listing, files: Dict[str, bytes], verdict: Verdict) -> None:
    """Hold 360Giving's data against the list that it was made of: what was awarded is what was paid, disbursed what was spent."""
    first: Optional[Given] = None
    for name, read in ((GIVING, _given), (GIVING_CSV, _given_in_sheet), (GIVING_XLSX, _given_in_workbook)):
        try:
            given = read(files[name])
        except _UNREADABLE as error:
            verdict.wrong(f"{name} cannot be read: {_why(error)}.")
            continue
        first = given if first is None else first
        for at, (field, _, what) in enumerate(_GIVEN):
            pence = sum(amounts[at] for amounts in given.values())
            if pence != grants_made.sums[what]:
                verdict.wrong(f"{name}: {field} adds up to {_pounds(pence)}; grants-made.json has {_pounds(grants_made.sums[what])}.")
            for grant in sorted(first.keys() | given.keys()):
                here, there = (held[grant][at] if grant in held else None for held in (given, first))
                if here != there:
                    verdict.wrong(f"{name}: 360giving.{grant}.{field} is shown as {_pounds(here)}; {GIVING} has {_pounds(there)}.")


def _given(content: bytes) -> Given:
    grants = _list(_object(json.loads(content, parse_float=Decimal)), "grants")
    return {_text(each, "id"): tuple(_pence_of(each[field]) for field, _, _ in _GIVEN) for each in map(_object, grants)}


def _given_in_sheet(content: bytes) -> Given:
    heading, *rows = sheet(content)
    places = [heading.index(column) for _, column, _ in _GIVEN]
    return {row[0]: tuple(_pence(row[place]) for place in places) for row in rows}


def _given_in_workbook(content: bytes) -> Given:
    """The same from the first sheet: identifiers are texts, amounts are numbers."""
    page = _workbook_sheet(content)
    names = dict(re.findall(r'<c r="A([0-9]+)"[^>]*><is><t[^>]*>([^<]*)</t></is></c>', page))
    columns = {html.unescape(text): letters for letters, text in re.findall(r'<c r="([A-Z]+)1"[^>]*><is><t[^>]*>([^<]*)</t>', page)}
    amounts = {letters + row: _pence_of(Decimal(number)) for letters, row, number in _WORKBOOK_CELL.findall(page)}
    rows = {row: html.unescape(name) for row, name in names.items() if row != "1"}
    return {name: tuple(amounts[columns[column] + row] for _, column, _ in _GIVEN) for row, name in rows.items()}


def _workbook_sheet(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(FIRST_SHEET).decode()


class _Opened:
    """Files taken apart, each once."""

    def __init__(self, files: Dict[str, bytes]) -> None:
        self._files = files
        self._data: Dict[str, object] = {}
        self._sheets: Dict[str, List[List[str]]] = {}

    def shown(self, place: Dict[str, object], measure: str) -> Tuple[int, str]:
        """The pence that a place shows for a measure, and where that is in words. Raises what `_UNREADABLE` names."""
        name, where = _text(place, "file"), _place(place, measure)
        if "at" in place:
            return self._number(name, _text(place, "at").replace("{measure}", measure)), where
        column = _text(place, "column").replace("{measure}", measure)
        if name not in self._sheets:
            self._sheets[name] = sheet(self._files[name])
        rows, row = self._sheets[name], _whole(place["row"])
        return _pence(rows[row - 1][rows[0].index(column)]), where

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


def _marked(page: str) -> List[List[str]]:
    """The figures that a page marks, each with its text.

    Our pages are marked so plainly that a pattern finds everything, and to parse them would take most of a check's time. Where the
    words of a mark stand anywhere that the pattern does not find, the page is parsed.
    """
    plain = _PLAINLY_MARKED.findall(page)
    if len(plain) == len(_MARK.findall(page)):
        return [[html.unescape(figure), html.unescape(_SMALL.sub("", text))] for _, figure, text in plain]
    marked = _Marked()
    marked.feed(page)
    return marked.found


def _page(name: str, content: bytes, known: Known, of_lists: OfLists, verdict: Verdict) -> None:
    for figure, text in _marked(content.decode("utf-8", "replace")):
        verdict.places += 1
        if figure.startswith(tuple(f"{each}." for each in LISTS)):
            of_lists.setdefault(figure, []).append((name, text))
        else:
            _held(name, figure, text, known.pence(figure), verdict)


def _held(name: str, figure: str, text: str, pence: Optional[int], verdict: Verdict) -> None:
    """Hold what a page shows as a figure against what that comes to; None where there is no such figure."""
    shown = _SHOWN_POUNDS.fullmatch(" ".join(text.split()))
    there = shown and (-1 if shown[1] in ("-", "\u2212") else 1) * (int(shown[2].replace(",", "")) * 100 + int(shown[3]))
    if pence is None:
        verdict.wrong(f"{name} shows a figure {figure} that {FIGURES} does not have.")
    elif there != pence:
        verdict.wrong(f"{name}: {figure} is shown as {text.strip()!r}; it is {_pounds(pence)}.")


# Where a changed byte lies.


def touched(name: str, content: bytes, at: int, files: Dict[str, bytes]) -> str:
    """The figure that a byte of a published file belongs to, as the files name it; empty where it belongs to none."""
    find = {"html": _in_page, "csv": _in_sheet, "json": _in_data, "xlsx": _in_workbook}.get(name.rpartition(".")[2])
    try:
        return find(name, content, at, files) if find else ""
    except _UNREADABLE:
        return ""


def _shown(files: Dict[str, bytes]) -> Dict[str, str]:
    """The figures of figures.json by the places that show them."""
    lines = [Line(_object(each)) for each in _list(_object(json.loads(files[FIGURES])), "figures")]
    each = ((line.id, place, measure) for line in lines for place in line.shown for measure in line.pence)
    return {_place(place, measure): f"{of}.{measure}" for of, place, measure in each}


def _place(place: Dict[str, object], measure: str) -> str:
    """A place in words: `summary.json, /total/pence/spent`, or `summary.csv, row 2, column spent_pounds`."""
    if "at" in place:
        return f"{_text(place, 'file')}, {_text(place, 'at').replace('{measure}', measure)}"
    return f"{_text(place, 'file')}, row {_whole(place['row'])}, column {_text(place, 'column').replace('{measure}', measure)}"


def _in_sheet(name: str, content: bytes, at: int, files: Dict[str, bytes]) -> str:
    """The figure of the cell of a CSV that a byte is in."""
    ends: List[int] = [0]

    def lines() -> Iterator[str]:
        for line in io.BytesIO(content):
            ends[0] += len(line)
            yield line.decode()

    rows = csv.reader(lines(), strict=True)
    heading = [each.lstrip("\ufeff") for each in next(rows)]
    number, begins, row = 1, 0, heading
    while ends[0] <= at:
        number, begins, row = number + 1, ends[0], next(rows)
    outside = b"".join(content[begins:at].split(b'"')[::2])
    column = heading[outside.count(b",")]
    if number == 1 or not (column.endswith(("pounds", "_pence")) or column in [each for _, each, _ in _GIVEN]):
        return ""
    if "figure" in heading:
        return row[heading.index("figure")]
    if name == GIVING_CSV:
        return _given_name(row[0], column)
    if name.rpartition(".")[0] in LISTS:
        return f"{name.rpartition('.')[0]}.{row[0]}.{column.rpartition('_')[0]}"
    where = f"{name}, row {number}, column {column}"
    return _shown(files).get(where, where)


def _given_name(grant: str, column: str) -> str:
    return f"360giving.{grant}.{next(field for field, title, _ in _GIVEN if column in (field, title))}"


def _in_data(name: str, content: bytes, at: int, files: Dict[str, bytes]) -> str:
    """The figure of the value of a JSON file that a byte is in."""
    steps = _pointer(content, at)
    data: object = json.loads(content)
    held = [data]
    for step in steps:
        data = _items(data)[int(step)] if isinstance(data, list) else _object(data)[step]
        held.append(data)
    if len(held) > 2 and (name, steps[0]) in _NAMED:
        return _NAMED[name, steps[0]](_object(held[2]), steps, held, files)
    where = f"{name}, /{'/'.join(steps)}"
    return _shown(files).get(where, where) if _is_number(data) else ""


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _in_figures(line: Dict[str, object], steps: List[str], _held: List[object], _files: Dict[str, bytes]) -> str:
    return f"{_text(line, 'id')}.{steps[3]}" if steps[2:3] == ["pence"] and len(steps) > 3 else f"{_text(line, 'id')}, all its figures"


def _in_row(name: str) -> Callable[[Dict[str, object], List[str], List[object], Dict[str, bytes]], str]:
    def named(row: Dict[str, object], steps: List[str], held: List[object], _files: Dict[str, bytes]) -> str:
        return f"{name}.{_text(row, 'payment')}.{steps[-1].replace('_pence', '')}" if _is_number(held[-1]) else ""

    return named


def _in_given(grant: Dict[str, object], steps: List[str], held: List[object], _files: Dict[str, bytes]) -> str:
    return _given_name(_text(grant, "id"), steps[-1]) if _is_number(held[-1]) else ""


def _in_changes(change: Dict[str, object], _steps: List[str], held: List[object], _files: Dict[str, bytes]) -> str:
    return _text(change, "figure") if _is_number(held[-1]) else ""


def _in_manifest(file: Dict[str, object], steps: List[str], held: List[object], _files: Dict[str, bytes]) -> str:
    return f"what the manifest says of {_text(file, 'name')}: {steps[-1]}" if _is_number(held[-1]) else ""


def _in_entries(group: Dict[str, object], _steps: List[str], held: List[object], files: Dict[str, bytes]) -> str:
    """The entry that a byte is in, or the entries, and the figures that these count in."""
    found = Group(group)
    entry = (
        f"{found.grant}.{_items(held[4])[0]}"
        if len(held) > 4 and isinstance(held[4], list)
        else f"entries like {found.grant}.{found.seqs[0]}"
    )
    counted: List[str] = []
    figures = _object(json.loads(files[FIGURES]))
    measures = {name: _object(each) for name, each in _object(figures["measures"]).items()}
    for line in (Line(_object(each)) for each in _list(figures, "figures")):
        if line.where is not None and all(found.where.get(name) == value for name, value in line.where.items()):
            moved = [name for name in line.pence if measured(measures[name], dict.fromkeys(found.moves, 1))]
            counted += [f"{line.id}.{name}" for name in moved]
    more = f" and {len(counted) - SOME} others" if len(counted) > SOME else ""
    return f"{entry}, counted in {', '.join(counted[:SOME])}{more}"


_NAMED = {
    (ENTRIES, "groups"): _in_entries,
    (FIGURES, "figures"): _in_figures,
    (CHANGES, "changes"): _in_changes,
    (GIVING, "grants"): _in_given,
    (MANIFEST, "files"): _in_manifest,
    **{(f"{name}.json", "rows"): _in_row(name) for name in LISTS},
}
"""By file and member: how the figure of one of its items is named, from the item, the steps, the values on the way, and all files."""


def _pointer(content: bytes, at: int) -> List[str]:
    """The steps that lead to the value of a JSON file that a byte is in."""
    steps: List[str] = []
    opened: List[bytes] = []
    name_next = False
    for token in _TOKEN.finditer(content):
        if token.start() > at:
            break
        text = token[0]
        if text in (b"{", b"["):
            opened.append(text)
            steps.append("" if text == b"{" else "0")
            name_next = text == b"{"
        elif text in (b"}", b"]"):
            opened.pop()
            steps.pop()
        elif text == b",":
            name_next = opened[-1] == b"{"
            steps[-1] = steps[-1] if name_next else str(int(steps[-1]) + 1)
        elif name_next and text != b":":
            steps[-1], name_next = _said(json.loads(text)), False
    return [step for step in steps if step]


def _in_workbook(_name: str, content: bytes, at: int, files: Dict[str, bytes]) -> str:
    """The first amount of a workbook that cannot be read as it was when a byte is another one: its sheets are compressed."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        part = packed.getinfo(FIRST_SHEET)
        lengths = content[part.header_offset + 26 : part.header_offset + 30]
        begins = part.header_offset + 30 + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        if not begins <= at < begins + part.compress_size:
            return ""
        page = packed.read(part).decode()
    read = len(zlib.decompressobj(-15).decompress(content[begins:at]).decode("utf-8", "ignore"))
    heading, *rows = sheet(files[GIVING_CSV])
    for cell in _WORKBOOK_CELL.finditer(page):
        if cell.end() > read:
            column = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(cell[1])))
            return f"{_given_name(rows[int(cell[2]) - 2][0], heading[column - 1])} and what comes after it"
    return ""


class _Finder(HTMLParser):
    """Which figure a place of a page belongs to: one that is marked; and in which cell of a table or words it is."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__()
        self.found: Optional[Tuple[str, str]] = None
        self._at = (line, column)
        self._open: List[Tuple[str, str]] = []
        self._texts = {"caption": "", "row": "", "data": ""}
        self._heads: List[str] = []
        self._column = 0
        self._state = ("", "")

    def _met(self) -> bool:
        """Whether the place lies before what is read now: then what was read last has it."""
        if self.found is None and self.getpos() > self._at:
            self.found = self._state
        return self.found is not None

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        if self._met():
            return
        named = {name: value or "" for name, value in attrs}
        self._open.append((tag, named.get("data-figure", "")))
        if tag == "table":
            self._heads, self._texts["caption"] = [], ""
        elif tag == "tr":
            self._column, self._texts["row"] = 0, ""
        elif tag in ("td", "th"):
            self._column += int(named.get("colspan", 1)) if self._within("thead") else 1
            self._heads += [""] if self._within("thead") else []
        self._state = (self._marked(), "")

    def handle_endtag(self, tag: str) -> None:
        if self._met():
            return
        self._state = (self._marked(), "")
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._met():
            return
        if self._within("caption"):
            self._texts["caption"] += data
        elif self._within("thead") and self._heads:
            self._heads[-1] += data
        elif self._within("th"):
            self._texts["row"] += data
        self._state = (self._marked(), self._in_words(data))

    def close(self) -> None:
        super().close()
        self.found = self._state if self.found is None else self.found

    def _within(self, tag: str) -> bool:
        return any(each == tag for each, _ in self._open)

    def _marked(self) -> str:
        return next((figure for _, figure in reversed(self._open) if figure), "")

    def _in_words(self, data: str) -> str:
        words = " ".join(data.split())
        if self._within("td") and 0 < self._column <= len(self._heads):
            return f"{self._heads[self._column - 1]} of {self._texts['row'].strip()}, in the table {self._texts['caption'].strip()!r}"
        return f"a number in the words {words[:80]!r}"


def _in_page(_name: str, content: bytes, at: int, _files: Dict[str, bytes]) -> str:
    """The figure that a byte of a page belongs to."""
    before = content[:at].decode("utf-8", "ignore")
    text = content.decode()
    finder = _Finder(before.count("\n") + 1, len(before) - before.rfind("\n") - 1)
    finder.feed(text)
    finder.close()
    marked, words = finder.found or ("", "")
    numbers = _NUMBER.finditer(text, max(0, len(before) - 40))
    return marked or (words if any(number.start() <= len(before) < number.end() for number in numbers) else "")


# The earlier publication.


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


def opened_of(read: Read, named: str) -> Iterator[str]:
    """The entries of a figure that is named by what they are of: `spent of fund=ssf-1`."""
    measures, _, of = named.partition(" of ")
    held = _object(json.loads(_there(read, FIGURES)))
    yield f"{named}:"
    yield from _entries_of(read, held, measures, {} if of == EVERYTHING else where_of(of.split(" ")))


def _entries_of(
    read: Read, figures: Dict[str, object], measure: str, where: Where, after: int = 0, until: Optional[int] = None
) -> Iterator[str]:
    wanted, total = [_object(_object(figures["measures"])[each]) for each in measure.split("+")], 0
    for group in Entries(_there(read, ENTRIES)).groups_of(where):
        for seq, moved in group.each():
            pence = sum(measured(each, moved) for each in wanted)
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


def _pence_of(pounds: object) -> int:
    """An amount in pounds that is a number in its file. Never a float: what is no whole number of pence is refused."""
    if isinstance(pounds, bool) or not isinstance(pounds, (int, Decimal)):
        raise Malformed("an amount is missing")
    pence = Decimal(pounds) * 100
    if pence != pence.to_integral_value():
        raise Malformed(f"{pounds} is no amount in pounds and pence")
    return int(pence)


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


def _show(read: Read, figure: str) -> None:
    try:
        for line in opened_of(read, figure) if " of " in figure else opened(read, figure):
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
        _show(reader(asked.folder), f"{asked.figure} of {' '.join(asked.of)}" if asked.of else asked.figure)
    verdict = check(reader(asked.folder), asked.manifest_sha256, reader(asked.earlier) if asked.earlier else None)
    for line in verdict.lines():
        print(line)
    if not (asked.folder / MANIFEST).is_file():
        return NOTHING
    return WHOLE if verdict.holds else BROKEN


if __name__ == "__main__":
    sys.exit(main())
