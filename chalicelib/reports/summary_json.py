"""summary.json: every figure of a publication for machines, in whole pence."""

from __future__ import annotations

from msgspec.structs import asdict

from chalicelib.domain.columns import QUARTERLY, together
from chalicelib.domain.measures import MEASURES
from chalicelib.domain.variations import Variation
from chalicelib.domain.waivers import PublicWaiver
from chalicelib.reports.awards import Award, awards
from chalicelib.reports.contents import Contents, Line, Table, awarded_lines
from chalicelib.reports.initiatives import told
from chalicelib.reports.json_text import as_json
from chalicelib.reports.quarters import three_columns


def summary_json(contents: Contents) -> bytes:
    """The file. Each table says which measures it has; `awarded_basis` and `allocated_basis` say how firmly a sum is known."""
    return as_json(
        {
            "publication": contents.publication.id,
            "published_on": str(contents.publication.on),
            "office": contents.office,
            "note": contents.note,
            "in_suspense": {"documents": contents.suspended_documents, "pence": contents.suspended_pence},
            "currency": "GBP",
            "measures": {
                name: {"meaning": each.meaning, "plus": list(each.plus), "minus": list(each.minus)} for name, each in MEASURES.items()
            },
            "total": _line(contents.total),
            **{f"by_{table.by}": _table(table) for table in contents.tables},
            "by_lead_recipient_and_category": [
                {"lead_recipient": table.total.id, "name": table.total.name, **_table(table)}
                for table in contents.categories_by_lead_recipient
            ],
            "closed_quarters": _closed_quarters(contents),
            "waivers": [_waiver(contents, grant_id, each) for grant_id, waivers in sorted(contents.waivers.items()) for each in waivers],
            "awards": [_award(each) for each in awards(contents)],
            "initiatives": [asdict(each) for each in told(contents)],
            "award_lines": [
                {
                    "grant": grant_id,
                    "financial_year": line.financial_year,
                    "nature": line.nature,
                    "awarded_pence": line.awarded_pence,
                    "basis": line.basis,
                    "note": line.note,
                }
                for grant_id, grant in sorted(contents.grants.items())
                for line in awarded_lines(grant)
            ],
        }
    )


def _table(table: Table) -> dict[str, object]:
    return {"measures": list(table.measures), "rows": [_line(line) for line in table.lines], "total": _line(table.total)}


def _closed_quarters(contents: Contents) -> dict[str, object]:
    """What closed quarters reported, what is known of them now, and the difference; `record` is the closing's, in the grant's chain."""
    closings = ((each, contents.grants[each.grant_id].periods[each.quarter].closing) for each in contents.closed_quarters)
    return {
        "measures": list(QUARTERLY),
        "rows": [
            {"grant": each.grant_id, "quarter": each.quarter, "record": closing and closing.position, **three_columns(each.columns)}
            for each, closing in closings
        ],
        "total": three_columns(together(each.columns for each in contents.closed_quarters)),
    }


def _waiver(contents: Contents, grant_id: str, public: PublicWaiver) -> dict[str, object]:
    """A rule that was waived. Who asked and who approved stand in the ledger: they are people, and not published."""
    waiver = public.waiver
    return {
        "grant": grant_id,
        "waiver": waiver.id,
        "rule": waiver.rule,
        "clause": waiver.clause,
        "why": public.why,
        "approved_on": str(public.approved_on),
        "expires": str(waiver.expires),
        "state": waiver.state(contents.publication.on),
    }


def _award(award: Award) -> dict[str, object]:
    """How an award came about: its lines as first accepted, what approved variations changed, and its lines now."""
    return {
        "grant": award.grant.id,
        "accepted_pence": award.accepted_pence,
        "lines": [
            {
                "financial_year": each.line.financial_year,
                "nature": each.line.nature,
                "basis": each.line.basis,
                "accepted_pence": each.accepted_pence,
                "change_pence": each.change_pence,
                "awarded_pence": each.line.awarded_pence,
            }
            for each in award.lines
        ],
        "variations": [_variation(each) for each in award.variations],
        "awarded_pence": award.grant.awarded_pence,
    }


def _variation(variation: Variation) -> dict[str, object]:
    return {
        "dated": str(variation.dated),
        "kind": variation.kind,
        "notice_reference": variation.notice_reference,
        "reason": variation.reason,
        "changes": [asdict(each) for each in variation.changes],
        "ends": variation.ends and str(variation.ends),
    }


def _line(line: Line) -> dict[str, object]:
    bases = {f"{measure}_basis": line.basis(measure) for measure in ("awarded", "allocated") if measure in line.figures}
    return {"id": line.id, "name": line.name, **bases, "pence": dict(line.figures)}
