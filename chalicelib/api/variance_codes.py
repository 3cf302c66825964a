"""Variance codes: the reasons that returns give for what is not as planned."""

from __future__ import annotations

from chalicelib.api.duties import KEEP_REGISTERS, READ_OWN
from chalicelib.api.fields import Reason, Slug, Text
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Versioned
from chalicelib.domain.errors import AlreadyExists, Missing, NotInState
from chalicelib.domain.variance_codes import VarianceCode
from chalicelib.services import registers
from chalicelib.services.unit import Held, Written, version_of

variance_codes = Routes("variance codes")


class NewVarianceCode(Body, frozen=True, kw_only=True):
    """A code to add, and its words. They never change: another meaning is another code."""

    id: Slug
    words: Text


class Retirement(Body, frozen=True, kw_only=True):
    """Why a code is not to be used any more."""

    reason: Reason


class VarianceCodeView(Versioned, frozen=True, kw_only=True):
    """A variance code. A retired one is not used anew; returns that carry it keep it."""

    id: Slug
    words: str
    retired: bool

    @classmethod
    def of(cls, code: Held[VarianceCode] | Written[VarianceCode]) -> VarianceCodeView:
        """As the API shows it."""
        return cls(id=code.state.id, words=code.state.words, retired=code.state.retired, version=version_of(code))


class VarianceCodeQuery(PageQuery, frozen=True, kw_only=True):
    """Which codes to list."""

    retired: bool | None = None


@variance_codes.listing(
    "/variance-codes", allow=READ_OWN, query=VarianceCodeQuery, gives=VarianceCodeView.of, summary="List variance codes"
)
def list_variance_codes(call: Call, query: VarianceCodeQuery) -> Page[Held[VarianceCode]]:
    """Every code in order of id, those in use and those retired."""
    found = (
        each for each in registers.find_all(call.context, VarianceCode, after=call.after) if query.retired in (None, each.state.retired)
    )
    return Page.of(found, limit=query.limit, key=lambda each: each.state.id)


@variance_codes.post(
    "/variance-codes",
    allow=KEEP_REGISTERS,
    takes=NewVarianceCode,
    gives=VarianceCodeView.of,
    at="/variance-codes/{id}",
    summary="Add a variance code",
    problems=(AlreadyExists,),
)
def add_variance_code(call: Call, body: NewVarianceCode) -> Written[VarianceCode]:
    """Add a code to the office's register."""
    return registers.add_variance_code(call.context, VarianceCode(id=body.id, words=body.words))


@variance_codes.get(
    "/variance-codes/{code_id}",
    allow=READ_OWN,
    gives=VarianceCodeView.of,
    versioned=True,
    summary="Show a variance code",
    problems=(Missing,),
)
def show_variance_code(call: Call, code_id: Slug) -> Held[VarianceCode]:
    """One code."""
    return registers.find(call.context, VarianceCode, code_id)


@variance_codes.post(
    "/variance-codes/{code_id}/retirement",
    allow=KEEP_REGISTERS,
    creates=False,
    takes=Retirement,
    gives=VarianceCodeView.of,
    summary="Retire a variance code",
    problems=(Missing, NotInState),
)
def retire_variance_code(call: Call, code_id: Slug, body: Retirement) -> Written[VarianceCode]:
    """Retire a code. It stays in the register, and in the returns that carry it."""
    return registers.retire_variance_code(call.context, code_id, body.reason)
