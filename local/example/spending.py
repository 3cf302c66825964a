"""Illustrative spending: one class for each kind of request that moves money, and what it asks of the API.

Whatever is made here says so: every description and every reason begins with `Illustrative:`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from msgspec import Struct, field

from chalicelib.domain.money import parse_pounds
from local.example.figures import Figures

Body = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request that posts entries."""

    path: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where spending happens: the grant, its lines' nature, the published rows, and the entries posted so far by name."""

    grant_id: str
    nature: str
    figures: Figures
    entered: Mapping[str, str]

    def entry(self, named: str | None) -> str | None:
        """The id of an entry that was posted under a name of the plan. Raises KeyError."""
        return None if named is None else self.entered[f"{self.grant_id}/{named}"]


class _Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every kind has: the name its entry goes by in the plan, and its day."""

    name: str
    on: date


class _Spend(_Named, frozen=True, kw_only=True):
    initiative: str
    pounds: str
    party: str
    description: str
    reference: str | None = None

    def _ask(self, scene: Scene, path: str) -> Ask:
        body = {
            "initiative_id": self.initiative,
            "nature": scene.nature,
            "on": str(self.on),
            "amount_pence": parse_pounds(self.pounds),
            "party": self.party,
            "reference": self.reference,
            "description": illustrative(self.description),
        }
        return Ask(path=f"/grants/{scene.grant_id}/{path}", body=given(body))


class Commitment(_Spend, frozen=True, kw_only=True, tag="commitment"):
    """A purchase order or an onward grant."""

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "commitments")


class Accrual(_Spend, frozen=True, kw_only=True, tag="accrual"):
    """A cost incurred and not yet invoiced."""

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "accruals")


class DocumentPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A document, in pounds."""

    number: str
    date: date
    supplier: str
    net: str
    vat: str = "0"
    kind: str = "invoice"

    def body(self) -> Body:
        """As the API takes it."""
        return {
            "kind": self.kind,
            "number": self.number,
            "date": str(self.date),
            "supplier": self.supplier,
            "net_pence": parse_pounds(self.net),
            "vat_pence": parse_pounds(self.vat),
        }


class PaymentLinePlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: amounts, or shares (one share where nothing is said); of this file's grant or another one."""

    initiative: str
    grant: str | None = None
    shares: int = 1
    net: str | None = None
    vat: str = "0"
    commitment: str | None = None
    accrual: str | None = None

    def body(self, scene: Scene, description: str) -> Body:
        """As the API takes it."""
        amounts: Body = {"shares": self.shares}
        if self.net is not None:
            amounts = {"net_pence": parse_pounds(self.net), "vat_pence": parse_pounds(self.vat)}
        about = {
            "grant_id": self.grant or scene.grant_id,
            "initiative_id": self.initiative,
            "nature": scene.nature,
            "commitment": scene.entry(self.commitment),
            "accrual": scene.entry(self.accrual),
            "description": illustrative(description),
        }
        return given(about) | amounts


class Payment(_Named, frozen=True, kw_only=True, tag="payment"):
    """A document paid."""

    payer: str
    document: DocumentPlan
    lines: tuple[PaymentLinePlan, ...]
    description: str

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        lines = [line.body(scene, self.description) for line in self.lines]
        body = {"document": self.document.body(), "on": str(self.on), "payer_id": self.payer, "lines": lines}
        return Ask(path="/payments", body=body)


class _Naming(_Named, frozen=True, kw_only=True):
    """An entry that names an earlier one, and says why."""

    of: str
    reason: str
    pounds: str | None = None

    def _ask(self, scene: Scene, path: str, more: Body) -> Ask:
        body = {"on": str(self.on), "reason": illustrative(self.reason)}
        return Ask(path=f"/entries/{scene.entry(self.of)}/{path}", body=given(body | more))

    def _pence(self) -> int | None:
        return None if self.pounds is None else parse_pounds(self.pounds)


class Release(_Naming, frozen=True, kw_only=True, tag="release"):
    """What is left of a commitment, or so much of it, that will not be paid."""

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "releases", {"amount_pence": self._pence()})


class Correction(_Naming, frozen=True, kw_only=True, tag="correction"):
    """A signed change to an earlier entry."""

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "corrections", {"change_pence": self._pence()})


class Recoding(_Naming, frozen=True, kw_only=True, tag="recoding"):
    """A miscoded entry, moved to where it belongs."""

    to: str

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        more: Body = {"to_initiative_id": self.to, "to_nature": scene.nature, "amount_pence": self._pence()}
        return self._ask(scene, "recodings", more)


class Refund(_Naming, frozen=True, kw_only=True, tag="refund"):
    """Money that came back."""

    reference: str

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "refunds", {"amount_pence": self._pence(), "reference": self.reference})


class Virement(_Named, frozen=True, kw_only=True, tag="virement"):
    """Allocated money that goes to another initiative."""

    source: str = field(name="from")
    to: str
    financial_year: str
    pounds: str
    reason: str

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        body = {
            "from_initiative_id": self.source,
            "to_initiative_id": self.to,
            "financial_year": self.financial_year,
            "nature": scene.nature,
            "amount_pence": parse_pounds(self.pounds),
            "on": str(self.on),
            "reason": illustrative(self.reason),
        }
        return Ask(path=f"/grants/{scene.grant_id}/virements", body=body)


class Match(_Named, frozen=True, kw_only=True, tag="match"):
    """A partner's contribution: published, where a row gives its amount; otherwise illustrative."""

    contributor: str
    description: str
    in_kind: bool = False
    initiative: str | None = None
    pounds: str | None = None
    row: str | None = None

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        published = scene.figures[self.row] if self.row else None
        body = {
            "in_kind": self.in_kind,
            "contributor": self.contributor,
            "nature": scene.nature,
            "on": str(self.on),
            "amount_pence": published.amount_pence if published else parse_pounds(self.pounds or ""),
            "initiative_id": self.initiative,
            "description": self.description if published else illustrative(self.description),
        }
        return Ask(path=f"/grants/{scene.grant_id}/match", body=given(body))


class _Settlement(_Named, frozen=True, kw_only=True):
    quarter: str
    pounds: str
    reference: str

    def _ask(self, scene: Scene, path: str, description: str) -> Ask:
        body: Body = {
            "quarter": self.quarter,
            "nature": scene.nature,
            "on": str(self.on),
            "amount_pence": parse_pounds(self.pounds),
            "reference": self.reference,
            "description": illustrative(description),
        }
        return Ask(path=f"/grants/{scene.grant_id}/{path}", body=body)


class Claimed(_Settlement, frozen=True, kw_only=True, tag="claimed"):
    """What was asked for of the Home Office."""

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "claimed", "claimed in arrears")


class Received(_Settlement, frozen=True, kw_only=True, tag="received"):
    """What the Home Office paid."""

    def ask(self, scene: Scene) -> Ask:
        """What it asks."""
        return self._ask(scene, "received", "received from the Home Office")


Spending = Commitment | Accrual | Payment | Release | Correction | Recoding | Refund | Virement | Match | Claimed | Received


def illustrative(text: str) -> str:
    """A description or reason that nobody can take for a published one."""
    return f"Illustrative: {text}"


def given(body: Mapping[str, object]) -> Body:
    """A body without the members that have nothing to say."""
    return {name: value for name, value in body.items() if value is not None}
