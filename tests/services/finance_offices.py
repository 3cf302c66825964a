"""An office with all that finance asks about: two grants for one initiative, orders, accruals, match, assets, returns, a claim."""

from datetime import date
from pathlib import Path

from chalicelib.domain.assets import Asset
from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.funds import MatchBase, MatchRequirement
from chalicelib.domain.income import MatchGiven
from chalicelib.domain.spending import Budgeted, Spend
from chalicelib.domain.values import replace
from chalicelib.services import assets, entries, reading
from tests.services.claim_steps import Q2, drafted, settled, submitted, worded
from tests.services.offices import Office, grant, invoice, line, pay
from tests.services.reporting import REMAINING, agree, hand_in, report, reporting

FIRST, SECOND = "ssf-4-example", "ssf-4-second"
SECOND_RETURN = "lighting.2023-24-Q3"


def finance_office(folder: Path) -> Office:
    """Lighting: £6,500 of one grant (£500 of it allocated later, £200 moved to CCTV) and £3,000 of another; £3,000 paid.

    Returns for Q2 and Q3 are accepted. £400 of CCTV is on order, of which £100 was paid; £150 of lighting is accrued.
    """
    office = reporting(folder=folder)
    office.start(replace(grant(SECOND), title="Second grant", match=MatchRequirement(basis_points=2_000, base=MatchBase.GRANT)))
    office.allocate("lighting", 50_000)
    office.allocate("lighting", 300_000, SECOND)
    share = Budgeted(initiative_id="lighting", financial_year="2023-24", nature=Nature.CAPITAL, on=date(2023, 9, 1))
    entries.transfer(office.context(), FIRST, share, "cctv", 20_000, "One more camera")
    pay(office.context(), invoice("S-1", 60_000), line("lighting", 60_000, grant_id=SECOND), on=date(2023, 12, 1))
    _pending(office)
    _match_and_asset(office)
    hand_in(office, said=report(90_000, 210_000, 100_000))
    agree(office)
    hand_in(office, SECOND_RETURN, report(200_000, 150_001, quarters=REMAINING[1:]))
    agree(office, SECOND_RETURN)
    settled(office, submitted(office, drafted(worded(office), Q2)), 100_000)
    return office


def _pending(office: Office) -> None:
    cameras = _spend("cctv", 40_000, "Cameras plc", "PO 7")
    order = entries.commit(office.context(), FIRST, cameras)
    named = f"{FIRST}.{order.position.seq}"
    pay(office.context(), invoice("C-1", 10_000), line("cctv", 10_000, commitment=named), on=date(2023, 12, 20))
    released = entries.commit(office.context(), FIRST, _spend("cctv", 5_000, "Poles Ltd", "PO 8"))
    entries.give_back(office.context(), f"{FIRST}.{released.position.seq}", EntryKind.RELEASE, date(2023, 12, 21), 5_000, "Not needed")
    entries.accrue(office.context(), FIRST, _spend("lighting", 15_000, "Lamps Ltd", ""))


def _spend(initiative_id: str, pence: int, party: str, reference: str) -> Spend:
    return Spend(
        initiative_id=initiative_id, nature=Nature.CAPITAL, on=date(2023, 12, 5), amount_pence=pence, party=party, reference=reference
    )


def _match_and_asset(office: Office) -> None:
    given = MatchGiven(
        kind=EntryKind.MATCH_IN_KIND, contributor="Volunteers", on=date(2023, 11, 1), amount_pence=12_345, nature=Nature.CAPITAL
    )
    entries.record_match(office.context(), SECOND, given)
    asset = Asset(
        id="",
        payment_id=paid_first(office, SECOND),
        initiative_id=None,
        bought_on=date(2023, 12, 1),
        description="=Twelve lanterns",
        cost_pence=55_000,
        place="Hanley",
        owner_id="council",
    )
    assets.register(office.context(), asset)


def paid_first(office: Office, grant_id: str) -> str:
    """The id of a grant's first payment."""
    return next(named for named, _, entry in reading.entries(office.context(), grant_id) if entry.kind is EntryKind.PAYMENT)
