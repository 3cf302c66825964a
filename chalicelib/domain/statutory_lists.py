"""The two lists that the Order wants published: onward grants of any amount, and all other spending by what its document comes to.

Elected Local Policing Bodies (Specified Information) Order 2011, SI 2011/3050 as amended, Schedule, paragraph 3:
(f) each crime and disorder reduction grant made, whatever its amount: recipient, purpose, conditions, reasons;
(g) each other item of expenditure exceeding £500: recipient, purpose, and why good value for money was expected.

    a line      one payment, or what stands where a payment was recoded to. Corrections of it are in it; refunds stand beside it.
    an item     all lines of one document, over all grants. It comes to what the document says, with its VAT and with what no grant
                pays of it, and with every correction of its lines.
    listed      an onward grant's line: always. Another line: where its item comes to more than £500, or to less than -£500.
                A line that was corrected to nothing is no spending: it is left out of both.

Every line is in one list, in none because its item is too small, or came to nothing; so what is listed and what is not add up to what
was spent. A credit note is an item of its own: nothing says which invoice it answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.domain.cells import NO_INITIATIVE, Cell
from chalicelib.domain.disclosures import Disclosure, Particular, Told
from chalicelib.domain.grounds import Ground
from chalicelib.domain.values import Struct

THRESHOLD_PENCE = 50_000
"""What an item must come to more than, in pence: £500.00 itself is not listed."""

OF_GRANTS = (Particular.RECIPIENT, Particular.PURPOSE, Particular.CONDITIONS, Particular.REASONS)
OF_SPENDING = (Particular.RECIPIENT, Particular.PURPOSE, Particular.VALUE_FOR_MONEY)


class SpentLine(Struct, kw_only=True, gc=False):
    """A payment's line as the ledger has it, amounts in pence.

    `paid_pence` is with corrections and `charged_pence` without; `item` is what its document's lines share; `document_pence` what
    that document comes to. `near` are the entries whose statements hold for it beside its own: what it was recoded from, and settles.
    """

    id: str
    grant_id: str
    seq: int
    cell: str
    on: str
    supplier: str
    item: tuple[str, str, str]
    document_pence: int
    charged_pence: int
    paid_pence: int
    near: tuple[str, ...] = ()
    refunded_pence: int = 0

    @property
    def initiative_id(self) -> str:
        """The initiative that it is for."""
        return Cell.parse(self.cell).initiative_id or NO_INITIATIVE

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whose disclosures hold for it, the nearest first."""
        return (self.id, *self.near, self.initiative_id)


class Said(Struct, frozen=True, kw_only=True):
    """What is published of a line's particulars: the texts, and the grounds of what is withheld, whose text is not here."""

    texts: Mapping[Particular, str]
    withheld: Mapping[Particular, Ground]


class Row(Struct, frozen=True, kw_only=True, gc=False):
    """A line of a list, as it is published. What is withheld is not in it, so it cannot be shown.

    `on` is an ISO date, `item_id` the id of its item's first line, and `item_pence` what the item comes to. `initiative_id` is for
    whoever looks a title up that may be published; it is not published itself.
    """

    id: str
    item_id: str
    grant_id: str
    initiative_id: str
    on: str
    financial_year: str
    quarter: str
    item_pence: int
    paid_pence: int
    refunded_pence: int
    said: Said

    @property
    def texts(self) -> Mapping[Particular, str]:
        """The particulars that are published."""
        return self.said.texts

    @property
    def withheld(self) -> Mapping[Particular, Ground]:
        """The grounds of those that are not."""
        return self.said.withheld

    @property
    def amount_pence(self) -> int:
        """What was spent: paid, with corrections, less refunds."""
        return self.paid_pence - self.refunded_pence


class Lists(Struct, frozen=True, kw_only=True):
    """Both lists, and what is in neither, as its item is too small."""

    grants_made: tuple[Row, ...]
    over_threshold: tuple[Row, ...]
    not_listed: int
    not_listed_pence: int

    @property
    def spent_pence(self) -> int:
        """What was spent, listed or not: the measure of that name."""
        return sum(row.amount_pence for row in (*self.grants_made, *self.over_threshold)) + self.not_listed_pence


class Listed(Struct, frozen=True, kw_only=True, gc=False):
    """A line with everything that decides how it is listed. Gaps are looked for in these."""

    line: SpentLine
    told: Told
    item_id: str
    item_pence: int

    @property
    def counts(self) -> bool:
        """Whether its particulars must be told: an onward grant's, and those of an item above the threshold."""
        return bool(self.line.paid_pence) and (self.told.onward_grant is True or abs(self.item_pence) > THRESHOLD_PENCE)

    @property
    def particulars(self) -> tuple[Particular, ...]:
        """What must be told of it."""
        return OF_GRANTS if self.told.onward_grant else OF_SPENDING

    def text(self, particular: Particular) -> str:
        """A particular in plain words, withheld or not. The document's own supplier is the recipient where nothing else is said."""
        said = self.told.said(particular)
        return said or self.line.supplier.strip() if particular is Particular.RECIPIENT else said

    def said(self) -> Said:
        """What may be published of its particulars."""
        withheld = {each: found.ground for each in self.particulars if (found := self.told.withheld(each))}
        return Said(texts={each: self.text(each) for each in self.particulars if each not in withheld}, withheld=withheld)

    def row(self, said: Said) -> Row:
        """As it is published."""
        line, cell = self.line, Cell.parse(self.line.cell)
        return Row(
            id=line.id,
            item_id=self.item_id,
            grant_id=line.grant_id,
            initiative_id=line.initiative_id,
            on=line.on,
            financial_year=cell.financial_year,
            quarter=cell.quarter or "",
            item_pence=self.item_pence,
            paid_pence=line.paid_pence,
            refunded_pence=line.refunded_pence,
            said=said,
        )


def listed(lines: Iterable[SpentLine], disclosures: Mapping[str, Disclosure]) -> list[Listed]:
    """Every line with its item and what is said of it, in order of date, grant and record."""
    ordered = sorted(lines, key=lambda line: (line.on, line.grant_id, line.seq))
    items: dict[tuple[str, str, str], list[SpentLine]] = {}
    for line in ordered:
        items.setdefault(line.item, []).append(line)
    pence = {item: _comes_to(of_item) for item, of_item in items.items()}
    # Nearly all lines of an initiative are told alike: one value for all of these, or a large ledger would not fit in memory.
    alike: dict[tuple[str, ...], Told] = {}
    found = []
    for line in ordered:
        there = tuple(subject for subject in line.subjects if subject in disclosures)
        if there not in alike:
            alike[there] = Told(tuple(disclosures[subject] for subject in there))
        found.append(Listed(line=line, told=alike[there], item_id=items[line.item][0].id, item_pence=pence[line.item]))
    return found


def _comes_to(lines: Sequence[SpentLine]) -> int:
    """What an item comes to: its document with every correction."""
    return lines[0].document_pence + sum(line.paid_pence - line.charged_pence for line in lines)


def lists(found: Sequence[Listed]) -> Lists:
    """The two lists."""
    grants_made: list[Row] = []
    over_threshold: list[Row] = []
    not_listed = not_listed_pence = 0
    alike: dict[tuple[int, str], Said] = {}  # by what is told, one value for all lines that share it, and the supplier
    for each in found:
        if each.counts:
            key = id(each.told), each.line.supplier
            said = alike[key] if key in alike else alike.setdefault(key, each.said())
            (grants_made if each.told.onward_grant else over_threshold).append(each.row(said))
        elif each.line.paid_pence:
            not_listed += 1
            not_listed_pence += each.line.paid_pence - each.line.refunded_pence
    return Lists(
        grants_made=tuple(grants_made), over_threshold=tuple(over_threshold), not_listed=not_listed, not_listed_pence=not_listed_pence
    )
