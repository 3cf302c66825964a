"""Matters: what one person asks for and another decides; and the override by which a second person lets the first decide."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.values import Struct


class Matter(StrEnum):
    """What duties are separated about.

    A claim is decided twice: reviewed, then certified. What waits in suspense is dismissed, or else posted, which nobody decides
    for another. A publication is drafted, published or both at once by whoever may publish.
    """

    VARIATION = "variation"
    REOPENING = "reopening"
    WAIVER = "waiver"
    VIREMENT = "virement"
    WRITE_OFF = "write_off"
    AGREEMENT = "agreement"
    CLAIM = "claim"
    RETURN = "return"
    SUSPENSE = "suspense"
    PUBLICATION = "publication"


class Step(StrEnum):
    """What can be done about a matter. To override is to let whoever prepared one request decide it."""

    PREPARE = "prepare"
    REVIEW = "review"
    APPROVE = "approve"
    CERTIFY = "certify"
    ACCEPT = "accept"
    SIGN = "sign"
    DISMISS = "dismiss"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    OVERRIDE = "override"


class Override(Struct, frozen=True, kw_only=True):
    """Who let the preparer of a request decide it, and why."""

    by: str
    reason: str


class OverrideGiven(Struct, frozen=True, kw_only=True):
    """A second person let whoever prepared a request decide it: `id` is its number among its kind, the quarter to reopen or
    to agree, or the id of a claim, a return or a document in suspense.
    """

    KIND: ClassVar = "override_given"

    matter: Matter
    id: str
    by: str
    reason: str

    @property
    def override(self) -> Override:
        """As the request keeps it."""
        return Override(by=self.by, reason=self.reason)
