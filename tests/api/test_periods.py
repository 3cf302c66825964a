"""Quarters as their users meet them over HTTP: held, closed, reported, corrected late, and reopened by two people."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office, allocation, payment

PERIODS = "/grants/ssf-4-example/periods"
Q1, Q2 = f"{PERIODS}/2023-24-Q1", f"{PERIODS}/2023-24-Q2"
WHY = "The quarter's books are agreed."


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path).open()
    assert office.create("/payments", payment("INV-1", 120_000, on="2023-05-02")).status == 201
    return office


def ask(office: Office, path: str, body: object, *, role: str = "finance", subject: str = "") -> Answer:
    """Change a quarter that was just read."""
    quarter = "/".join(path.split("/")[:5])
    etag = office.get(quarter).headers["ETag"]
    return office.call("POST", path, body, role=role, subject=subject, headers={"If-Match": etag})


def move(office: Office, quarter: str, state: str) -> Answer:
    return ask(office, f"{quarter}/state", {"state": state, "reason": WHY})


def close(office: Office, *quarters: str) -> Answer:
    """Hold and close quarters, one after another; the last one's answer."""
    answers = [move(office, quarter, state) for quarter in quarters for state in ("held", "closed")]
    assert {answer.status for answer in answers} == {200}
    return answers[-1]


def test_an_open_quarter_shows_its_live_figures_only(office: Office) -> None:
    shown = office.get(Q1).json

    assert (shown["state"], shown["closing"], shown["reopening"]) == ("open", None, None)
    assert (shown["first_day"], shown["last_day"]) == ("2023-04-01", "2023-06-30")
    assert (shown["as_reported_pence"], shown["difference_pence"]) == (None, None)
    assert spent(shown["as_corrected_pence"]) == 120_000


def spent(figures: object) -> int:
    assert isinstance(figures, dict)
    return int(figures["spent"])


def test_a_closed_quarter_shows_what_was_reported_what_is_corrected_and_the_difference(office: Office) -> None:
    closed = close(office, Q1).json
    correction = {"on": "2023-07-10", "change_pence": -600, "reason": "The invoice says £1,194."}
    answer = office.create("/entries/ssf-4-example.6/corrections", correction)
    assert answer.status == 201, answer.text

    shown = office.get(Q1).json
    assert shown["closing"] == {"closed_by": "finance", "position": 8, "agreed_in": None}
    assert shown["as_reported_pence"] == closed["as_reported_pence"] == closed["as_corrected_pence"]
    assert [spent(shown[column]) for column in ("as_reported_pence", "as_corrected_pence", "difference_pence")] == [120_000, 119_400, -600]
    assert set(shown["meanings"]) == set(shown["as_corrected_pence"])  # type: ignore[call-overload]  # both are objects


def test_nothing_is_posted_into_a_closed_quarter(office: Office) -> None:
    close(office, Q1)

    answer = office.create("/payments", payment("INV-2", 100, on="2023-06-30"))

    assert (answer.status, answer.json["type"]) == (409, "/problems/period-is-closed")
    assert (answer.json["quarter"], answer.json["first_open_day"]) == ("2023-24-Q1", "2023-07-01")


def test_only_finance_posts_into_a_held_quarter(office: Office) -> None:
    move(office, Q1, "held")
    share = allocation("cctv", 100)

    refused = office.create("/grants/ssf-4-example/allocations", share, role="officer")
    posted = office.create("/grants/ssf-4-example/allocations", share, role="finance")

    assert (refused.status, refused.json["type"], posted.status) == (403, "/problems/period-is-held", 201)


def test_a_grants_quarters_are_listed_a_page_at_a_time(office: Office) -> None:
    first = office.get(f"{PERIODS}?limit=3").json
    second = office.get(str(first["next"])).json

    listed = [each["quarter"] for page in (first, second) for each in page["items"]]  # type: ignore[attr-defined]  # a list of objects
    assert listed == ["2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"]
    assert second["next"] is None


@pytest.mark.parametrize("state", ["open", "closed"])
def test_an_open_quarter_can_only_be_held(office: Office, state: str) -> None:
    answer = move(office, Q1, state)

    assert (answer.status, answer.json["type"], answer.json["allowed"]) == (409, "/problems/illegal-move", ["held"])


def test_a_later_quarter_waits_for_an_earlier_one(office: Office) -> None:
    move(office, Q2, "held")

    answer = move(office, Q2, "closed")

    assert (answer.status, answer.json["type"], answer.json["earlier"]) == (409, "/problems/earlier-period-open", "2023-24-Q1")


def test_a_quarter_that_the_grant_has_not_got_is_not_found(office: Office) -> None:
    answer = office.get(f"{PERIODS}/2024-25-Q1")

    assert (answer.status, answer.json["type"], answer.json["last"]) == (404, "/problems/no-such-period", "2023-24-Q4")


def test_a_change_names_the_version_it_was_decided_on(office: Office) -> None:
    body = {"state": "held", "reason": WHY}

    without = office.call("POST", f"{Q1}/state", body)
    stale = office.call("POST", f"{Q1}/state", body, headers={"If-Match": '"1"'})

    assert (without.status, stale.status) == (428, 412)


def test_finance_asks_to_reopen_and_somebody_else_decides(office: Office) -> None:
    close(office, Q1, Q2)
    early = ask(office, f"{Q1}/reopening", {"reason": "A bill of June was left out."})
    asked = ask(office, f"{Q2}/reopening", {"reason": "A bill of June was left out."})
    decision = {"decision": "approved", "reason": "The bill is in the file."}
    own = ask(office, f"{Q2}/reopening/decision", decision, role="certifier", subject="finance")
    opened = ask(office, f"{Q2}/reopening/decision", decision, role="certifier")

    assert (early.status, early.json["type"], early.json["later"]) == (409, "/problems/later-period-closed", "2023-24-Q2")
    assert asked.json["reopening"] == {"requested_by": "finance", "reason": "A bill of June was left out."}
    assert (own.status, own.json["type"]) == (403, "/problems/preparer-cannot-approve")
    assert (opened.json["state"], opened.json["reopening"]) == ("open", None)
    assert opened.json["as_reported_pence"] is not None, "what was reported was reported"


def test_a_reopening_that_is_rejected_leaves_the_quarter_closed(office: Office) -> None:
    close(office, Q1)
    ask(office, f"{Q1}/reopening", {"reason": "A bill of June was left out."})

    kept = ask(office, f"{Q1}/reopening/decision", {"decision": "rejected", "reason": "Correct it in July."}, role="administrator")

    assert (kept.json["state"], kept.json["reopening"]) == ("closed", None)


def test_what_happened_to_a_quarter_stands_in_the_grants_history(office: Office) -> None:
    close(office, Q1)

    records = office.get("/history/grants/ssf-4-example?limit=200").json["items"]
    assert isinstance(records, list)
    assert [(each["kind"], each["by"], each["reason"]) for each in records[-2:]] == [
        ("period_held", "finance", WHY),
        ("period_closed", "finance", WHY),
    ]


def recode_late(office: Office) -> None:
    """After the close, £200 of the payment turn out to be CCTV's."""
    assert office.create("/grants/ssf-4-example/allocations", {**allocation("cctv", 20_000), "on": "2023-07-10"}).status == 201
    body = {"on": "2023-07-10", "amount_pence": 20_000, "to_initiative_id": "cctv", "to_nature": "capital", "reason": "Miscoded"}
    assert office.create("/entries/ssf-4-example.6/recodings", body).status == 201


def test_a_closed_quarters_initiatives_are_listed_with_their_columns_and_make_the_quarter(office: Office) -> None:
    whole = close(office, Q1).json
    recode_late(office)
    first = office.get(f"{Q1}/initiatives?limit=1").json
    second = office.get(str(first["next"])).json

    shares = [*first["items"], *second["items"]]  # type: ignore[misc]  # lists of objects
    assert [str(share["initiative_id"]) for share in shares] == ["cctv", "lighting"]
    assert [columns_of(share["reported"]) for share in shares] == [[0, 20_000, 20_000], [120_000, 100_000, -20_000]]
    assert spent(whole["as_reported_pence"]) == 120_000
    assert office.get(f"{Q2}/initiatives").json["items"] == []


def columns_of(reported: object) -> list[int]:
    """What was spent: as reported, as corrected, and the difference."""
    assert isinstance(reported, dict)
    return [spent(reported[column]) for column in ("as_reported_pence", "as_corrected_pence", "difference_pence")]


def test_a_summary_by_quarter_shows_the_columns_of_closed_quarters_and_their_total(office: Office) -> None:
    close(office, Q1)
    recode_late(office)

    made = office.get("/summaries?by=initiative&quarter=2023-24-Q1").json
    rows = made["rows"]
    assert isinstance(rows, list)
    assert [columns_of(row["reported"]) for row in rows] == [[0, 20_000, 20_000], [120_000, 100_000, -20_000]]
    assert columns_of(made["total_reported"]) == [120_000, 120_000, 0]
    assert office.get("/summaries?by=initiative").json["total_reported"] is None
