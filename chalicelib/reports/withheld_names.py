"""Looking for withheld recipients in what is about to be published: in every file, as whole words, however the file writes them.

Whatever a file was made from, a name in it is found. Only one that is an ordinary word, as a publication of nothing has it in its
headings, must stand in the ledger's published texts, too: a title, another recipient, a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape

from chalicelib.domain.disclosures import Particular
from chalicelib.domain.publication_gaps import Gap, shown_elsewhere, withheld_texts
from chalicelib.domain.values import Struct, replace
from chalicelib.reports.contents import Contents
from chalicelib.reports.publication import files_of
from chalicelib.reports.zip_file import unzipped

_PIECE = 2**20
"""How many bytes of a file are looked through at once, up to the end of the line: a list of payments may be half a gigabyte."""


def sought(contents: Contents) -> dict[str, Sought]:
    """The names that must be in no file, by the subject that withholds them."""
    wanted: dict[str, set[str]] = {}
    for subject, name in withheld_texts(contents.listed, Particular.RECIPIENT):
        wanted.setdefault(subject, set()).add(name)
    if not wanted:
        return {}
    said = "\n".join({text.casefold() for text in _texts(_published(contents))})
    ordinary = "\n".join(text for file in files_of(_nothing(contents)).items() for text in _read(*file))
    return {
        subject: Sought(name for name in names if Sought((name,)).is_in(said) or not Sought((name,)).is_in(ordinary))
        for subject, names in sorted(wanted.items())
    }


def names_in(files: Mapping[str, bytes], contents: Contents) -> Iterator[Gap]:
    """A gap for each subject whose recipient's name stands in a file."""
    yield from gaps_of(files, sought(contents))


def gaps_of(files: Mapping[str, bytes], sought: Mapping[str, Sought]) -> Iterator[Gap]:
    """The same, when what is looked for is known."""
    there = _places(files, sought)
    for subject in sought:
        if there[subject]:
            yield shown_elsewhere(subject, Particular.RECIPIENT, ", ".join(there[subject]))


def _places(files: Mapping[str, bytes], sought: Mapping[str, Sought]) -> dict[str, list[str]]:
    """By subject, the files that have one of its names. Each file is read once, and no more of it than a piece at a time."""
    found: dict[str, list[str]] = {subject: [] for subject in sought}
    in_one_piece = any(each.has_line_breaks for each in sought.values())
    for name, content in files.items():
        left = dict(sought)
        for text in _read(name, content, in_one_piece=in_one_piece):
            for subject in [each for each, names in left.items() if names.is_in(text)]:
                found[subject].append(name)
                del left[subject]
    return found


class Sought:
    """Names to look for as whole words, in texts in which case makes no difference any more."""

    def __init__(self, names: Iterable[str]) -> None:
        self._forms = tuple(sorted({form.casefold() for name in names for form in _forms(name)}))
        self._pattern = re.compile("|".join(rf"(?<!\w){re.escape(form)}(?!\w)" for form in self._forms))

    @property
    def has_line_breaks(self) -> bool:
        """Whether a name may begin on one line and end on another."""
        return any("\n" in form or "\r" in form for form in self._forms)

    def is_in(self, text: str) -> bool:
        """Whether any of them stands there. To find the characters costs a hundredth of what the pattern does, so that comes first."""
        return any(form in text for form in self._forms) and self._pattern.search(text) is not None


def _read(name: str, content: bytes, *, in_one_piece: bool = False) -> Iterator[str]:
    """A file's text for comparing, some lines at a time. What HTML and XML escape, in whichever of their ways, is as what it stands for.

    No escape goes over the end of a line, so the pieces say what the whole does.
    """
    said = _unpacked(name, content)
    start = 0
    while start < len(said):
        end = len(said) if in_one_piece else said.find(b"\n", start + _PIECE) + 1 or len(said)
        yield unescape(said[start:end].decode(errors="replace")).casefold()
        start = end


def _unpacked(name: str, content: bytes) -> bytes:
    """What a file says. A workbook is a ZIP file: its parts, which are compressed in it, one after another."""
    return b"\n".join(unzipped(content).values()) if name.endswith(".xlsx") else content


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


def _forms(name: str) -> tuple[str, ...]:
    """A name as it is, and as JSON and CSV write it."""
    return name, json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1], name.replace('"', '""')
