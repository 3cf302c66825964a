"""Returns as their users meet them over HTTP, from what is due to what is accepted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.api.paging import encode
from chalicelib.backend import Backend, Lazily
from chalicelib.domain.people import Role
from chalicelib.domain.values import replace
from tests.api.library import SETTINGS, Answer
from tests.api.reporting import REPORT, RETURN, ReportingOffice, reporting


@pytest.fixture
def office(tmp_path: Path) -> ReportingOffice:
    return reporting(tmp_path)


def rows(answer: Answer, *members: str) -> list[tuple[object, ...]]:
    """Some members of each item of a list."""
    assert answer.status == 200, answer.text
    items = answer.json["items"]
    assert isinstance(items, list)
    return [tuple(each[member] for member in members) for each in items]


def pointers(answer: Answer) -> list[str]:
    """Where everything is that a refusal names."""
    errors = answer.json["errors"]
    assert isinstance(errors, list)
    return [each["pointer"] for each in errors]


def test_a_return_that_is_due_says_nothing_yet_and_can_be_written(office: ReportingOffice) -> None:
    shown = office.partner("GET", RETURN)

    assert (shown.json["state"], shown.json["version"], shown.headers["ETag"]) == ("due", "0", '"0"')
    assert shown.json["report"] == {
        **dict.fromkeys(("progress", "rating", "spent_to_date_pence")),
        **{name: [] for name in ("outputs", "milestones", "forecasts", "risks", "variances")},
    }
    assert shown.json["spent_to_date"] == {"reported_pence": None, "ledger_pence": 120_000, "difference_pence": None}
    assert shown.json["forecast_quarters"] == ["2023-24-Q3", "2023-24-Q4"]
    assert office.partner("PUT", RETURN, {}).json["state"] == "draft"


def test_a_draft_shows_what_it_is_measured_against(office: ReportingOffice) -> None:
    report = office.partner("PUT", RETURN, REPORT).json["report"]

    assert isinstance(report, dict)
    assert report["outputs"] == [{"name": "Columns", "unit": "columns", "target": 90, "actual": 45}]
    assert report["milestones"][0]["planned"] == "2023-09-01"
    assert report["variances"][0]["words"] == "A supplier was late"
    assert report["forecasts"] == REPORT["forecasts"]


def test_a_return_is_written_submitted_given_back_and_accepted(office: ReportingOffice) -> None:
    submitted = office.hand_in()
    back = office.review(f"{RETURN}/changes-requested")
    again = office.hand_in(report={**REPORT, "forecasts": [{"quarter": f"2023-24-Q{each}", "amount_pence": 150_000} for each in (3, 4)]})
    accepted = office.review(f"{RETURN}/acceptance", "Agreed with the ledger.")

    assert [answer.json["state"] for answer in (submitted, back, again, accepted)] == [
        *("submitted", "changes_requested", "submitted", "accepted"),
    ]
    assert (submitted.json["changes"], back.json["changes"]) == ([], [])
    assert again.json["changes"] == [
        {"field": "/forecasts/2023-24-Q3/amount_pence", "old": 300_000, "new": 150_000},
        {"field": "/forecasts/2023-24-Q4/amount_pence", "old": 0, "new": 150_000},
    ]
    said = {"on": "2024-02-02", "reviewed_by": "officer"}
    assert accepted.json["submissions"] == [
        {
            "number": number,
            "submitted_by": "council-partner",
            "on": "2024-02-02",
            "review": {"outcome": outcome, "reason": reason, **said},
        }
        for number, outcome, reason in (
            (1, "changes_requested", "The forecast is short."),
            (2, "accepted", "Agreed with the ledger."),
        )
    ]
    assert accepted.json["spent_to_date"] == {"reported_pence": 110_000, "ledger_pence": 120_000, "difference_pence": -10_000}


def test_every_version_is_kept_whole_with_what_was_said_to_it(office: ReportingOffice) -> None:
    office.hand_in()
    office.review(f"{RETURN}/changes-requested")
    office.hand_in(report={**REPORT, "rating": "red"})

    first = office.get(f"{RETURN}/versions?limit=1")
    second = office.partner("GET", str(first.json["next"]))

    assert [each[:2] for each in rows(first, "number", "submitted_by")] == [(1, "council-partner")]
    ((report, review, changes),) = rows(first, "report", "review", "changes")
    assert isinstance(report, dict)
    assert isinstance(review, dict)
    assert (report["rating"], review["reason"], changes) == ("amber", "The forecast is short.", [])
    ((review, changes),) = rows(second, "review", "changes")
    assert (review, changes) == (None, [{"field": "/rating", "old": "amber", "new": "red"}])
    assert second.json["next"] is None


def test_a_submission_hears_of_everything_that_is_missing_at_once(office: ReportingOffice) -> None:
    office.partner("PUT", RETURN, {"outputs": [{"name": "Columns"}], "forecasts": [{"quarter": "2023-24-Q4", "amount_pence": 0}]})

    refused = office.partner("POST", f"{RETURN}/submission")

    assert (refused.status, refused.json["type"]) == (422, "/problems/return-incomplete")
    assert pointers(refused) == ["/progress", "/rating", "/spent_to_date_pence", "/outputs/0/actual", "/milestones", "/forecasts"]


def test_a_draft_hears_of_everything_that_cannot_be_at_once(office: ReportingOffice) -> None:
    refused = office.partner(
        "PUT",
        RETURN,
        {
            "outputs": [{"name": "Benches", "actual": 1}],
            "milestones": [{"name": "First street lit", "due": "2023-09-20", "state": "late", "achieved": "2023-09-18"}],
            "forecasts": [{"quarter": "2023-24-Q2", "amount_pence": 1}],
            "variances": [{"code": "moonlight", "explanation": "There was none"}],
        },
    )

    assert (refused.status, refused.json["type"]) == (422, "/problems/contradictory")
    assert pointers(refused) == ["/outputs/0/name", "/milestones/0/achieved", "/forecasts/0/quarter", "/variances/0/code"]


def test_a_draft_that_is_not_what_its_schema_asks_for_hears_of_that_at_once(office: ReportingOffice) -> None:
    wrong = {
        "rating": "purple",
        "spent_to_date_pence": 12.5,
        "forecasts": [{"quarter": "2023-24-Q3", "amount_pence": None}],
        "risks": [{"description": "A", "likelihood": "certain"}],
        "state": "accepted",
    }

    refused = office.partner("PUT", RETURN, wrong)

    assert refused.status == 400
    assert {"/rating", "/spent_to_date_pence", "/forecasts/0/amount_pence", "/risks/0/likelihood", "/state"} <= set(pointers(refused))


def test_a_change_names_the_version_it_was_decided_on(office: ReportingOffice) -> None:
    without = office.call("PUT", RETURN, REPORT, role="partner", organisation="council")
    stale = office.partner("PUT", RETURN, REPORT, etag='"1"')
    first = office.partner("PUT", RETURN, REPORT, etag='"0"')
    second = office.partner("PUT", RETURN, REPORT, etag='"0"')

    assert [answer.status for answer in (without, stale, first, second)] == [428, 412, 200, 412]
    assert first.headers["ETag"] == '"1"'


@pytest.mark.parametrize("role", ["officer", "administrator"])
@pytest.mark.parametrize("step", ["acceptance", "changes-requested"])
def test_whoever_submitted_does_not_review_whatever_their_role(office: ReportingOffice, role: str, step: str) -> None:
    office.hand_in()

    refused = office.review(f"{RETURN}/{step}", role=role, subject="council-partner")

    assert (refused.status, refused.json["type"]) == (403, "/problems/preparer-cannot-approve")


@pytest.mark.parametrize("role", ["viewer", "finance", "certifier", "publisher", "partner"])
def test_reviewing_is_the_offices(office: ReportingOffice, role: str) -> None:
    office.hand_in()

    refused = office.call(
        "POST", f"{RETURN}/acceptance", {"reason": "Fine"}, role=role, organisation="charity", headers={"If-Match": '"2"'}
    )

    assert (refused.status, refused.json["type"]) == (403, "/problems/role-missing")


def test_what_was_accepted_is_written_no_more(office: ReportingOffice) -> None:
    office.hand_in()
    office.review(f"{RETURN}/acceptance", "Agreed")

    refused = office.partner("PUT", RETURN, REPORT)

    assert (refused.status, refused.json["type"], refused.json["state"]) == (409, "/problems/not-in-state", "accepted")


def test_how_good_the_last_forecast_was_stands_beside_the_next_return(office: ReportingOffice) -> None:
    office.hand_in()
    office.review(f"{RETURN}/acceptance", "Agreed")

    shown = office.partner("GET", "/returns/lighting.2023-24-Q3").json

    assert shown["last_forecast"] == {
        "set_by": "lighting.2023-24-Q2",
        "quarter": "2023-24-Q3",
        "forecast_pence": 300_000,
        "spent_pence": 120_000,
        "difference_pence": -180_000,
    }


def test_forecasts_are_kept_by_the_return_that_set_them(office: ReportingOffice) -> None:
    office.hand_in()
    office.review(f"{RETURN}/acceptance", "Agreed")
    third = {**REPORT, "forecasts": [{"quarter": "2023-24-Q4", "amount_pence": 75_000}]}
    office.hand_in("/returns/lighting.2023-24-Q3", third)
    office.review("/returns/lighting.2023-24-Q3/acceptance", "Agreed")

    first = office.partner("GET", "/initiatives/lighting/forecasts?limit=1")
    second = office.partner("GET", str(first.json["next"]))

    assert rows(first, "set_by", "quarter", "accepted_on") == [("lighting.2023-24-Q2", "2023-24-Q2", "2024-02-02")]
    assert forecast_for(first, "2023-24-Q4") == 0
    assert forecast_for(second, "2023-24-Q4") == 75_000
    assert second.json["next"] is None


def forecast_for(answer: Answer, quarter: str) -> int:
    ((forecasts,),) = rows(answer, "forecasts")
    assert isinstance(forecasts, list)
    return next(int(each["forecast_pence"]) for each in forecasts if each["quarter"] == quarter)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["cctv.2023-24-Q2", "cctv.2023-24-Q3", "lighting.2023-24-Q2", "lighting.2023-24-Q3"]),
        ("?quarter=2023-24-Q3", ["cctv.2023-24-Q3", "lighting.2023-24-Q3"]),
        ("?initiative=cctv", ["cctv.2023-24-Q2", "cctv.2023-24-Q3"]),
        ("?state=submitted", ["lighting.2023-24-Q2"]),
        ("?state=due&quarter=2023-24-Q2", ["cctv.2023-24-Q2"]),
        ("?partner=council", ["lighting.2023-24-Q2", "lighting.2023-24-Q3"]),
        ("?grant=ssf-4-example&state=submitted", ["lighting.2023-24-Q2"]),
        ("?grant=ssf-9-nowhere", []),
    ],
)
def test_returns_are_listed_and_filtered(office: ReportingOffice, query: str, found: list[str]) -> None:
    office.hand_in()

    assert [each for (each,) in rows(office.get(f"/returns{query}"), "id")] == found


def test_returns_are_listed_a_page_at_a_time(office: ReportingOffice) -> None:
    seen: list[tuple[object, ...]] = []
    path: object = "/returns?limit=1"
    while path:
        page = office.get(str(path))
        seen += rows(page, "id")
        path = page.json["next"]

    assert [each for (each,) in seen] == ["cctv.2023-24-Q2", "cctv.2023-24-Q3", "lighting.2023-24-Q2", "lighting.2023-24-Q3"]


def test_a_list_shows_where_each_return_is(office: ReportingOffice) -> None:
    office.hand_in()

    found = rows(office.get("/returns?initiative=lighting"), "state", "rating", "submitted_on", "due_on", "version")

    assert found == [("submitted", "amber", "2024-02-02", None, "2"), ("due", None, None, None, "0")]


def test_a_due_date_is_shown_where_the_office_has_set_one(office: ReportingOffice) -> None:
    policy = replace(SETTINGS, return_working_days=10)
    office.backend = Lazily(lambda: Backend(settings=policy, store=office.store, objects=office.objects))
    office.api.backend = office.backend

    assert office.get(RETURN).json["due_on"] == "2023-10-13"
    assert rows(office.get("/returns?initiative=lighting"), "due_on") == [("2023-10-13",), ("2024-01-15",)]


def test_a_quarter_that_has_not_begun_has_no_return_yet(office: ReportingOffice) -> None:
    path = "/returns/lighting.2024-25-Q1"
    before = office.get(path)
    office.now.time = datetime(2024, 4, 1, 9, 0, tzinfo=UTC)
    after = office.get(path)

    assert (before.status, before.json["type"]) == (404, "/problems/return-not-due")
    assert (after.status, after.json["state"], after.json["version"]) == (200, "due", "0")


def test_a_return_is_prepared_during_its_quarter_and_handed_in_at_its_end(office: ReportingOffice) -> None:
    path = "/returns/lighting.2023-24-Q4"
    assert path.removeprefix("/returns/") not in office.partner("GET", "/returns").text

    drafted = office.partner("PUT", path, {**REPORT, "forecasts": []})
    early = office.partner("POST", f"{path}/submission")
    office.now.time = datetime(2024, 3, 31, 9, 0, tzinfo=UTC)
    handed_in = office.partner("POST", f"{path}/submission")

    assert (drafted.status, drafted.json["state"]) == (200, "draft")
    assert (early.status, early.json["type"], early.json["last_day"]) == (409, "/problems/return-too-early", "2024-03-31")
    assert (handed_in.status, handed_in.json["state"]) == (200, "submitted")


ASKED_OF_ONE: list[tuple[str, str, object]] = [
    ("GET", RETURN, None),
    ("PUT", RETURN, REPORT),
    ("POST", f"{RETURN}/submission", None),
    ("GET", f"{RETURN}/versions", None),
    ("GET", "/initiatives/lighting", None),
    ("GET", "/initiatives/lighting/forecasts", None),
]
"""Everything that a partner may ask about one return or one initiative."""


def test_nothing_that_a_partner_may_ask_about_one_thing_is_left_out(office: ReportingOffice) -> None:
    routes = (route for route in office.api.declared if isinstance(route.allow, frozenset) and Role.PARTNER in route.allow)
    # Variance codes are everybody's; tests/api/test_evidence.py asks for files by each of their routes.
    elsewhere = ("/variance-codes/", "/evidence/")
    of_one = {(route.method, route.path) for route in routes if "{" in route.path and not route.path.startswith(elsewhere)}

    named = {"lighting.2023-24-Q2": "{return_id}", "lighting": "{initiative_id}"}
    assert of_one == {(method, "/".join(named.get(part, part) for part in path.split("/"))) for method, path, _ in ASKED_OF_ONE}


@pytest.mark.parametrize("state", ["due", "draft", "submitted", "accepted"])
@pytest.mark.parametrize("asked", ASKED_OF_ONE, ids=lambda asked: f"{asked[0]} {asked[1]}")
def test_a_partner_finds_nothing_of_another_by_any_route(office: ReportingOffice, state: str, asked: tuple[str, str, object]) -> None:
    bring_to(office, state)
    method, path, body = asked

    refused = office.partner(method, path, body, organisation="charity", etag='"1"')
    nowhere = office.partner(method, path.replace("lighting", "nowhere"), body, organisation="charity", etag='"1"')

    assert (refused.status, refused.json["type"]) == (404, "/problems/missing")
    assert refused.text.replace("lighting", "nowhere").split('"instance"')[0] == nowhere.text.split('"instance"')[0]


def bring_to(office: ReportingOffice, state: str) -> None:
    """Take the council's return to a state."""
    if state == "draft":
        office.partner("PUT", RETURN, REPORT)
    elif state != "due":
        office.hand_in()
    if state == "accepted":
        office.review(f"{RETURN}/acceptance", "Agreed")


@pytest.mark.parametrize("state", ["due", "draft", "submitted", "accepted"])
@pytest.mark.parametrize(
    "query", ["", "?initiative=lighting", "?partner=council", "?grant=ssf-4-example", "?quarter=2023-24-Q2", "?state={state}", "?limit=1"]
)
def test_no_list_shows_a_partner_anything_of_another(office: ReportingOffice, state: str, query: str) -> None:
    bring_to(office, state)

    answer = office.partner("GET", f"/returns{query.format(state=state)}", organisation="charity")

    assert answer.status == 200
    assert "lighting" not in answer.text.replace("initiative=lighting", "")
    assert "council" not in answer.text.replace("partner=council", "")


def test_no_cursor_leads_a_partner_to_another(office: ReportingOffice) -> None:
    office.hand_in()
    theirs = str(office.partner("GET", "/returns?limit=1").json["next"])

    followed = office.partner("GET", theirs, organisation="charity")

    assert rows(followed, "id") == []


def test_a_partner_of_no_organisation_finds_nothing(office: ReportingOffice) -> None:
    assert rows(office.get("/returns", role="partner"), "id") == []
    assert office.get(RETURN, role="partner").status == 404
    assert office.call("PUT", RETURN, REPORT, role="partner", headers={"If-Match": '"0"'}).status == 404


def test_a_cursor_of_another_list_is_refused(office: ReportingOffice) -> None:
    cursor = str(office.get("/returns?limit=1").json["next"]).rpartition("cursor=")[2]

    assert office.get(f"{RETURN}/versions?cursor={cursor}").status == 422


@pytest.mark.parametrize("path", ["/returns", f"{RETURN}/versions", "/initiatives/lighting/forecasts"])
def test_a_cursor_that_names_no_place_in_the_list_is_refused(office: ReportingOffice, path: str) -> None:
    refused = office.get(f"{path}?cursor={encode('return#1', scope=path)}")

    assert (refused.status, refused.json["type"]) == (422, "/problems/unknown-cursor")


def test_the_office_reads_a_returns_whole_history_and_verifies_it(office: ReportingOffice) -> None:
    office.hand_in()
    office.review(f"{RETURN}/changes-requested")

    history = office.get(f"/history{RETURN}")

    assert rows(history, "kind", "by") == [
        ("return_drafted", "council-partner"),
        ("return_submitted", "council-partner"),
        ("return_reviewed", "officer"),
    ]
    assert office.get(f"/verification{RETURN}", role="finance").json["holds"] is True
    assert office.get(f"/history{RETURN}", role="partner", organisation="council").status == 403
