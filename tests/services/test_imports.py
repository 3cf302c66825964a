"""Imports as use cases: what was previewed is what is posted, once, whatever comes between."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain import putting_right
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing, NotInState, PreparerCannotApprove, StaleView
from chalicelib.domain.evidence import NotUploaded
from chalicelib.domain.import_refusals import ControlTotalDiffers, ExtractUnreadable, NothingToConfirm, PreviewStale
from chalicelib.domain.imports import ImportState, Waiting
from chalicelib.domain.periods import Quarter
from chalicelib.domain.previews import Status, Total
from chalicelib.domain.summaries import Dimension
from chalicelib.domain.suspense import Suspended, SuspenseNotEmpty, SuspenseState
from chalicelib.domain.values import replace
from chalicelib.services import closing, entries, import_posting, imports, office_closing, publications, registers, suspense, waiting
from chalicelib.services.import_posting import Asked
from chalicelib.services.office_closing import Readiness
from chalicelib.services.summaries import AsAt, summary
from chalicelib.services.suspense import Elsewhere
from chalicelib.services.verification import verify_all
from chalicelib.storage.memory import MemoryStore
from tests.extracts.layouts import HEADING, LAMBETH, PAYMENTS, row
from tests.services.importing import announced, announcement, as_, committed, counts, csv, found, opened, previewed, shown
from tests.services.offices import CERTIFIER, FINANCE, PARTNER, Office, invoice, line, pay

GRANT = "ssf-4-example"
LAMBETH_FILE = Path(__file__).parents[1] / "data/payments/lambeth-2012-06.csv"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return opened(Office(folder=tmp_path).open())


def paid(office: Office) -> dict[str, int]:
    """What was paid and corrected in all, in pence, by initiative."""
    sums: dict[str, int] = {}
    for balance in office.store.balances(GRANT):
        initiative = balance.cell.partition("#")[0]
        sums[initiative] = sums.get(initiative, 0) + balance.counters.get("paid", 0) + balance.counters.get("corrected", 0)
    return {initiative: pence for initiative, pence in sums.items() if pence}


def problems(office: Office) -> list[str]:
    return [problem for verdict in verify_all(office.context()) for problem in verdict.problems]


MIXED = csv(
    row(amount="£1,000.00"),
    row(centre="SS5", amount="200.00"),
    row(number="2", amount="(50.00)"),
    row(number="3", centre="XX9"),
    row(number="4", on="31/06/2023", amount="n/a"),
    row(number="5", centre="GEN"),
)


def test_a_preview_says_what_would_become_of_every_row_and_posts_nothing(office: Office) -> None:
    before = list(office.store.links(Name(Kind.GRANT, GRANT)))

    held = previewed(office, MIXED).state

    assert counts(held) == {"added": 2, "unmapped": 1, "rejected": 1, "left_out": 1}
    assert held.preview is not None
    assert held.preview.totals == (
        Total(grant_id=GRANT, initiative_id="cctv", added_pence=20_000),
        Total(grant_id=GRANT, initiative_id="lighting", added_pence=95_000),
    )
    assert [(each.row, each.column) for each in shown(office, held, Status.REJECTED)[0].complaints] == [(6, "Payment date"), (6, "Amount")]
    assert list(office.store.links(Name(Kind.GRANT, GRANT))) == before


def test_what_was_previewed_is_what_is_posted(office: Office) -> None:
    done = committed(office, previewed(office, MIXED).state)

    assert (done.state, done.done, done.posted, done.posted_pence, done.waiting) == (ImportState.COMMITTED, 2, 2, 115_000, {})
    assert paid(office) == {"lighting": 95_000, "cctv": 20_000}
    assert problems(office) == []


def test_the_same_file_twice_posts_nothing_twice_whatever_its_name(office: Office) -> None:
    committed(office, previewed(office, MIXED).state)

    again = previewed(office, MIXED, name="Extract again.csv").state
    done = committed(office, again)

    assert counts(again) == {"same": 2, "unmapped": 1, "rejected": 1, "left_out": 1}
    assert (done.state, done.posted) == (ImportState.COMMITTED, 0)
    assert paid(office) == {"lighting": 95_000, "cctv": 20_000}


def test_an_extract_that_overlaps_posts_what_is_new_alone_also_where_rows_have_no_number(office: Office) -> None:
    alike = row(number="", amount="10.00")
    committed(office, previewed(office, csv(alike, alike, row(amount="1.00"))).state)

    later = previewed(office, csv(alike, alike, alike, row(amount="1.00"), row(number="2", amount="2.00"))).state

    assert counts(later) == {"added": 2, "same": 3}
    committed(office, later)
    assert paid(office) == {"lighting": 3_300}


def test_an_invoice_that_was_entered_by_hand_is_the_same_invoice(office: Office) -> None:
    pay(office.context(), invoice("INV-1", 10_000), line("lighting", 10_000))

    assert counts(previewed(office, csv(row(supplier="LAMPS LTD", number="inv 1"))).state) == {"same": 1}


def test_a_row_that_changed_at_its_source_is_corrected_where_somebody_confirms_it(office: Office) -> None:
    committed(office, previewed(office, csv(row(), row(number="2"))).state)
    changed = previewed(office, csv(row(amount="80.00"), row(number="2", amount="130.00"))).state
    first, second = shown(office, changed, Status.CHANGED)

    done = committed(office, changed, second.number)

    assert [(each.corrections[0].entry_id, each.corrections[0].change_pence) for each in (first, second)] == [
        (f"{GRANT}.8", -2_000),
        (f"{GRANT}.9", 3_000),
    ]
    assert (done.posted, done.posted_pence) == (1, 3_000)
    assert paid(office) == {"lighting": 23_000}
    again = previewed(office, csv(row(amount="80.00"), row(number="2", amount="130.00"))).state
    assert counts(again) == {"changed": 1, "same": 1}
    assert problems(office) == []


def test_a_later_part_of_a_document_is_posted_by_itself_where_the_profile_names_its_lines(office: Office) -> None:
    columns = replace(PAYMENTS.columns, line=("Line",))
    opened(office, replace(PAYMENTS, id="parts", columns=columns))
    heading = [*HEADING, "Line"]
    first, second = [*row(amount="60.00"), "1"], [*row(on="02/11/2023", amount="40.00"), "2"]
    committed(office, previewed(office, csv(first, heading=heading), "parts").state)

    overlapping = previewed(office, csv(first, second, heading=heading), "parts").state
    committed(office, overlapping)

    assert counts(overlapping) == {"added": 1, "same": 1}
    assert paid(office) == {"lighting": 10_000}
    assert problems(office) == []


def test_a_document_that_the_ledger_has_of_another_day_says_so_before_anybody_confirms_it(office: Office) -> None:
    committed(office, previewed(office, csv(row(amount="60.00"), row(number="2", amount="60.00"))).state)

    later = previewed(office, csv(row(on="02/11/2023", amount="40.00"), row(number="2", on="02/11/2023", amount="60.00"))).state

    told = [each.complaints[0] for status in (Status.CHANGED, Status.SAME) for each in shown(office, later, status)]
    assert [(each.row, each.value, each.wrong) for each in told] == [
        (2, "2023-11-02", f"is another day than 2023-10-02, which {GRANT}.8 has"),
        (3, "2023-11-02", f"is another day than 2023-10-02, which {GRANT}.9 has"),
    ]


def test_a_document_that_now_has_money_for_another_initiative_is_left_to_people(office: Office) -> None:
    committed(office, previewed(office, csv(row())).state)

    changed = previewed(office, csv(row(), row(centre="SS5", amount="1.00"))).state

    (one,) = shown(office, changed, Status.CHANGED)
    assert one.corrections == ()
    assert one.complaints[0].wrong == f"is in the ledger as {GRANT}.8 and now has money for {GRANT} / cctv / capital, too"
    with pytest.raises(NothingToConfirm):
        committed(office, changed, one.number)


def test_what_a_person_recoded_or_refunded_since_is_still_the_same(office: Office) -> None:
    committed(office, previewed(office, csv(row())).state)
    to = putting_right.Elsewhere(initiative_id="cctv", nature=Nature.CAPITAL)
    entries.recode(office.context(), f"{GRANT}.8", date(2023, 10, 3), 4_000, to, "For cameras")
    entries.refund(office.context(), f"{GRANT}.8", date(2023, 10, 4), 1_000, "R1", "Sent back")

    assert counts(previewed(office, csv(row())).state) == {"same": 1}


def test_a_preview_whose_ledger_has_moved_is_refused(office: Office) -> None:
    held = previewed(office, csv(row())).state
    pay(office.context(), invoice("9", 100), line("lighting", 100))

    with pytest.raises(PreviewStale) as stale:
        committed(office, held)

    assert stale.value.changed == (f"grant#{GRANT}",)
    committed(office, imports.preview(as_(office), held.id).state)
    assert paid(office) == {"lighting": 10_100}


def test_a_preview_that_nobody_saw_is_refused(office: Office) -> None:
    held = previewed(office, csv(row())).state

    with pytest.raises(PreviewStale):
        import_posting.commit(as_(office), held.id, Asked(digest="0" * 64))
    with pytest.raises(StaleView):
        import_posting.commit(as_(office, expected="1"), held.id, Asked(digest="0" * 64))


def test_a_total_that_is_not_met_has_to_be_accepted(office: Office) -> None:
    held = previewed(office, csv(row(), ["Total", "", "", "", "90.00", "", ""])).state

    with pytest.raises(ControlTotalDiffers) as refused:
        committed(office, held)

    assert (refused.value.row, refused.value.stated_pence, refused.value.counted_pence) == (3, 9_000, 10_000)
    assert committed(office, held, accept=True).posted == 1


def test_what_the_ledger_refuses_waits_in_suspense_with_its_reason_and_the_rest_is_posted(office: Office) -> None:
    done = committed(office, previewed(office, csv(row(centre="SS5", amount="1,500.00"), row(number="2"))).state)

    assert (done.state, done.posted, paid(office)) == (ImportState.COMMITTED, 1, {"lighting": 10_000})
    assert done.waiting == {f"{GRANT} 2023-24-Q3": Waiting(documents=1, pence=150_000)} == waiting.everywhere(office.context())
    held = registers.find(office.context(), Suspended, f"{done.id}.1").state
    assert (held.problem, held.state) == ("The allocation does not have enough money left.", SuspenseState.WAITING)
    assert "£1,000.00" in held.reason
    assert problems(office) == []


def test_a_document_in_suspense_is_posted_when_there_is_room_or_elsewhere(office: Office) -> None:
    rows = row(centre="SS5", amount="1,500.00"), row(number="2", centre="SS5", amount="1,100.00")
    done = committed(office, previewed(office, csv(*rows)).state)
    office.allocate("cctv", 50_000)

    suspense.post(as_(office), f"{done.id}.1", Elsewhere(), "There is room now")
    moved = suspense.post(as_(office), f"{done.id}.2", Elsewhere(initiative_id="lighting"), "For lamps").state

    assert (moved.state, paid(office)) == (SuspenseState.POSTED, {"cctv": 150_000, "lighting": 110_000})
    after = found(office, done.id)
    assert (after.waiting, after.posted, after.posted_pence) == ({}, 2, 260_000)
    with pytest.raises(NotInState):
        suspense.post(as_(office), f"{done.id}.2", Elsewhere(), "Again")
    assert problems(office) == []


def test_a_document_in_suspense_is_dismissed_by_a_second_person(office: Office) -> None:
    done = committed(office, previewed(office, csv(row(centre="SS5", amount="1,500.00"))).state)

    with pytest.raises(PreparerCannotApprove):
        suspense.dismiss(as_(office), f"{done.id}.1", "Paid by the council")
    gone = suspense.dismiss(as_(office, CERTIFIER), f"{done.id}.1", "Paid by the council").state

    assert (gone.state, waiting.everywhere(office.context()), paid(office)) == (SuspenseState.DISMISSED, {}, {})
    with pytest.raises(Missing):
        suspense.dismiss(as_(office, CERTIFIER), f"{done.id}.9", "There is none")


def test_a_row_of_a_closed_quarter_waits_and_is_posted_on_an_open_day(office: Office) -> None:
    closing.hold_and_close(office.context(), GRANT, Quarter.parse("2023-24-Q1"), "Year end")

    done = committed(office, previewed(office, csv(row(on="30/06/2023"), row(number="2"))).state)

    assert (done.posted, list(done.waiting)) == (1, [f"{GRANT} 2023-24-Q1"])
    posted = suspense.post(as_(office), f"{done.id}.1", Elsewhere(on=date(2023, 7, 1)), "Came late").state
    assert posted.entries == (f"{GRANT}.11",)
    assert problems(office) == []


def test_a_file_that_is_not_there_is_another_or_cannot_be_read_goes_no_further(office: Office) -> None:
    unread = announced(office, b'a,"b')
    with pytest.raises(ExtractUnreadable):
        imports.preview(as_(office), unread)

    with pytest.raises(NotUploaded):
        imports.preview(as_(office), imports.announce(as_(office), "payments", announcement(csv(row()))).held.state.id)

    other = announced(office, csv(row()), says=csv(row(number="2")))
    refused = imports.preview(as_(office), other).state
    assert (refused.state, len(refused.wrong)) == (ImportState.REFUSED, 1)
    with pytest.raises(NotInState):
        imports.preview(as_(office), other)


def test_a_published_file_goes_through_preview_commit_and_repeat_to_the_penny(tmp_path: Path) -> None:
    office = opened(Office(folder=tmp_path).open(), replace(LAMBETH, id="payments"))

    held = previewed(office, LAMBETH_FILE.read_bytes()).state

    assert held.preview is not None
    assert held.preview.agrees
    assert (counts(held), held.preview.repaired) == ({"added": 3155}, 639)
    assert sum(total.added_pence for total in held.preview.totals) == 4_029_233_484


class Killed(Exception):
    pass


class Dying(MemoryStore):
    """A store whose process is killed before, or just after, one of its writes."""

    def __init__(self, inner: MemoryStore, at: int, *, after: bool) -> None:
        self.__dict__.update(vars(inner))
        self._left, self._after = at, after

    def record(self, batch: object) -> None:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Killed
        super().record(batch)  # type: ignore[arg-type]  # the inner store's own batch
        if self._left == 0:
            raise Killed


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_a_commit_that_is_killed_at_any_write_is_gone_on_with_and_ends_whole(office: Office, at: int, *, after: bool) -> None:
    rows = [row(number=str(number), amount="10.00") for number in range(1, 101)]
    rows[40] = row(number="41", centre="SS5", amount="9,999.00")
    held = previewed(office, csv(*rows)).state
    assert isinstance(office.store, MemoryStore)
    dying = Office(store=Dying(office.store, at, after=after), folder=office.folder)

    with pytest.raises(Killed):
        committed(dying, held)
    done = committed(office, found(office, held.id))

    assert (done.state, done.done, done.posted, done.posted_pence) == (ImportState.COMMITTED, 100, 99, 99_000)
    assert (paid(office), len(done.waiting)) == ({"lighting": 99_000}, 1)
    assert problems(office) == []


def test_who_may_not_post_into_a_held_quarter_has_it_wait(office: Office) -> None:
    closing.hold(office.context(FINANCE), GRANT, Quarter.parse("2023-24-Q3"), "Being closed")

    done = committed(office, previewed(office, csv(row())).state, actor=replace(FINANCE, subject="officer", roles=CERTIFIER.roles))

    assert list(done.waiting) == [f"{GRANT} 2023-24-Q3"]


def test_what_waits_is_on_summaries_and_publications_and_keeps_its_quarter_open(office: Office) -> None:
    done = committed(office, previewed(office, csv(row(on="30/06/2023", centre="SS5", amount="1,500.00"))).state)
    june, waits = Quarter.parse("2023-24-Q1"), {f"{GRANT} 2023-24-Q1": Waiting(documents=1, pence=150_000)}

    assert summary(office.context(), (), {}, AsAt()).waiting == waits
    assert summary(office.context(), (), {Dimension.QUARTER: "2023-24-Q2"}, AsAt()).waiting == {}
    assert summary(office.context(PARTNER), (), {}, AsAt()).waiting is None
    published = publications.publish(office.context())
    page = office.context().objects.get(publications.key_of(published.id, "index.html")).decode()
    assert "£1,500.00 in all. They could not be entered yet: no figure has them." in page
    with pytest.raises(SuspenseNotEmpty) as refused:
        closing.hold_and_close(office.context(), GRANT, june, "Quarter's end")
    assert (refused.value.documents, refused.value.pence) == (1, 150_000)
    assert [due.readiness for due in office_closing.due(office.context(), june)] == [Readiness.STOPPED]

    suspense.dismiss(as_(office, CERTIFIER), f"{done.id}.1", "Paid by the council")
    closing.hold_and_close(office.context(), GRANT, june, "Quarter's end")

    assert summary(office.context(), (), {}, AsAt()).waiting == {}
    assert publications.rebuild(office.context(), published.id)["index.html"] == page.encode()
