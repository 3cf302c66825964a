"""Finance's rows: what somebody typed reads back as it was, whichever way the row was made."""

import csv
import io
from datetime import UTC, date, datetime
from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells import Counter
from chalicelib.domain.chain import START, Kind, Name
from chalicelib.domain.entries import Document, DocumentKind, Entry, EntryKind
from chalicelib.domain.values import replace
from chalicelib.reports.cells import defused
from chalicelib.reports.entries import HEADING, EntryRows, Place
from chalicelib.storage import items

GRANT = Name(Kind.GRANT, "ssf-4-example")
CELL = "lighting#2023-24-Q1#capital"
ON = date(2023, 5, 1)
COUNTERS = tuple(f"{counter}_pounds" for counter in Counter)
# What nearly every text is made of, and what needs care.
TEXTS = st.one_of(st.sampled_from(("", "Example Lighting Ltd", "INV-7")), st.text(alphabet="aZ9 ,;\"\\=-+@'\r\n\té£\uff1d", max_size=6))


def rows(entries: list[tuple[Entry, str, str]]) -> list[dict[str, str]]:
    """The rows of entries, each with its reason and who recorded it."""
    at = datetime(2023, 5, 2, 9, 30, tzinfo=UTC)
    drafts = tuple(items.Draft(at=at, by=by, reason=reason, fact=entry) for entry, reason, by in entries)
    bodies = [link.body for link in items.sealed(GRANT, START, drafts)]
    place = Place(fund="ssf-4", grant=GRANT.id, lead_recipient="Example, with a comma")
    made = "".join(chain.from_iterable(EntryRows().of_grant(GRANT, [bodies], lambda _: place)))
    return list(csv.DictReader(io.StringIO(HEADING + made, newline=""), strict=True))


def payment(number: str = "INV-7", supplier: str = "Example Lighting Ltd", description: str = "") -> Entry:
    document = Document(kind=DocumentKind.INVOICE, number=number, date=ON, supplier=supplier, net_pence=100_05, vat_pence=20_01)
    return Entry(
        kind=EntryKind.PAYMENT,
        on=ON,
        cell=CELL,
        amount_pence=100_05,
        description=description,
        document=document,
    )


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_every_text_of_a_payment_reads_back_as_it_was_but_for_the_apostrophe_before_a_formula(typed: list[tuple[str, ...]]) -> None:
    found = rows([(payment(number, supplier, about), reason, by) for number, supplier, about, reason, by in typed])

    columns = ("document_number", "party", "description", "reason", "recorded_by")
    assert [tuple(row[column] for column in columns) for row in found] == [tuple(map(defused, texts)) for texts in typed]
    assert [row["reference"] for row in found] == [row["document_number"] for row in found]


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=1, max_size=4))
def test_every_text_of_a_commitment_reads_back_as_it_was_but_for_the_apostrophe_before_a_formula(typed: list[tuple[str, ...]]) -> None:
    order = Entry(kind=EntryKind.COMMITMENT, on=ON, cell=CELL, amount_pence=5)
    found = rows(
        [
            (replace(order, counterparty=party, quoted_reference=reference, description=about), "", "finance")
            for party, reference, about in typed
        ]
    )

    assert [(row["party"], row["reference"], row["description"]) for row in found] == [tuple(map(defused, texts)) for texts in typed]


def test_each_kind_of_entry_fills_the_column_of_its_own_counter() -> None:
    invoice = payment()
    refund = Entry(kind=EntryKind.REFUND, on=ON, cell=CELL, amount_pence=-2_50)
    settling = replace(invoice, settles={"committed": -80_00})
    reduced = Entry(kind=EntryKind.CORRECTION, on=ON, cell=CELL, amount_pence=-1_00, counter=Counter.COMMITTED)

    found = rows([(entry, "", "finance") for entry in (invoice, refund, settling, reduced)])

    counted = [{column: row[column] for column in COUNTERS if row[column]} for row in found]
    assert [row["amount_pounds"] for row in found] == ["100.05", "-2.50", "100.05", "-1.00"]
    assert counted == [
        {"paid_pounds": "100.05"},
        {"refunded_pounds": "2.50"},
        {"committed_pounds": "-80.00", "paid_pounds": "100.05"},
        {"committed_pounds": "-1.00"},
    ]
