"""What is refused about a claim: nothing to claim, a step by the wrong person, more money than was asked for."""

from __future__ import annotations

from chalicelib.domain.errors import Conflict, Forbidden
from chalicelib.domain.money import pounds


class NothingToClaim(Conflict):
    """There is nothing to claim."""

    grant_id: str
    quarter: str
    lines: int

    @property
    def detail(self) -> str:
        if self.lines:
            return (
                f"What {self.grant_id} has unclaimed up to {self.quarter} comes to nothing in {self.lines:,} lines: "
                "they come with the next claim that asks for something."
            )
        return f"Every payment, refund and correction of {self.grant_id} up to {self.quarter} is in a claim already."


class ClaimedByHand(Conflict):
    """Some of this was recorded as claimed without its lines."""

    grant_id: str
    financial_year: str
    nature: str
    claimed_pence: int
    by_hand_pence: int
    spent_pence: int

    @property
    def detail(self) -> str:
        return (
            f"{pounds(self.by_hand_pence)} of {self.grant_id} in {self.financial_year} ({self.nature}) was recorded as claimed "
            f"without its lines. With {pounds(self.claimed_pence)} in claims that is more than the {pounds(self.spent_pence)} "
            "that was spent: correct the entries that were recorded by hand first."
        )


class ClaimsArePrepared(Conflict):
    """This grant's claims are prepared here."""

    grant_id: str

    @property
    def detail(self) -> str:
        return f"{self.grant_id} has claims with lines, so what is claimed of it is not recorded by hand: prepare a claim."


class PartOfClaim(Conflict):
    """A claim posted this entry."""

    entry_id: str
    claim_id: str

    @property
    def detail(self) -> str:
        return (
            f"{self.entry_id} was posted by {self.claim_id} and moves with it only: withdraw the claim, take a payment "
            "of it back by one below nothing, or propose to write off what will never be paid."
        )


class ReviewerCannotCertify(Forbidden):
    """Whoever reviewed a claim cannot certify it."""

    reviewed_by: str

    @property
    def detail(self) -> str:
        return "You reviewed this claim, so somebody else must certify it, whatever your role."


class PackDiffers(Conflict):
    """These are not the bytes of the claim's pack."""

    claim_id: str
    given_sha256: str
    pack_sha256: str

    @property
    def detail(self) -> str:
        return (
            f"The pack of {self.claim_id} has the SHA-256 {self.pack_sha256}, and {self.given_sha256} was given: "
            "read the pack as it is now, and sign that."
        )


class NoCertificateWording(Conflict):
    """No certificate wording is set for this grant."""

    grant_id: str

    @property
    def detail(self) -> str:
        return (
            f"Nobody has set what a certificate of {self.grant_id} says, and a signature under nothing certifies nothing: "
            "the certifier or an administrator sets the wording, and the claim is drafted anew."
        )


class CertificateWordingChanged(Conflict):
    """The certificate in this pack is not worded as the office has it now."""

    claim_id: str

    @property
    def detail(self) -> str:
        return f"The certificate's wording was set after {self.claim_id} was drafted: draft the claim anew, and sign that."


class MoreThanClaimed(Conflict):
    """This is not what is left of the claim."""

    claim_id: str
    left_pence: int
    received_pence: int
    requested_pence: int

    @property
    def detail(self) -> str:
        return (
            f"{pounds(self.left_pence)} of {self.claim_id} is still to come and {pounds(self.received_pence)} has come; "
            f"{pounds(self.requested_pence)} was given. No more comes in than was claimed, and no more goes back than came."
        )
