"""Everything that can be asked of a grant, with any date: commands for tests that throw all of them at its quarters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry, EntryKind, entry_id
from chalicelib.domain.errors import DomainError, Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.income import MatchGiven, Settlement
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.domain.proposals import Proposal, ProposalKind, Transfer
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.quarter_states import PeriodClosed, PeriodReopened
from chalicelib.domain.spending import Budgeted, Spend
from chalicelib.domain.values import replace
from chalicelib.domain.variations import LineChange, Variation, VariationKind
from chalicelib.services import closing, entries, grants, import_posting, imports, profiles, proposals, reading, registers, suspense
from tests.extracts.layouts import PAYMENTS, row
from tests.services.held_objects import HeldObjects
from tests.services.importing import announcement, csv
from tests.services.offices import CERTIFIER, FINANCE, Office, invoice, line, pay

GRANT = "ssf-4-example"
WHY = "Quarter end"
OFFICER = Actor(subject="officer", roles=frozenset({Role.OFFICER}))
PEOPLE = (FINANCE, FINANCE, OFFICER, CERTIFIER)
SETTLED_FOR = "2023-24-Q1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A command with everything that it may need: who asks, its date, an amount, an earlier entry counted round, a quarter."""

    what: str
    who: Actor
    on: date
    pence: int
    place: int
    quarter: Quarter


class QuarterEnds:
    """An office in July 2024, when every quarter of 2023-24 is over, and the commands by name."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._numbers = count(100)
        self._objects = HeldObjects()
        profiles.add(self.context(), PAYMENTS)

    def context(self, who: Actor = FINANCE) -> Context:
        now, unique = datetime(2024, 7, 1, 9, 30, tzinfo=UTC), f"{next(self._numbers):032x}"
        return replace(self.office.context(who), now=now, objects=self._objects, new_id=lambda: unique)

    @property
    def grant(self) -> Grant:
        return registers.find(self.context(), Grant, GRANT).state

    def ask(self, asked: Asked) -> object:
        """Do it. Raises what it is refused with."""
        return COMMANDS[asked.what](self, asked)

    def close(self, quarter: Quarter) -> None:
        closing.hold(self.context(), GRANT, quarter, WHY)
        closing.close(self.context(), GRANT, quarter, WHY)

    def named(self, place: int, *kinds: EntryKind) -> str:
        """An earlier entry of these kinds, counted round; an id that is none where there are none."""
        found = [name for name, _, entry in reading.entries(self.context(), GRANT) if entry.kind in kinds and entry.stands_as]
        return found[place % len(found)] if found else entry_id(GRANT, 1)

    def pay(self, asked: Asked) -> object:
        document = invoice(str(next(self._numbers)), asked.pence)
        return pay(self.context(asked.who), document, line("lighting", asked.pence), on=asked.on)

    def bring_in(self, asked: Asked) -> object:
        """Import an extract of one invoice. What the ledger refuses is posted out of suspense, which refuses it, too, and is dismissed."""
        number, amount = str(next(self._numbers)), f"{asked.pence / 100:.2f}"
        return self._imported(asked, csv(row(on=asked.on.isoformat(), number=number, amount=amount)))

    def bring_in_changed(self, asked: Asked) -> object:
        """Import an invoice that was paid with a penny less than it was paid with, and confirm the correction."""
        named = self.named(asked.place, EntryKind.PAYMENT)
        entry = next((entry for name, _, entry in reading.entries(self.context(), GRANT) if name == named), None)
        document = entry.document if entry else None
        if document is None:
            raise Missing(kind="payment", id=named)
        amount = f"{(document.net_pence - 1) / 100:.2f}"
        return self._imported(asked, csv(row(on=asked.on.isoformat(), number=document.number, amount=amount)))

    def _imported(self, asked: Asked, content: bytes) -> object:
        import_id = imports.announce(self.context(), "payments", announcement(content)).held.state.id
        self._objects.put(imports.source_key(import_id), BytesIO(content), content_type="text/csv")
        preview = imports.preview(self.context(), import_id).state.preview
        assert preview
        confirmed = tuple(range(1, preview.counts["changed"].documents + 1))
        made = import_posting.commit(self.context(asked.who), import_id, import_posting.Asked(digest=preview.digest, confirmed=confirmed))
        if not made.state.waiting:
            return made
        try:
            return suspense.post(self.context(asked.who), f"{import_id}.1", suspense.Elsewhere(), WHY)
        except DomainError:
            suspense.dismiss(self.context(Actor(subject="second", roles=CERTIFIER.roles)), f"{import_id}.1", WHY)
            raise

    def vary(self, asked: Asked) -> object:
        """Request a top-up dated that day, and have a second person approve it."""
        changes = (LineChange(financial_year="2023-24", nature=Nature.CAPITAL, change_pence=asked.pence),)
        about = {"dated": asked.on, "reason": WHY, "notice_reference": "Letter", "changes": changes}
        top_up = Variation(id=0, kind=VariationKind.TOP_UP, ends=None, requested_by="", **about)  # type: ignore[arg-type]  # by name
        made = grants.request_variation(self.context(OFFICER), GRANT, top_up)
        return grants.approve_variation(self.context(CERTIFIER), GRANT, len(made.state.variations), WHY)

    def propose(self, asked: Asked) -> object:
        """Propose a virement of that day, and have a second person approve it."""
        between = Transfer(initiative_id="lighting", to_initiative_id="cctv", financial_year="2023-24", nature=Nature.CAPITAL)
        return self._decided(asked, ProposalKind.VIREMENT, transfer=between)

    def write_off(self, asked: Asked) -> object:
        """Propose to give up some of a commitment that day, and have a second person approve it."""
        return self._decided(asked, ProposalKind.WRITE_OFF, entry=self.named(asked.place, EntryKind.COMMITMENT))

    def _decided(self, asked: Asked, kind: ProposalKind, transfer: Transfer | None = None, entry: str | None = None) -> object:
        pence = min(asked.pence, 100)
        wanted = Proposal(id=0, kind=kind, on=asked.on, amount_pence=pence, requested_by="", transfer=transfer, entry=entry)
        made = proposals.request(self.context(), GRANT, wanted, WHY)
        return proposals.approve(self.context(CERTIFIER), GRANT, made.proposal.id, WHY).grant

    def reopen(self, asked: Asked) -> object:
        closing.request_reopening(self.context(), GRANT, asked.quarter, WHY)
        return closing.reopen(self.context(CERTIFIER), GRANT, asked.quarter, WHY)


def _share(asked: Asked) -> Budgeted:
    return Budgeted(initiative_id="lighting", financial_year="2023-24", nature=Nature.CAPITAL, on=asked.on)


def _spend(asked: Asked) -> Spend:
    return Spend(initiative_id="lighting", nature=Nature.CAPITAL, on=asked.on, amount_pence=asked.pence)


def _match(asked: Asked, kind: EntryKind) -> MatchGiven:
    return MatchGiven(kind=kind, contributor="council", on=asked.on, amount_pence=asked.pence, nature=Nature.CAPITAL)


def _settled(asked: Asked, kind: EntryKind) -> Settlement:
    about = {"quarter": SETTLED_FOR, "nature": Nature.CAPITAL, "on": asked.on, "amount_pence": asked.pence}
    return Settlement(kind=kind, reference="Claim", **about)  # type: ignore[arg-type]  # by name


_CORRECTED = (
    *(EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL, EntryKind.MATCH_CASH, EntryKind.MATCH_IN_KIND),
    *(EntryKind.CLAIMED, EntryKind.RECEIVED, EntryKind.CORRECTION),
)
_RECODED = (EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL, EntryKind.CORRECTION)
_ELSEWHERE = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
_P, _C, _A = EntryKind.PAYMENT, EntryKind.COMMITMENT, EntryKind.ACCRUAL

COMMANDS: dict[str, Callable[[QuarterEnds, Asked], object]] = {
    "allocation": lambda to, a: entries.allocate(to.context(a.who), GRANT, _share(a), a.pence, WHY),
    "virement": lambda to, a: entries.transfer(to.context(a.who), GRANT, _share(a), "cctv", a.pence, WHY),
    "commitment": lambda to, a: entries.commit(to.context(a.who), GRANT, _spend(a)),
    "accrual": lambda to, a: entries.accrue(to.context(a.who), GRANT, _spend(a)),
    "payment": QuarterEnds.pay,
    "release": lambda to, a: entries.give_back(to.context(a.who), to.named(a.place, _C), EntryKind.RELEASE, a.on, a.pence, WHY),
    "reversal": lambda to, a: entries.give_back(to.context(a.who), to.named(a.place, _A), EntryKind.REVERSAL, a.on, a.pence, WHY),
    "correction": lambda to, a: entries.correct(to.context(a.who), to.named(a.place, *_CORRECTED), a.on, -1, WHY),
    "recoding": lambda to, a: entries.recode(to.context(a.who), to.named(a.place, *_RECODED), a.on, 1, _ELSEWHERE, WHY),
    "refund": lambda to, a: entries.refund(to.context(a.who), to.named(a.place, _P), a.on, 1, "Returned", WHY),
    "match": lambda to, a: entries.record_match(to.context(a.who), GRANT, _match(a, EntryKind.MATCH_CASH)),
    "match in kind": lambda to, a: entries.record_match(to.context(a.who), GRANT, _match(a, EntryKind.MATCH_IN_KIND)),
    "claimed": lambda to, a: entries.record_settlement(to.context(a.who), GRANT, _settled(a, EntryKind.CLAIMED)),
    "received": lambda to, a: entries.record_settlement(to.context(a.who), GRANT, _settled(a, EntryKind.RECEIVED)),
    "import": QuarterEnds.bring_in,
    "variation": QuarterEnds.vary,
    "proposed virement": QuarterEnds.propose,
    "write-off": QuarterEnds.write_off,
    "import of what changed": QuarterEnds.bring_in_changed,
    "hold": lambda to, a: closing.hold(to.context(), GRANT, a.quarter, WHY),
    "close": lambda to, a: closing.close(to.context(), GRANT, a.quarter, WHY),
    "reopening": QuarterEnds.reopen,
}
POSTING = tuple(what for what in COMMANDS if what not in {"hold", "close", "reopening", "import of what changed"})
"""Those that post on the day they are asked for. What changed at its source is corrected today."""


def trespasses(office: Office) -> Iterator[tuple[int, Entry]]:
    """The entries that were recorded while their date lay in a closed quarter. There must be none."""
    closed: set[str] = set()
    for record in reading.records(office.context(), Name(Kind.GRANT, GRANT)):
        match record.fact:
            case PeriodClosed(quarter=quarter):
                closed.add(quarter)
            case PeriodReopened(quarter=quarter):
                closed.discard(quarter)
            case Entry(on=on) if str(Quarter.of(on)) in closed:
                yield record.seq, record.fact
