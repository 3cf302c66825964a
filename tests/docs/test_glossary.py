"""docs/glossary.md: every word has its meaning in the code, and nothing the code names is missing."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module

import pytest

from chalicelib.domain.agreements import AgreementState, Cause
from chalicelib.domain.answers import Outcome
from chalicelib.domain.assets import AssetState
from chalicelib.domain.budget_monitoring import Flag
from chalicelib.domain.cells import Counter, Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.claims import ClaimState
from chalicelib.domain.disclosures import Particular
from chalicelib.domain.entries import DocumentKind, EntryKind
from chalicelib.domain.evidence import EvidenceState, SubjectKind
from chalicelib.domain.exports import ExportFormat, ExportKind, ExportState
from chalicelib.domain.funds import MatchBase
from chalicelib.domain.grants import GrantState
from chalicelib.domain.grounds import Ground
from chalicelib.domain.imports import ImportState
from chalicelib.domain.initiatives import InitiativeState
from chalicelib.domain.journals import Account, JournalKind
from chalicelib.domain.matters import Matter
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.people import Role
from chalicelib.domain.previews import Status
from chalicelib.domain.proposals import ProposalKind, ProposalState
from chalicelib.domain.publication_gaps import GapKind
from chalicelib.domain.publications import PublicationState
from chalicelib.domain.quarter_states import PeriodState
from chalicelib.domain.reminders import ReminderState
from chalicelib.domain.return_reports import Level, MilestoneState, Rating
from chalicelib.domain.returns import ReturnState
from chalicelib.domain.rules import Breach, RuleName
from chalicelib.domain.separation import Separation, Step
from chalicelib.domain.suspense import SuspenseState
from chalicelib.domain.variations import Basis, VariationKind, VariationState
from chalicelib.domain.waivers import WaiverState
from chalicelib.services.office_closing import Ending, Readiness
from tests.docs.tables import DOCS, tables_of

DOCUMENT = (DOCS / "glossary.md").read_text(encoding="utf-8")
TABLES = tuple(tables_of(DOCUMENT))
WORDS = {row["word"]: row for table in TABLES for row in table if "word" in row}
LATER = "Not in the code yet"

DESIGNED = (
    *("fund", "grant", "award line", "variation", "initiative", "allocation", "virement", "commitment", "payment", "accrual"),
    *("correction", "refund", "match", "entry", "claim", "period", "return", "measure", "publication"),
)
"""The words that the project began with."""


def exists(dotted: str) -> bool:
    """Whether a dotted name names something: a module, what it holds, or a field of a class it holds."""
    module, _, name = dotted.rpartition(".")
    held: object
    try:
        held = import_module(module)
    except ModuleNotFoundError:
        owner_module, _, owner = module.rpartition(".")
        held = getattr(import_module(owner_module), owner)
    return hasattr(held, name)


@pytest.mark.parametrize("word", WORDS)
def test_a_word_names_what_means_it(word: str) -> None:
    meant = WORDS[word]["in the code"]

    assert meant == LATER or exists(meant), f"{word} is said to be {meant}, which is not there"


@pytest.mark.parametrize("name", ["chalicelib.domain.grants.Grunt", "chalicelib.domain.grants.Grant.budget_holder"])
def test_a_name_that_means_nothing_is_found_out(name: str) -> None:
    assert not exists(name)


@pytest.mark.parametrize("word", DESIGNED)
def test_no_word_of_the_design_is_missing(word: str) -> None:
    assert word in WORDS


def test_no_word_stands_twice() -> None:
    assert len(WORDS) == sum(len(table) for table in TABLES if "word" in table[0])


def test_every_meaning_is_a_sentence() -> None:
    for table in TABLES:
        for row in table:
            meaning = row.get("meaning") or row["what it records"]
            assert meaning[0].isupper(), meaning
            assert meaning.endswith("."), meaning


def test_every_measure_has_the_meaning_that_is_served_beside_it() -> None:
    (table,) = (table for table in TABLES if "measure" in table[0])

    assert [(row["measure"], row["meaning"]) for row in table] == [(name, measure.meaning) for name, measure in MEASURES.items()]


def test_every_kind_of_entry_is_listed_in_order() -> None:
    (table,) = (table for table in TABLES if "kind" in table[0])

    assert [row["kind"] for row in table] == list(EntryKind)


@pytest.mark.parametrize(
    "named",
    [
        *(Counter, Nature, Basis, MatchBase, DocumentKind, GrantState, PeriodState, VariationKind, VariationState),
        *(InitiativeState, PublicationState, EvidenceState, SubjectKind, AssetState, ClaimState, Role, Readiness, Ending),
        *(Particular, Ground, GapKind),
        *(ReturnState, Rating, MilestoneState, Level, ReminderState, ImportState, Status, SuspenseState),
        *(RuleName, Breach, Outcome, WaiverState, Matter, ProposalKind, ProposalState, Step, Separation, Cause, AgreementState),
        *(ExportKind, ExportFormat, ExportState, Flag, JournalKind, Account),
    ],
)
def test_every_value_that_people_meet_is_named(named: type[StrEnum]) -> None:
    assert [value for value in named if f"`{value}`" not in DOCUMENT] == []


def test_every_kind_of_aggregate_is_named() -> None:
    meaning = WORDS["aggregate"]["meaning"]

    assert [kind for kind in Kind if kind.replace("-", " ") not in meaning] == []
