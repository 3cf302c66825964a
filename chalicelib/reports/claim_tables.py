"""The tables of a claim's pack, as CSV: what was spent, each line, its evidence, the match, and what is still to be spent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.domain.cells import Counter, Counters, added
from chalicelib.domain.chain import Position
from chalicelib.domain.claim_forecasts import Expected
from chalicelib.domain.claim_lines import Line, Selection
from chalicelib.domain.claims import Wording
from chalicelib.domain.entries import Entry
from chalicelib.domain.evidence import Evidence
from chalicelib.domain.funds import Fund, MatchRequirement
from chalicelib.domain.grants import Grant
from chalicelib.domain.measures import MEASURES, spent
from chalicelib.domain.values import Struct, field
from chalicelib.reports.cells import BOM, line, pounds

Row = tuple[str, ...]


class Contents(Struct, frozen=True, kw_only=True, dict=True):
    """All that a claim's pack says.

    `wording` is the certificate's, if the office has set one. `at` is the grant's last record that was looked at, `counters` are all
    of the grant's up to it, in pence. `evidence` is by entry, `titles` by initiative with money of the grant. `remaining` are the
    quarters after the claim's in which the grant still pays. `forecasts` are by initiative, as its latest accepted return has them;
    an initiative that is not there has none.
    """

    claim_id: str
    quarter: str
    office: str
    prepared_by: str
    prepared_on: str
    note: str
    wording: Wording | None
    grant: Grant
    fund: Fund
    lead_recipient: str
    at: Position
    selected: Selection
    counters: Counters
    evidence: Mapping[str, tuple[Evidence, ...]]
    titles: Mapping[str, str]
    remaining: tuple[str, ...]
    forecasts: Mapping[str, Expected] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is claimed."""
        return self.selected.lines


def _csv(heading: Row, rows: Iterable[Row]) -> bytes:
    return BOM + "".join(map(line, (heading, *rows))).encode()


def statement(contents: Contents) -> bytes:
    """Expenditure by nature, initiative and quarter, with a total."""
    heading = (
        *("nature", "initiative", "initiative_title", "financial_year", "quarter", "lines"),
        *("paid_pounds", "corrected_pounds", "refunded_pounds", "spent_pounds"),
    )
    parts: dict[tuple[str, str, str, str], list[Counters]] = {}
    for each in contents.lines:
        place = each.entry.place
        key = (place.nature.value, place.initiative_id or "", place.financial_year, place.quarter or "")
        parts.setdefault(key, []).append(each.entry.moves)
    rows = [
        (nature, initiative, contents.titles.get(initiative, ""), year, quarter, *_spending(moved))
        for (nature, initiative, year, quarter), moved in sorted(parts.items())
    ]
    total = ("total", "", "", "", "", *_spending([each.entry.moves for each in contents.lines]))
    return _csv(heading, (*rows, total))


def _spending(moved: list[Counters]) -> Row:
    whole = added(moved)
    return str(len(moved)), *(pounds(MEASURES[name].of(whole)) for name in ("paid", "corrected", "refunded", "spent"))


def line_schedule(contents: Contents) -> bytes:
    """Every entry that is claimed, in the order in which they were recorded. What belongs to an earlier quarter came late."""
    heading = (
        *("entry_id", "kind", "date", "financial_year", "quarter", "late", "nature", "initiative", "initiative_title"),
        *("party", "document_kind", "document_number", "document_date", "reference", "entry_named", "description", "amount_pounds"),
    )
    return _csv(heading, (_line(contents, each) for each in contents.lines))


def _line(contents: Contents, each: Line) -> Row:
    entry, place = each.entry, each.entry.place
    return (
        each.id,
        entry.kind.value,
        str(entry.on),
        place.financial_year,
        place.quarter or "",
        "" if place.quarter == contents.quarter else "late",
        place.nature.value,
        place.initiative_id or "",
        contents.titles.get(place.initiative_id or "", ""),
        entry.party,
        *_document(entry),
        entry.reference,
        entry.of or "",
        entry.description,
        pounds(each.pence),
    )


def _document(entry: Entry) -> Row:
    held = entry.document
    return (held.kind.value, held.number, str(held.date)) if held else ("", "", "")


def evidence_list(contents: Contents) -> bytes:
    """The files behind each line, with their SHA-256; a line without any is named, and says `none`."""
    heading = ("entry_id", "evidence", "evidence_id", "file_name", "content_type", "size_bytes", "sha256")
    return _csv(heading, (row for each in contents.lines for row in _files(contents, each.id)))


def _files(contents: Contents, entry_id: str) -> Iterator[Row]:
    for held in contents.evidence.get(entry_id, ()):
        yield entry_id, "stored", held.id, held.file_name, held.content_type.value, str(held.size), held.sha256
    if not contents.evidence.get(entry_id):
        yield entry_id, "none", "", "", "", "", ""


def match_position(contents: Contents) -> bytes:
    """The match that is required of the award, and of what was spent so far, beside what partners contributed.

    Where neither grant nor fund requires match, nothing is said of what is required.
    """
    heading = (
        *("of", "required_by", "per_cent", "base", "grant_pounds", "required_pounds"),
        *("cash_pounds", "in_kind_pounds", "match_pounds", "short_pounds"),
    )
    by, rule = _rule(contents)
    rows = (("award", contents.grant.awarded_pence), ("spent so far", max(0, spent(contents.counters))))
    return _csv(heading, (_match(contents, by, rule, *row) for row in rows))


def _rule(contents: Contents) -> tuple[str, MatchRequirement | None]:
    if contents.grant.match:
        return "grant", contents.grant.match
    return ("fund", contents.fund.rules.match) if contents.fund.rules.match else ("", None)


def _match(contents: Contents, by: str, rule: MatchRequirement | None, of: str, grant_pence: int) -> Row:
    cash, in_kind = (contents.counters.get(counter, 0) for counter in (Counter.MATCH_CASH, Counter.MATCH_IN_KIND))
    recorded = pounds(cash), pounds(in_kind), pounds(cash + in_kind)
    if rule is None:
        return of, by, "", "", pounds(grant_pence), "", *recorded, ""
    required = rule.required_pence(grant_pence)
    per_cent = f"{rule.basis_points // 100}.{rule.basis_points % 100:02}"
    return of, by, per_cent, rule.base.value, pounds(grant_pence), pounds(required), *recorded, pounds(max(0, required - cash - in_kind))


def forecast(contents: Contents) -> bytes:
    """What each initiative expects to spend in each quarter to come, whichever grant pays, and which return says so.

    Nothing is a forecast, too. A quarter of the grant that no accepted return speaks of is named, and says `not reported`.
    """
    heading = ("initiative", "initiative_title", "quarter", "forecast", "forecast_pounds", "return", "accepted_on")
    return _csv(heading, (row for initiative in sorted(contents.titles) for row in _expected(contents, initiative)))


def _expected(contents: Contents, initiative: str) -> Iterator[Row]:
    title, told = contents.titles[initiative], contents.forecasts.get(initiative)
    by, pence = ((told.set_by, str(told.accepted_on)), told.pence) if told else (("", ""), {})
    for quarter in sorted({*contents.remaining, *pence}):
        said = ("reported", pounds(pence[quarter])) if quarter in pence else ("not reported", "")
        yield initiative, title, quarter, *said, *by
    if not contents.remaining and not pence:
        yield initiative, title, "", "no quarter to come", "", *by
