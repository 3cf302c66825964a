"""What is withheld after a draft was made, or after something was published, is in nothing that goes out from then on."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.disclosures import Particular, Withholding
from chalicelib.domain.errors import Contradictory
from chalicelib.domain.grounds import Ground
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.publications import Publication, PublicationState
from chalicelib.domain.values import replace
from chalicelib.reports.feed import feed
from chalicelib.services import disclosures, drafts, entries, publications, registers
from tests.services.failing_objects import FailingObjects
from tests.services.large_offices import PUBLISHER
from tests.services.offices import CERTIFIER, NOW, Office, invoice, line, pay
from tests.services.public_files import public_files

NAME = "Zephyrine Locks"
PAYMENT = "ssf-4-example.8"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that paid £1,200 to somebody with an unusual name, and £300 to others."""
    office = Office(folder=tmp_path / "objects").open().disclose("lighting")
    pay(office.context(), replace(invoice("1", 120_000), supplier=NAME), line("lighting", 120_000))
    pay(office.context(), invoice("2", 30_000), line("lighting", 30_000))
    return office


def at(office: Office, day: date) -> Context:
    return replace(office.context(PUBLISHER), now=datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC))


def withhold(office: Office, review_on: date = date(2024, 8, 1)) -> None:
    withheld = Withholding(
        particular=Particular.RECIPIENT, ground=Ground.SAFETY, review_on=review_on, decided_by="certifier", decided_on=NOW.date()
    )
    disclosures.withhold(office.context(CERTIFIER), PAYMENT, withheld, "It fits the locks of a refuge")


def kept(office: Office, publication: Publication) -> dict[str, bytes]:
    return public_files(office.context(), publication.id)


def told(refused: PublicationHasGaps) -> list[tuple[str, str, str]]:
    return [(gap.kind, gap.subject, gap.what) for gap in refused.gaps]


def test_a_draft_with_gaps_is_refused_as_a_publication_is(office: Office) -> None:
    pay(office.context(), invoice("3", 60_000), line("cctv", 60_000))

    with pytest.raises(PublicationHasGaps) as refused:
        publications.publish(office.context(PUBLISHER), as_draft=True)
    assert [gap.what for gap in refused.value.gaps] == ["onward_grant", "purpose", "value_for_money"]
    assert list(office.context().objects.list("drafts/")) == []


def test_a_draft_that_shows_what_is_withheld_by_now_is_not_published(office: Office) -> None:
    draft = publications.publish(office.context(PUBLISHER), as_draft=True)
    withhold(office)
    registers.amend_initiative(office.context(), "lighting", lambda held: replace(held, unpublished_fields=("places",)), None)

    with pytest.raises(PublicationHasGaps) as refused:
        drafts.publish_draft(office.context(PUBLISHER), draft.id)
    assert told(refused.value) == [("shown_elsewhere", "lighting", "places"), ("shown_elsewhere", PAYMENT, "recipient")]
    assert list(office.context().objects.list("published/")) == []
    assert drafts.discard(office.context(PUBLISHER), draft.id, "Withheld by now").state is PublicationState.DISCARDED
    made = drafts.publish_draft(office.context(PUBLISHER), publications.publish(office.context(PUBLISHER), as_draft=True).id)
    assert not any(b"Zephyrine" in content for content in kept(office, made).values())


def test_a_draft_waits_for_whoever_looks_at_an_old_withholding_again(office: Office) -> None:
    withhold(office, review_on=date(2024, 2, 29))
    draft = publications.publish(at(office, date(2024, 2, 29)), as_draft=True)

    with pytest.raises(PublicationHasGaps) as refused:
        drafts.publish_draft(at(office, date(2024, 3, 1)), draft.id)
    assert told(refused.value) == [("review_overdue", PAYMENT, "recipient")]


def test_what_is_lifted_or_stated_since_keeps_no_draft_back(office: Office) -> None:
    withhold(office)
    draft = publications.publish(office.context(PUBLISHER), as_draft=True)
    disclosures.lift(office.context(CERTIFIER), PAYMENT, Particular.RECIPIENT, "The refuge moved")

    made = drafts.publish_draft(office.context(PUBLISHER), draft.id)
    assert not any(b"Zephyrine" in content for content in kept(office, made).values())


def test_why_something_was_put_right_is_not_told_where_a_payment_withholds_anything(office: Office) -> None:
    publications.publish(office.context(PUBLISHER))
    withhold(office)
    entries.correct(office.context(), "ssf-4-example.9", date(2023, 12, 1), 100, "As Zephyrine's letter says")
    made = publications.publish(office.context(PUBLISHER))

    files = kept(office, made)
    assert json.loads(files["changes.json"])["entries"] == {"ssf-4-example.10": {"kind": "correction", "reason": None}}
    assert not any(b"Zephyrine" in content for content in files.values())


def test_a_publication_is_not_withdrawn_with_a_reason_that_names_who_is_withheld(office: Office) -> None:
    made = publications.publish(office.context(PUBLISHER))
    withhold(office)

    with pytest.raises(Contradictory, match=f"says what is withheld at {PAYMENT}"):
        drafts.withdraw(office.context(PUBLISHER), made.id, "ZEPHYRINE LOCKS must not be in it")
    gone = drafts.withdraw(office.context(PUBLISHER), made.id, "A name must not be in it")
    assert gone.why == "A name must not be in it"
    public = kept(office, gone)["withdrawn.json"] + feed(publications.every(office.context()), "Office", "bucket").encode()
    assert b"ephyrine" not in public


def test_what_was_begun_before_a_withholding_is_abandoned(office: Office) -> None:
    interrupted = replace(office.context(PUBLISHER), objects=FailingObjects(office.folder, 3))
    with pytest.raises(ConnectionError):
        publications.publish(interrupted)
    withhold(office)

    made = publications.publish(office.context(PUBLISHER))
    assert made.id == "2024-02-01-2"
    assert not any(b"Zephyrine" in content for content in kept(office, made).values())
