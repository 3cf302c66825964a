"""Posting a payment as it is conventionally done through boto3, plainly and in a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bench.conventional import Table
from bench.office import NOW, OFFICER, PAYER, YEAR

QUARTER = f"{YEAR}-Q3"
ON = "2023-11-20"
_ALLOCATED_PENCE = 1_000_000_00
_RECORDED = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


class Exhausted(Exception):
    """The allocation does not have enough money left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What is asked for: one invoice of one line, paid from one initiative's allocation."""

    number: int
    grant_id: str
    initiative_id: str
    supplier: str
    description: str
    net_pence: int
    vat_pence: int

    @property
    def reference(self) -> str:
        """The invoice's number."""
        return f"INV-{self.number:06}"

    @property
    def key(self) -> str:
        """The request's idempotency key."""
        return f"3f0c2a9e-{self.number:012}"

    @property
    def answer(self) -> str:
        """What the request is answered with."""
        return f'{{"grant_id":"{self.grant_id}","amount_pence":{self.net_pence},"document_number":"{self.reference}","status":"posted"}}'


def set_up(table: Table, initiatives: Mapping[str, Iterable[str]]) -> None:
    """Totals for every initiative, by grant."""
    for grant_id, its_own in initiatives.items():
        for initiative_id in its_own:
            table.put_item(Item={**_totals(grant_id, initiative_id), "allocated": _ALLOCATED_PENCE, "paid": 0})


def plain(table: Table, payment: Payment) -> None:
    """Look, put the entry, add to the totals. A crash between the last two loses the second, and two at once overspend."""
    totals = _afford(table, payment)
    table.put_item(Item=_entry(payment), ConditionExpression="attribute_not_exists(pk)")
    table.update_item(Key=totals, UpdateExpression="ADD paid :paid", ExpressionAttributeValues={":paid": payment.net_pence})


def transaction(table: Table, payment: Payment) -> None:
    """Look, then write everything or nothing: the entry, the totals, the idempotency key and the document."""
    totals = _afford(table, payment)
    paid = {
        "TableName": table.name,
        "Key": totals,
        "UpdateExpression": "ADD paid :paid",
        "ConditionExpression": "paid <= :most",
        "ExpressionAttributeValues": {":paid": payment.net_pence, ":most": _ALLOCATED_PENCE - payment.net_pence},
    }
    request = {"pk": f"request#{OFFICER}", "sk": payment.key, "answer": payment.answer}
    document = {"pk": f"document#{payment.supplier}#{payment.reference}", "sk": "document", "entered_as": f"{payment.number}"}
    new = "attribute_not_exists(pk)"
    puts = [{"Put": {"TableName": table.name, "Item": item, "ConditionExpression": new}} for item in (_entry(payment), request, document)]
    table.meta.client.transact_write_items(TransactItems=[*puts, {"Update": paid}])


def total_paid(table: Table, initiatives: Mapping[str, Iterable[str]]) -> int:
    """What has been paid, from all the totals."""
    keys = (_totals(grant_id, initiative_id) for grant_id, its_own in initiatives.items() for initiative_id in its_own)
    return sum(int(table.get_item(Key=key)["Item"]["paid"]) for key in keys)


def _afford(table: Table, payment: Payment) -> Mapping[str, str]:
    key = _totals(payment.grant_id, payment.initiative_id)
    totals = table.get_item(Key=key, ConsistentRead=True)["Item"]
    if totals["paid"] + Decimal(payment.net_pence) > totals["allocated"]:
        raise Exhausted
    return key


def _totals(grant_id: str, initiative_id: str) -> dict[str, str]:
    return {"pk": f"grant#{grant_id}", "sk": f"totals#{initiative_id}#{YEAR}#capital"}


def _entry(payment: Payment) -> Mapping[str, str | int]:
    return {
        "pk": f"grant#{payment.grant_id}",
        "sk": f"entry#{payment.number:010}",
        "entry_id": f"{payment.grant_id}.{payment.number}",
        "kind": "payment",
        "on": ON,
        "grant_id": payment.grant_id,
        "initiative_id": payment.initiative_id,
        "financial_year": YEAR,
        "quarter": QUARTER,
        "nature": "capital",
        "amount_pence": payment.net_pence,
        "net_pence": payment.net_pence,
        "vat_pence": payment.vat_pence,
        "paid": payment.net_pence,
        "party": payment.supplier,
        "payer": PAYER,
        "reference": payment.reference,
        "description": payment.description,
        "document_kind": "invoice",
        "document_date": ON,
        "document_number": payment.reference,
        "document_total_pence": payment.net_pence + payment.vat_pence,
        "recorded_by": OFFICER,
        "recorded_at": _RECORDED,
    }
