"""The two lists: what is in which, and that both and the rest add up to what was spent."""

from collections.abc import Sequence

from chalicelib.domain.disclosures import Disclosure, Particular, Statement, Withholding
from chalicelib.domain.grounds import Ground
from chalicelib.domain.publication_gaps import Gap, GapKind, PublicationHasGaps, gaps
from chalicelib.domain.statutory_lists import Lists, SpentLine, listed, lists
from chalicelib.domain.values import replace
from tests.domain.test_disclosures import TODAY, WITHHELD

BOUGHT = Statement(onward_grant=False, purpose="Lamps", value_for_money="The lowest of three quotations")
GRANTED = Statement(onward_grant=True, purpose="Wardens", conditions="Quarterly returns", reasons="The partner knows the streets")
TELLING = {
    "lighting": Disclosure(id="lighting", statement=BOUGHT),
    "cctv": Disclosure(id="cctv", statement=BOUGHT),
    "wardens": Disclosure(id="wardens", statement=GRANTED),
}


def line(
    seq: int, initiative: str, pence: int, *, document: str = "", of: int | None = None, refunded: int = 0, paid: int | None = None
) -> SpentLine:
    """A line of a document, whose number is the line's own unless told otherwise; the document comes to `of`, or the line itself."""
    return SpentLine(
        id=f"ssf-5.{seq}",
        grant_id="ssf-5",
        seq=seq,
        cell=f"{initiative}#2023-24-Q3#capital",
        on="2023-11-01",
        supplier="Lamps Ltd",
        item=("Lamps Ltd", "invoice", document or str(seq)),
        document_pence=pence if of is None else of,
        charged_pence=pence,
        paid_pence=pence if paid is None else paid,
        refunded_pence=refunded,
    )


def listing(*lines: SpentLine) -> Lists:
    return lists(listed(lines, TELLING))


def ids(found: Lists) -> tuple[list[str], list[str]]:
    """The numbers of the lines in the list of grants, and of those in the other."""
    return [row.id[6:] for row in found.grants_made], [row.id[6:] for row in found.over_threshold]


def test_both_halves_of_an_invoice_for_900_pounds_are_listed() -> None:
    found = listing(line(1, "lighting", 45_000, document="A", of=90_000), line(2, "cctv", 45_000, document="A", of=90_000))

    assert ids(found) == ([], ["1", "2"])
    assert [(row.item_id, row.item_pence, row.amount_pence) for row in found.over_threshold] == [
        ("ssf-5.1", 90_000, 45_000),
        ("ssf-5.1", 90_000, 45_000),
    ]


def test_500_pounds_are_not_listed_and_a_penny_more_is() -> None:
    found = listing(line(1, "lighting", 50_000), line(2, "lighting", 50_001))

    assert ids(found) == ([], ["2"])
    assert (found.not_listed, found.not_listed_pence, found.spent_pence) == (1, 50_000, 100_001)


def test_what_no_grant_pays_of_a_document_counts_for_the_threshold() -> None:
    assert ids(listing(line(1, "lighting", 10_000, of=50_001))) == ([], ["1"])


def test_an_onward_grant_is_listed_whatever_it_comes_to_and_never_among_the_rest() -> None:
    found = listing(line(1, "wardens", 1), line(2, "wardens", 1_000_000), line(3, "lighting", 60_000, document="2", of=1_060_000))

    assert ids(found) == (["1", "2"], ["3"])
    assert found.spent_pence == 1_060_001


def test_a_payment_may_say_that_it_is_no_onward_grant_though_its_initiative_is_one() -> None:
    van = Disclosure(id="ssf-5.2", statement=Statement(onward_grant=False, purpose="A van", value_for_money="A framework's price"))
    found = lists(listed([line(1, "wardens", 60_000), line(2, "wardens", 60_000)], {**TELLING, "ssf-5.2": van}))

    assert ids(found) == (["1"], ["2"])
    assert found.over_threshold[0].texts == {"recipient": "Lamps Ltd", "purpose": "A van", "value_for_money": "A framework's price"}
    assert found.grants_made[0].texts == {
        "recipient": "Lamps Ltd",
        "purpose": "Wardens",
        "conditions": "Quarterly returns",
        "reasons": "The partner knows the streets",
    }


def test_a_credit_note_is_an_item_of_its_own() -> None:
    found = listing(line(1, "lighting", 90_000), line(2, "lighting", -60_000), line(3, "lighting", -50_000))

    assert ids(found) == ([], ["1", "2"])
    assert (found.not_listed_pence, found.spent_pence) == (-50_000, -20_000)


def test_a_correction_counts_for_the_threshold_and_in_the_row() -> None:
    found = listing(line(1, "lighting", 60_000, paid=45_000), line(2, "lighting", 45_000, paid=60_000))

    assert ids(found) == ([], ["2"])
    assert (found.over_threshold[0].item_pence, found.over_threshold[0].paid_pence) == (60_000, 60_000)
    assert (found.not_listed_pence, found.spent_pence) == (45_000, 105_000)


def test_a_refund_does_not_unmake_an_item() -> None:
    found = listing(line(1, "lighting", 60_000, refunded=60_000))

    assert [(row.item_pence, row.paid_pence, row.refunded_pence, row.amount_pence) for row in found.over_threshold] == [
        (60_000, 60_000, 60_000, 0)
    ]


def test_a_line_that_was_corrected_to_nothing_is_in_no_list() -> None:
    found = listing(line(1, "lighting", 60_000, paid=0), line(2, "wardens", 60_000, paid=0))

    assert (ids(found), found.not_listed, found.spent_pence) == (([], []), 0, 0)


def test_a_recoded_payment_is_listed_where_it_belongs_and_its_item_stays_whole() -> None:
    away, arrived = line(1, "lighting", 60_000, paid=20_000), line(4, "cctv", 0, document="1", of=60_000, paid=40_000)
    found = listing(away, arrived)

    assert ids(found) == ([], ["1", "4"])
    assert [(row.item_id, row.item_pence, row.paid_pence) for row in found.over_threshold] == [
        ("ssf-5.1", 60_000, 20_000),
        ("ssf-5.1", 60_000, 40_000),
    ]


def test_a_row_says_the_ground_and_not_what_is_withheld() -> None:
    hidden = {**TELLING, "lighting": replace(TELLING["lighting"], withheld=(WITHHELD,))}
    (row,) = lists(listed([line(1, "lighting", 60_000)], hidden)).over_threshold

    assert row.withheld == {Particular.RECIPIENT: Ground.SAFETY}
    assert row.texts == {"purpose": "Lamps", "value_for_money": "The lowest of three quotations"}
    assert row.amount_pence == 60_000


def test_a_recipient_that_is_stated_goes_before_the_documents_supplier() -> None:
    said = Disclosure(id="ssf-5.1", statement=Statement(recipient="A volunteer group"))
    (row,) = lists(listed([line(1, "lighting", 60_000)], {**TELLING, "ssf-5.1": said})).over_threshold

    assert row.texts[Particular.RECIPIENT] == "A volunteer group"


def found_in(lines: Sequence[SpentLine], disclosures: dict[str, Disclosure]) -> list[tuple[str, str, str, int, int]]:
    return [_plain(gap) for gap in gaps(listed(lines, disclosures), disclosures.values(), TODAY)]


def _plain(gap: Gap) -> tuple[str, str, str, int, int]:
    return gap.kind, gap.subject, gap.what, gap.payments, gap.amount_pence


def test_a_ledger_of_which_everything_is_said_has_no_gap() -> None:
    assert found_in([line(1, "lighting", 60_000), line(2, "wardens", 1)], TELLING) == []


def test_every_gap_is_named_at_once_with_how_many_payments_it_is_about() -> None:
    lines = [line(1, "lighting", 60_000), line(2, "lighting", 100), line(3, "lighting", 70_000, refunded=1)]

    assert found_in(lines, {}) == [
        ("missing", "lighting", "onward_grant", 3, 130_099),
        ("missing", "lighting", "purpose", 2, 129_999),
        ("missing", "lighting", "value_for_money", 2, 129_999),
    ]


def test_an_onward_grant_of_a_penny_needs_its_conditions_and_reasons() -> None:
    bare = {"wardens": Disclosure(id="wardens", statement=Statement(onward_grant=True))}

    assert [gap[2] for gap in found_in([line(1, "wardens", 1)], bare)] == ["conditions", "purpose", "reasons"]


def test_the_reasons_for_a_grant_are_none_for_buying() -> None:
    bought = Disclosure(id="ssf-5.1", statement=Statement(onward_grant=False))

    assert found_in([line(1, "wardens", 60_000)], {**TELLING, "ssf-5.1": bought}) == [("missing", "ssf-5.1", "value_for_money", 1, 60_000)]


def test_a_small_item_must_only_say_that_it_is_no_onward_grant() -> None:
    bare = {"lighting": Disclosure(id="lighting", statement=Statement(onward_grant=False))}

    assert found_in([line(1, "lighting", 50_000)], bare) == []


def test_a_recipient_that_is_only_white_space_is_missing() -> None:
    blank = line(1, "lighting", 60_000)
    blank.supplier = " "

    assert [gap[2] for gap in found_in([blank], TELLING)] == ["recipient"]


def test_what_is_withheld_is_not_missing() -> None:
    hidden = replace(
        TELLING["lighting"],
        statement=replace(BOUGHT, purpose=""),
        withheld=(replace(WITHHELD, particular=Particular.PURPOSE),),
    )

    assert found_in([line(1, "lighting", 60_000)], {**TELLING, "lighting": hidden}) == []


def test_a_withholding_that_nobody_looked_at_again_is_a_gap_and_goes_on() -> None:
    overdue: Withholding = replace(WITHHELD, review_on=TODAY.replace(month=3))
    hidden = {**TELLING, "lighting": replace(TELLING["lighting"], withheld=(overdue,))}
    (gap,) = gaps(listed([line(1, "lighting", 60_000)], hidden), hidden.values(), TODAY)

    assert (gap.kind, gap.detail) == (
        GapKind.REVIEW_OVERDUE,
        "lighting: withholding the recipient was to be looked at again by 2024-03-01: withhold it anew, or lift it.",
    )
    assert Particular.RECIPIENT not in lists(listed([line(1, "lighting", 60_000)], hidden)).over_threshold[0].texts


def test_a_text_that_is_withheld_here_and_said_there_is_a_gap_with_every_place() -> None:
    hidden = Disclosure(id="ssf-5.1", withheld=(replace(WITHHELD, particular=Particular.PURPOSE),))
    lines = [line(seq, "lighting", 60_000) for seq in range(1, 7)]
    (gap,) = gaps(listed(lines, {**TELLING, "ssf-5.1": hidden}), (*TELLING.values(), hidden), TODAY)

    assert gap.detail == (
        "ssf-5.1: the purpose is withheld and can be read in what is said of ssf-5.2, ssf-5.3, ssf-5.4 and 2 others: "
        "withhold it there, too, or lift it."
    )


def test_a_refusal_names_every_gap() -> None:
    refusal = PublicationHasGaps(gaps=gaps(listed([line(1, "lighting", 60_000)], {}), (), TODAY))

    assert refusal.detail == (
        "Nothing was published. lighting: say whether its payments are onward grants to a partner. "
        "lighting: say what the money is for. lighting: say why good value for money was expected."
    )
