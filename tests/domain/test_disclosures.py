"""Disclosures: what is said nearest to a payment counts, what is withheld anywhere stays withheld, and nothing is edited."""

from datetime import date

import pytest

from chalicelib.domain.disclosures import (
    Disclosure,
    Particular,
    ParticularsStated,
    ParticularWithheld,
    Statement,
    Told,
    Withholding,
    WithholdingLifted,
    apply,
    lift,
    masked,
    withhold,
)
from chalicelib.domain.errors import Contradictory, NotInState
from chalicelib.domain.grounds import GROUNDS, Ground
from chalicelib.domain.initiatives import Category, Initiative

TODAY = date(2024, 4, 1)
SAID = Statement(onward_grant=True, purpose="Wardens at night", conditions="Quarterly returns", reasons="The lowest crime for the money")
WITHHELD = Withholding(
    particular=Particular.RECIPIENT, ground=Ground.SAFETY, review_on=date(2024, 10, 1), decided_by="certifier", decided_on=TODAY
)


def stated(statement: Statement, subject: str = "wardens") -> Disclosure:
    return apply(None, ParticularsStated(subject=subject, statement=statement, by="officer", on=TODAY), 1)


def test_a_statement_is_kept_with_who_made_it_and_when() -> None:
    held = stated(SAID)

    assert (held.id, held.statement, held.stated_by, held.stated_on) == ("wardens", SAID, "officer", TODAY)


def test_a_later_statement_takes_the_place_of_the_whole_of_the_one_before() -> None:
    later = apply(stated(SAID), ParticularsStated(subject="wardens", statement=Statement(purpose="Wardens"), by="finance", on=TODAY), 2)

    assert (later.statement.purpose, later.statement.conditions, later.stated_by) == ("Wardens", "", "finance")


def test_what_is_withheld_stays_so_whatever_is_stated_after() -> None:
    held = apply(None, withhold("wardens", WITHHELD), 1)
    later = apply(held, ParticularsStated(subject="wardens", statement=SAID, by="officer", on=TODAY), 2)

    assert later.withheld == (WITHHELD,)


def test_a_withholding_is_renewed_under_another_review_date_and_there_is_one_of_it() -> None:
    renewed = Withholding(
        particular=Particular.RECIPIENT, ground=Ground.SAFETY, review_on=date(2025, 4, 1), decided_by="certifier", decided_on=TODAY
    )

    assert apply(apply(None, withhold("wardens", WITHHELD), 1), withhold("wardens", renewed), 2).withheld == (renewed,)


def test_a_withholding_that_was_lifted_is_gone() -> None:
    held = apply(None, withhold("wardens", WITHHELD), 1)

    assert lift(held, Particular.RECIPIENT) == WithholdingLifted(subject="wardens", particular=Particular.RECIPIENT)
    assert apply(held, lift(held, Particular.RECIPIENT), 2).withheld == ()


def test_what_is_not_withheld_cannot_be_lifted() -> None:
    with pytest.raises(NotInState, match="purpose of wardens is not withheld"):
        lift(stated(SAID), Particular.PURPOSE)


@pytest.mark.parametrize("review_on", [TODAY, date(2024, 3, 31)])
def test_a_withholding_is_looked_at_again_on_a_later_day(review_on: date) -> None:
    today = Withholding(
        particular=Particular.PURPOSE, ground=Ground.PROHIBITED, review_on=review_on, decided_by="certifier", decided_on=TODAY
    )

    with pytest.raises(Contradictory, match="/review_on: must be after today, 2024-04-01"):
        withhold("wardens", today)


def test_it_is_overdue_the_day_after_its_review_date() -> None:
    assert not WITHHELD.overdue(date(2024, 10, 1))
    assert WITHHELD.overdue(date(2024, 10, 2))


def test_what_is_said_nearest_counts_particular_by_particular() -> None:
    told = Told((stated(Statement(purpose="A van"), "ssf-5.7"), stated(SAID)))

    assert told.onward_grant is True
    assert (told.said(Particular.PURPOSE), told.said(Particular.CONDITIONS)) == ("A van", "Quarterly returns")


def test_no_is_an_answer_to_whether_it_is_an_onward_grant() -> None:
    assert Told((stated(Statement(onward_grant=False), "ssf-5.7"), stated(SAID))).onward_grant is False
    assert Told(()).onward_grant is None


def test_white_space_says_nothing() -> None:
    assert Told((stated(Statement(purpose="  \n"), "ssf-5.7"), stated(SAID))).said(Particular.PURPOSE) == "Wardens at night"


def test_what_is_withheld_anywhere_on_the_way_is_withheld() -> None:
    far = apply(stated(SAID), ParticularWithheld(subject="wardens", withholding=WITHHELD), 2)
    told = Told((stated(Statement(recipient="Somebody"), "ssf-5.7"), far))

    assert told.withheld(Particular.RECIPIENT) == WITHHELD
    assert told.withheld_at(Particular.RECIPIENT) == "wardens"
    assert told.withheld(Particular.PURPOSE) is None


def test_who_withholds_an_initiatives_recipient_withholds_its_partner() -> None:
    initiative = Initiative(id="wardens", title="Wardens", category=Category.PATROLS_AND_WARDENS, partner_id="charity")
    held = apply(None, withhold("wardens", WITHHELD), 1)

    assert masked(initiative, held).unpublished_fields == ("partner",)
    assert masked(masked(initiative, held), held).unpublished_fields == ("partner",)
    assert masked(initiative, stated(SAID)) is initiative
    assert masked(initiative, None) is initiative


def test_there_are_the_orders_four_grounds_and_personal_data_each_with_its_source() -> None:
    assert list(GROUNDS) == ["national_security", "safety", "crime_and_justice", "prohibited", "personal_data"]
    assert [told.source.endswith("SI 2011/3050 as amended") for told in GROUNDS.values()] == [True, True, True, True, False]
