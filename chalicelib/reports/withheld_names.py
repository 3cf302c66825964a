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


def names_in(files: Mapping[str, bytes], contents: Contents) -> Iterator[Gap]:
    """A gap for each subject whose recipient's name stands in a file."""
    wanted: dict[str, set[str]] = {}
    for subject, name in withheld_texts(contents.listed, Particular.RECIPIENT):
        wanted.setdefault(subject, set()).add(name)
    if not wanted:
        return
    said = "\n".join({text.casefold() for text in _texts(_published(contents))})
    ordinary = "\n".join(_read(files_of(_nothing(contents))).values())
    texts = _read(files)
    for subject in sorted(wanted):
        names = {name for name in wanted[subject] if _pattern((name,)).search(said) or not _pattern((name,)).search(ordinary)}
        pattern = _pattern(form for name in names for form in _forms(name))
        if names and (there := [name for name, text in texts.items() if pattern.search(text)]):
            yield shown_elsewhere(subject, Particular.RECIPIENT, ", ".join(there))


def _read(files: Mapping[str, bytes]) -> dict[str, str]:
    """The files' texts for comparing. What HTML and XML escape, in whichever of their ways, is read as what it stands for."""
    return {name: unescape(_unpacked(name, content).decode(errors="replace")).casefold() for name, content in files.items()}


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
    """What files are made of, and some of which they may leave out; of spending nothing but the lists."""
    kept = (contents.grants, contents.initiatives, contents.funds, contents.organisations, contents.waivers)
    return (contents.office, contents.note, *kept, contents.lists, contents.reasons)


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
    """What finds any of these as whole words."""
    return re.compile("|".join(rf"(?<!\w){re.escape(form.casefold())}(?!\w)" for form in sorted(forms)))


def _forms(name: str) -> tuple[str, ...]:
    """A name as it is, and as JSON and CSV write it."""
    return name, json.dumps(name, ensure_ascii=False)[1:-1], json.dumps(name)[1:-1], name.replace('"', '""')
