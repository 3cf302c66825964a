"""Looking for withheld recipients in what is about to be published: in every file, as whole words, however the file writes them.

A name that is an ordinary word stands in headings, too. So a name counts as shown only where a file has it and the ledger says it
in something else than what is withheld: a title, another recipient, a note.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape

from chalicelib.domain.disclosures import Particular
from chalicelib.domain.publication_gaps import Gap, shown_elsewhere, withheld_texts
from chalicelib.domain.values import Struct
from chalicelib.reports.contents import Contents


def names_in(files: Mapping[str, bytes], contents: Contents) -> Iterator[Gap]:
    """A gap for each subject whose recipient's name stands in a file."""
    wanted: dict[str, set[str]] = {}
    for subject, name in withheld_texts(contents.listed, Particular.RECIPIENT):
        wanted.setdefault(subject, set()).add(name)
    if not wanted:
        return
    said = "\n".join({text.casefold() for text in _texts(_published(contents))})
    texts = {name: content.decode(errors="replace").casefold() for name, content in files.items()}
    for subject in sorted(wanted):
        names = {name for name in wanted[subject] if _pattern((name,)).search(said)}
        pattern = _pattern(form for name in names for form in _forms(name))
        if names and (there := [name for name, text in texts.items() if pattern.search(text)]):
            yield shown_elsewhere(subject, Particular.RECIPIENT, ", ".join(there))


def _published(contents: Contents) -> tuple[object, ...]:
    """What files are made of, and some of which they may leave out; of spending nothing but the lists."""
    kept = (contents.grants, contents.initiatives, contents.funds, contents.organisations, contents.waivers)
    return (contents.office, contents.note, *kept, contents.lists)


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
    """A name as it is, and as HTML, JSON and CSV write it."""
    in_json, in_csv = json.dumps(name, ensure_ascii=False)[1:-1], name.replace('"', '""')
    return name, escape(name), escape(name, quote=False), in_json, in_csv
