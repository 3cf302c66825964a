"""The certificate of a claim, as plain text: what the chief finance officer signs with the file that it is in."""

from __future__ import annotations

from chalicelib.domain.claims import NO_WORDING, WORDING_LABEL
from chalicelib.domain.money import pounds
from chalicelib.reports.claim_tables import Contents


def certificate(contents: Contents) -> bytes:
    """What is certified of which claim; where no wording is set, that it is not."""
    grant, held = contents.grant, contents.wording
    about = (
        ("Claim", contents.claim_id),
        ("Grant", f"{grant.title} ({grant.id})"),
        ("Fund", f"{contents.fund.title} ({contents.fund.funder})"),
        ("Lead recipient", contents.lead_recipient),
        ("Quarter", contents.quarter),
        ("Asked for", pounds(contents.selected.total_pence)),
        ("Lines", f"{len(contents.lines):,}"),
        ("Prepared by", f"{contents.prepared_by}, {contents.prepared_on}"),
    )
    said = f"{held.text}\n\nWording: {held.clause}. {WORDING_LABEL}" if held else NO_WORDING
    rows = "".join(f"{name + ':':<16}{text}\n" for name, text in about)
    return (
        f"Certificate\n{contents.office}\n\n{rows}\n{said}\n\n"
        "The chief finance officer signs the SHA-256 of the file that this is in; who signed, and when, is on the record.\n"
    ).encode()
