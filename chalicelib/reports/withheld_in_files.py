"""Looking for what is withheld in what is about to be published: in every file, as whole words, however the file writes it.

Whatever a file was made from, what is withheld is found in it. Which texts are looked for:

    recipients' names         all of them. One that is an ordinary word, as a publication of nothing has it in its headings, must
                              stand in the ledger's published texts, too: a title, another recipient, a note
    other particulars,        those that tell something by themselves: two words and twelve characters at least, and not what a
    initiatives' fields       publication of nothing says anyway, or a category's name. "Lamps" or "Hanley" stand anywhere
    partners, days, amounts   none: a partner who is withheld here may be published there, and days and amounts say nothing alone

A place that another initiative publishes is not looked for, either. Files are read a piece at a time, so the memory that this takes
does not grow with them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import unescape
from io import BytesIO
from itertools import groupby

from chalicelib.domain.disclosures import Particular
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.publication_gaps import Gap, shown_elsewhere, withheld_texts
from chalicelib.domain.values import Struct, replace
from chalicelib.reports.contents import Contents
from chalicelib.reports.publication import files_of

_FEWEST_CHARACTERS = 12
_PIECE = 1 << 20
"""About how many bytes are read at a time, as whole lines: a list of payments may be half a gigabyte."""

_FEW = 32
"""Of how many texts it is asked first whether their characters are there at all: of few, that costs far less than the pattern."""

Cell = tuple[str, str]
"""What is withheld: the subject whose disclosure or whose initiative withholds it, and the particular or the field."""

Wanted = dict[str, set[Cell]]
"""By text, as it is compared, whatever withholds it."""


def withheld_in(files: Mapping[str, bytes], contents: Contents) -> Iterator[Gap]:
    """A gap for each cell that is withheld and whose plain value stands in a file."""
    yield from gaps_of(files, sought(contents))


def sought(contents: Contents) -> Search:
    """What must be in no file."""
    return Search(_wanted(contents))


def gaps_of(files: Mapping[str, bytes], sought: Search) -> Iterator[Gap]:
    """The same as `withheld_in`, when what is looked for is known."""
    found: dict[Cell, list[str]] = {}
    for name, content in files.items():
        for cell in sought.cells_in(name, content):
            found.setdefault(cell, []).append(name)
    for subject, what in sorted(found):
        yield shown_elsewhere(subject, what, ", ".join(found[subject, what]))


def _wanted(contents: Contents) -> Wanted:
    """What is to be looked for."""
    names = {(text, (subject, Particular.RECIPIENT.value)) for subject, text in withheld_texts(contents.listed, Particular.RECIPIENT)}
    others = {(text, cell) for text, cell in _others(contents) if _tells(text)}
    if not names and not others:
        return {}
    said = Search({text.casefold(): set() for text, _ in names})
    published = "\n".join({text.casefold() for text in _texts(_published(contents))})
    spoken = said.texts_in(published)
    ordinary = Search({text.casefold(): set() for text, _ in (*names, *others)}).texts_in(_ordinary(contents))
    wanted: Wanted = {}
    for text, cell in (*names, *others):
        compared = text.casefold()
        if compared not in ordinary or ((text, cell) in names and compared in spoken):
            wanted.setdefault(compared, set()).add(cell)
    return wanted


def _others(contents: Contents) -> Iterator[tuple[str, Cell]]:
    """The plain values of all cells that are withheld but recipients and partners."""
    for particular in Particular:
        if particular is not Particular.RECIPIENT:
            yield from ((text, (subject, particular.value)) for subject, text in withheld_texts(contents.listed, particular))
    shown = {place.name for held in contents.initiatives.values() if held.may_publish("places") for place in held.places}
    for held in contents.initiatives.values():
        yield from ((text, (held.id, field)) for field, text in _fields(held) if not held.may_publish(field) and text not in shown)


def _fields(held: Initiative) -> Iterator[tuple[str, str]]:
    yield "title", held.title
    yield "description", held.description
    yield from (("places", place.name) for place in held.places)
    yield from (("milestones", each.name) for each in held.milestones)
    yield from (("outputs", each.name) for each in held.outputs)


def _tells(text: str) -> bool:
    """Whether a text says something by itself, wherever it stands."""
    return len(text.strip()) >= _FEWEST_CHARACTERS and len(text.split()) > 1


class Search:
    """A search for many texts at once."""

    def __init__(self, wanted: Wanted) -> None:
        self._cells: Wanted = {}
        for text, cells in wanted.items():
            for form in _forms(text):
                self._cells.setdefault(form, set()).update(cells)
        self._pattern = _pattern(self._cells)
        # A text that stands within another one is met there only.
        self._within = {
            form: tuple(each for each in self._cells if each in form and _pattern((each,)).search(form)) for form in self._cells
        }
        self._lines = max((form.count("\n") for form in self._cells), default=0)

    def texts_in(self, text: str) -> set[str]:
        """Those that stand in a text, which is read as it is compared."""
        if not self._cells or (len(self._cells) <= _FEW and not any(form in text for form in self._cells)):
            return set()
        return {each for met in set(self._pattern.findall(text)) for each in self._within[met]}

    def cells_in(self, name: str, content: bytes) -> set[Cell]:
        """What is withheld and stands in a file."""
        if not self._cells:
            return set()
        met = {each for part in _parts(name, content) for text in _pieces(part, self._lines) for each in self.texts_in(text)}
        return {cell for form in met for cell in self._cells[form]}


def _parts(name: str, content: bytes) -> Iterator[bytes]:
    """What a file says. A workbook is a ZIP file: its parts, which are compressed in it, one after another."""
    if not name.endswith(".xlsx"):
        yield content
        return
    from zipfile import ZipFile  # noqa: PLC0415  slow to import, and few publications have a workbook

    with ZipFile(BytesIO(content)) as packed:
        for part in packed.namelist():
            yield packed.read(part)


def _pieces(content: bytes, carried: int) -> Iterator[str]:
    """A file's text for comparing, some lines at a time; `carried` are told again, as a text may go over so many line ends.

    What HTML and XML escape, in whichever of their ways, is read as what it stands for.
    """
    stream, last = BytesIO(content), list[bytes]()
    while lines := stream.readlines(_PIECE):
        read = [*last, *lines]
        yield unescape(b"".join(read).decode(errors="replace")).casefold()
        last = read[-carried:] if carried else []


def _ordinary(contents: Contents) -> str:
    """What a publication says whatever its ledger holds, and the names of categories."""
    files = files_of(_nothing(contents))
    said = (text for name, content in files.items() for part in _parts(name, content) for text in _pieces(part, 0))
    return "\n".join((*said, *(category.words.casefold() for category in Category)))


def _nothing(contents: Contents) -> Contents:
    """A publication of the same day by an office without a name and without a ledger: whatever it says is no name of anybody's."""
    no_grants = replace(contents, grants={}, cells={}, entries={}, reported={}, waivers={}, spending=(), disclosures={}, reasons={})
    return replace(
        no_grants, first_entries={}, compared=None, partners=None, office="", note="", initiatives={}, funds={}, organisations={}, heads={}
    )


def _published(contents: Contents) -> tuple[object, ...]:
    """What files are made of, and some of which they may leave out; of spending nothing but what the lists say, each once."""
    kept = (contents.grants, contents.initiatives, contents.funds, contents.organisations, contents.waivers)
    rows = (row for each in (contents.lists.grants_made, contents.lists.over_threshold) for row in each)
    said = tuple({id(row.said): row.said for row in rows}.values())
    return (contents.office, contents.note, *kept, said, contents.reasons)


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, however deep."""
    match value:
        case str():
            yield value
        case Struct():
            for name in value.__struct_fields__:
                yield from _texts(getattr(value, name))
        case Mapping():
            for held in value.values():
                yield from _texts(held)
        case tuple():
            for held in value:
                yield from _texts(held)


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    """What finds any of these as whole words, the longest where several begin, and each where they overlap."""
    return re.compile(rf"(?<!\w)(?=({_branches(sorted(forms), 3)})(?!\w))")


def _branches(forms: Sequence[str], deep: int) -> str:
    """Alternatives, together by their first characters: so a search for a thousand texts is not a thousand times slower."""
    if not deep or len(forms) < 2:
        return "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    longer = groupby((form for form in forms if form), key=lambda form: form[0])
    told = [f"{re.escape(first)}(?:{_branches([form[1:] for form in same], deep - 1)})" for first, same in longer]
    return "|".join((*told, *([] if all(forms) else [""])))


def _forms(name: str) -> tuple[str, ...]:
    """A text as it is, and as JSON and CSV write it."""
    return tuple(
        each.casefold() for each in (name, json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1], name.replace('"', '""'))
    )
