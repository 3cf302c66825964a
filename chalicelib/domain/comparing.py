"""Comparing a quarter with the office's ledger: what its extracts say of each document, what we have of it, and why the two differ.

What an extract and the ledger both have is compared document by document, line by line:

    we have none of it                      not imported, or in suspense
    it changed at its source                not imported, until its correction is confirmed
    the sums agree, over all quarters       timing: one of the two counts it in another quarter
    what was paid agrees                    correction: it was put right here, and not there
    neither                                 correction: put right here as far as that goes, and otherwise coded otherwise

What no extract has is timing, too, or a correction, but only where the extracts of the quarter come to the office's total to the penny:
then they are whole, and what they have not is not in the office's ledger. Otherwise nobody can tell, and it stays unexplained.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chalicelib.domain.agreeing import Total
from chalicelib.domain.agreement_rows import Fate, Item, Ours, Theirs, Unplaced, Why
from chalicelib.domain.agreements import Cause, Line, Scope, line_of
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import Struct, field, replace


class Compared(Struct, frozen=True, kw_only=True):
    """The lines of an agreement with what was computed, and the documents behind it."""

    lines: tuple[Line, ...]
    items: tuple[Item, ...]


class _Sums(Struct, kw_only=True):
    """One document under one line: what the extract and the ledger say, in the quarter and in others."""

    theirs: int = 0
    theirs_elsewhen: int = 0
    paid: int = 0
    paid_elsewhen: int = 0
    put_right: int = 0
    put_right_elsewhen: int = 0
    in_extract: bool = False
    named: str = ""
    source: Theirs | None = None
    entries: list[str] = field(default_factory=list)

    @property
    def ours(self) -> int:
        return self.paid + self.put_right

    @property
    def gap(self) -> int:
        """What the two differ by in the quarter."""
        return self.theirs - self.ours

    @property
    def lasting(self) -> int:
        """What they differ by over all quarters."""
        return self.gap + self.theirs_elsewhen - self.paid_elsewhen - self.put_right_elsewhen

    @property
    def put_right_of_lasting(self) -> int:
        """So much of what they differ by for good as was put right in the quarter."""
        done = -self.put_right
        return min(done, self.lasting, key=abs) if done * self.lasting > 0 else 0


_Documents = dict[tuple[str, int], _Sums]


def lines_for(totals: Sequence[Total]) -> tuple[Line, ...]:
    """A line for each total, and one for what none of them names, in the order in which they were stated."""
    stated = [Line(scope=total.scope, stated=True, office_pence=total.office_pence, ours_pence=0, extracts_pence=0) for total in totals]
    if not any(line.scope == Scope() for line in stated):
        stated.append(Line(scope=Scope(), stated=False, office_pence=0, ours_pence=0, extracts_pence=0))
    return tuple(stated)


def compare(
    totals: Sequence[Total],
    quarter: Quarter,
    ours: Iterable[Ours],
    theirs: Iterable[Theirs],
    unplaced: Iterable[Unplaced] = (),
    elsewhere: frozenset[str] = frozenset(),
) -> Compared:
    """Put ours beside the office's totals. `theirs` has each document once, as its latest extract says; `elsewhere` are the keys of
    documents that extracts code to other grants alone.
    """
    lines = lines_for(totals)
    documents: _Documents = {}
    known = _add_ours(documents, lines, str(quarter), ours)
    _add_theirs(documents, lines, quarter, theirs)
    items: list[Item] = []
    for (document, place), sums in documents.items():
        found = _explained(sums, known=document in known, elsewhere=document in elsewhere)
        items += (_item(place, sums, *each) for each in found if each[1])
    sides = [_sides(line, [sums for (_, at), sums in documents.items() if at == place]) for place, line in enumerate(lines)]
    for (document, place), sums in documents.items():
        if sums.source is None and document not in elsewhere:
            items += (_item(place, sums, *each) for each in _beyond(sums, whole=sides[place].whole) if each[1])
    placed = tuple(replace(side.line, causes=_causes(items, place)) for place, side in enumerate(sides, 1))
    return Compared(lines=placed, items=(*items, *_candidates(documents, unplaced)))


class _Side(Struct, frozen=True):
    line: Line
    whole: bool


def _sides(line: Line, documents: Sequence[_Sums]) -> _Side:
    """The line with what both say, and whether its extracts are whole: there are any, and they come to the office's total."""
    extracts = sum(sums.theirs for sums in documents)
    both = replace(line, ours_pence=sum(sums.ours for sums in documents), extracts_pence=extracts)
    return _Side(both, whole=line.office_pence == extracts and any(sums.in_extract for sums in documents))


def _causes(items: Iterable[Item], place: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        if item.line == place and item.cause is not Cause.UNEXPLAINED:
            found[item.cause.value] = found.get(item.cause.value, 0) + item.pence
    return {cause: found[cause] for cause in sorted(found) if found[cause]}


def _item(place: int, sums: _Sums, cause: Cause, pence: int, why: str) -> Item:
    source = sums.source
    return Item(
        cause=cause,
        line=place + 1,
        pence=pence,
        why=why,
        document=source.named if source else sums.named,
        on=source.on if source else None,
        import_id=source.import_id if source else "",
        number=source.number if source else None,
        entries=tuple(sums.entries),
    )


def _add_ours(documents: _Documents, lines: tuple[Line, ...], quarter: str, ours: Iterable[Ours]) -> set[str]:
    """Add what we have, and tell of which documents we have anything at all."""
    known: set[str] = set()
    for each in ours:
        known.add(each.document)
        sums = documents.setdefault((each.document, line_of(lines, each.initiative_id, each.nature)), _Sums())
        sums.named = each.named
        if each.quarter == quarter:
            sums.entries.append(each.entry_id)
            if each.puts_right:
                sums.put_right += each.pence
            else:
                sums.paid += each.pence
        elif each.puts_right:
            sums.put_right_elsewhen += each.pence
        else:
            sums.paid_elsewhen += each.pence
    return known


def _add_theirs(documents: _Documents, lines: tuple[Line, ...], quarter: Quarter, theirs: Iterable[Theirs]) -> None:
    sources: dict[str, Theirs] = {}
    for each in theirs:
        sources[each.document] = each
        sums = documents.setdefault((each.document, line_of(lines, each.initiative_id, each.nature)), _Sums())
        if quarter.first_day <= each.on <= quarter.last_day:
            sums.theirs += each.pence
            sums.in_extract = True
        else:
            sums.theirs_elsewhen += each.pence
    for (document, _), sums in documents.items():
        sums.source = sources.get(document)


def _explained(sums: _Sums, *, known: bool, elsewhere: bool) -> Iterator[tuple[Cause, int, str]]:
    """Why the extract and the ledger differ about a document in the quarter; the pence make `gap`, where an extract has it."""
    if sums.source is None:
        if elsewhere:
            yield Cause.CORRECTION, sums.gap, Why.CODED_OTHERWISE
        return
    fate = sums.source.fate
    if not known:
        yield _WITHOUT_OURS.get(fate, Cause.NOT_IMPORTED), sums.gap, fate
    elif fate in (Fate.WAITING, Fate.CHANGED) and sums.lasting:
        here = sums.lasting if sums.theirs else 0
        yield _WITHOUT_OURS.get(fate, Cause.NOT_IMPORTED), here, fate
        yield Cause.TIMING, sums.gap - here, Why.OTHER_QUARTER
    else:
        yield from _both(sums)


_WITHOUT_OURS = {Fate.WAITING: Cause.IN_SUSPENSE, Fate.ELSEWHERE: Cause.CORRECTION}


def _both(sums: _Sums) -> Iterator[tuple[Cause, int, str]]:
    """Why the two differ about a document that both have, as far as its import went."""
    if not sums.lasting:
        yield Cause.TIMING, sums.gap, Why.OTHER_QUARTER
    elif sums.theirs + sums.theirs_elsewhen == sums.paid + sums.paid_elsewhen:
        yield Cause.TIMING, sums.theirs - sums.paid, Why.OTHER_QUARTER
        yield Cause.CORRECTION, -sums.put_right, Why.PUT_RIGHT
    else:
        here = sums.put_right_of_lasting
        yield Cause.CORRECTION, here, Why.PUT_RIGHT
        if here == sums.lasting:
            yield Cause.TIMING, sums.gap - here, Why.OTHER_QUARTER
        else:
            yield Cause.CORRECTION, sums.gap - here, Why.CODED_OTHERWISE


def _beyond(sums: _Sums, *, whole: bool) -> Iterator[tuple[Cause, int, str]]:
    """What no extract has: certain where the extracts are whole, and otherwise what may be behind the unexplained."""
    if not whole:
        yield Cause.UNEXPLAINED, -sums.ours, Why.IN_NO_EXTRACT
        return
    yield Cause.TIMING, -sums.paid, Why.IN_NO_EXTRACT
    yield Cause.CORRECTION, -sums.put_right, Why.PUT_RIGHT


def _candidates(documents: _Documents, unplaced: Iterable[Unplaced]) -> Iterator[Item]:
    placed = {sums.source.document for sums in documents.values() if sums.source}
    for each in unplaced:
        if each.document not in placed:
            yield Item(
                cause=Cause.UNEXPLAINED,
                line=0,
                pence=each.pence,
                why=Why.NOT_PLACED,
                document=each.named,
                on=each.on,
                import_id=each.import_id,
                number=each.number,
            )
