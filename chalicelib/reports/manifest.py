"""manifest.json: what a publication was made of and which files it has, so that anybody can hold it to every figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from chalicelib.domain.chain import Kind, Position
from chalicelib.reports.contents import Contents
from chalicelib.reports.json_text import as_json
from chalicelib.reports.verify_publication import ENTRIES, FIGURES, Entries, pieces, sealed, sheet_totals

RULE_VERSION = 2
"""Which measures and which rules of inclusion the figures follow. Whoever changes either raises it; a test holds them to it."""

INCLUSION = {
    "entries.json": "Every entry of every grant up to the record that `ledger` names, each once.",
    "figures.json": "Every figure, with what its entries have in common. The lines of each table that a line adds up come to that line.",
    "changes.json": "Every figure that is not what it was in the earlier publication, and every new one.",
    "changes.csv": "The same changes as changes.json; lines that are no longer shown come last, without amounts.",
    "grants-made.csv": "Every payment of an onward grant, less its refunds; the same rows as grants-made.json.",
    "grants-made.json": "With spending-over-500.json, and with what its item is too small for either, it comes to the figure total.spent.",
    "spending-over-500.csv": "Every other payment whose item comes to more than £500; the same rows as spending-over-500.json.",
    "spending-over-500.json": "With grants-made.json, and with what its item is too small for either, it comes to the figure total.spent.",
    "360giving.csv": "The same grants as 360giving.json.",
    "360giving.json": "Amounts awarded come to what grants-made.json has paid, amounts disbursed to its amounts.",
    "360giving.xlsx": "The same grants as 360giving.json.",
    "summary.json": "The same figures: each table's rows come to the total, for each measure that the table has.",
    "summary.csv": (
        "The same figures: the rows of each `group_by` come to the row total, for each measure that they have; those of "
        "lead_recipient,category to their lead recipient's row. The rows of closed quarters do not: as reported and the difference "
        "come to as corrected."
    ),
}
"""By file: which figures are in it, and what its rows come to."""

_NAMED = (Kind.FUND, Kind.GRANT)
_UNNAMED = (Kind.INITIATIVE, Kind.ORGANISATION, Kind.DISCLOSURE)
"""Their ids would tell what may be withheld: an initiative's title, its partner. Together they are checked all the same."""

_TAIL = re.compile(rb"\n}\n\Z")

Chains = list[tuple[str, Position]]


def manifest(contents: Contents, files: Mapping[str, bytes], entries: Entries) -> bytes:
    """The file: the ledger's position with each chain's hash, the other files with their SHA-256 and control totals, and a seal.

    The seal is the SHA-256 of all bytes before its own line; the line before it finds and puts back a byte that was changed.
    """
    publication = contents.publication
    content = as_json(
        {
            "publication": publication.id,
            "published_on": str(publication.on),
            "office": contents.office,
            "code_version": publication.code_version,
            "rule_version": RULE_VERSION,
            "inclusion": {name: rule for name, rule in INCLUSION.items() if name in files},
            "files": [_file(name, content) for name, content in sorted(files.items())],
            "figures": {"file": FIGURES},
            "entries": {"file": ENTRIES, "entries": len(entries), "sums_pence": dict(sorted(entries.total().items()))},
            "ledger": {
                "chains": {name: {"seq": at.seq, "hash": at.hash} for name, at in _chains(contents, _NAMED)},
                "others": {kind.value: _together(_chains(contents, (kind,))) for kind in _UNNAMED},
            },
        }
    )
    return sealed(_TAIL.sub(b",\n", content))


def _file(name: str, content: bytes) -> dict[str, object]:
    """A file's name, SHA-256, size in bytes and pieces; of a table its rows, too, and what each column of money adds up to."""
    told: dict[str, object] = {"name": name, "sha256": sha256(content).hexdigest(), "size": len(content), "pieces": pieces(content)}
    if name.endswith(".csv"):
        rows, sums = sheet_totals(content)
        told |= {"rows": rows, "sums_pence": sums}
    return told


def _chains(contents: Contents, kinds: tuple[Kind, ...]) -> Chains:
    return [(name, at) for name, at in sorted(contents.heads.items()) if name.startswith(tuple(f"{kind}#" for kind in kinds))]


def _together(chains: Chains) -> dict[str, object]:
    """Several chains as one SHA-256, of a line `name seq hash` for each in order of name."""
    lines = "".join(f"{name} {at.seq} {at.hash}\n" for name, at in chains)
    return {"chains": len(chains), "records": sum(at.seq for _, at in chains), "sha256": sha256(lines.encode()).hexdigest()}
