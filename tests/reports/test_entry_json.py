"""Finance's rows as JSON: what the ledger holds, byte for byte, and what it does not say itself."""

import json
from datetime import UTC, date, datetime
from typing import TypedDict

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind, Part
from chalicelib.domain.values import replace
from chalicelib.reports.entries import Place
from chalicelib.reports.entry_json import AROUND_JSON, JsonRows, joined
from chalicelib.storage import items

GRANT = Name(Kind.GRANT, "ssf-4-example")
ON = date(2023, 5, 1)
AT = datetime(2023, 5, 2, 9, 30, tzinfo=UTC)
PLACE = Place(fund="ssf-4", grant=GRANT.id, lead_recipient='Example "and" Partners')
INVOICE = Document(kind=DocumentKind.INVOICE, number="INV-7", date=ON, supplier="Lamps Ltd", net_pence=100_00, vat_pence=20_00)
PAYMENT = Entry(kind=EntryKind.PAYMENT, on=ON, cell="lighting#2023-24-Q1#capital", amount_pence=100_00, document=INVOICE)
TEXTS = st.one_of(st.sampled_from(("", "Lamps Ltd")), st.text(alphabet='aZ9 ,"\\/\r\n\té£\x00\x7f\u2028🔦', max_size=6))


class Facts(TypedDict, total=False):
    amount_pence: int
    description: str
    document: dict[str, object]
    of: str


class Said(TypedDict):
    by: str
    kind: str
    reason: str
    facts: Facts


class Row(TypedDict):
    entry_id: str
    lead_recipient: str
    moves_pence: dict[str, int]
    record: Said


def recorded(entries: list[Entry], by: str = "finance", reason: str = "") -> list[str]:
    drafts = tuple(items.Draft(at=AT, by=by, reason=reason, fact=entry) for entry in entries)
    return [link.body for link in items.sealed(GRANT, START, drafts)]


def document(bodies: list[str]) -> bytes:
    return b"".join(AROUND_JSON.whole((joined(JsonRows().of_grant(GRANT, [bodies], lambda _: PLACE)),)))


def rows(entries: list[Entry], by: str = "finance", reason: str = "") -> list[Row]:
    found: list[Row] = json.loads(document(recorded(entries, by, reason)))["entries"]
    return found


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), TEXTS, TEXTS)
def test_every_text_reads_back_as_it_was(typed: list[tuple[str, str, str]], reason: str, by: str) -> None:
    entries = [
        replace(PAYMENT, description=about, document=replace(INVOICE, number=number, supplier=supplier))
        for number, supplier, about in typed
    ]

    found = rows(entries, by, reason)

    facts = [row["record"]["facts"] for row in found]
    assert [(each["document"]["number"], each["document"]["supplier"], each.get("description", "")) for each in facts] == typed
    assert {(row["record"]["by"], row["record"].get("reason", ""), row["lead_recipient"]) for row in found} == {
        (by, reason, 'Example "and" Partners')
    }


@given(st.lists(TEXTS, min_size=1, max_size=250))
def test_a_line_ends_with_its_record_as_the_ledger_holds_it(descriptions: list[str]) -> None:
    bodies = recorded([replace(PAYMENT, description=about) for about in descriptions])

    lines = document(bodies).decode().split("\n")[1:-2]

    assert [line.rstrip(",").partition(',"record":')[2][:-1] for line in lines] == bodies


def test_before_the_record_stands_what_the_entry_adds_to_each_counter_in_pence() -> None:
    split = replace(PAYMENT, amount_pence=60_00, part=Part(net_pence=60_00, vat_pence=12_00), settles={"committed": -60_00})
    order = Entry(kind=EntryKind.COMMITMENT, on=ON, cell=PAYMENT.cell, amount_pence=5)
    refund = Entry(kind=EntryKind.REFUND, on=ON, cell=PAYMENT.cell, amount_pence=-2_50, of="ssf-4-example.1")

    found = rows([split, order, refund])

    assert [(row["entry_id"], row["moves_pence"], row["record"]["kind"], row["record"]["facts"]["amount_pence"]) for row in found] == [
        ("ssf-4-example.1", {"paid": 60_00, "committed": -60_00}, "payment", 60_00),
        ("ssf-4-example.2", {"committed": 5}, "commitment", 5),
        ("ssf-4-example.3", {"refunded": 2_50}, "refund", -2_50),
    ]
    assert found[2]["record"]["facts"]["of"] == "ssf-4-example.1"


def test_net_and_vat_are_added_up_of_what_each_entry_carries_of_its_document() -> None:
    split = replace(PAYMENT, amount_pence=60_00, part=Part(net_pence=60_00, vat_pence=12_00))
    lines = JsonRows()

    for _ in lines.of_grant(GRANT, [recorded([split, PAYMENT])], lambda _: PLACE):
        pass

    assert (lines.totals.columns["amount_pounds"], lines.totals.net_pence, lines.totals.vat_pence) == (160_00, 160_00, 32_00)
