"""Documents: split as they may be, the parts add up; and the same document has the same key."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells import Nature
from chalicelib.domain.documents import SplitLine, Uncharged, split_document
from chalicelib.domain.entries import Document, DocumentKind, entry_id, parse_entry_id
from chalicelib.domain.entry_refusals import DocumentDoesNotAddUp
from chalicelib.domain.errors import Invalid
from chalicelib.domain.spending import PaymentLine

ALL_CHARGED = Uncharged()


def document(
    net_pence: int, vat_pence: int = 0, kind: DocumentKind = DocumentKind.INVOICE, number: str = "INV-1", supplier: str = "A Lamp Company"
) -> Document:
    return Document(kind=kind, number=number, date=date(2023, 6, 1), supplier=supplier, net_pence=net_pence, vat_pence=vat_pence)


def line(net_pence: int = 0, vat_pence: int = 0, shares: int | None = None) -> SplitLine:
    charged = PaymentLine(grant_id="ssf-5", initiative_id="lighting", nature=Nature.CAPITAL, net_pence=net_pence, vat_pence=vat_pence)
    return SplitLine(line=charged, shares=shares)


def amounts(whole: Document, lines: Sequence[SplitLine], uncharged: Uncharged = ALL_CHARGED) -> list[tuple[int, int]]:
    return [(part.net_pence, part.vat_pence) for part in split_document(whole, lines, uncharged)]


def pointers(whole: Document, lines: Sequence[SplitLine], uncharged: Uncharged = ALL_CHARGED) -> list[str]:
    with pytest.raises(Invalid) as refused:
        split_document(whole, lines, uncharged)
    return [error.pointer for error in refused.value.errors]


def test_lines_by_amount_are_taken_as_they_are() -> None:
    assert amounts(document(100_00, 20_00), [line(70_00, 14_00), line(30_00, 6_00)]) == [(70_00, 14_00), (30_00, 6_00)]


def test_lines_that_do_not_add_up_are_refused_with_the_difference() -> None:
    with pytest.raises(DocumentDoesNotAddUp) as refused:
        split_document(document(100_00), [line(70_00), line(29_99)], ALL_CHARGED)

    assert (refused.value.document_pence, refused.value.lines_pence, refused.value.part) == (100_00, 99_99, "net")
    assert "a difference of £0.01" in str(refused.value)


def test_vat_adds_up_apart() -> None:
    with pytest.raises(DocumentDoesNotAddUp) as refused:
        split_document(document(100_00, 20_00), [line(100_00, 19_99)], ALL_CHARGED)

    assert refused.value.part == "VAT"


def test_a_document_without_lines_does_not_add_up() -> None:
    with pytest.raises(DocumentDoesNotAddUp):
        split_document(document(100_00), [], ALL_CHARGED)


def test_lines_by_shares_get_every_penny_of_the_document() -> None:
    assert amounts(document(100_00, 20_00), [line(shares=1), line(shares=1), line(shares=1)]) == [
        (33_34, 6_67),
        (33_33, 6_67),
        (33_33, 6_66),
    ]


def test_a_share_of_nothing_gets_nothing() -> None:
    assert amounts(document(100_00), [line(shares=0), line(shares=2)]) == [(0, 0), (100_00, 0)]


def test_a_credit_note_mirrors_its_invoice_to_the_penny() -> None:
    shares = [line(shares=1), line(shares=2), line(shares=4)]
    invoice = amounts(document(100_01, 20_01), shares)

    assert amounts(document(-100_01, -20_01, DocumentKind.CREDIT_NOTE), shares) == [(-net, -vat) for net, vat in invoice]


def test_what_no_grant_pays_is_kept_apart() -> None:
    uncharged = Uncharged(net_pence=25_00, vat_pence=5_00)

    assert amounts(document(100_00, 20_00), [line(75_00, 15_00)], uncharged) == [(75_00, 15_00)]
    assert amounts(document(100_00, 20_00), [line(shares=2), line(shares=1)], uncharged) == [(50_00, 10_00), (25_00, 5_00)]


@pytest.mark.parametrize("entered", [[line(shares=1), line(shares=1)], [line(100_00, 20_00)]])
def test_what_no_grant_pays_is_never_more_than_the_document(entered: list[SplitLine]) -> None:
    assert pointers(document(100_00, 20_00), entered, Uncharged(net_pence=100_01, vat_pence=20_01)) == [
        "/uncharged/net_pence",
        "/uncharged/vat_pence",
    ]


def test_shares_and_amounts_are_not_mixed() -> None:
    assert pointers(document(100_00), [line(50_00), line(shares=1)]) == ["/lines"]


def test_shares_that_are_all_nothing_are_refused() -> None:
    assert pointers(document(100_00), [line(shares=0), line(shares=0)]) == ["/lines"]


def test_an_invoice_asks_for_money_everywhere() -> None:
    bad = [line(-1, 0), line(3, -2)]

    assert pointers(document(2, -2), bad, Uncharged(net_pence=-1)) == [
        "/document/vat_pence",
        "/uncharged/net_pence",
        "/lines/0/net_pence",
        "/lines/1/vat_pence",
    ]


def test_a_credit_note_gives_it_back_everywhere() -> None:
    assert amounts(document(-100_00, -20_00, DocumentKind.CREDIT_NOTE), [line(-100_00, -20_00)]) == [(-100_00, -20_00)]
    with pytest.raises(Invalid, match="/document/net_pence: must be nothing or less on a credit note"):
        split_document(document(100_00, 0, DocumentKind.CREDIT_NOTE), [line(100_00)], ALL_CHARGED)


def test_a_journal_may_do_either_line_by_line() -> None:
    assert amounts(document(0, 0, DocumentKind.JOURNAL), [line(50_00), line(-50_00)]) == [(50_00, 0), (-50_00, 0)]


@pytest.mark.parametrize("kind", [DocumentKind.INVOICE, DocumentKind.CREDIT_NOTE])
def test_an_invoice_or_credit_note_is_not_for_nothing(kind: DocumentKind) -> None:
    assert pointers(document(0, 0, kind), [line()]) == ["/document/net_pence"]


@given(
    st.integers(1, 10**9),
    st.integers(0, 10**9),
    st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any),
    st.data(),
)
def test_however_it_is_shared_the_parts_and_the_uncharged_make_the_document(
    net: int, vat: int, shares: list[int], data: st.DataObject
) -> None:
    uncharged = Uncharged(net_pence=data.draw(st.integers(0, net)), vat_pence=data.draw(st.integers(0, vat)))
    parts = amounts(document(net, vat), [line(shares=share) for share in shares], uncharged)

    assert sum(part for part, _ in parts) + uncharged.net_pence == net
    assert sum(part for _, part in parts) + uncharged.vat_pence == vat
    assert all(part >= 0 for pair in parts for part in pair)


@pytest.mark.parametrize(
    ("supplier", "number"),
    [
        ("A Lamp Company", "INV-1"),
        ("a lamp company", "inv-1"),
        ("  A  Lamp Company. ", "INV 1"),
        ("A-Lamp Company", "INV_1"),
        ("A Lamp\N{NO-BREAK SPACE}Company", "INV/1"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A} Lamp Company", "INV\N{EN DASH}\N{FULLWIDTH DIGIT ONE}"),
    ],
)
def test_the_same_document_is_known_whatever_its_spelling(supplier: str, number: str) -> None:
    assert document(1, supplier=supplier, number=number).key == "alampcompany|invoice|inv1"


def test_an_accent_is_one_letter_however_it_was_typed() -> None:
    assert document(1, supplier="Caf\N{LATIN SMALL LETTER E WITH ACUTE}").key == document(1, supplier="Cafe\N{COMBINING ACUTE ACCENT}").key


@pytest.mark.parametrize(
    "other",
    [
        document(1, number="INV-2"),
        document(1, supplier="Another Lamp Company"),
        document(-1, kind=DocumentKind.CREDIT_NOTE),
        document(1, supplier="A Lamp", number="Company INV-1"),
    ],
)
def test_another_document_has_another_key(other: Document) -> None:
    assert other.key != document(1).key


def test_amount_and_date_do_not_make_it_another_document() -> None:
    assert document(1).key == document(2, 3).key


def test_an_entrys_id_is_its_grant_and_its_place() -> None:
    assert entry_id("ssf-5-warwickshire", 42) == "ssf-5-warwickshire.42"
    assert parse_entry_id("ssf-5-warwickshire.42") == ("ssf-5-warwickshire", 42)


@pytest.mark.parametrize("text", ["", "ssf-5", "ssf-5.", "ssf-5.0", "ssf-5.042", "SSF-5.42", "ssf-5.4.2", "ssf--5.42", "ssf-5.42\n"])
def test_what_is_no_entrys_id_names_nothing(text: str) -> None:
    assert parse_entry_id(text) is None
