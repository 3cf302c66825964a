"""Finance's rows as JSON: what was typed reads back as it was, whichever way the row was made."""

import json
from datetime import UTC, date, datetime

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

Found = list[dict[str, object]]


def document(entries: list[Entry], by: str = "finance", reason: str = "") -> Found:
    drafts = tuple(items.Draft(at=AT, by=by, reason=reason, fact=entry) for entry in entries)
    bodies = [link.body for link in items.sealed(GRANT, START, drafts)]
    made = b"".join(AROUND_JSON.whole((joined(JsonRows().of_grant(GRANT, [bodies], lambda _: PLACE)),)))
    found: Found = json.loads(made)["entries"]
    return found


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4), TEXTS, TEXTS)
def test_every_text_reads_back_as_it_was(typed: list[tuple[str, str, str]], reason: str, by: str) -> None:
    entries = [
        replace(PAYMENT, description=about, document=replace(INVOICE, number=number, supplier=supplier))
        for number, supplier, about in typed
    ]

    found = document(entries, by, reason)

    assert [(row["document_number"], row["party"], row["description"]) for row in found] == typed
    assert [row["reference"] for row in found] == [number for number, _, _ in typed]
    assert {(row["recorded_by"], row["reason"], row["lead_recipient"]) for row in found} == {(by, reason, 'Example "and" Partners')}


def test_money_is_in_pence_and_null_where_there_is_none() -> None:
    split = replace(PAYMENT, amount_pence=60_00, part=Part(net_pence=60_00, vat_pence=12_00), settles={"committed": -60_00})
    order = Entry(kind=EntryKind.COMMITMENT, on=ON, cell=PAYMENT.cell, amount_pence=5)
    refund = Entry(kind=EntryKind.REFUND, on=ON, cell=PAYMENT.cell, amount_pence=-2_50, of="ssf-4-example.1")

    found = document([split, order, refund])

    money = [tuple(row[f"{name}_pence"] for name in ("amount", "net", "vat", "document_total", "moves")) for row in found]
    assert money == [
        (60_00, 60_00, 12_00, 120_00, {"paid": 60_00, "committed": -60_00}),
        (5, None, None, None, {"committed": 5}),
        (-2_50, None, None, None, {"refunded": 2_50}),
    ]
    assert found[2]["entry_named"] == "ssf-4-example.1"
