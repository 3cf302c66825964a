"""What the API says about itself: whether it is well, who you are, and how it is used."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.api.docs_page import POLICY, page
from chalicelib.api.problems import kinds, name_of, status_of, title_of
from chalicelib.api.routing import ANYONE, HTML, Call, Routes
from chalicelib.api.schemas import Shown
from chalicelib.domain.errors import DomainError, Missing
from chalicelib.domain.people import Actor, Role

meta = Routes("meta")

EVERYBODY = frozenset(Role)
ProblemName = Annotated[
    str,
    Meta(pattern=r"^[a-z]+(-[a-z]+)*$(?!\n)", max_length=60, description="The last part of a problem's type.", examples=["stale-view"]),
]


class Health(Shown, frozen=True, kw_only=True):
    """The app answers, and its settings are complete."""

    status: Annotated[str, Meta(description="Always `ok`: an app that is not well answers with a problem.")]
    version: Annotated[str, Meta(description="The version of the code that answers.")]
    office_name: Annotated[str, Meta(description="The office this deployment serves.")]


class Me(Shown, frozen=True, kw_only=True):
    """Whoever asks, as their token says."""

    subject: str
    roles: list[Role]
    organisation_id: Annotated[str | None, Meta(description="A delivery partner's own organisation.")]

    @classmethod
    def of(cls, actor: Actor) -> Me:
        """As the API shows it."""
        return cls(subject=actor.subject, roles=sorted(actor.roles), organisation_id=actor.organisation_id)


class ProblemType(Shown, frozen=True, kw_only=True):
    """A kind of refusal."""

    name: str
    title: str
    status: int
    meaning: str

    @classmethod
    def of(cls, kind: type[DomainError]) -> ProblemType:
        """As the API shows it."""
        return cls(name=name_of(kind), title=title_of(kind), status=status_of(kind), meaning=" ".join((kind.__doc__ or "").split()))


def _as_it_is(text: str) -> str:
    return text


def _health(health: Health) -> Health:
    return health


@meta.get("/health", allow=ANYONE, gives=_health, summary="Say whether the app is well")
def health(call: Call) -> Health:
    """Whether the app answers and its settings are complete. The store is not asked."""
    settings = call.context.settings
    return Health(status="ok", version=settings.code_version, office_name=settings.office_name)


@meta.get("/me", allow=EVERYBODY, gives=Me.of, summary="Say who is asking")
def me(call: Call) -> Actor:
    """Your subject, your roles, and the organisation you act for where you are a delivery partner."""
    return call.context.actor


@meta.get("/openapi.json", allow=ANYONE, gives=_as_it_is, summary="Describe the API to programs")
def openapi_document(call: Call) -> str:
    """This API as an OpenAPI 3.1 document."""
    from chalicelib.api.openapi import document_text  # noqa: PLC0415  no other request needs it

    return document_text(call.routes, base=call.base, version=call.context.settings.code_version)


@meta.get(
    "/docs",
    allow=ANYONE,
    gives=_as_it_is,
    media=HTML,
    headers={"Content-Security-Policy": POLICY},
    summary="Describe the API to people",
)
def readable_documentation(call: Call) -> str:
    """The same description as one readable page."""
    return page(msgspec.json.decode(openapi_document(call)))


@meta.get("/problems/{name}", allow=ANYONE, gives=ProblemType.of, summary="Explain a kind of problem", problems=(Missing,))
def explain_problem(call: Call, name: ProblemName) -> type[DomainError]:  # noqa: ARG001  every view takes the call
    """What a problem's `type` means."""
    found = next((kind for kind in kinds() if name_of(kind) == name), None)
    if found is None:
        raise Missing(kind="problem", id=name)
    return found
