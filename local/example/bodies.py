"""What the plan's funds, grants, initiatives and allocations ask of the API: pure functions of the plan and the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from msgspec import structs

from chalicelib.domain.money import parse_pounds, split
from local.example.figures import Figures
from local.example.plan import (
    AllocationPlan,
    AssetPlan,
    ClaimPlan,
    DisclosurePlan,
    FundPlan,
    GrantFile,
    GrantPlan,
    InitiativePlan,
    LinePlan,
    OrganisationPlan,
    ReturnPlan,
    VariationPlan,
    VirementLimitPlan,
    WaiverPlan,
)
from local.example.spending import Body, given, illustrative

FUNDER = "Home Office"


def fund(plan: FundPlan, figures: Figures) -> Body:
    """A fund to set up. Its rules are left out: the rows do not say them, and what is not known is not checked."""
    return {"id": plan.id, "title": plan.title, "funder": FUNDER, "source": figures[plan.row].source}


def organisation(plan: OrganisationPlan) -> Body:
    """An organisation to make known."""
    return given(structs.asdict(plan))


def grant(plan: GrantPlan, figures: Figures) -> Body:
    """A grant to offer; its source is its first line's."""
    body = {
        "id": plan.id,
        "title": plan.title,
        "fund_id": plan.fund,
        "lead_recipient_id": plan.lead_recipient,
        "force_area": plan.force_area,
        "starts": str(plan.starts),
        "ends": str(plan.ends),
        "lines": [_line(line, figures) for line in plan.lines],
        "source": figures[plan.lines[0].row].source,
        "asset_threshold_pence": plan.asset_threshold and parse_pounds(plan.asset_threshold),
    }
    return given(body)


def asset(plan: AssetPlan, payment: str) -> Body:
    """An item to register, which was bought with the payment of this id."""
    return {
        "payment": payment,
        "bought_on": str(plan.on),
        "description": illustrative(plan.description),
        "cost_pence": parse_pounds(plan.pounds),
        "place": plan.place,
        "owner_id": plan.owner,
    }


def virement_limit(plan: VirementLimitPlan) -> Body:
    """A limit on virements to set."""
    limit = {"clause": illustrative(plan.clause), "breach": "refuse", "limit_pence": parse_pounds(plan.pounds)}
    return {"virement_limit": limit, "reason": illustrative("no office's own limit is published.")}


def waiver(plan: WaiverPlan) -> Body:
    """A waiver of the limit on virements to ask for."""
    return {"rule": "virement_limit", "expires": str(plan.expires), "publishable": True, "reason": illustrative(plan.reason)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of a claim: from which state, by which role, to which address below the claim's own, with what."""

    start: str
    role: str
    move: str
    body: Body


def certificate_wording() -> Body:
    """What certificates of claims say: no office's own wording is published."""
    text = illustrative("I certify that what is claimed was spent, and is claimed once.")
    return {"wording": {"text": text, "clause": "The example's own"}, "reason": illustrative("there is no claim without it")}


def claim(plan: ClaimPlan) -> Body:
    """A claim to draft."""
    return {"quarter": plan.quarter, "note": illustrative("what was spent is not published")}


def claim_steps(plan: ClaimPlan, drafted: Mapping[str, object]) -> Iterator[Step]:
    """The steps of a claim, as it was drafted, one after another: reviewed, certified, and where days are given sent and paid."""
    signed = cast("Mapping[str, str]", drafted["pack"])["sha256"]
    yield Step(start="drafted", role="officer", move="review", body={"reason": illustrative("looked through")})
    yield Step(start="reviewed", role="certifier", move="certification", body={"sha256": signed})
    if plan.submitted_on:
        sent: Body = {"on": str(plan.submitted_on), "reference": plan.reference}
        yield Step(start="certified", role="finance", move="submission", body=sent)
    if plan.paid_on:
        paid: Body = {"on": str(plan.paid_on), "amount_pence": drafted["total_pence"], "reference": plan.reference}
        yield Step(start="submitted", role="finance", move="payments", body=paid)


def _line(plan: LinePlan, figures: Figures) -> Body:
    figure = figures[plan.row]
    line = {
        "financial_year": plan.financial_year,
        "nature": figure.nature,
        "amount_pence": figure.amount_pence,
        "basis": figure.basis,
        "note": plan.note or figure.note,
    }
    return given(line)


def variation(plan: VariationPlan, figures: Figures) -> Body:
    """A variation to request."""
    figure = figures[plan.row]
    change = {"financial_year": plan.financial_year, "nature": figure.nature, "change_pence": figure.amount_pence}
    return {
        "kind": plan.kind,
        "dated": str(plan.dated),
        "reason": f"{plan.reason} Published at {figure.source}",
        "notice_reference": plan.notice_reference,
        "changes": [change],
    }


def initiative(plan: InitiativePlan) -> Body:
    """An initiative to plan. Its description says what of it is published."""
    whose = "its delivery partner is published" if plan.partner_published else "its delivery partner is illustrative"
    body = {
        "id": plan.id,
        "title": plan.title,
        "category": plan.category,
        "partner_id": plan.partner,
        "description": f"{plan.description} Of this initiative, {whose}; its dates and outputs are illustrative.".strip(),
        "places": [{"name": name} for name in plan.places],
        "planned_start": plan.planned_start and str(plan.planned_start),
        "planned_end": plan.planned_end and str(plan.planned_end),
        "outputs": [given({"name": each.name, "unit": each.unit, "target": each.target, "actual": each.actual}) for each in plan.outputs],
    }
    return given(body)


def disclosure(plan: DisclosurePlan) -> Body:
    """What to say of an initiative's payments."""
    texts = {name: getattr(plan, name) for name in ("purpose", "conditions", "reasons", "value_for_money")}
    return given({name: text and illustrative(text) for name, text in texts.items()}) | {"onward_grant": plan.onward_grant}


def allocations(file: GrantFile, figures: Figures) -> Iterator[tuple[str, Body]]:
    """A grant's allocations to make, each with a name that is its own."""
    left = _awarded(file.grant, figures)
    for place, plan in enumerate(file.allocations):
        year = plan.financial_year or file.grant.lines[0].financial_year
        pence = figures[plan.row].amount_pence if plan.row else left[year]
        left[year] -= pence
        published = figures[plan.row].source if plan.row and len(plan.shares) == 1 else None
        for initiative_id, part in zip(plan.shares, split(pence, tuple(plan.shares.values())), strict=True):
            body = _allocation(initiative_id, year, nature_of(file.grant, figures), part, plan.on)
            yield f"{file.grant.id}/allocation-{place + 1}/{initiative_id}", body | _why(plan, figures, published)


def _allocation(initiative_id: str, year: str, nature: str, pence: int, on: date) -> Body:
    return {"initiative_id": initiative_id, "financial_year": year, "nature": nature, "amount_pence": pence, "on": str(on)}


def _why(plan: AllocationPlan, figures: Figures, published: str | None) -> Body:
    if plan.row and published:
        return {"reason": f"Published at {published}", "description": f"Published: {figures[plan.row].project}"}
    whole = f"the amount published as: {figures[plan.row].project}" if plan.row else "what is left of the award"
    split_up = "the split over initiatives is not published."
    return {"reason": illustrative(f"{split_up} It divides {whole}."), "description": illustrative(split_up)}


def _awarded(plan: GrantPlan, figures: Figures) -> dict[str, int]:
    """What each financial year's line comes to, in pence, after every variation."""
    awarded: dict[str, int] = {}
    parts: list[LinePlan | VariationPlan] = [*plan.lines, *plan.variations]
    for part in parts:
        awarded[part.financial_year] = awarded.get(part.financial_year, 0) + figures[part.row].amount_pence
    return awarded


def nature_of(plan: GrantPlan, figures: Figures) -> str:
    """The nature that the grant's first row states."""
    return figures[plan.lines[0].row].nature.value


def move(state: str, on: date) -> Mapping[str, object]:
    """A state to go on to."""
    return {"state": state, "on": str(on), "reason": illustrative("the date is not published.")}


def report(plan: ReturnPlan) -> Body:
    """What a return says, whole."""
    return {
        "progress": illustrative(plan.progress),
        "rating": plan.rating,
        "spent_to_date_pence": parse_pounds(plan.spent_to_date),
        "outputs": [{"name": name, "actual": actual} for name, actual in plan.outputs.items()],
        "forecasts": [{"quarter": quarter, "amount_pence": parse_pounds(pounds)} for quarter, pounds in plan.forecasts.items()],
        "risks": [structs.asdict(risk) | {"description": illustrative(risk.description)} for risk in plan.risks],
        "variances": [{"code": code, "explanation": illustrative(text)} for code, text in plan.variances.items()],
    }
