"""What the certificates of a grant's claims say: local policy, with no default."""

from __future__ import annotations

from chalicelib.api.duties import READ, SET_RULES
from chalicelib.api.fields import Clause, Reason, Slug, WordingText
from chalicelib.api.routing import Call, Routes
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.claims import NO_WORDING, WORDING_LABEL, GrantClaims, Wording
from chalicelib.domain.errors import Missing
from chalicelib.services import certificate_wording as services

certificate_wording = Routes("certificate_wording")


class WordingBody(Body, frozen=True, kw_only=True):
    """What is certified, and where the words are from."""

    text: WordingText
    clause: Clause

    def wording(self) -> Wording:
        """As the domain knows it."""
        return Wording(text=self.text, clause=self.clause)


class NewWording(Body, frozen=True, kw_only=True):
    """What certificates of the grant's claims say from now on, and why; null takes it back."""

    wording: WordingBody | None
    reason: Reason


class WordingShown(Shown, frozen=True, kw_only=True):
    """What a certificate says: `text` with the `clause` it is from, or neither, and `not_set` says what that means."""

    label: str
    text: str | None
    clause: str | None
    not_set: str | None

    @classmethod
    def of(cls, wording: Wording | None) -> WordingShown:
        """As the API shows it."""
        if wording is None:
            return cls(label=WORDING_LABEL, text=None, clause=None, not_set=NO_WORDING)
        return cls(label=WORDING_LABEL, text=wording.text, clause=wording.clause, not_set=None)


class WordingView(Versioned, frozen=True, kw_only=True):
    """What the certificates of a grant's claims say. It has version 0 until somebody sets it."""

    grant_id: Slug
    certificate_wording: WordingShown

    @classmethod
    def of(cls, held: GrantClaims) -> WordingView:
        """As the API shows it."""
        return cls(grant_id=held.grant_id, certificate_wording=WordingShown.of(held.wording), version=str(held.worded_in))


@certificate_wording.get(
    "/grants/{grant_id}/certificate-wording",
    allow=READ,
    gives=WordingView.of,
    versioned=True,
    summary="Show what certificates say",
    problems=(Missing,),
)
def show_wording(call: Call, grant_id: Slug) -> GrantClaims:
    """What the chief finance officer certifies with a claim of this grant, as the office has set it."""
    return services.show(call.context, grant_id)


@certificate_wording.put(
    "/grants/{grant_id}/certificate-wording",
    allow=SET_RULES,
    takes=NewWording,
    gives=WordingView.of,
    summary="Set what certificates say",
    problems=(Missing,),
)
def set_wording(call: Call, grant_id: Slug, body: NewWording) -> GrantClaims:
    """Set it, or take it back. Packs of claims that are drafted already keep what they say, and are not certified with it any more."""
    wording = body.wording.wording() if body.wording else None
    return services.set_wording(call.context, grant_id, wording, body.reason)
