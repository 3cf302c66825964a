"""The plan: what is made of which published row, and the illustrative rest, as the files under plan/ write it down.

Everything is checked when it is read: a word that is not known here, or a missing one, is refused with its place.
Illustrative amounts are pounds as text. Published amounts are never written: a `row` names where they come from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

import msgspec
from msgspec import Struct, field

from local.example.spending import Spending

FOLDER = Path(__file__).with_name("plan")

T = TypeVar("T")


class FundPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fund; its source is that of the row that published its pot."""

    id: str
    title: str
    row: str


class OrganisationPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An organisation."""

    id: str
    name: str
    vat_status: str = "recovers"
    identifiers: tuple[str, ...] = ()
    police_force_area: str | None = None


class VarianceCodePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code for why something is not as planned."""

    id: str
    words: str


class Registers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands before any grant."""

    funds: tuple[FundPlan, ...]
    organisations: tuple[OrganisationPlan, ...]
    variance_codes: tuple[VarianceCodePlan, ...] = ()


class LinePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An award line, as a row published it. Its note is the row's own where the amount is not exact."""

    financial_year: str
    row: str
    note: str | None = None


class VariationPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A variation, as a row published it: finance requests it, the certifier decides."""

    kind: str
    dated: date
    financial_year: str
    row: str
    notice_reference: str
    reason: str
    decision: str


class MovePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A state that a grant or an initiative goes on to."""

    state: str
    on: date


class GrantPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A grant. Its last move, where that closes it, is made after its spending. Its asset threshold is illustrative."""

    id: str
    title: str
    fund: str
    lead_recipient: str
    force_area: str
    starts: date
    ends: date
    lines: tuple[LinePlan, ...]
    moves: tuple[MovePlan, ...] = ()
    variations: tuple[VariationPlan, ...] = ()
    asset_threshold: str | None = None


class OutputPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative output."""

    name: str
    unit: str
    target: int
    actual: int | None = None


class InitiativePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An initiative. `partner_published` says whether a row names its delivery partner."""

    id: str
    title: str
    category: str
    partner: str
    partner_published: bool = False
    places: tuple[str, ...] = ()
    description: str = ""
    planned_start: date | None = None
    planned_end: date | None = None
    outputs: tuple[OutputPlan, ...] = ()
    moves: tuple[MovePlan, ...] = ()


class AllocationPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Money for initiatives: a row's amount, or without a row what is left of the award line, split by shares.

    One initiative with a row is a published allocation; every split by shares is illustrative.
    """

    on: date
    shares: dict[str, int]
    row: str | None = None
    financial_year: str | None = None


class AssetPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative item that was bought with a payment, which it names as the plan does."""

    payment: str
    on: date
    description: str
    pounds: str
    place: str
    owner: str


class QuarterPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A quarter that is held or closed once the spending is posted. All others stay open."""

    quarter: str
    state: Literal["held", "closed"]


class RiskPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative risk."""

    description: str
    likelihood: str
    impact: str
    mitigation: str
    owner_role: str


class ReturnPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative return: outputs by name, forecasts by quarter and reasons by variance code; and what the office says to it."""

    initiative: str
    quarter: str
    progress: str
    rating: str
    spent_to_date: str
    review: str
    said: str
    outputs: dict[str, int] = {}
    forecasts: dict[str, str] = {}
    risks: tuple[RiskPlan, ...] = ()
    variances: dict[str, str] = {}


class VirementLimitPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative limit on virements: no office's own is published."""

    clause: str
    pounds: str


class WaiverPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative waiver of the grant's limit on virements: finance asks, the certifier approves."""

    expires: date
    reason: str
    decision: str


class ClaimPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim of a quarter: certified, and sent and paid where days are given. It is drafted before what is `late`, or after it."""

    quarter: str
    submitted_on: date | None = None
    paid_on: date | None = None
    reference: str = ""
    after_late: bool = False


class DisclosurePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the public is told of an initiative's payments; illustrative, all of it."""

    initiative: str
    purpose: str
    onward_grant: bool = False
    conditions: str | None = None
    reasons: str | None = None
    value_for_money: str | None = None


class EvidencePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An illustrative file: what it says, and what it is evidence of. `of` is an entry's name in the plan, a claim's quarter,
    or a return's id.
    """

    kind: Literal["entry", "claim", "return"]
    of: str
    name: str
    words: str


class GrantFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One grant with all that belongs to it; `late` is what came to light after its quarters were closed.

    The limit on virements, and its waivers, are set last: what was posted before is not judged anew.
    """

    grant: GrantPlan
    initiatives: tuple[InitiativePlan, ...] = ()
    allocations: tuple[AllocationPlan, ...] = ()
    spending: tuple[Spending, ...] = field(default=())
    assets: tuple[AssetPlan, ...] = ()
    quarters: tuple[QuarterPlan, ...] = ()
    late: tuple[Spending, ...] = field(default=())
    returns: tuple[ReturnPlan, ...] = ()
    virement_limit: VirementLimitPlan | None = None
    waivers: tuple[WaiverPlan, ...] = ()
    claims: tuple[ClaimPlan, ...] = ()
    disclosures: tuple[DisclosurePlan, ...] = ()
    evidence: tuple[EvidencePlan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the example consists of."""

    registers: Registers
    grants: tuple[GrantFile, ...]


def read_plan(folder: Path = FOLDER) -> Plan:
    """The plan in a folder: registers.toml, and one file for each grant, named as the grant is."""
    files = sorted(path for path in folder.glob("*.toml") if path.stem != "registers")
    return Plan(
        registers=_read(folder / "registers.toml", Registers),
        grants=tuple(_read(path, GrantFile) for path in files),
    )


def _read(path: Path, kind: type[T]) -> T:
    return msgspec.toml.decode(path.read_bytes(), type=kind)
