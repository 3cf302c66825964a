"""Illustrative evidence: small text files that are made here and say in their first words what they are."""

from __future__ import annotations

from hashlib import sha256

from local.example.plan import EvidencePlan
from local.example.spending import Body, illustrative


def content(plan: EvidencePlan) -> bytes:
    """The file's bytes."""
    return f"{illustrative(plan.words)}\n".encode()


def announced(plan: EvidencePlan, subject_id: str) -> Body:
    """A file to announce, of the thing with this id."""
    held = content(plan)
    return {
        "subject": {"kind": plan.kind, "id": subject_id},
        "file_name": plan.name,
        "content_type": "text/plain",
        "size": len(held),
        "sha256": sha256(held).hexdigest(),
    }
