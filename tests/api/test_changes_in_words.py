"""History for people over the API: in words, between two days, as CSV; for whom, and a page at a time."""

from pathlib import Path

import pytest

from tests.api.reporting import RETURN, ReportingOffice, reporting

TODAY = "from=2024-02-02&to=2024-02-02"


@pytest.fixture
def office(tmp_path: Path) -> ReportingOffice:
    return reporting(tmp_path)


def items(office: ReportingOffice, path: str, role: str = "viewer") -> list[dict[str, object]]:
    found = office.get(path, role).json["items"]
    assert isinstance(found, list)
    return found


def pages(office: ReportingOffice, path: str) -> list[dict[str, object]]:
    """Every item, page after page."""
    found: list[dict[str, object]] = []
    following: object = path
    while isinstance(following, str):
        answer = office.get(following).json
        assert isinstance(answer["items"], list)
        found += answer["items"]
        following = answer["next"]
    return found


def test_a_history_says_who_did_what_when_and_what_was_there_before(office: ReportingOffice) -> None:
    office.change("PATCH", "/initiatives/cctv", {"title": "Cameras"})

    first, moved, amended = items(office, "/history/initiatives/cctv/words")

    assert (first["what"], moved["what"]) == ("Planned the initiative.", "Moved delivery on: in delivery on 3 July 2023.")
    assert amended == {
        "about": {"kind": "initiative", "id": "cctv"},
        "seq": 3,
        "at": "2024-02-02T09:00:00Z",
        "by": "officer",
        "what": "Changed the initiative's details.",
        "reason": "",
        "changes": [{"field": "title", "before": "Cctv", "after": "Cameras"}],
    }


def test_a_history_is_read_a_page_at_a_time(office: ReportingOffice) -> None:
    path = "/history/grants/ssf-4-example/words"

    assert pages(office, f"{path}?limit=2") == items(office, path)


def test_what_changed_between_two_days_is_read_a_page_at_a_time(office: ReportingOffice) -> None:
    office.hand_in()

    whole = items(office, f"/changes?{TODAY}&limit=200")

    assert pages(office, f"/changes?{TODAY}&limit=3") == whole
    assert [each["what"] for each in whole if each["about"] == {"kind": "return", "id": RETURN.removeprefix("/returns/")}] == [
        "Wrote the return for 2023-24-Q2.",
        "Handed the return in.",
    ]
    assert items(office, "/changes?from=2024-02-03&to=2024-03-03") == []


def test_one_kind_of_thing_alone_can_be_asked_for(office: ReportingOffice) -> None:
    found = items(office, f"/changes?{TODAY}&kind=variance-code")

    assert [each["what"] for each in found] == ["Added the variance code: A supplier was late"]


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("", 400, "/from"),
        ("from=2024-02-02", 400, "/to"),
        ("from=yesterday&to=2024-02-02", 400, "/from"),
        ("from=2024-02-02&to=2024-02-01", 422, "/to"),
        (f"{TODAY}&kind=weather", 400, "/kind"),
    ],
)
@pytest.mark.parametrize("path", ["/changes", "/changes.csv"])
def test_days_that_make_no_sense_are_refused(office: ReportingOffice, path: str, query: str, status: int, pointer: str) -> None:
    answer = office.get(f"{path}?{query}")

    assert answer.status == status, answer.text
    assert f'"{pointer}"' in answer.text


@pytest.mark.parametrize("path", ["/history/funds/ssf-4/words", f"/changes?{TODAY}"])
def test_a_cursor_of_another_list_is_refused(office: ReportingOffice, path: str) -> None:
    cursor = str(office.get("/organisations?limit=1").json["next"]).partition("cursor=")[2]

    answer = office.get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}")
    assert answer.json["type"] == "/problems/unknown-cursor"


def test_a_cursor_of_one_kind_is_refused_where_another_is_asked_for(office: ReportingOffice) -> None:
    following = str(office.get(f"/changes?{TODAY}&kind=organisation&limit=1").json["next"])

    assert office.get(following).status == 200
    assert office.get(following.replace("kind=organisation", "kind=fund")).status in (400, 422)


def test_files_open_in_a_spreadsheet_and_run_nothing(office: ReportingOffice) -> None:
    office.change("PATCH", "/initiatives/cctv", {"title": "=HYPERLINK(1)"})

    for path in ("/history/initiatives/cctv/words.csv?after=2", f"/changes.csv?{TODAY}&kind=initiative"):
        answer = office.get(path)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert (
            "2024-02-02T09:00:00Z,officer,initiative,cctv,3,Changed the initiative's details.,,title,Cctv,'=HYPERLINK(1)\r\n" in answer.text
        )


def test_which_records_a_file_has_can_be_said(office: ReportingOffice) -> None:
    text = office.get("/history/grants/ssf-4-example/words.csv?after=1&until=3").text

    assert {row.split(",")[4] for row in text.splitlines()[1:]} == {"2", "3"}


def test_exports_are_for_those_who_may_export(office: ReportingOffice) -> None:
    made = office.create("/exports", {"grant_id": "ssf-4-example"}).json["id"]

    for path in (f"/history/exports/{made}/words", f"/history/exports/{made}/words.csv", f"/changes?{TODAY}&kind=export"):
        assert office.get(path).json["type"] == "/problems/role-missing"
        assert office.get(path, "finance").status == 200
    assert "Exported" not in office.get(f"/changes?{TODAY}&limit=200").text
    assert "Exported 5 rows: ssf-4-example." in office.get(f"/changes?{TODAY}&limit=200", "finance").text


def test_partners_read_none_of_it(office: ReportingOffice) -> None:
    for path in (
        "/history/initiatives/lighting/words",
        "/history/initiatives/lighting/words.csv",
        f"/changes?{TODAY}",
        f"/changes.csv?{TODAY}",
    ):
        assert office.partner("GET", path).json["type"] == "/problems/role-missing"


def test_what_never_was_is_missing(office: ReportingOffice) -> None:
    for path in ("/history/funds/nowhere/words", "/history/funds/nowhere/words.csv"):
        assert office.get(path).json["type"] == "/problems/missing"
