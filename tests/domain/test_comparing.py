"""The office's ledger beside ours: which cause each penny of a difference has, case by case, and that they always add up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.agreeing import Total
from chalicelib.domain.agreement_rows import Fate, Ours, Theirs, Unplaced
from chalicelib.domain.agreements import Cause, Scope
from chalicelib.domain.cells import Nature
from chalicelib.domain.comparing import Compared, compare
from chalicelib.domain.periods import Quarter

Q3 = Quarter.parse("2023-24-Q3")
DAYS = {"Q2": date(2023, 9, 29), "Q3": date(2023, 11, 1), "Q4": date(2024, 1, 9)}
WHOLE = Scope()


def row(document: str, pence: int, *, quarter: str = "Q3", fate: Fate = Fate.NOT_POSTED, coded: str = "lamps capital") -> Theirs:
    """What an extract says of a document."""
    initiative_id, nature = coded.split()
    return Theirs(
        document=document,
        import_id="july",
        number=1,
        named=document.upper(),
        on=DAYS[quarter],
        initiative_id=initiative_id,
        nature=Nature(nature),
        pence=pence,
        fate=fate,
    )


def entry(document: str, pence: int, *, quarter: str = "Q3", puts_right: bool = False, coded: str = "lamps capital") -> Ours:
    """What the ledger has of a document."""
    initiative_id, nature = coded.split()
    return Ours(
        entry_id=f"grant.{document}",
        on=DAYS[quarter],
        initiative_id=initiative_id,
        nature=Nature(nature),
        quarter=f"2023-24-{quarter}",
        pence=pence,
        document=document,
        named=document.upper(),
        puts_right=puts_right,
    )


def put_right(document: str, pence: int, *, quarter: str = "Q3", coded: str = "lamps capital") -> Ours:
    """A correction or a refund of a document."""
    return entry(document, pence, quarter=quarter, puts_right=True, coded=coded)


def compared(office: int, theirs: Iterable[Theirs], ours: Iterable[Ours], elsewhere: frozenset[str] = frozenset()) -> Compared:
    return compare((Total(scope=WHOLE, office_pence=office),), Q3, ours, theirs, elsewhere=elsewhere)


CASES = {
    "both have it, and nothing is to be explained": (1000, [row("a", 1000)], [entry("a", 1000)], {}, 0),
    "previewed and not posted": (1500, [row("a", 1000), row("b", 500)], [entry("a", 1000)], {"not_imported": 500}, 0),
    "waiting in suspense": (1500, [row("a", 1000), row("b", 500, fate=Fate.WAITING)], [entry("a", 1000)], {"in_suspense": 500}, 0),
    "dismissed from suspense": (500, [row("b", 500, fate=Fate.DISMISSED)], [], {"not_imported": 500}, 0),
    "posted to another grant out of suspense": (500, [row("b", 500, fate=Fate.ELSEWHERE)], [], {"correction": 500}, 0),
    "dated here in the extract and later in the ledger": (1000, [row("a", 1000)], [entry("a", 1000, quarter="Q4")], {"timing": 1000}, 0),
    "dated later in the extract": (
        *(200, [row("a", 1000, quarter="Q4"), row("b", 200)], [entry("a", 1000), entry("b", 200)]),
        *({"timing": -1000}, 0),
    ),
    "in no extract, and the extracts are whole": (200, [row("b", 200)], [entry("a", 70), entry("b", 200)], {"timing": -70}, 0),
    "in no extract, and nobody knows whether they are whole": (205, [row("b", 200)], [entry("a", 70), entry("b", 200)], {}, -65),
    "typed by hand for want of extracts, and the same": (1000, [], [entry("a", 600), entry("b", 400)], {}, 0),
    "typed by hand for want of extracts, and a penny over": (1001, [], [entry("a", 600), entry("b", 400)], {}, 1),
    "nothing in the office's ledger, and no extract": (0, [], [entry("a", 600)], {}, -600),
    "corrected here and not there": (1000, [row("a", 1000)], [entry("a", 1000), put_right("a", -150)], {"correction": 150}, 0),
    "refunded here in a later quarter is a matter of that one": (
        *(1000, [row("a", 1000)], [entry("a", 1000), put_right("a", -150, quarter="Q4")]),
        *({}, 0),
    ),
    "corrected here a quarter after it was paid": (
        *(0, [row("a", 1000, quarter="Q2")], [entry("a", 1000, quarter="Q2"), put_right("a", -150)]),
        *({"correction": 150}, 0),
    ),
    "a correction that was confirmed a quarter later": (
        *(900, [row("a", 900)], [entry("a", 1000), put_right("a", -100, quarter="Q4")]),
        *({"timing": -100}, 0),
    ),
    "changed at its source, and not confirmed": (
        *(900, [row("a", 900, fate=Fate.CHANGED)], [entry("a", 1000)]),
        *({"not_imported": -100}, 0),
    ),
    "changed at its source, and its correction waits": (
        *(900, [row("a", 900, fate=Fate.WAITING)], [entry("a", 1000)]),
        *({"in_suspense": -100}, 0),
    ),
    "changed at its source and put right by hand": (
        *(900, [row("a", 900, fate=Fate.CHANGED)], [entry("a", 1000), put_right("a", -100)]),
        *({}, 0),
    ),
    "corrected here, paid in another quarter": (
        *(1000, [row("a", 1000)], [entry("a", 1000, quarter="Q4"), put_right("a", -150)]),
        *({"correction": 150, "timing": 1000}, 0),
    ),
    "an invoice of the office's ledger that no extract shows": (1310, [row("a", 1000)], [entry("a", 1000)], {}, 310),
    "a penny too much": (999, [row("a", 999)], [entry("a", 999), put_right("b", 1)], {"correction": -1}, 0),
}


@pytest.mark.parametrize("case", CASES)
def test_a_difference_has_the_cause_that_its_documents_tell(case: str) -> None:
    office, theirs, ours, causes, unexplained = CASES[case]

    (line,) = compared(office, theirs, ours).lines

    assert dict(line.causes) == causes
    assert line.unexplained_pence == unexplained


def test_what_another_grant_has_in_the_extract_is_coded_otherwise_here() -> None:
    (line,) = compared(0, [], [entry("a", 300)], elsewhere=frozenset({"a"})).lines

    assert (dict(line.causes), line.unexplained_pence) == ({"correction": -300}, 0)


def test_each_total_is_compared_by_itself_and_what_no_total_names_against_nothing() -> None:
    totals = (
        Total(scope=Scope("lamps", Nature.CAPITAL), office_pence=1000),
        Total(scope=Scope("lamps"), office_pence=200),
    )
    theirs = [row("a", 1000), row("b", 200, coded="lamps revenue"), row("c", 50, coded="cctv capital")]
    ours = [entry("a", 1000), entry("b", 200, coded="lamps revenue"), entry("c", 50, coded="cctv capital")]

    capital, other, rest = compare(totals, Q3, ours, theirs).lines

    assert (capital.difference_pence, other.difference_pence) == (0, 0)
    assert (rest.scope, rest.stated, rest.office_pence, rest.ours_pence) == (Scope(), False, 0, 50)
    assert (dict(rest.causes), rest.unexplained_pence) == ({}, -50)


def test_what_was_recoded_here_is_a_correction_on_both_lines() -> None:
    totals = (Total(scope=Scope("lamps"), office_pence=1000), Total(scope=Scope("cctv"), office_pence=0))
    ours = [entry("a", 1000), put_right("a", -400), put_right("a", 400, coded="cctv capital")]

    lamps, cctv, rest = compare(totals, Q3, ours, [row("a", 1000)]).lines

    assert (lamps.difference_pence, dict(lamps.causes)) == (400, {"correction": 400})
    assert (cctv.difference_pence, dict(cctv.causes)) == (-400, {"correction": -400})
    assert (rest.difference_pence, rest.unexplained_pence) == (0, 0)


def test_every_cause_names_the_documents_behind_it() -> None:
    found = compared(1500, [row("a", 1000), row("b", 500)], [entry("a", 1000, quarter="Q4"), entry("c", 30)]).items

    assert [(item.cause, item.line, item.pence, item.why, item.document, item.entries) for item in found] == [
        (Cause.TIMING, 1, 1000, "the extract and the ledger count it in different quarters", "A", ()),
        (Cause.NOT_IMPORTED, 1, 500, "previewed, and not posted", "B", ()),
        (Cause.TIMING, 1, -30, "in no extract", "C", ("grant.c",)),
    ]


def test_what_may_be_behind_the_unexplained_is_shown_and_not_counted() -> None:
    rejected = Unplaced(document="", import_id="july", number=9, named="", on=None, pence=0)
    unmapped = Unplaced(document="d", import_id="july", number=8, named="D", on=DAYS["Q3"], pence=310)
    fixed = Unplaced(document="a", import_id="june", number=8, named="A", on=DAYS["Q3"], pence=1000)

    totals = (Total(scope=WHOLE, office_pence=1340),)
    found = compare(totals, Q3, [entry("a", 1000), entry("c", 30)], [row("a", 1000)], [rejected, unmapped, fixed])

    assert found.lines[0].unexplained_pence == 310
    assert [(item.cause, item.line, item.pence, item.document) for item in found.items] == [
        (Cause.UNEXPLAINED, 1, -30, "C"),
        (Cause.UNEXPLAINED, 0, 0, ""),
        (Cause.UNEXPLAINED, 0, 310, "D"),
    ]


documents = st.sampled_from(("a", "b", "c", "d", "e"))
quarters = st.sampled_from(("Q2", "Q3", "Q4"))
codes = st.sampled_from(("lamps capital", "lamps revenue", "cctv capital", "cctv not_stated"))
pence = st.integers(-500, 500)
entries = st.builds(entry, documents, pence, quarter=quarters, puts_right=st.booleans(), coded=codes)
rows = st.builds(row, documents, pence, quarter=quarters, fate=st.sampled_from(Fate), coded=codes)
scopes = st.sampled_from((Scope(), Scope("lamps"), Scope("cctv", Nature.CAPITAL), Scope("lamps", Nature.REVENUE)))


@given(
    office=st.dictionaries(scopes, st.integers(-2000, 2000), max_size=4),
    ours=st.lists(entries, max_size=12),
    theirs=st.lists(rows, max_size=8),
    elsewhere=st.frozensets(documents, max_size=1),
)
def test_the_causes_and_the_unexplained_always_make_the_difference(
    office: dict[Scope, int], ours: list[Ours], theirs: list[Theirs], elsewhere: frozenset[str]
) -> None:
    """To the penny, on every line; and what is unexplained is what no document accounts for, worked out the other way round."""
    once = list({(each.document, each.initiative_id, each.nature): each for each in theirs}.values())
    totals = tuple(Total(scope=scope, office_pence=each) for scope, each in office.items())

    found = compare(totals, Q3, ours, once, elsewhere=elsewhere)

    assert sum(line.ours_pence for line in found.lines) == sum(each.pence for each in ours if each.quarter == str(Q3))
    assert sum(line.office_pence for line in found.lines) == sum(office.values())
    for place, line in enumerate(found.lines, 1):
        behind = [item for item in found.items if item.line == place]
        counted = sum(item.pence for item in behind if item.cause is not Cause.UNEXPLAINED)
        assert line.difference_pence == counted + line.unexplained_pence
        # What no extract has, the extracts may lack: so much of what they miss of the office's total is accounted for.
        lacking = sum(item.pence for item in behind if item.cause is Cause.UNEXPLAINED)
        assert line.unexplained_pence == line.office_pence - line.extracts_pence + lacking
        assert {cause: each for cause, each in line.causes.items() if not each} == {}
