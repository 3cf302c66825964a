"""The documents of a ledger extract: which rows belong together, what they charge, and what is wrong with them."""

from datetime import date

from chalicelib.domain.documents import Uncharged
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.extract_documents import Documents, Extracted
from chalicelib.domain.extract_fragments import Fragments
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import replace
from chalicelib.services.preview_scratch import Scratch
from tests.extracts.layouts import HEADING, INVOICES, PAYMENTS, read, row

TODAY = date(2024, 2, 1)


def documents(*rows: list[str], profile: Profile = PAYMENTS, heading: list[str] = HEADING) -> list[Extracted]:
    with Scratch() as scratch:
        scratch.add_fragments(Fragments(profile).of(read([heading, *rows], profile)))
        return list(scratch.documents(Documents(profile, TODAY)))


def test_rows_of_one_number_from_one_supplier_are_one_document_however_both_are_spelt() -> None:
    found = documents(
        row(amount="100.00"), row("02/10/23", "LAMPS LTD.", "SS5", "20.00", " 1 "), row(amount="50", description="More lamps")
    )

    (one,) = found
    assert (one.rows, one.document.kind, one.document.number, one.document.net_pence) == ((2, 3, 4), DocumentKind.INVOICE, "1", 17_000)
    assert [(line.initiative_id, line.net_pence, line.description) for line in one.lines] == [
        ("lighting", 15_000, "Lamps; More lamps"),
        ("cctv", 2_000, "Lamps"),
    ]
    assert one.complaints == ()


def test_what_is_no_grants_is_uncharged_and_a_document_of_nothing_else_has_no_lines() -> None:
    shared, others = documents(row(), row(centre="GEN", amount="30"), row(number="2", centre="GEN"))

    assert (shared.uncharged, len(shared.lines), others.lines) == (Uncharged(net_pence=3_000), 1, ())
    assert others.why == "Not of a grant"


def test_a_code_that_nothing_fits_stops_the_whole_document() -> None:
    (one,) = documents(row(), row(centre="XX9"))

    assert one.unmapped
    assert [(each.row, each.column, each.value, each.wrong) for each in one.complaints] == [
        (3, "Cost centre / Subjective", "XX9 / 4000", "fits no coding of the profile")
    ]


def test_below_nothing_it_is_a_credit_note_and_where_lines_go_both_ways_a_journal() -> None:
    credit, journal = documents(row(amount="(5.00)"), row(amount="10.00", number="2"), row(amount="4.00-", number="2"))

    assert (credit.document.kind, credit.document.net_pence) == (DocumentKind.CREDIT_NOTE, -500)
    assert (journal.document.kind, journal.document.net_pence, journal.complaints) == (DocumentKind.JOURNAL, 600, ())


def test_rows_without_a_number_are_documents_by_themselves_and_alike_ones_are_both_genuine() -> None:
    first = documents(row(number=""), row(number=""), row(number="", amount="7"))
    again = documents(row(number="", amount="7"), row(number=""), row(number=""))

    numbers = [each.document.number for each in first]
    assert len(set(numbers)) == 3
    assert [number[-2:] for number in numbers] == ["-1", "-2", "-1"]
    assert {each.document.key for each in again} == {each.document.key for each in first}


def test_two_suppliers_whose_names_were_taken_out_are_not_one() -> None:
    first, second = documents(row(supplier="REDACTED"), row(supplier="redacted personal data", amount="9"))

    assert first.document.supplier == second.document.supplier == "REDACTED"
    assert first.document.key != second.document.key


def test_another_day_or_a_day_to_come_is_complained_of() -> None:
    other, future = documents(row(), row(on="03/10/2023"), row(on="02/02/2024", number="2"))

    assert [(each.row, each.wrong) for each in other.complaints] == [(3, "is another day than row 2 has")]
    assert [(each.value, each.wrong, each.right) for each in future.complaints] == [
        ("2024-02-02", "has not come yet", "a day up to 2024-02-01")
    ]


def test_with_a_column_of_lines_each_line_is_a_document() -> None:
    profile = replace(PAYMENTS, columns=replace(PAYMENTS.columns, line=("Description",)))

    found = documents(row(description="1"), row(on="03/10/2023", description="2"), row(description="1"), profile=profile)

    assert [(each.document.number, each.rows) for each in found] == [("1/1", (2, 4)), ("1/2", (3,))]


INVOICE_HEADING = ["Paid on", "Vendor", "Cost centre", "Subjective", "Line gross", "Line VAT", "Doc no", "Doc date", "Type", "Doc total"]


def invoice_row(gross: str, vat: str, total: str, kind: str = "INV", centre: str = "SS4") -> list[str]:
    return ["02/10/2023", "Lamps Ltd", centre, "4000", gross, vat, "7", "28/09/2023", kind, total]


def test_lines_of_an_invoice_are_held_against_its_total() -> None:
    lines = invoice_row("120.00", "20.00", "£180.00"), invoice_row("60.00", "10.00", "£180.00", centre="SS5")

    (right,) = documents(*lines, profile=INVOICES, heading=INVOICE_HEADING)
    (wrong,) = documents(lines[0], profile=INVOICES, heading=INVOICE_HEADING)

    assert (right.document.net_pence, right.document.vat_pence, right.document.date) == (15_000, 3_000, date(2023, 9, 28))
    assert [(line.net_pence, line.vat_pence) for line in right.lines] == [(10_000, 2_000), (5_000, 1_000)]
    assert right.complaints == ()
    assert [(each.column, each.value, each.wrong, each.right) for each in wrong.complaints] == [
        ("Doc total", "£180.00", "is not what its lines come to", "£120.00, which its lines come to")
    ]


def test_a_credit_note_written_without_a_minus_gives_back() -> None:
    (one,) = documents(invoice_row("120.00", "20.00", "120.00", "CRN"), profile=INVOICES, heading=INVOICE_HEADING)

    assert (one.document.kind, one.document.net_pence, one.document.vat_pence, one.complaints) == (
        DocumentKind.CREDIT_NOTE,
        -10_000,
        -2_000,
        (),
    )


def test_a_type_that_the_profile_does_not_know_is_refused_with_those_it_knows() -> None:
    (complaint,) = read([INVOICE_HEADING, invoice_row("1", "0", "1", "DDM")], INVOICES).complaints

    assert (complaint.column, complaint.value, complaint.right) == ("Type", "DDM", "CRN or INV")


def test_the_key_of_a_document_is_the_one_that_payments_have() -> None:
    found = documents(
        row(number="INV-01/2"), row(number=""), row(supplier="REDACTED", amount="4.00-"), row(number="J", amount="-1"), row(number="J")
    )

    assert [each.key for each in found] == [each.document.key for each in found]
    assert [each.document.kind for each in found] == ["invoice", "invoice", "credit_note", "journal"]
