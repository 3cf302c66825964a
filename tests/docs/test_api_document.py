"""docs/api.md says what the code does."""

import re

import pytest

from chalicelib.api import duties
from chalicelib.api.api import BLUEPRINTS  # and with it every refusal of the whole app
from chalicelib.api.problems import kinds, status_of
from chalicelib.domain.agreements import Cause
from chalicelib.domain.claims import ClaimState
from chalicelib.domain.evidence import EvidenceState
from chalicelib.domain.exports import FORMATS
from chalicelib.domain.file_types import FileType
from chalicelib.domain.grounds import Ground
from chalicelib.domain.matters import Matter
from chalicelib.domain.people import Role
from chalicelib.domain.publication_gaps import GapKind
from chalicelib.domain.returns import ReturnState
from chalicelib.domain.rules import RuleName
from chalicelib.domain.separation import Step, may
from chalicelib.domain.summaries import Dimension
from chalicelib.reports.statutory_lists import GRANTS_MADE, OVER_500
from tests.docs.tables import DOCS, tables_of

DOCUMENT = (DOCS / "api.md").read_text()
TABLES = {next(iter(table[0])): table for table in tables_of(DOCUMENT)}
ROLES, STATUSES, RULES, LISTS, GROUNDS_TOLD, STEPS, EXPORTS = (
    TABLES[heading] for heading in ("role", "status", "rule", "files", "ground", "step", "kind")
)

WORDS = {
    "keeps funds and organisations": duties.KEEP_REGISTERS,
    "runs grants": duties.RUN_GRANTS,
    "and initiatives": duties.RUN_INITIATIVES,
    "allocates": duties.ALLOCATE,
    "posts money": duties.POST_MONEY,
    "closes quarters": duties.CLOSE_QUARTERS,
    "decides variations": may(Matter.VARIATION, Step.APPROVE),
    "uploads evidence": duties.KEEP_EVIDENCE,
    "and withdraws it": duties.WITHDRAW_EVIDENCE,
    "registers assets": duties.KEEP_ASSETS,
    "prepares claims": duties.PREPARE_CLAIMS,
    "reviews claims": duties.REVIEW_CLAIMS,
    "certifies claims": duties.CERTIFY_CLAIMS,
    "reads withdrawn files": duties.READ_WITHDRAWN,
    "decides reopenings": may(Matter.REOPENING, Step.APPROVE),
    "keeps variance codes": duties.KEEP_REGISTERS,
    "writes and submits returns": duties.REPORT,
    "reviews returns": duties.REVIEW,
    "decides waivers": may(Matter.WAIVER, Step.APPROVE),
    "decides proposals": may(Matter.VIREMENT, Step.APPROVE) & may(Matter.WRITE_OFF, Step.APPROVE),
    "overrides": duties.OVERRIDE,
    "prepares agreements": may(Matter.AGREEMENT, Step.PREPARE),
    "signs agreements": may(Matter.AGREEMENT, Step.SIGN),
    "sets rules": duties.SET_RULES,
    "imports extracts": duties.IMPORT,
    "dismisses what is in suspense": duties.DISMISS_SUSPENSE,
    "exports": duties.EXPORT,
    "verifies": duties.VERIFY,
    "publishes": duties.PUBLISH,
    "states particulars": duties.DISCLOSE,
    "withholds particulars": duties.WITHHOLD,
}


def test_every_role_is_explained() -> None:
    assert [row["role"] for row in ROLES] == list(Role)


@pytest.mark.parametrize(("words", "allowed"), WORDS.items())
def test_what_a_role_does_is_what_the_routes_let_it_do(words: str, allowed: frozenset[Role]) -> None:
    assert {row["role"] for row in ROLES if words in row["does"]} == set(allowed)


def test_every_status_that_a_refusal_can_have_is_explained() -> None:
    told = {int(status) for row in STATUSES for status in row["status"].split(", ")}

    assert told == {status_of(kind) for kind in kinds()}


def test_every_rule_is_explained() -> None:
    assert ", ".join(row["rule"] for row in RULES).replace("`", "").split(", ") == list(RuleName)


def test_the_lists_have_the_particulars_that_are_told() -> None:
    told = {row["files"]: row["particulars"].replace("`", "").split(", ") for row in LISTS}

    assert told == {listing.name: list(listing.particulars) for listing in (GRANTS_MADE, OVER_500)}


def test_every_ground_and_every_kind_of_gap_is_named() -> None:
    assert ", ".join(row["ground"] for row in GROUNDS_TOLD).replace("`", "").split(", ") == list(Ground)
    assert [kind for kind in GapKind if f"`{kind}`" not in DOCUMENT] == []


def test_every_dimension_is_named() -> None:
    (named,) = re.findall(r"up to four of ([^;]*);", DOCUMENT)

    assert re.split(r",\s+|\s+and\s+", named) == list(Dimension)


def test_every_state_of_a_claim_is_named() -> None:
    told = DOCUMENT.split("## Claims")[1].split("\n## ")[0]

    assert [state for state in ClaimState if f"`{state}`" not in told] == []


def test_every_state_and_type_of_evidence_is_named() -> None:
    told = DOCUMENT.split("## Evidence")[1].split("\n## ")[0]

    assert [state for state in EvidenceState if f"`{state}`" not in told] == []
    assert [kind.name for kind in FileType if kind.name not in told and kind is not FileType.TEXT] == []
    assert "plain text" in told


def test_the_steps_of_a_return_are_routes_of_those_who_take_them() -> None:
    routes = {f"{route.method} {route.path}": route.allow for blueprint in BLUEPRINTS for route in blueprint.declared}
    takers = {"partner": duties.REPORT, "office": duties.REVIEW}

    for row in STEPS:
        assert routes[row["request"].replace("{id}", "{return_id}")] == takers[row["who"]]
        assert {*row["from"].split(", "), row["to"].split(",")[0]} <= set(ReturnState)


def test_every_kind_of_export_is_explained_with_its_formats() -> None:
    found = {row["kind"]: re.findall(r"\b(csv|xlsx|json|hledger)\b", row["format"]) for row in EXPORTS}

    assert found == {kind.value: [each.value for each in formats] for kind, formats in FORMATS.items()}


def test_every_cause_of_a_difference_is_explained() -> None:
    assert [row["cause"].strip("`") for row in TABLES["cause"]] == list(Cause)
