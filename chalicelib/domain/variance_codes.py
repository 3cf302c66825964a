"""Variance codes: the office's register of reasons why something is not as planned. Added and retired, never deleted."""

from __future__ import annotations

from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.errors import NotInState
from chalicelib.domain.values import Struct, replace


class VarianceCode(Struct, frozen=True, kw_only=True):
    """A code and its words, which never change: another meaning is another code. A retired one is not used anew."""

    KIND: ClassVar = Kind.VARIANCE_CODE

    id: str
    words: str
    retired: bool = False


class VarianceCodeAdded(Struct, frozen=True, kw_only=True):
    """The office added a code."""

    KIND: ClassVar = "variance_code_added"

    code: VarianceCode


class VarianceCodeRetired(Struct, frozen=True, kw_only=True):
    """The office retired a code. Returns that carry it keep it."""

    KIND: ClassVar = "variance_code_retired"


VarianceCodeFact = VarianceCodeAdded | VarianceCodeRetired


def retire(code: VarianceCode) -> VarianceCodeRetired:
    """Retire a code. Raises NotInState when it is retired already."""
    if code.retired:
        raise NotInState(kind="variance code", id=code.id, state="retired", needed=("in use",))
    return VarianceCodeRetired()


def apply(code: VarianceCode | None, fact: VarianceCodeFact, _seq: int) -> VarianceCode:
    """The code after a fact."""
    if isinstance(fact, VarianceCodeAdded):
        return fact.code
    if code is None:
        raise ValueError("a variance code begins with its addition")
    return replace(code, retired=True)
