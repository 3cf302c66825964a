"""Grounds on which a particular may be withheld from the public, each with where it comes from. Typed data, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.domain.values import Struct


class Ground(StrEnum):
    """Why a particular is withheld, as published files name it."""

    NATIONAL_SECURITY = "national_security"
    SAFETY = "safety"
    CRIME_AND_JUSTICE = "crime_and_justice"
    PROHIBITED = "prohibited"
    PERSONAL_DATA = "personal_data"


class GroundTold(Struct, frozen=True, kw_only=True):
    """A ground in words, and the law that it comes from."""

    words: str
    source: str


_ORDER = "Elected Local Policing Bodies (Specified Information) Order 2011, SI 2011/3050 as amended"

GROUNDS: Mapping[Ground, GroundTold] = {
    Ground.NATIONAL_SECURITY: GroundTold(words="It would be against the interests of national security.", source=_ORDER),
    Ground.SAFETY: GroundTold(words="It might put the safety of a person at risk.", source=_ORDER),
    Ground.CRIME_AND_JUSTICE: GroundTold(
        words="It might prejudice the prevention or detection of crime, or the administration of justice.", source=_ORDER
    ),
    Ground.PROHIBITED: GroundTold(words="An enactment prohibits it.", source=_ORDER),
    Ground.PERSONAL_DATA: GroundTold(
        words="It is personal data that may not be published.", source="UK General Data Protection Regulation; Data Protection Act 2018"
    ),
}
"""Every ground. The first four are the Order's; none of them is a ground for leaving out a row or its amount."""
