"""Organisations: lead recipients, delivery partners, funders; who they are to others, and their VAT status."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import ClassVar

from chalicelib.domain.chain import Kind
from chalicelib.domain.email_addresses import address_problem
from chalicelib.domain.errors import FieldError, Invalid
from chalicelib.domain.values import Struct

_SCHEMES = {
    "GB-COH": (re.compile(r"[A-Z0-9]{2}[0-9]{6}|[A-Z]{2}[0-9]{5}R"), "a company number of eight characters, GB-COH-01234567"),
    "GB-CHC": (re.compile(r"[0-9]{6,7}"), "a charity number of six or seven digits, GB-CHC-1164883"),
    "GB-LAE": (re.compile(r"[A-Z]{3,4}"), "a local authority's register code, GB-LAE-STE"),
}
_POLICE_FORCE_AREA = re.compile(r"(E23|W15)[0-9]{6}")


class VatStatus(StrEnum):
    """Whether an organisation recovers the VAT it pays. If it does, a payment costs the net amount; if not, the gross."""

    RECOVERS = "recovers"
    DOES_NOT_RECOVER = "does_not_recover"


class Organisation(Struct, frozen=True, kw_only=True):
    """An organisation. `identifiers` are org-id.guide's (`GB-COH-...`, `GB-CHC-...`, `GB-LAE-...`);
    `police_force_area` is the ONS code of the area a commissioner serves. `emails` are where reminders go: mailboxes of roles,
    as what is on the record stays there.
    """

    KIND: ClassVar = Kind.ORGANISATION

    id: str
    name: str
    vat_status: VatStatus
    identifiers: tuple[str, ...] = ()
    police_force_area: str | None = None
    emails: tuple[str, ...] = ()

    def checked(self) -> Organisation:
        """Itself, when every identifier and e-mail address is well formed.

        Raises Invalid, with one error for each that is not.
        """
        errors = [
            FieldError(f"/identifiers/{place}", problem)
            for place, text in enumerate(self.identifiers)
            if (problem := identifier_problem(text))
        ]
        if self.police_force_area is not None and not _POLICE_FORCE_AREA.fullmatch(self.police_force_area):
            errors.append(FieldError("/police_force_area", "must be an ONS police force area code, such as E23000015"))
        errors += [FieldError(f"/emails/{place}", problem) for place, text in enumerate(self.emails) if (problem := address_problem(text))]
        if errors:
            raise Invalid(tuple(errors))
        return self


def identifier_problem(text: str) -> str | None:
    """What is wrong with an external identifier, or None."""
    for scheme, (pattern, form) in _SCHEMES.items():
        if text.startswith(scheme + "-"):
            return None if pattern.fullmatch(text[len(scheme) + 1 :]) else f"{text!r} is not {form}"
    return f"{text!r} has no known scheme: begin with {', '.join(_SCHEMES)}"


def police_force_area_problem(text: str) -> str | None:
    """What is wrong with a police force area's ONS code, or None."""
    return None if _POLICE_FORCE_AREA.fullmatch(text) else f"{text!r} is not an ONS police force area code such as E23000015"


class OrganisationCreated(Struct, frozen=True, kw_only=True):
    """An organisation became known."""

    KIND: ClassVar = "organisation_created"

    organisation: Organisation


class OrganisationAmended(Struct, frozen=True, kw_only=True):
    """An organisation's details changed; these are the new ones, whole."""

    KIND: ClassVar = "organisation_amended"

    organisation: Organisation


OrganisationFact = OrganisationCreated | OrganisationAmended


def apply(_organisation: Organisation | None, fact: OrganisationFact, _seq: int) -> Organisation:
    """The organisation after a fact."""
    return fact.organisation
