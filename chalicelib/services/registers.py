"""Funds, organisations, initiatives and variance codes: begun once, amended under the eye of whoever read them last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from chalicelib.context import Context
from chalicelib.domain import initiatives, variance_codes
from chalicelib.domain.aggregates import Fact
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing
from chalicelib.domain.funds import Fund, FundAmended, FundCreated
from chalicelib.domain.initiatives import Initiative, InitiativeCreated, InitiativeState
from chalicelib.domain.organisations import Organisation, OrganisationAmended, OrganisationCreated
from chalicelib.domain.returns import Return
from chalicelib.domain.variance_codes import VarianceCode, VarianceCodeAdded
from chalicelib.services.unit import (
    Held,
    Part,
    Plan,
    S,
    View,
    Written,
    change,
    expect,
    new_name,
    one,
    version_of,
    view_of,
)
from chalicelib.storage import items
from chalicelib.storage.store import Wanted

NEXT_TIME = 4
"""How many times as many are read when a page was not filled: what a filter takes out is not asked for a few at a time."""


def create_fund(context: Context, fund: Fund) -> Written[Fund]:
    """Set up a fund. Raises AlreadyExists."""
    return _begin(context, Fund, fund.id, lambda _view: FundCreated(fund=fund))


def amend_fund(context: Context, fund_id: str, amended: Callable[[Fund], Fund]) -> Written[Fund]:
    """Change a fund's details. Raises Missing, StaleView."""
    return _amend(context, Fund, fund_id, lambda _view, held: FundAmended(fund=amended(held)))


def create_organisation(context: Context, organisation: Organisation) -> Written[Organisation]:
    """Make an organisation known. Raises AlreadyExists, Invalid."""
    fact = OrganisationCreated(organisation=organisation.checked())
    return _begin(context, Organisation, organisation.id, lambda _view: fact)


def amend_organisation(context: Context, organisation_id: str, amended: Callable[[Organisation], Organisation]) -> Written[Organisation]:
    """Change an organisation's details. Raises Missing, StaleView, Invalid."""

    def amend(_view: View, held: Organisation) -> Fact:
        return OrganisationAmended(organisation=amended(held).checked())

    return _amend(context, Organisation, organisation_id, amend)


def create_initiative(context: Context, initiative: Initiative) -> Written[Initiative]:
    """Plan an initiative. Raises AlreadyExists, Invalid, Missing (the partner)."""

    def create(view: View) -> Fact:
        view.state(Organisation, initiative.partner_id)
        return InitiativeCreated(initiative=initiatives.checked(initiative))

    return _begin(context, Initiative, initiative.id, create, (Name(Kind.ORGANISATION, initiative.partner_id),))


def amend_initiative(
    context: Context,
    initiative_id: str,
    amended: Callable[[Initiative], Initiative],
    partner_id: str | None,
    *,
    withheld: tuple[str, ...] | None = None,
) -> Written[Initiative]:
    """Change an initiative's details; `partner_id` is the new partner and `withheld` the new `unpublished_fields`,
    if those are among them.

    Raises Missing (the initiative, or the new partner), StaleView, Invalid.
    """
    partner = (Name(Kind.ORGANISATION, partner_id),) if partner_id else ()

    def amend(view: View, held: Initiative) -> Fact:
        if partner_id:
            view.state(Organisation, partner_id)
        return initiatives.amend(held, amended(held), withheld=withheld)

    return _amend(context, Initiative, initiative_id, amend, partner)


def move_initiative(context: Context, initiative_id: str, state: InitiativeState, on: date, reason: str) -> Written[Initiative]:
    """Take delivery to another state. Raises Missing, StaleView, IllegalMove."""
    return _amend(context, Initiative, initiative_id, lambda _view, held: initiatives.move(held, state, on), reason=reason)


def add_variance_code(context: Context, code: VarianceCode) -> Written[VarianceCode]:
    """Add a variance code. Raises AlreadyExists."""
    return _begin(context, VarianceCode, code.id, lambda _view: VarianceCodeAdded(code=code))


def retire_variance_code(context: Context, code_id: str, reason: str) -> Written[VarianceCode]:
    """Retire a variance code. Raises Missing, StaleView, NotInState."""
    return _amend(context, VarianceCode, code_id, lambda _view, held: variance_codes.retire(held), reason=reason)


def find(context: Context, kind: type[S], aggregate_id: str) -> Held[S]:
    """One aggregate as it stands. Raises Missing; a partner's view of somebody else's initiative is Missing, too."""
    wanted = Wanted(heads=(Name(kind.KIND, aggregate_id),))
    found = View(context.store.load(wanted)).held(kind, aggregate_id)
    if not visible(context, found):
        raise Missing(kind=kind.KIND.value, id=aggregate_id)
    return found


def require(context: Context, *named: tuple[Kind, str | None]) -> None:
    """Refuse ids (where there is one) of what is not there, in one read. Raises Missing.

    A partner is not told: to it, what is not its own is nothing.
    """
    names = tuple(Name(kind, aggregate_id) for kind, aggregate_id in named if aggregate_id is not None)
    if not names or context.actor.sees_only is not None:
        return
    found = context.store.load(Wanted(heads=names)).heads
    for name in names:
        if name not in found:
            raise Missing(kind=name.kind.value, id=name.id)


def find_all(context: Context, kind: type[S], after: str = "", *, at_once: int | None = None) -> Iterator[Held[S]]:
    """Every aggregate of a kind that the actor may see, in order of id, after the id given; see `every`."""
    return (found for found in every(context, kind, after, at_once=at_once) if visible(context, found))


def every(context: Context, kind: type[S], after: str = "", *, at_once: int | None = None) -> Iterator[Held[S]]:
    """Every aggregate of a kind, whoever asks: for figures, which must be made of all of them.

    Whoever wants a page of them says how many to read `at_once`; where that was not enough, four times as many are read next.
    """
    while True:
        taken = 0
        for head in context.store.heads(kind.KIND, after=after, limit=at_once):
            taken, after = taken + 1, head.name.id
            yield Held(head.name, head.position, items.state_of(kind, head))
        if at_once is None or taken < at_once:
            return
        at_once *= NEXT_TIME


def visible(context: Context, held: Held[S]) -> bool:
    """Whether the actor may see it: a partner sees its own initiatives and returns, and nothing else that is kept per partner."""
    own = context.actor.sees_only
    return own is None or not isinstance(held.state, Initiative | Return) or held.state.partner_id == own


def _begin(
    context: Context,
    kind: type[S],
    aggregate_id: str,
    fact: Callable[[View], Fact],
    besides: tuple[Name, ...] = (),
) -> Written[S]:
    wanted = Wanted(heads=(Name(kind.KIND, aggregate_id), *besides))

    def decide(view: View) -> Plan:
        name = new_name(view, kind, aggregate_id)
        return Plan(parts=(Part(name, None, (fact(view),)),))

    return change(context, lambda: view_of(context, wanted), decide, one(kind))


def _amend(
    context: Context,
    kind: type[S],
    aggregate_id: str,
    fact: Callable[[View, S], Fact],
    besides: tuple[Name, ...] = (),
    reason: str = "",
) -> Written[S]:
    wanted = Wanted(heads=(Name(kind.KIND, aggregate_id), *besides))

    def decide(view: View) -> Plan:
        held = view.held(kind, aggregate_id)
        expect(context, version_of(held))
        return Plan(parts=(Part(held.name, held, (fact(view, held.state),)),), reason=reason)

    return change(context, lambda: view_of(context, wanted), decide, one(kind))
