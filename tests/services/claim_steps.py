"""The steps of a claim in a small office, by the people who may take them."""

from datetime import date

from chalicelib.domain.claiming import Dated
from chalicelib.domain.claims import Claim, Wording
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.periods import Quarter
from chalicelib.services import certificate_wording, claims
from tests.services.offices import CERTIFIER, FINANCE, Office

GRANT = "ssf-4-example"
Q2, Q3 = Quarter.parse("2023-24-Q2"), Quarter.parse("2023-24-Q3")
TODAY = date(2024, 2, 1)
REVIEWER = Actor(subject="reviewer", roles=frozenset({Role.OFFICER}))
WHY = "As the rules want it"


WORDING = Wording(text="I certify that this was spent as the grant allows.", clause="Scheme of delegation, 7")


def worded(office: Office, wording: Wording | None = WORDING) -> Office:
    """The office once it has set what certificates say. It is the first record of the grant's claims, or a later one."""
    certificate_wording.set_wording(office.context(CERTIFIER), GRANT, wording, WHY)
    return office


def dated(on: date = TODAY, reference: str = "HO-1") -> Dated:
    return Dated(on=on, today=TODAY, reference=reference)


def drafted(office: Office, quarter: Quarter = Q3, who: Actor = FINANCE) -> Claim:
    return claims.draft(office.context(who), GRANT, quarter, "")


def certified(office: Office, claim: Claim) -> Claim:
    """Look a draft through, and sign its pack as it is."""
    claims.review(office.context(REVIEWER), claim.id, WHY)
    return claims.certify(office.context(CERTIFIER), claim.id, claim.draft.pack.sha256)


def submitted(office: Office, claim: Claim) -> Claim:
    """Take a draft to where it is sent."""
    certified(office, claim)
    return claims.submit(office.context(), claim.id, dated())


def settled(office: Office, claim: Claim, pence: int) -> Claim:
    return claims.settle(office.context(), claim.id, pence, dated(reference="HO-PAID"), "")


def withdrawn(office: Office, claim: Claim) -> Claim:
    return claims.withdraw(office.context(), claim.id, dated(), WHY)
