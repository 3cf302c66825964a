"""Reminders over the API: listed with what failed, shown one by one, for the office alone."""

from pathlib import Path

import pytest

from chalicelib import jobs
from chalicelib.backend import Backend
from chalicelib.domain.values import replace
from chalicelib.storage.mail import MailRefused, Message
from tests.api.library import SETTINGS
from tests.api.reporting import ReportingOffice, reporting

POLICY = replace(SETTINGS, return_working_days=20, reminder_days=(0, 4), reminder_sender="grants@office.example")
"""The returns for 2023-24-Q3 are due on 29 January 2024; the office's clock says 2 February, four working days later."""

CCTV, LIGHTING = "return.cctv.2023-24-Q3.after-4", "return.lighting.2023-24-Q3.after-4"


class Post:
    """A mail service that refuses the first message."""

    def __init__(self) -> None:
        self.asked = 0

    def send(self, message: Message) -> str:
        self.asked += 1
        if self.asked == 1:
            raise MailRefused("Amazon SES refused it: MessageRejected.")
        return "m-1"


@pytest.fixture
def office(tmp_path: Path) -> ReportingOffice:
    office = reporting(tmp_path)
    for each in ("council", "charity"):
        changed = office.change("PATCH", f"/organisations/{each}", {"emails": [f"returns@{each}.example"]})
        assert changed.json["emails"] == [f"returns@{each}.example"]
    backend = Backend(settings=POLICY, store=office.store, objects=office.objects)
    ended = jobs.remind_daily(backend, Post(), {"time": "2024-02-02T07:00:00Z", "id": "e-1"})
    assert ended == {"in_doubt": 0, "sent": 1, "failed": 1}
    return office


def test_what_failed_stands_beside_what_was_sent(office: ReportingOffice) -> None:
    shown = office.get("/reminders").json["items"]

    assert shown == [
        {
            "id": CCTV,
            "about": {"kind": "return", "id": "cctv.2023-24-Q3"},
            "organisation_id": "charity",
            "due_on": "2024-01-29",
            "days": 4,
            "state": "failed",
            "to": ["returns@charity.example"],
            "tried_at": "2024-02-02T07:00:00Z",
            "why": "Amazon SES refused it: MessageRejected.",
            "message_id": "",
            "given_up": False,
        },
        {**office.get(f"/reminders/{LIGHTING}").json, "state": "sent", "message_id": "m-1"},
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [("?state=failed", [CCTV]), ("?state=in_doubt", []), ("?organisation=council", [LIGHTING]), ("?state=sent&organisation=charity", [])],
)
def test_reminders_are_filtered(office: ReportingOffice, query: str, found: list[str]) -> None:
    assert [each["id"] for each in rows(office, f"/reminders{query}")] == found


def test_reminders_are_listed_a_page_at_a_time(office: ReportingOffice) -> None:
    first = office.get("/reminders?limit=1").json
    second = office.get(str(first["next"])).json

    assert [each["id"] for each in (*rows(office, "/reminders?limit=1"), *rows(office, str(first["next"])))] == [CCTV, LIGHTING]
    assert second["next"] is None


def test_a_cursor_of_another_list_is_refused(office: ReportingOffice) -> None:
    cursor = str(office.get("/organisations?limit=1").json["next"]).partition("cursor=")[2]

    assert office.get(f"/reminders?cursor={cursor}").json["type"] == "/problems/unknown-cursor"


def test_what_was_never_tried_is_missing(office: ReportingOffice) -> None:
    answer = office.get("/reminders/return.lighting.2023-24-Q3.due")

    assert (answer.status, answer.json["type"]) == (404, "/problems/missing")


def test_partners_do_not_see_whom_the_office_writes_to(office: ReportingOffice) -> None:
    for path in ("/reminders", f"/reminders/{LIGHTING}", f"/history/reminders/{LIGHTING}"):
        assert office.partner("GET", path).json["type"] == "/problems/role-missing"


def test_every_try_stands_in_the_history_and_verifies(office: ReportingOffice) -> None:
    kinds = [each["kind"] for each in rows(office, f"/history/reminders/{CCTV}")]

    assert kinds == ["reminder_tried", "reminder_failed"]
    assert office.get(f"/verification/reminders/{CCTV}", "finance").json["holds"] is True


@pytest.mark.parametrize("emails", [["no address"], ["a@b.example,c@d.example"], ["a@b.example"] * 6])
def test_addresses_that_are_none_are_refused(office: ReportingOffice, emails: list[str]) -> None:
    answer = office.change("PATCH", "/organisations/council", {"emails": emails})

    assert answer.status == 400
    assert "/emails" in answer.text


def rows(office: ReportingOffice, path: str) -> list[dict[str, object]]:
    items = office.get(path).json["items"]
    assert isinstance(items, list)
    return items
