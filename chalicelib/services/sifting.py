"""Taking a file apart: its documents and the rows that are none go to the scratch database, what else is found is added up."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from chalicelib.domain.extract_fragments import Fragments
from chalicelib.domain.extract_reading import read
from chalicelib.domain.extract_sheets import Complaint, Footer, Passed, Sheet
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import Struct, field
from chalicelib.services.preview_scratch import Scratch


class Sifted(Struct, kw_only=True):
    """What a file has beside its documents: totals of its own, rows that say nothing of money, and how many rows were put right."""

    footers: list[Footer] = field(default_factory=list)
    passed: Passed = field(default_factory=Passed)
    repaired: int = 0


def sift(scratch: Scratch, sheets: Iterable[Sheet], profile: Profile) -> Sifted:
    """Take the sheets of a file apart. A sheet without a header is complained of, unless nothing stands on it."""
    sifted, fragments = Sifted(), Fragments(profile)
    for found in read(sheets, profile):
        if isinstance(found, Complaint):
            scratch.add_wrong([(found,)])
            continue
        scratch.add_fragments(fragments.of(found))
        scratch.add_wrong(tuple(row) for _, row in groupby(found.complaints, key=lambda each: each.row))
        sifted.footers += found.footers
        sifted.repaired += len({each.row for each in found.repaired})
        for name in Passed.__struct_fields__:
            setattr(sifted.passed, name, getattr(sifted.passed, name) + getattr(found.passed, name))
    return sifted
