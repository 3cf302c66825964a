"""Organisations: who they are to others, and their VAT status."""

import pytest

from chalicelib.domain.errors import Invalid
from chalicelib.domain.organisations import (
    Organisation,
    OrganisationAmended,
    OrganisationCreated,
    VatStatus,
    apply,
    identifier_problem,
    police_force_area_problem,
)


def organisation(*identifiers: str, police_force_area: str | None = None) -> Organisation:
    return Organisation(
        id="stockton",
        name="Stockton-on-Tees Borough Council",
        vat_status=VatStatus.RECOVERS,
        identifiers=identifiers,
        police_force_area=police_force_area,
    )


@pytest.mark.parametrize(
    "identifier",
    [
        "GB-COH-01234567",
        "GB-COH-SC123456",
        "GB-COH-RC000001",
        "GB-COH-IP12345R",
        "GB-CHC-1164883",
        "GB-CHC-123456",
        "GB-LAE-STE",
        "GB-LAE-CMBA",
    ],
)
def test_a_well_formed_identifier_has_no_problem(identifier: str) -> None:
    assert identifier_problem(identifier) is None


@pytest.mark.parametrize(
    ("identifier", "form"),
    [
        ("GB-COH-1234567", "is not a company number of eight characters, GB-COH-01234567"),
        ("GB-COH-sc123456", "is not a company number of eight characters, GB-COH-01234567"),
        ("GB-COH-1234567R", "is not a company number of eight characters, GB-COH-01234567"),
        ("GB-CHC-12345", "is not a charity number of six or seven digits, GB-CHC-1164883"),
        ("GB-LAE-S", "is not a local authority's register code, GB-LAE-STE"),
        ("GB-LAE-STE ", "is not a local authority's register code, GB-LAE-STE"),
    ],
)
def test_a_malformed_identifier_is_told_its_form(identifier: str, form: str) -> None:
    assert identifier_problem(identifier) == f"{identifier!r} {form}"


@pytest.mark.parametrize("identifier", ["01234567", "XX-COH-01234567", "gb-coh-01234567", ""])
def test_an_identifier_without_a_known_scheme_is_told_the_schemes(identifier: str) -> None:
    assert identifier_problem(identifier) == f"{identifier!r} has no known scheme: begin with GB-COH, GB-CHC, GB-LAE"


@pytest.mark.parametrize("code", ["E23000013", "W15000001"])
def test_a_police_force_areas_code_is_the_ons_one(code: str) -> None:
    assert police_force_area_problem(code) is None
    assert organisation(police_force_area=code).checked().police_force_area == code


@pytest.mark.parametrize("code", ["E23", "E05000013", "e23000013", "E230000130", ""])
def test_another_code_is_no_police_force_area(code: str) -> None:
    assert police_force_area_problem(code) == f"{code!r} is not an ONS police force area code such as E23000015"


def test_an_organisation_hears_of_every_problem_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        organisation("GB-LAE-STE", "GB-COH-1", "Stockton", police_force_area="Cleveland").checked()

    assert [error.pointer for error in refused.value.errors] == ["/identifiers/1", "/identifiers/2", "/police_force_area"]


def test_an_organisation_needs_no_identifier() -> None:
    assert organisation().checked() == organisation()


def test_an_organisation_is_what_was_last_recorded() -> None:
    first, second = organisation(), organisation("GB-LAE-STT")

    assert apply(None, OrganisationCreated(organisation=first), 1) == first
    assert apply(first, OrganisationAmended(organisation=second), 2) == second
