"""Claims: drafted from the ledger, looked through, signed, sent and settled; what they post goes through the one gate with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chalicelib.context import Context
from chalicelib.domain import claiming, claims
from chalicelib.domain.aggregates import State
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claim_facts import ClaimFact
from chalicelib.domain.claim_lines import Line, Taken, claimable
from chalicelib.domain.claim_refusals import PackDiffers
from chalicelib.domain.claiming import Dated
from chalicelib.domain.claims import Claim, GrantClaims
from chalicelib.domain.entries import Entry, parse_entry_id
from chalicelib.domain.errors import Missing
from chalicelib.domain.grants import Grant
from chalicelib.domain.ledger import Purse
from chalicelib.domain.periods import Quarter, london_date
from chalicelib.domain.values import replace
from chalicelib.services import claim_packs, reading
from chalicelib.services.claim_packs import Asked, kept_sha256, key_of
from chalicelib.services.unit import Part, Plan, View, Written, change, expect, view_of
from chalicelib.storage import items
from chalicelib.storage.store import EntryKey, Wanted

LINK_SECONDS = 900
"""How long a link to a pack works."""

Posting = Callable[[Purse, Claim], tuple[tuple[Entry, ...], ClaimFact]]


def draft(context: Context, grant_id: str, quarter: Quarter, note: str) -> Claim:
    """Begin a claim of all that is unclaimed of a quarter, and of those before it. Costs one read of the grant's records.

    Raises Missing, and what `claim_packs.draft` raises.
    """
    wanted = _wanted(grant_id)

    def decide(view: View) -> Plan:
        grant, held = view.held(Grant, grant_id), view.find(GrantClaims, grant_id)
        before = held.state if held else GrantClaims(grant_id=grant_id)
        asked = Asked(claim_id=before.next_id, quarter=quarter, note=note, wording=before.wording)
        fact = claiming.begin(before, quarter, claim_packs.draft(context, grant, before, asked))
        return Plan(parts=(Part(Name(Kind.CLAIMS, grant_id), held, (fact,)),))

    return change(context, lambda: view_of(context, wanted), decide, lambda written: _claims(written).claims[-1])


def redraft(context: Context, claim_id: str, note: str | None, reason: str) -> Claim:
    """Draft a claim anew as the ledger is now, with another note where one is given. Costs and raises what `draft` does; StaleView, too."""

    def decide(view: View, held: GrantClaims) -> Plan:
        claim = held.claim(claim_id)
        claim.require(*claiming.BEFORE_SUBMISSION)
        said = claim.draft.note if note is None else note
        asked = Asked(claim_id=claim_id, quarter=Quarter.parse(claim.quarter), note=said, wording=held.wording)
        fact = claiming.redraft(claim, claim_packs.draft(context, view.held(Grant, held.grant_id), held, asked))
        return Plan(parts=(_part(view, held.grant_id, fact),), reason=reason)

    return _change(context, claim_id, decide)


def review(context: Context, claim_id: str, reason: str) -> Claim:
    """Say that a draft was looked through. Raises Missing, StaleView, NotInState, PreparerCannotApprove."""
    return _step(context, claim_id, lambda claim: claiming.review(claim, london_date(context.now), context.actor), reason)


def certify(context: Context, claim_id: str, sha256: str) -> Claim:
    """Sign the pack with this SHA-256, which is read for it, byte by byte.

    Raises Missing, StaleView, and what `claiming.certify` raises.
    """

    def decide(view: View, held: GrantClaims) -> Plan:
        fact = claiming.certify(held.claim(claim_id), held.wording, sha256, london_date(context.now), context.actor)
        # As good as in the view itself: what is kept never changes.
        kept = kept_sha256(context, claim_id, sha256)
        if kept != sha256:
            raise PackDiffers(claim_id=claim_id, given_sha256=sha256, pack_sha256=kept or "none: the file is gone")
        return Plan(parts=(_part(view, held.grant_id, fact),))

    return _change(context, claim_id, decide, with_grant=False)


def submit(context: Context, claim_id: str, when: Dated) -> Claim:
    """Send a claim, and post its claimed entries. Raises Missing, StaleView, and what `claiming.submit` raises."""
    return _post(context, claim_id, lambda purse, claim: claiming.submit(purse, claim, when, context.actor))


def settle(context: Context, claim_id: str, amount_pence: int, when: Dated, reason: str) -> Claim:
    """Take in money for a claim, and post its received entries. Raises Missing, StaleView, and what `claiming.settle` raises."""
    return _post(context, claim_id, lambda purse, claim: claiming.settle(purse, claim, amount_pence, when, context.actor), reason)


def query(context: Context, claim_id: str, question: str, when: Dated) -> Claim:
    """Take down what the Home Office asks. Raises Missing, StaleView, NotInState, DatedInFuture."""
    return _step(context, claim_id, lambda claim: claiming.query(claim, question, when))


def answer(context: Context, claim_id: str, words: str, when: Dated) -> Claim:
    """Take down what it was told. Raises Missing, StaleView, NotInState, DatedInFuture."""
    return _step(context, claim_id, lambda claim: claiming.answer(claim, words, when))


def withdraw(context: Context, claim_id: str, when: Dated, reason: str) -> Claim:
    """Ask for nothing any more, and take back what was claimed. Raises Missing, StaleView, NotInState, DatedInFuture."""
    return _post(context, claim_id, lambda purse, claim: claiming.withdraw(purse, claim, when), reason, taking_back=True)


def find(context: Context, claim_id: str) -> Claim:
    """One claim. Raises Missing."""
    grant_id = claims.grant_of(claim_id)
    return _held(view_of(context, Wanted(heads=(Name(Kind.CLAIMS, grant_id),))), claim_id).claim(claim_id)


def every(context: Context, grant_id: str | None = None, after: str = "") -> Iterator[Claim]:
    """Every claim, or those of one grant, after the claim given: grant by grant, in the order in which they were begun."""
    last, last_grant = claims.place_of(after), claims.grant_of(after) if after else ""
    if grant_id is not None:
        found = view_of(context, Wanted(heads=(Name(Kind.CLAIMS, grant_id),))).find(GrantClaims, grant_id)
        yield from found.state.claims[last if last_grant == grant_id else 0 :] if found else ()
        return
    if last_grant:
        yield from every(context, last_grant, after)
    for head in context.store.heads(Kind.CLAIMS, after=last_grant):
        yield from items.state_of(GrantClaims, head).claims


def lines(context: Context, claim: Claim, after: int) -> Iterator[Line]:
    """A claim's lines after record `after`, in the order in which they were recorded. Reads no more than is taken. Raises ChainBroken."""
    taken, first = Taken(claim.draft.spans), min((span.after for span in claim.draft.spans), default=0)
    for _, record, entry in reading.entries_after(context, claim.grant_id, max(after, first)):
        if record.seq > claim.draft.position:
            return
        if claimable(entry.moves) and taken.takes_in(record.seq, entry.cell):
            yield Line(grant_id=claim.grant_id, seq=record.seq, entry=entry)


def link(context: Context, claim: Claim) -> str:
    """An address from which a claim's pack can be had. Raises ObjectMissing."""
    key = key_of(claim.id, claim.draft.pack.sha256)
    return context.objects.link(key, seconds=LINK_SECONDS, now=context.now, filename=f"{claim.id}.zip")


def _step(context: Context, claim_id: str, decide: Callable[[Claim], ClaimFact], reason: str = "") -> Claim:
    """A step that posts nothing: it moves the claims' head only."""

    def plan(view: View, held: GrantClaims) -> Plan:
        return Plan(parts=(_part(view, held.grant_id, decide(held.claim(claim_id))),), reason=reason)

    return _change(context, claim_id, plan, with_grant=False)


def _post(context: Context, claim_id: str, decide: Posting, reason: str = "", *, taking_back: bool = False) -> Claim:
    """A step that posts entries: they, and what is recorded of the claim, are one write."""

    def plan(view: View, held: GrantClaims) -> Plan:
        entries, fact = decide(view.purse(held.grant_id), held.claim(claim_id))
        money = (Part(Name(Kind.GRANT, held.grant_id), view.held(Grant, held.grant_id), entries),) if entries else ()
        return Plan(parts=(*money, _part(view, held.grant_id, fact)), reason=reason)

    return _change(context, claim_id, plan, with_standings=taking_back)


def _change(
    context: Context,
    claim_id: str,
    decide: Callable[[View, GrantClaims], Plan],
    *,
    with_grant: bool = True,
    with_standings: bool = False,
) -> Claim:
    grant_id = claims.grant_of(claim_id)
    wanted = _wanted(grant_id) if with_grant else Wanted(heads=(Name(Kind.CLAIMS, grant_id),))

    def look() -> View:
        view = view_of(context, wanted)
        posted = tuple(_keys(_held(view, claim_id).claim(claim_id))) if with_standings else ()
        return view_of(context, replace(wanted, standings=posted)) if posted else view

    def plan(view: View) -> Plan:
        held = _held(view, claim_id)
        expect(context, str(held.claim(claim_id).version))
        return decide(view, held)

    return change(context, look, plan, lambda written: _claims(written).claim(claim_id))


def _wanted(grant_id: str) -> Wanted:
    return Wanted(heads=(Name(Kind.CLAIMS, grant_id), Name(Kind.GRANT, grant_id)))


def _held(view: View, claim_id: str) -> GrantClaims:
    found = view.find(GrantClaims, claims.grant_of(claim_id))
    if found is None:
        raise Missing(kind="claim", id=claim_id)
    return found.state


def _part(view: View, grant_id: str, fact: ClaimFact) -> Part:
    return Part(Name(Kind.CLAIMS, grant_id), view.held(GrantClaims, grant_id), (fact,))


def _claims(written: tuple[Written[State], ...]) -> GrantClaims:
    return next(each.state for each in written if isinstance(each.state, GrantClaims))


def _keys(claim: Claim) -> Iterator[EntryKey]:
    """The claimed entries of a claim that was sent, as the store knows them."""
    for entry_id in claim.submission.entries.values() if claim.submission else ():
        yield parse_entry_id(entry_id) or ("", 0)
