"""Organisations: lead recipients, delivery partners, whoever pays and is paid under a grant."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from chalicelib.api.changes import given
from chalicelib.api.duties import KEEP_REGISTERS, READ
from chalicelib.api.fields import Slug, Text
from chalicelib.api.routing import Call, Page, PageQuery, Routes
from chalicelib.api.schemas import Body, Versioned
from chalicelib.domain.email_addresses import LONGEST, PATTERN
from chalicelib.domain.errors import AlreadyExists, Missing
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.values import replace
from chalicelib.services import registers
from chalicelib.services.unit import Held, Written, version_of

organisations = Routes("organisations")

Identifier = Annotated[
    str,
    Meta(
        pattern=r"^(GB-COH-([A-Z0-9]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R)|GB-CHC-[0-9]{6,7}|GB-LAE-[A-Z]{3,4})$(?!\n)",
        description="An identifier as org-id.guide writes it: GB-COH-, GB-CHC- or GB-LAE- and the number.",
        examples=["GB-LAE-STE"],
    ),
]
Identifiers = Annotated[tuple[Identifier, ...], Meta(description="Who this is in other registers.", max_length=10)]
PoliceForceArea = Annotated[
    str,
    Meta(
        pattern=r"^(E23|W15)[0-9]{6}$(?!\n)",
        description="The ONS code of a police force area.",
        examples=["E23000015"],
    ),
]


Email = Annotated[
    str,
    Meta(pattern=PATTERN, max_length=LONGEST, description="An e-mail address.", examples=["returns@council.example"]),
]
Emails = Annotated[
    tuple[Email, ...],
    Meta(description="Where reminders go. Name mailboxes of roles, not of people: what is recorded stays.", max_length=5),
]


class NewOrganisation(Body, frozen=True, kw_only=True):
    """An organisation to make known."""

    id: Slug
    name: Text
    vat_status: VatStatus
    identifiers: Identifiers = ()
    police_force_area: PoliceForceArea | None = None
    emails: Emails = ()


class OrganisationChanges(Body, frozen=True, kw_only=True):
    """What to change about an organisation; what is left out stays."""

    name: Text | UnsetType = UNSET
    vat_status: VatStatus | UnsetType = UNSET
    identifiers: Identifiers | UnsetType = UNSET
    police_force_area: PoliceForceArea | UnsetType | None = UNSET
    emails: Emails | UnsetType = UNSET


class OrganisationView(Versioned, frozen=True, kw_only=True):
    """An organisation. `vat_status` decides whether payments it makes cost a grant the net or the gross amount."""

    id: Slug
    name: str
    vat_status: VatStatus
    identifiers: tuple[str, ...]
    police_force_area: str | None
    emails: tuple[str, ...]

    @classmethod
    def of(cls, organisation: Held[Organisation] | Written[Organisation]) -> OrganisationView:
        """As the API shows it."""
        state = organisation.state
        return cls(
            id=state.id,
            name=state.name,
            vat_status=state.vat_status,
            identifiers=state.identifiers,
            police_force_area=state.police_force_area,
            emails=state.emails,
            version=version_of(organisation),
        )


@organisations.listing("/organisations", allow=READ, gives=OrganisationView.of, summary="List organisations")
def list_organisations(call: Call, query: PageQuery) -> Page[Held[Organisation]]:
    """Every organisation, in order of id."""
    found = registers.find_all(call.context, Organisation, after=call.after, at_once=query.at_once)
    return Page.of(found, limit=query.limit, key=lambda each: each.state.id)


@organisations.post(
    "/organisations",
    allow=KEEP_REGISTERS,
    takes=NewOrganisation,
    gives=OrganisationView.of,
    at="/organisations/{id}",
    summary="Make an organisation known",
    problems=(AlreadyExists,),
)
def create_organisation(call: Call, body: NewOrganisation) -> Written[Organisation]:
    """Make an organisation known, with its identifiers and VAT status."""
    organisation = Organisation(
        id=body.id,
        name=body.name,
        vat_status=body.vat_status,
        identifiers=body.identifiers,
        police_force_area=body.police_force_area,
        emails=body.emails,
    )
    return registers.create_organisation(call.context, organisation)


@organisations.get(
    "/organisations/{organisation_id}",
    allow=READ,
    gives=OrganisationView.of,
    versioned=True,
    summary="Show an organisation",
    problems=(Missing,),
)
def show_organisation(call: Call, organisation_id: Slug) -> Held[Organisation]:
    """One organisation."""
    return registers.find(call.context, Organisation, organisation_id)


@organisations.patch(
    "/organisations/{organisation_id}",
    allow=KEEP_REGISTERS,
    takes=OrganisationChanges,
    gives=OrganisationView.of,
    summary="Change an organisation",
    problems=(Missing,),
)
def change_organisation(call: Call, organisation_id: Slug, body: OrganisationChanges) -> Written[Organisation]:
    """Change an organisation's details. A new VAT status counts from the next payment on."""
    changes = given(body)
    return registers.amend_organisation(call.context, organisation_id, lambda held: replace(held, **changes))
