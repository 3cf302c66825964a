"""Disclosures over HTTP: who may say and withhold, under which version, and what a publication's refusal tells."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office, payment

SAID = {"onward_grant": False, "purpose": "Lamps", "value_for_money": "The lowest of three quotations"}
WITHHELD = {"particular": "recipient", "ground": "safety", "review_on": "2999-01-01", "reason": "It fits the locks of a refuge"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(folder=tmp_path).open()
    office.create("/payments", payment("INV-1", 60_000))
    return office


def say(office: Office, body: object = SAID, *, subject: str = "lighting", role: str = "officer", etag: str | None = None) -> Answer:
    return office.change("PUT", f"/disclosures/{subject}", body, role=role, etag=etag)


def withhold(office: Office, body: object = WITHHELD, *, role: str = "certifier") -> Answer:
    etag = office.get("/disclosures/lighting").headers["ETag"]
    return office.change("POST", "/disclosures/lighting/withholdings", body, role=role, etag=etag)


def members(answer: Answer, name: str) -> list[dict[str, object]]:
    found = answer.json[name]
    assert isinstance(found, list)
    return found


def test_nothing_said_yet_has_version_0(office: Office) -> None:
    shown = office.get("/disclosures/lighting")

    assert (shown.status, shown.headers["ETag"]) == (200, '"0"')
    assert shown.json == {
        "id": "lighting",
        "onward_grant": None,
        "recipient": "",
        "purpose": "",
        "conditions": "",
        "reasons": "",
        "value_for_money": "",
        "stated_by": "",
        "stated_on": None,
        "withheld": [],
        "version": "0",
    }


def test_a_statement_says_who_made_it_and_replaces_the_whole_of_the_one_before(office: Office) -> None:
    first = say(office)
    second = say(office, {"purpose": "Lanterns"}, role="finance")

    assert (first.status, first.json["stated_by"], first.json["version"]) == (200, "officer", "1")
    assert (second.json["stated_by"], second.json["purpose"], second.json["onward_grant"], second.json["version"]) == (
        "finance",
        "Lanterns",
        None,
        "2",
    )
    assert say(office, etag='"1"').status == 412
    assert office.call("PUT", "/disclosures/lighting", SAID, role="officer").status == 428


@pytest.mark.parametrize("role", ["viewer", "publisher", "certifier", "partner"])
def test_only_officers_and_finance_say_what_the_public_is_told(office: Office, role: str) -> None:
    assert say(office, role=role, etag='"0"').status == 403


@pytest.mark.parametrize("role", ["viewer", "officer", "finance", "publisher", "partner"])
def test_only_the_certifier_and_administrators_withhold(office: Office, role: str) -> None:
    assert withhold(office, role=role).status == 403
    assert withhold(office, role="administrator").status == 200


def test_a_withholding_shows_its_ground_with_the_source_and_who_decided(office: Office) -> None:
    (held,) = members(withhold(office), "withheld")

    assert {name: held[name] for name in ("particular", "ground", "review_on", "decided_by")} == {
        "particular": "recipient",
        "ground": "safety",
        "review_on": "2999-01-01",
        "decided_by": "certifier",
    }
    assert str(held["source"]).endswith("SI 2011/3050 as amended")
    lifted = office.change(
        "POST", "/disclosures/lighting/withholdings/recipient/lifting", {"reason": "It moved"}, role="certifier", etag='"1"'
    )
    assert (lifted.status, lifted.json["withheld"]) == (200, [])
    again = office.change(
        "POST", "/disclosures/lighting/withholdings/recipient/lifting", {"reason": "It moved"}, role="certifier", etag='"2"'
    )
    assert (again.status, again.json["type"]) == (409, "/problems/not-in-state")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"ground": "embarrassment"}, 400),
        ({"particular": "amount"}, 400),
        ({"reason": ""}, 400),
        ({"review_on": "2020-01-01"}, 422),
    ],
)
def test_what_is_no_ground_no_particular_and_no_later_day_is_refused(office: Office, change: dict[str, str], status: int) -> None:
    assert withhold(office, WITHHELD | change).status == status


@pytest.mark.parametrize("subject", ["lightning", "ssf-4-example.99"])
def test_what_is_not_there_has_no_disclosure(office: Office, subject: str) -> None:
    assert office.get(f"/disclosures/{subject}").status == 404


def test_disclosures_are_listed_by_what_they_withhold(office: Office) -> None:
    say(office, subject="cctv")
    withhold(office)

    assert [each["id"] for each in members(office.get("/disclosures"), "items")] == ["cctv", "lighting"]
    assert [each["id"] for each in members(office.get("/disclosures?withheld=true"), "items")] == ["lighting"]
    assert members(office.get("/disclosures?review_by=2998-12-31"), "items") == []
    assert [each["id"] for each in members(office.get("/disclosures?review_by=2999-01-01"), "items")] == ["lighting"]


def test_a_refused_publication_names_every_gap_and_so_does_the_list(office: Office) -> None:
    refused = office.create("/publications", role="publisher")
    listed = members(office.get("/publications/gaps"), "items")

    assert (refused.status, refused.json["type"]) == (409, "/problems/publication-has-gaps")
    assert [gap["what"] for gap in members(refused, "gaps")] == ["onward_grant", "purpose", "value_for_money"]
    assert [(gap["subject"], gap["what"], gap["disclosure"]) for gap in listed] == [
        ("lighting", "onward_grant", "/disclosures/lighting"),
        ("lighting", "purpose", "/disclosures/lighting"),
        ("lighting", "value_for_money", "/disclosures/lighting"),
    ]
    say(office)
    assert members(office.get("/publications/gaps"), "items") == []
    assert office.create("/publications", role="publisher").status == 201


def test_gaps_are_listed_a_page_at_a_time(office: Office) -> None:
    first = office.get("/publications/gaps?limit=2")
    second = office.get(str(first.json["next"]))

    assert [gap["what"] for gap in (*members(first, "items"), *members(second, "items"))] == ["onward_grant", "purpose", "value_for_money"]
    assert second.json["next"] is None


def test_the_history_tells_in_words_what_was_said(office: Office) -> None:
    say(office)
    withhold(office)

    words = members(office.get("/history/disclosures/lighting/words"), "items")

    assert [each["what"] for each in words] == [
        "Said what the public is told of the payments.",
        "Withheld the recipient (safety), to be looked at again by 1 January 2999.",
    ]
