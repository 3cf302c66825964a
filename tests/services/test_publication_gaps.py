"""The gate: nothing is published with a gap, every gap is named, and what is withheld stands in no published file."""

import csv
import io
import json
import tracemalloc
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind
from chalicelib.domain.disclosures import Particular, Statement, Withholding
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.exports import Scope
from chalicelib.domain.grounds import Ground
from chalicelib.domain.initiatives import Category, Initiative, Place
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.publication_gaps import Gap, PublicationHasGaps
from chalicelib.domain.publications import Publication, PublicationBegun
from chalicelib.domain.putting_right import Elsewhere
from chalicelib.domain.spending import Spend
from chalicelib.domain.values import replace
from chalicelib.reports.contents import Contents
from chalicelib.reports.withheld_in_files import withheld_in
from chalicelib.services import disclosures, entries, exports, positions, publications, rebuilding, registers
from chalicelib.services.publication_files import contents_of
from chalicelib.services.verification import verify_all
from tests.services.large_offices import PUBLISHER, publisher, staffordshire
from tests.services.offices import CERTIFIER, NOW, Office, invoice, line, pay
from tests.services.public_files import public_files

NAME = 'Zephyrine & O\'Quill "Locks"'
PAYMENT = "ssf-4-example.8"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid £1,200 to somebody with an unusual name, £450 twice on one invoice, and £500.00."""
    office = Office(folder=tmp_path / "objects").open()
    pay(office.context(), replace(invoice("1", 120_000), supplier=NAME), line("lighting", 120_000))
    pay(office.context(), invoice("2", 90_000), line("lighting", 45_000), line("cctv", 45_000))
    pay(office.context(), invoice("3", 50_000), line("lighting", 50_000))
    return office


def withheld(particular: Particular = Particular.RECIPIENT, review_on: date = date(2024, 8, 1)) -> Withholding:
    return Withholding(particular=particular, ground=Ground.SAFETY, review_on=review_on, decided_by="certifier", decided_on=NOW.date())


def published(office: Office, now: datetime = NOW) -> tuple[Publication, dict[str, bytes]]:
    context = replace(office.context(PUBLISHER), now=now)
    publication = publications.publish(context)
    return publication, public_files(context, publication.id)


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"), newline="")))


def told(gaps: tuple[Gap, ...]) -> list[tuple[str, str, str]]:
    return [(gap.kind, gap.subject, gap.what) for gap in gaps]


def test_a_publication_with_gaps_is_refused_and_leaves_nothing_behind(office: Office) -> None:
    with pytest.raises(PublicationHasGaps) as refused:
        published(office)

    assert told(refused.value.gaps) == [
        ("missing", "cctv", "onward_grant"),
        ("missing", "cctv", "purpose"),
        ("missing", "cctv", "value_for_money"),
        ("missing", "lighting", "onward_grant"),
        ("missing", "lighting", "purpose"),
        ("missing", "lighting", "value_for_money"),
    ]
    assert refused.value.gaps == publications.gaps(office.context())
    assert (refused.value.gaps[3].payments, refused.value.gaps[4].payments) == (3, 2)
    assert list(office.store.heads(Kind.PUBLICATION)) == []
    assert list(office.context().objects.list("published/")) == []


def test_the_schedule_publishes_no_gap_either(office: Office) -> None:
    scheduled = replace(office.context(SCHEDULE), now=datetime(2024, 3, 1, 6, 0, tzinfo=UTC))

    with pytest.raises(PublicationHasGaps):
        publications.publish_monthly(scheduled)
    office.disclose("lighting", "cctv")
    assert publications.publish_monthly(scheduled).id == "2024-03-01-1"


def test_a_gap_of_one_payment_is_closed_at_that_payment(office: Office) -> None:
    office.disclose("lighting", "cctv")
    disclosures.state(office.context(), PAYMENT, Statement(onward_grant=True))

    assert told(publications.gaps(office.context())) == [
        ("missing", PAYMENT, "conditions"),
        ("missing", PAYMENT, "reasons"),
    ]
    disclosures.state(office.context(), PAYMENT, Statement(onward_grant=True, conditions="A receipt", reasons="Nobody else has keys"))
    _, files = published(office)
    assert [(row["payment"], row["purpose"], row["amount_pounds"]) for row in rows(files, "grants-made")] == [
        (PAYMENT, "Safer streets", "1200.00")
    ]


def test_both_halves_of_an_invoice_are_listed_and_500_pounds_are_not(office: Office) -> None:
    _, files = published(office.disclose("lighting", "cctv"))

    assert [(row["payment"], row["item"], row["item_pounds"], row["amount_pounds"]) for row in rows(files, "spending-over-500")] == [
        ("ssf-4-example.8", "ssf-4-example.8", "1200.00", "1200.00"),
        ("ssf-4-example.9", "ssf-4-example.9", "900.00", "450.00"),
        ("ssf-4-example.10", "ssf-4-example.9", "900.00", "450.00"),
    ]
    assert json.loads(files["spending-over-500.json"])["reconciliation"] == {
        "grants_made_pence": 0,
        "spending_over_500_pence": 210_000,
        "not_listed_pence": 50_000,
        "not_listed_payments": 1,
        "spent_pence": 260_000,
    }


def test_the_documents_total_has_its_vat_and_a_row_what_the_payer_does_not_recover(office: Office) -> None:
    pay(office.context(), invoice("4", 45_000, 9_000), line("lighting", 45_000, 9_000))
    pay(office.context(), invoice("5", 45_000, 9_000), line("lighting", 45_000, 9_000), payer="charity")
    _, files = published(office.disclose("lighting", "cctv"))

    assert [(row["payment"], row["item_pounds"], row["amount_pounds"]) for row in rows(files, "spending-over-500")][3:] == [
        ("ssf-4-example.12", "540.00", "450.00"),
        ("ssf-4-example.13", "540.00", "540.00"),
    ]
    assert json.loads(files["spending-over-500.json"])["reconciliation"]["not_listed_pence"] == 50_000


def test_a_statement_on_an_order_holds_for_what_is_paid_under_it(office: Office) -> None:
    office.disclose("lighting", "cctv")
    spend = Spend(initiative_id="lighting", nature=Nature.CAPITAL, on=date(2023, 10, 1), amount_pence=10_000)
    order = entries.commit(office.context(), "ssf-4-example", spend)
    named = f"ssf-4-example.{order.position.seq}"
    disclosures.state(office.context(), named, Statement(onward_grant=True, conditions="Quarterly returns", reasons="It knows the town"))
    pay(office.context(), invoice("6", 10_000), line("lighting", 10_000, commitment=named))
    _, files = published(office)

    assert [(row["conditions"], row["purpose"], row["amount_pounds"]) for row in rows(files, "grants-made")] == [
        ("Quarterly returns", "Safer streets", "100.00")
    ]


def test_credits_corrections_and_refunds_add_up_with_the_ledger(office: Office) -> None:
    office.disclose("lighting", "cctv")
    pay(office.context(), invoice("CN", -60_000, kind=DocumentKind.CREDIT_NOTE), line("lighting", -60_000))
    entries.refund(office.context(), PAYMENT, date(2023, 12, 1), 20_000, "R 1", "Sent back")
    entries.correct(office.context(), "ssf-4-example.11", date(2023, 12, 1), 1, "The invoice says £500.01")
    publication, files = published(office)

    assert [(row["payment"], row["paid_pounds"], row["refunded_pounds"]) for row in rows(files, "spending-over-500")] == [
        ("ssf-4-example.8", "1200.00", "200.00"),
        ("ssf-4-example.9", "450.00", "0.00"),
        ("ssf-4-example.10", "450.00", "0.00"),
        ("ssf-4-example.11", "500.01", "0.00"),
        ("ssf-4-example.12", "-600.00", "0.00"),
    ]
    reconciled = json.loads(files["grants-made.json"])["reconciliation"]
    assert (reconciled["spending_over_500_pence"], reconciled["not_listed_pence"], reconciled["spent_pence"]) == (180_001, 0, 180_001)
    assert json.loads(files["summary.json"])["total"]["pence"]["spent"] == 180_001
    assert publication.id == "2024-02-01-1"


def test_the_lists_of_an_office_with_every_kind_of_entry_add_up(tmp_path: Path) -> None:
    context = publisher(staffordshire(tmp_path), datetime(2024, 4, 1, tzinfo=UTC))
    publication = publications.publish(context)
    made = {name: context.objects.get(publications.key_of(publication.id, f"{name}.json")) for name in ("grants-made", "spending-over-500")}
    totals = {name: json.loads(content)["total"]["amount_pence"] for name, content in made.items()}

    assert totals == {"grants-made": 618_800, "spending-over-500": 104_240_005}
    assert json.loads(made["grants-made"])["reconciliation"] == {
        "grants_made_pence": 618_800,
        "spending_over_500_pence": 104_240_005,
        "not_listed_pence": 0,
        "not_listed_payments": 0,
        "spent_pence": 104_858_805,
    }


def test_a_withheld_name_is_in_no_published_file_and_its_row_is(office: Office) -> None:
    office.disclose("lighting", "cctv")
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")
    publication, files = published(office)

    for name, content in files.items():
        for part in ("Zephyrine", "O'Quill", "Quill", "refuge"):
            assert part.encode() not in content, f"{part} in {name}"
    assert len(files) == 39
    assert "Withheld. It might put the safety of a person at risk." in files["spending-over-500-2023-24.html"].decode()
    first = rows(files, "spending-over-500")[0]
    assert (first["payment"], first["recipient"], first["amount_pounds"]) == (PAYMENT, "Withheld: safety", "1200.00")
    row = json.loads(files["spending-over-500.json"])["rows"][0]
    assert (row["recipient"], row["withheld"], row["amount_pence"]) == (None, {"recipient": "safety"}, 120_000)
    assert json.loads(files["spending-over-500.json"])["total"]["amount_pence"] == 210_000
    assert all(file.is_the_same for file in rebuilding.rebuild(office.context(), publication.id).files)
    assert not any(each.problems for each in verify_all(office.context()))


def test_what_is_withheld_stays_so_where_the_payment_is_recoded_to(office: Office) -> None:
    office.disclose("lighting", "cctv")
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")
    there = Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
    entries.recode(office.context(), PAYMENT, date(2023, 12, 1), 40_000, there, "Partly cameras")
    _, files = published(office)

    assert [(row["payment"], row["item"], row["recipient"], row["amount_pounds"]) for row in rows(files, "spending-over-500")] == [
        (PAYMENT, PAYMENT, "Withheld: safety", "800.00"),
        ("ssf-4-example.9", "ssf-4-example.9", "Lamps Ltd", "450.00"),
        ("ssf-4-example.10", "ssf-4-example.9", "Lamps Ltd", "450.00"),
        ("ssf-4-example.13", PAYMENT, "Withheld: safety", "400.00"),
    ]
    assert not any(b"Zephyrine" in content for content in files.values())


def test_finances_own_export_keeps_what_is_withheld(office: Office) -> None:
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")
    made = exports.make(office.context(), Scope(grant_id="ssf-4-example"))

    assert b"Zephyrine" in office.context().objects.get(exports.key_of(made.name.id, made.state.files[0].name))


def test_a_withheld_name_comes_back_when_it_is_lifted_and_older_files_stay(office: Office) -> None:
    office.disclose("lighting", "cctv")
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")
    publication, before = published(office)
    disclosures.lift(office.context(CERTIFIER), PAYMENT, Particular.RECIPIENT, "The refuge moved")
    _, after = published(office)

    assert rows(after, "spending-over-500")[0]["recipient"] == NAME
    assert publications.rebuild(office.context(), publication.id) == before


def test_a_withheld_recipient_of_an_initiative_hides_its_partner_and_all_its_recipients(office: Office) -> None:
    registers.amend_organisation(office.context(), "council", lambda held: replace(held, name="Wystan Borough"))
    pay(office.context(), replace(invoice("7", 60_000), supplier="Wystan Borough"), line("lighting", 60_000))
    office.disclose("lighting", "cctv")
    disclosures.withhold(office.context(CERTIFIER), "lighting", withheld(), "It fits the locks of a refuge")

    # The other half of invoice 2 is cctv's, which withholds nothing yet.
    assert told(publications.gaps(office.context())) == [("shown_elsewhere", "lighting", "recipient")]
    disclosures.withhold(office.context(CERTIFIER), "cctv", withheld(), "The same supplier")
    _, files = published(office)
    for name, content in files.items():
        for secret in (b"Wystan", b"Lamps Ltd", b"Zephyrine"):
            assert secret not in content, f"{secret!r} in {name}"
    assert [row["recipient"] for row in rows(files, "spending-over-500")] == ["Withheld: safety"] * 4


def test_a_name_that_is_withheld_here_and_published_there_is_a_gap(office: Office) -> None:
    office.disclose("lighting", "cctv")
    registers.amend_organisation(office.context(), "council", lambda held: replace(held, name=NAME.upper()))
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")

    (gap,) = publications.gaps(office.context())

    assert told((gap,)) == [("shown_elsewhere", PAYMENT, "recipient")]
    assert gap.detail == (
        f"{PAYMENT}: the recipient is withheld and can be read in summary.json, summary.csv, figures.json, "
        "initiatives.html, initiative-2.html, partners.html: "
        "withhold it there, too, or lift it."
    )
    assert "Zephyrine" not in gap.detail


def test_a_name_that_is_an_ordinary_word_is_not_found_in_headings(office: Office) -> None:
    office.disclose("lighting", "cctv")
    pay(office.context(), replace(invoice("9", 60_000), supplier="Light"), line("lighting", 60_000))
    disclosures.withhold(office.context(CERTIFIER), "ssf-4-example.12", withheld(), "It fits the locks of a refuge")

    assert publications.gaps(office.context()) == ()


@pytest.mark.parametrize(
    ("file", "found"),
    [
        ('{"why": "Sent back to ZEPHYRINE & o\'quill \\"locks\\""}', True),
        ("<p>Zephyrine &amp; O&#x27;Quill &quot;Locks&quot;</p>", True),
        ("<p>Zephyrine &#38; O&#39;Quill &#34;Locks&#34;</p>", True),
        ('1,"Zephyrine & O\'Quill ""Locks"""', True),
        ("Zephyrine & O'Quill", False),
        ('xZephyrine & O\'Quill "Locks"', False),
    ],
)
def test_a_name_is_found_in_any_file_however_it_is_written_and_wherever_it_comes_from(office: Office, file: str, found: bool) -> None:
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")

    assert [gap.subject for gap in withheld_in({"reasons": file.encode()}, contents_now(office))] == [PAYMENT] * found


def contents_now(office: Office) -> Contents:
    """What a publication of the ledger as it stands would be made of."""
    publication = Publication(id="2024-02-01-1", on=NOW.date(), code_version="1", requested_by="publisher")
    begun = PublicationBegun(publication=publication, position=positions.position_now(office.context()), office="Office")
    return contents_of(office.context(), begun)


@pytest.mark.parametrize(
    ("particular", "text", "found"),
    [
        (Particular.PURPOSE, "New locks for a house of safety", True),
        (Particular.VALUE_FOR_MONEY, "Only they know the house", True),
        (Particular.PURPOSE, "New locks", False),
        (Particular.PURPOSE, "Refurbishment", False),
        (Particular.PURPOSE, "Safer streets grants", False),
        (Particular.PURPOSE, "Street lighting", False),
    ],
)
def test_a_withheld_text_is_found_elsewhere_where_it_tells_something_by_itself(
    office: Office, particular: Particular, text: str, found: bool
) -> None:
    office.disclose("lighting", "cctv")
    said = {Particular.PURPOSE: "Other", Particular.VALUE_FOR_MONEY: "The only offer", particular: text}
    purpose, value = said[Particular.PURPOSE], said[Particular.VALUE_FOR_MONEY]
    disclosures.state(office.context(), PAYMENT, Statement(onward_grant=False, purpose=purpose, value_for_money=value))
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(particular), "It fits the locks of a refuge")
    registers.amend_initiative(office.context(), "cctv", lambda held: replace(held, description=f"We pay for: {text.upper()}."), None)

    gaps = publications.gaps(office.context())
    assert told(gaps) == [("shown_elsewhere", PAYMENT, particular.value)] * found
    assert all("can be read in initiative-" in gap.detail and text.upper() not in gap.detail.upper() for gap in gaps)


def test_what_an_initiative_withholds_is_found_in_what_another_one_says(office: Office) -> None:
    office.disclose("lighting", "cctv")
    places = (Place(name="12 Upper Bank Street"), Place(name="Market Place North"), Place(name="Hanley"))
    hidden = ("places", "title", "description")
    registers.amend_initiative(
        office.context(),
        "cctv",
        lambda held: replace(held, title="Eyes on Bank Street", description="A word of it", places=places, unpublished_fields=hidden),
        None,
    )
    registers.amend_initiative(
        office.context(),
        "lighting",
        lambda held: replace(held, description="Near 12 upper bank street, with eyes on Bank Street, in Hanley", places=places[1:]),
        None,
    )

    assert told(publications.gaps(office.context())) == [
        ("shown_elsewhere", "cctv", "places"),
        ("shown_elsewhere", "cctv", "title"),
    ]


def test_texts_that_begin_alike_overlap_or_hold_each_other_are_each_found(office: Office) -> None:
    hidden = ("Eyes on Bank", "Eyes on Bank Street", "Bank Street North", "Eyes on the town")
    for number, title in enumerate(hidden):
        planned = Initiative(id=f"i-{number}", title=title, category=Category.TRAINING, partner_id="council", unpublished_fields=("title",))
        registers.create_initiative(office.context(), planned)
    file = {"note": b"<p>Eyes on Bank Street North; eyes on the&#32;town.</p>", "other": b"Eyes on Banks. Bank Street Northern"}

    assert {(gap.subject, gap.detail.split(" in ")[-1].split(":")[0]) for gap in withheld_in(file, contents_now(office))} == {
        (f"i-{number}", "note") for number in range(4)
    }


def test_the_search_takes_no_more_memory_for_a_longer_file(office: Office) -> None:
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")
    contents = contents_now(office)
    long = b"1,Lamps Ltd,Safer streets,12.00\r\n" * 600_000 + f"2,{NAME},,\r\n".encode()
    peaks = []
    for file in (long[-4_000_000:], long):
        tracemalloc.start()
        assert [gap.subject for gap in withheld_in({"long.csv": file}, contents)] == [PAYMENT]
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert len(long) > 18_000_000
    assert peaks[1] < peaks[0] * 1.2


@pytest.mark.parametrize(
    ("before", "found"),
    [("Lamps and columns\n" * 200_000, True), ("Lamps and columns, " * 200_000, True), ("Lamps\n" * 200_000 + "Saint_", False)],
)
def test_a_name_is_found_in_a_file_of_megabytes_that_is_looked_through_in_pieces(office: Office, before: str, found: bool) -> None:
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(), "It fits the locks of a refuge")
    publication = Publication(id="2024-02-01-1", on=NOW.date(), code_version="1", requested_by="publisher")
    begun = PublicationBegun(publication=publication, position=positions.position_now(office.context()), office="Office")
    file = f"{before}{NAME} {before}".encode()

    assert [gap.subject for gap in withheld_in({"long.csv": file}, contents_of(office.context(), begun))] == [PAYMENT] * found


def test_a_name_that_goes_over_the_end_of_a_line_is_found_in_a_long_file(office: Office) -> None:
    pay(office.context(), replace(invoice("9", 60_000), supplier="House of\nthe Seven Wells"), line("lighting", 60_000))
    disclosures.withhold(office.context(CERTIFIER), "ssf-4-example.12", withheld(), "It is a refuge")
    publication = Publication(id="2024-02-01-1", on=NOW.date(), code_version="1", requested_by="publisher")
    begun = PublicationBegun(publication=publication, position=positions.position_now(office.context()), office="Office")
    lines = "Lamps\n" * 200_000

    found = withheld_in({"long.html": f"{lines}{'x' * 2**20}House of\nthe Seven Wells".encode()}, contents_of(office.context(), begun))
    assert list(found) == []
    found = withheld_in({"long.html": f"{lines}{'x' * 2**20} House of\nthe Seven Wells".encode()}, contents_of(office.context(), begun))
    assert [gap.subject for gap in found] == ["ssf-4-example.12"]


def test_a_withholding_past_its_review_date_keeps_the_publication_from_being_made(office: Office) -> None:
    office.disclose("lighting", "cctv")
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld(review_on=date(2024, 2, 29)), "It fits the locks of a refuge")
    published(office, datetime(2024, 2, 29, 12, 0, tzinfo=UTC))

    with pytest.raises(PublicationHasGaps, match="was to be looked at again by 2024-02-29"):
        published(office, datetime(2024, 3, 1, 12, 0, tzinfo=UTC))
    disclosures.withhold(_later(office), PAYMENT, withheld(review_on=date(2025, 3, 1)), "Still so")
    published(office, datetime(2024, 3, 1, 12, 0, tzinfo=UTC))


def _later(office: Office) -> Context:
    return replace(office.context(CERTIFIER), now=datetime(2024, 3, 1, 9, 0, tzinfo=UTC))
