"""How many partners had reported when a publication was begun."""

from __future__ import annotations

from chalicelib.domain.values import Struct


class PartnersReported(Struct, frozen=True, kw_only=True):
    """Of how many partners a return was due for a quarter, and how many had handed in all of theirs."""

    quarter: str
    partners: int
    reported: int
