"""Agreeing a quarter with the office's ledger: imported, compared, explained, signed by a second person, closed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.agreeing import CodedTotal, Total
from chalicelib.domain.agreement_refusals import (
    AgreementMissing,
    AgreementNotSigned,
    AgreementOutdated,
    DifferenceUnexplained,
    Moved,
    Unexplained,
)
from chalicelib.domain.agreement_rows import Item
from chalicelib.domain.agreements import Agreement, Cause, Explanation, Scope
from chalicelib.domain.cells import Nature
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.closing_refusals import ReopeningNeeded
from chalicelib.domain.errors import AlreadyExists, Contradictory, Missing, NotInState, PreparerCannotApprove, StaleView
from chalicelib.domain.grants import Grant
from chalicelib.domain.matters import Matter
from chalicelib.domain.mentions import mentioned
from chalicelib.domain.periods import Quarter
from chalicelib.domain.quarter_states import PeriodClosed, PeriodState
from chalicelib.domain.separation import Separation
from chalicelib.domain.values import replace
from chalicelib.services import agreement_drawing, agreements, approvals, closing, entries, office_closing, reading, separation, suspense
from chalicelib.services.agreement_drawing import Stated
from chalicelib.services.approvals import Wanting
from chalicelib.services.decisions import BEGINNING
from chalicelib.services.kept_files import unrecorded
from chalicelib.services.office_closing import Readiness
from chalicelib.services.suspense import Elsewhere
from chalicelib.services.unit import Part, Plan, View, change, one, view_of
from chalicelib.services.verification import verify, verify_all
from chalicelib.storage.dynamo import DynamoStore
from chalicelib.storage.store import Batch, Store, Wanted
from tests.extracts.layouts import row
from tests.services.counting import counting, promised
from tests.services.importing import as_, committed, csv, opened, previewed
from tests.services.offices import CERTIFIER, FINANCE, Office, before_each_write, invoice, line, pay

GRANT = "ssf-4-example"
NAME = Name(Kind.GRANT, GRANT)
Q1, Q2, Q3 = (Quarter.parse(f"2023-24-Q{number}") for number in (1, 2, 3))
WHOLE = Scope()
WHY = "Agreed with the ledger"
COUNTED = frozenset(
    {
        *("draw an agreement", "draw an agreement anew", "explain a difference", "withdraw an explanation"),
        *("sign an agreement", "show an agreement", "rows of an agreement", "agreements of a quarter"),
    }
)
"""The requests about quarters whose calls are counted here."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose first two quarters are closed."""
    office = opened(Office(folder=tmp_path).open())
    for quarter in (Q1, Q2):
        closing.hold_and_close(office.context(), GRANT, quarter, WHY)
    return office


def stated(pence: int, *set_aside: str) -> Stated:
    """The office's total of the whole grant."""
    return Stated(totals=(Total(scope=WHOLE, office_pence=pence),), set_aside=set_aside)


def drawn(office: Office, pence: int, *set_aside: str) -> Agreement:
    return agreement_drawing.draw(as_(office), GRANT, Q3, stated(pence, *set_aside), WHY).agreement


def drawn_anew(office: Office, pence: int, *set_aside: str) -> Agreement:
    version = agreements.version_of(held(office))
    return agreement_drawing.draw_anew(as_(office, expected=version), GRANT, Q3, stated(pence, *set_aside), WHY).agreement


def held(office: Office) -> Agreement:
    return agreements.find(office.context(), GRANT, Q3).agreement


def explained(office: Office, pence: int, cause: Cause = Cause.TIMING) -> int:
    given = Explanation(scope=WHOLE, cause=cause, pence=pence, by="finance")
    return agreements.explain(as_(office), GRANT, Q3, given, "A card payment of 29 December, not in the extracts.").number


def signed(office: Office) -> Agreement:
    version = agreements.version_of(held(office))
    return agreements.sign(as_(office, CERTIFIER, expected=version), GRANT, Q3, WHY).agreement


def close(office: Office) -> None:
    closing.hold_and_close(office.context(), GRANT, Q3, WHY)


def closings(office: Office) -> list[PeriodClosed]:
    return [record.fact for record in reading.records(office.context(), NAME) if isinstance(record.fact, PeriodClosed)]


def causes(agreement: Agreement) -> dict[str, int]:
    (line,) = agreement.lines
    return {**line.causes, "unexplained": line.unexplained_pence}


def problems(office: Office) -> list[str]:
    return [problem for verdict in verify_all(office.context()) for problem in verdict.problems]


MONTH = csv(row(amount="1,000.00"), row(centre="SS5", amount="200.00", number="2"), row(amount="60.00", number="3", on="20/12/2023"))
"""Three payments of the third quarter, £1,260.00 in all."""


def test_what_was_imported_agrees_and_is_signed_and_the_quarter_closes(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)

    agreement = drawn(office, 126_000)
    assert (agreement.lines[0].office_pence, agreement.lines[0].ours_pence, agreement.lines[0].extracts_pence) == (126_000,) * 3
    assert causes(agreement) == {"unexplained": 0}
    assert signed(office).signed_by == "certifier"
    close(office)

    period = closing.find(office.context(), GRANT, Q3).period
    assert period.state is PeriodState.CLOSED
    assert [fact.agreed_in for fact in closings(office)] == [None, None, held(office).signed_in]
    assert problems(office) == []


def test_a_penny_that_nobody_explains_keeps_the_quarter_open_and_an_explanation_lets_it_close(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    drawn(office, 126_001)

    with pytest.raises(DifferenceUnexplained) as refused:
        signed(office)
    assert refused.value.unexplained == (Unexplained(of="all that no other total names", pence=1),)
    with pytest.raises(DifferenceUnexplained) as refused:
        close(office)
    assert str(refused.value) == (
        "In 2023-24-Q3 of ssf-4-example this is unexplained, office less ours: all that no other total names: £0.01 (1 pence). Look at the "
        "rows behind it: import, post or correct what is missing and draw the agreement anew, or explain it by hand."
    )

    explained(office, 1)
    with pytest.raises(AgreementNotSigned):
        close(office)
    signed(office)
    close(office)

    assert dict(held(office).lines[0].by_hand) == {"timing": 1}
    assert problems(office) == []


def test_what_was_previewed_and_what_waits_and_what_was_put_right_each_have_their_cause(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    over = csv(row(centre="SS5", amount="900.00", number="4"))
    committed(office, previewed(office, over).state)  # cctv has £800 left
    pending = previewed(office, csv(row(amount="35.00", number="5"), row(amount="9.00", number="6", on="05/01/2024")))
    pay(office.context(), invoice("7", 700), line("lighting", 700))
    entries.correct(office.context(), f"{GRANT}.{_first_payment(office)}", date(2023, 12, 30), -2_000, "Charged twice")

    agreement = drawn(office, 126_000 + 90_000 + 3_500)

    assert causes(agreement) == {"not_imported": 3_500, "in_suspense": 90_000, "timing": -700, "correction": 2_000, "unexplained": 0}
    assert [(item.cause.value, item.pence, item.document, item.import_id == pending.state.id) for item in rows(office)] == [
        ("correction", 2_000, "Lamps Ltd 1", False),
        ("in_suspense", 90_000, "Lamps Ltd 4", False),
        ("not_imported", 3_500, "Lamps Ltd 5", True),
        ("timing", -700, "Lamps Ltd 7", False),
    ]
    assert problems(office) == []


def rows(office: Office) -> list[Item]:
    return sorted(agreements.rows(office.context(), GRANT, Q3), key=lambda item: item.cause)


def _first_payment(office: Office) -> int:
    return next(record.seq for _, record, entry in reading.entries(office.context(), GRANT) if entry.document)


def test_a_file_that_was_previewed_by_mistake_is_set_aside(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    mistaken = previewed(office, csv(row(amount="5,000.00", number="99"))).state

    assert causes(drawn(office, 126_000)) == {"not_imported": 500_000, "unexplained": -500_000}
    agreement = drawn_anew(office, 126_000, mistaken.id)

    assert causes(agreement) == {"unexplained": 0}
    shown = agreements.find(office.context(), GRANT, Q3)
    assert (shown.drawn.set_aside, mistaken.id in shown.drawn.imports) == ((mistaken.id,), False)
    with pytest.raises(Missing):
        drawn_anew(office, 126_000, "f" * 32)


def test_of_a_document_the_latest_extract_counts(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    changed = csv(row(amount="900.00"))
    previewed(office, changed)

    assert causes(drawn(office, 116_000)) == {"not_imported": -10_000, "unexplained": 0}

    committed(office, previewed(office, changed).state, 1)  # dated today, in the fourth quarter
    assert causes(drawn_anew(office, 116_000)) == {"timing": -10_000, "unexplained": 0}


def test_what_was_posted_out_of_suspense_to_another_initiative_is_a_correction_on_both_lines(office: Office) -> None:
    over = committed(office, previewed(office, csv(row(centre="SS5", amount="1,200.00"))).state)
    suspense.post(as_(office), f"{over.id}.1", Elsewhere(initiative_id="lighting"), "Lighting pays it")

    totals = tuple(Total(scope=Scope(initiative), office_pence=pence) for initiative, pence in (("cctv", 120_000), ("lighting", 0)))
    cctv, lighting, rest = agreement_drawing.draw(as_(office), GRANT, Q3, Stated(totals=totals), WHY).agreement.lines

    assert (dict(cctv.causes), cctv.unexplained_pence) == ({"correction": 120_000}, 0)
    assert (dict(lighting.causes), lighting.unexplained_pence) == ({"correction": -120_000}, 0)
    assert (rest.stated, rest.difference_pence) == (False, 0)


def test_what_is_posted_after_the_signature_is_shown_and_keeps_the_quarter_open(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    drawn(office, 126_000)
    signed(office)
    pay(office.context(), invoice("late", 4_000), line("lighting", 4_000))

    shown = agreements.find(office.context(), GRANT, Q3)
    assert (shown.agreement.lines[0].ours_pence, shown.now) == (126_000, (130_000,))
    with pytest.raises(AgreementOutdated) as refused:
        close(office)
    assert refused.value.moved == (Moved(of="all that no other total names", agreed_pence=126_000, now_pence=130_000),)

    assert causes(drawn_anew(office, 126_000)) == {"timing": -4_000, "unexplained": 0}
    signed(office)
    close(office)
    assert problems(office) == []


def test_whoever_drew_or_explained_does_not_sign(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    drawn(office, 126_001)
    by_another = Explanation(scope=WHOLE, cause=Cause.TIMING, pence=1, by="certifier")
    agreements.explain(as_(office, CERTIFIER), GRANT, Q3, by_another, WHY)

    assert held(office).prepared_by == ("finance", "certifier")
    for actor in (FINANCE, CERTIFIER):
        with pytest.raises(PreparerCannotApprove):
            agreements.sign(as_(office, actor), GRANT, Q3, WHY)


def test_a_second_person_may_let_a_preparer_sign_and_the_report_tells(office: Office) -> None:
    drawn(office, 0)
    separation.override(office.context(CERTIFIER), GRANT, Matter.AGREEMENT, str(Q3), "Nobody else is here this week")
    agreements.sign(as_(office), GRANT, Q3, WHY)

    (action,) = separation.report(office.context(), separation.Wanting(matter=Matter.AGREEMENT), BEGINNING, 10)
    assert (action.outcome, action.record.by, action.told.prepared_by) == (Separation.OVERRIDDEN, "finance", ("finance",))
    assert problems(office) == []


def test_what_is_explained_waits_for_a_second_person_and_what_is_not_does_not(office: Office) -> None:
    def waits() -> list[tuple[str, str, str]]:
        listed = approvals.every(office.context(), Wanting(matter=Matter.AGREEMENT), BEGINNING, 10)
        return [(each.waiting.id, each.waiting.step, each.waiting.decided_at) for each in listed]

    drawn(office, 5)
    assert waits() == []
    number = explained(office, 5)
    assert waits() == [("2023-24-Q3", "sign", f"/grants/{GRANT}/periods/2023-24-Q3/agreement/signature")]
    agreements.withdraw(as_(office, expected=str(number)), GRANT, Q3, number, "It was the wrong one")
    assert waits() == []
    drawn_anew(office, 0)
    signed(office)
    assert waits() == []


def test_explanations_outlive_a_new_drawing_and_are_told_with_their_reasons(office: Office) -> None:
    drawn(office, 5)
    first, second = explained(office, 3), explained(office, 2, Cause.NOT_IMPORTED)
    agreements.withdraw(as_(office, expected=str(second)), GRANT, Q3, second, "It was imported")
    drawn_anew(office, 3)

    shown = agreements.find(office.context(), GRANT, Q3)
    assert [(each.number, each.explanation.pence, each.explanation.by, each.reason) for each in shown.explained] == [
        (first, 3, "finance", "A card payment of 29 December, not in the extracts."),
    ]
    assert shown.agreement.lines[0].unexplained_pence == 0
    with pytest.raises(Missing):
        agreements.withdraw(as_(office, expected=str(shown.agreement.changed_in)), GRANT, Q3, second, WHY)
    elsewhere = Stated(totals=(Total(scope=Scope("lighting"), office_pence=0), Total(scope=Scope("cctv"), office_pence=3)))
    agreement_drawing.draw_anew(as_(office, expected=str(shown.agreement.changed_in)), GRANT, Q3, elsewhere, WHY)  # the rest is still there


def test_a_signed_agreement_is_drawn_anew_before_anything_else_is_said_of_it(office: Office) -> None:
    drawn(office, 0)
    signed(office)

    with pytest.raises(NotInState):
        explained(office, 5)
    with pytest.raises(NotInState):
        signed(office)
    with pytest.raises(AlreadyExists):
        drawn(office, 0)


def test_the_agreement_of_a_closed_quarter_stays_as_it_is(office: Office) -> None:
    drawn(office, 0)
    signed(office)
    close(office)

    for act in (lambda: drawn(office, 0), lambda: explained(office, 1), lambda: signed(office)):
        with pytest.raises(ReopeningNeeded):
            act()


def test_totals_under_the_codes_of_the_ledger_are_mapped_by_a_profile(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    codes = ((("SS4", "4100"), 100_000), (("ss4", "4200"), 6_000), (("SS5", "*"), 20_000))
    coded = tuple(CodedTotal(place=place, codes=each, office_pence=pence) for place, (each, pence) in enumerate(codes))

    agreement = agreement_drawing.draw(as_(office), GRANT, Q3, Stated(coded=coded, profile_id="payments"), WHY).agreement

    assert [(str(line.scope), line.office_pence, line.ours_pence) for line in agreement.lines] == [
        ("lighting, capital", 106_000, 106_000),
        ("cctv, capital", 20_000, 20_000),
        ("all that no other total names", 0, 0),
    ]


@pytest.mark.parametrize(
    ("codes", "problem"),
    [
        (("SS9", "*"), "/totals/3/codes: must be 2 codes that fit a coding of payments"),
        (("SS4",), "/totals/3/codes: must be 2 codes that fit a coding of payments"),
        (("GEN", "*"), "/totals/3/codes: must be codes of ssf-4-example, and payments maps these to no grant"),
    ],
)
def test_codes_that_are_not_the_grants_are_refused(office: Office, codes: tuple[str, ...], problem: str) -> None:
    coded = (CodedTotal(place=3, codes=codes, office_pence=5),)

    with pytest.raises(Contradictory) as refused:
        agreement_drawing.draw(as_(office), GRANT, Q3, Stated(coded=coded, profile_id="payments"), WHY)
    assert str(refused.value) == problem


def test_totals_that_count_the_same_money_twice_are_refused(office: Office) -> None:
    crossing = (Total(scope=Scope("lighting"), office_pence=1), Total(scope=Scope(None, Nature.CAPITAL), office_pence=1))
    for totals in (crossing, (crossing[0], crossing[0])):
        with pytest.raises(Contradictory):
            agreement_drawing.draw(as_(office), GRANT, Q3, Stated(totals=totals), WHY)


def test_without_control_totals_a_quarter_closes_unless_the_office_demands_them(office: Office) -> None:
    demanding = replace(office.context(), settings=replace(office.context().settings, agreement_demanded=True))

    with pytest.raises(AgreementMissing):
        closing.hold_and_close(demanding, GRANT, Q3, WHY)
    (due,) = office_closing.due(demanding, Q3)
    assert (due.readiness, type(due.stop)) == (Readiness.STOPPED, AgreementMissing)
    close(office)

    assert [fact.agreed_in for fact in closings(office)] == [None, None, None]


def test_what_stops_a_grant_is_told_before_its_quarter_is_closed(office: Office) -> None:
    drawn(office, 1)

    (due,) = office_closing.due(office.context(), Q3)

    assert (due.readiness, type(due.stop)) == (Readiness.STOPPED, DifferenceUnexplained)
    assert [(each.grant_id, each.agreement is not None) for each in agreements.every(office.context(), Q3)] == [(GRANT, True)]


def test_a_view_that_is_old_does_not_sign(office: Office) -> None:
    seen = agreements.version_of(drawn(office, 0))
    drawn_anew(office, 0)

    with pytest.raises(StaleView):
        agreements.sign(as_(office, CERTIFIER, expected=seen), GRANT, Q3, WHY)


def once(act: Callable[[], object]) -> Callable[[], None]:
    """What a rival does, before the first write alone."""
    left = [act]

    def act_once() -> None:
        while left:
            left.pop()()

    return act_once


class _Rivalled(DynamoStore):
    """A store on which somebody else posts just before each write."""

    def __init__(self, inner: DynamoStore, act: Callable[[], None]) -> None:
        self.__dict__.update(vars(inner))
        self._act = act

    def record(self, batch: Batch) -> None:
        self._act()
        super().record(batch)


def test_a_rivals_posting_between_loading_and_signing_is_seen(live_store: Store, tmp_path: Path) -> None:
    """The write is refused as stale; the second look finds the payment, and what is signed is never what was not seen."""
    assert isinstance(live_store, DynamoStore)
    office = opened(Office(store=live_store, folder=tmp_path).open())
    agreement_drawing.draw(as_(office), GRANT, Q3, stated(0), WHY)
    version = agreements.version_of(held(office))
    rival = Office(store=live_store, folder=tmp_path)
    office.store = _Rivalled(live_store, once(lambda: pay(rival.context(), invoice("rival", 100), line("lighting", 100))))

    with pytest.raises(AgreementOutdated) as refused:
        agreements.sign(as_(office, CERTIFIER, expected=version), GRANT, Q3, WHY)

    assert refused.value.moved == (Moved(of="all that no other total names", agreed_pence=0, now_pence=100),)
    assert held(rival).signed_in is None
    assert verify(rival.context(), NAME).problems == ()


def test_an_agreement_drawn_anew_between_loading_and_closing_keeps_the_quarter_open(office: Office) -> None:
    drawn(office, 0)
    signed(office)
    plain = office.store
    rival = Office(store=plain, folder=office.folder)
    office.store = before_each_write(plain, once(lambda: drawn_anew(rival, 1)))

    with pytest.raises(DifferenceUnexplained):
        close(office)


def test_rows_that_were_changed_are_found_out(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    pay(office.context(), invoice("7", 700), line("lighting", 700))
    agreement = drawn(office, 126_000)
    key = agreements.key_of(agreement.files[-1])
    (office.folder / key).write_bytes(b"")

    (found,) = problems(office)
    assert found.startswith(f"{key} holds 0 bytes")


def test_each_request_takes_the_round_trips_that_are_promised(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    counted, table = counting(office.store), promised("quarters")
    seen = Office(store=counted, folder=office.folder)

    def calls(act: Callable[[], object]) -> list[str]:
        counted.calls.clear()
        act()
        return list(counted.calls)

    found = {"draw an agreement": calls(lambda: drawn(seen, 126_001)), "explain a difference": calls(lambda: explained(seen, 2))}
    number, version = held(office).explained[0], agreements.version_of(held(office))
    withdraw = as_(seen, expected=version)
    found["withdraw an explanation"] = calls(lambda: agreements.withdraw(withdraw, GRANT, Q3, number, WHY))
    found["draw an agreement anew"] = calls(lambda: agreement_drawing.draw_anew(as_(seen), GRANT, Q3, stated(126_000), WHY))
    found["sign an agreement"] = calls(lambda: agreements.sign(as_(seen, CERTIFIER), GRANT, Q3, WHY))
    found["show an agreement"] = calls(lambda: agreements.find(seen.context(), GRANT, Q3))
    found["rows of an agreement"] = calls(lambda: list(agreements.rows(seen.context(), GRANT, Q3)))
    found["agreements of a quarter"] = calls(lambda: list(agreements.every(seen.context(), Q3)))

    assert found == {request: table[request] for request in COUNTED}


def test_what_was_confirmed_and_then_corrected_here_is_a_correction(office: Office) -> None:
    committed(office, previewed(office, MONTH).state)
    committed(office, previewed(office, csv(row(amount="900.00"))).state, 1)  # -£100.00, dated in the fourth quarter
    entries.correct(office.context(), f"{GRANT}.{_first_payment(office)}", date(2023, 12, 30), -2_000, "Charged twice")

    assert causes(drawn(office, 116_000)) == {"correction": 2_000, "timing": -10_000, "unexplained": 0}


def test_an_agreement_that_says_what_the_records_do_not_is_found_out(office: Office) -> None:
    drawn(office, 0)
    shown = agreements.find(office.context(), GRANT, Q3)
    (line_,) = shown.drawn.lines
    false = replace(shown.drawn, lines=(replace(line_, ours_pence=5, office_pence=5),))

    def decide(view: View) -> Plan:
        return Plan(parts=(Part(NAME, view.held(Grant, GRANT), (false,)),))

    change(office.context(), lambda: view_of(office.context(), Wanted(heads=(NAME,))), decide, one(Grant))

    assert verify(office.context(), NAME).problems == (
        f"Record {shown.agreement.drawn_in + 1} of {NAME} does not agree 2023-24-Q3 as the records before it make it.",
    )


def test_an_import_that_an_agreement_names_is_missed(office: Office) -> None:
    mistaken = previewed(office, csv(row(amount="5,000.00", number="99"))).state
    agreement = drawn(office, 0, mistaken.id)

    assert (Name(Kind.IMPORT, mistaken.id), 1) in set(mentioned(agreements.find(office.context(), GRANT, Q3).drawn))
    assert agreement.lines[0].unexplained_pence == 0


def test_the_rows_of_every_drawing_are_named_by_the_grant(office: Office) -> None:
    pay(office.context(), invoice("7", 700), line("lighting", 700))
    drawn(office, 0)
    pay(office.context(), invoice("8", 800), line("lighting", 800))
    drawn_anew(office, 0)

    assert len({*held(office).files}) == 2
    assert [told for told in unrecorded(office.context()) if told.startswith("agreements/")] == []
