"""manifest.json: what a publication was made of, so that anybody with the ledger can hold it to every figure."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from chalicelib.domain.cells import added
from chalicelib.domain.chain import Kind, Position
from chalicelib.domain.measures import MEASURES, Measure
from chalicelib.reports.contents import Contents
from chalicelib.reports.json_text import as_json

_NAMED = (Kind.FUND, Kind.GRANT)
_UNNAMED = (Kind.INITIATIVE, Kind.ORGANISATION, Kind.DISCLOSURE)
"""Their ids would tell what may be withheld: an initiative's title, its partner. Together they are checked all the same."""

Chains = list[tuple[str, Position]]


def manifest(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """The file: the ledger's position with each chain's hash, the other files' SHA-256, and where each figure comes from."""
    publication = contents.publication
    return as_json(
        {
            "publication": publication.id,
            "published_on": str(publication.on),
            "office": contents.office,
            "code_version": publication.code_version,
            "files": [
                {"name": name, "sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in sorted(files.items())
            ],
            "ledger": {
                "chains": {name: {"seq": at.seq, "hash": at.hash} for name, at in _chains(contents, _NAMED)},
                "others": {kind.value: _together(_chains(contents, (kind,))) for kind in _UNNAMED},
            },
            "figures": [_figure(contents, measure) for measure in MEASURES.values()],
        }
    )


def _chains(contents: Contents, kinds: tuple[Kind, ...]) -> Chains:
    return [(name, at) for name, at in sorted(contents.heads.items()) if name.startswith(tuple(f"{kind}#" for kind in kinds))]


def _together(chains: Chains) -> dict[str, object]:
    """Several chains as one SHA-256, of a line `name seq hash` for each in order of name."""
    lines = "".join(f"{name} {at.seq} {at.hash}\n" for name, at in chains)
    return {"chains": len(chains), "records": sum(at.seq for _, at in chains), "sha256": sha256(lines.encode()).hexdigest()}


def _figure(contents: Contents, measure: Measure) -> dict[str, object]:
    """A headline figure: the sum, over its grants' entries up to the ledger's position, of what they add to its counters."""
    parts = {grant_id: _part(contents, measure, grant_id) for grant_id in sorted(contents.cells)}
    return {
        "id": f"total.{measure.name}",
        "measure": measure.name,
        "meaning": measure.meaning,
        "pence": contents.total.figures[measure.name],
        "plus": list(measure.plus),
        "minus": list(measure.minus),
        "grants": {grant_id: part for grant_id, part in parts.items() if part["entries"]},
    }


def _part(contents: Contents, measure: Measure, grant_id: str) -> dict[str, int]:
    counters = {*measure.plus, *measure.minus}
    entries = sum(number for moved, number in contents.entries[grant_id].items() if counters.intersection(moved))
    return {"pence": measure.of(added(contents.cells[grant_id].values())), "entries": entries}
