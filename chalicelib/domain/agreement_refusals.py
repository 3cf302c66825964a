"""What agreements refuse: differences that nobody explained, totals that no longer hold, and closings without what the office demands."""

from __future__ import annotations

from chalicelib.domain.errors import Conflict, Refused
from chalicelib.domain.money import pounds
from chalicelib.domain.values import Struct


class Unexplained(Struct, frozen=True, kw_only=True):
    """What a control total is of, and what of its difference nothing explains, in pence."""

    of: str
    pence: int


class Moved(Struct, frozen=True, kw_only=True):
    """What a control total is of, what of ours was agreed, and what it is now, in pence."""

    of: str
    agreed_pence: int
    now_pence: int


class DifferenceUnexplained(Conflict):
    """The office's ledger and ours differ, and nothing explains it."""

    grant_id: str
    quarter: str
    unexplained: tuple[Unexplained, ...]

    @property
    def detail(self) -> str:
        each = "; ".join(f"{line.of}: {pounds(line.pence)} ({line.pence} pence)" for line in self.unexplained)
        return (
            f"In {self.quarter} of {self.grant_id} this is unexplained, office less ours: {each}. Look at the rows behind it: import, "
            "post or correct what is missing and draw the agreement anew, or explain it by hand."
        )


class AgreementOutdated(Conflict):
    """What was agreed is not what the ledger has now."""

    grant_id: str
    quarter: str
    moved: tuple[Moved, ...]

    @property
    def detail(self) -> str:
        each = "; ".join(f"{line.of}: {pounds(line.agreed_pence)} agreed, {pounds(line.now_pence)} now" for line in self.moved)
        return f"Since the agreement of {self.quarter} of {self.grant_id} was drawn, the ledger has moved. {each}. Draw it anew."


class AgreementNotSigned(Conflict):
    """Control totals were stated for this quarter, and nobody has signed that they agree."""

    grant_id: str
    quarter: str

    @property
    def detail(self) -> str:
        return (
            f"The agreement of {self.quarter} of {self.grant_id} is drawn and explained: somebody else than whoever prepared it signs it "
            "before the quarter closes."
        )


class AgreementMissing(Conflict):
    """The office closes no quarter without an agreement, and there is none."""

    grant_id: str
    quarter: str

    @property
    def detail(self) -> str:
        return (
            f"This office closes no quarter without an agreement (STREETLIGHT_AGREEMENT, its own policy): state the control totals of its "
            f"ledger for {self.quarter} of {self.grant_id}, and have them signed."
        )


class TooManyExplanations(Refused):
    """An agreement has only so many explanations."""

    most: int

    @property
    def detail(self) -> str:
        return f"An agreement has {self.most} explanations at most: withdraw some, or say the same of several documents in one."
