"""The list of publications: newest first, page by page, and cursors that nobody's page gave."""

from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.api import paging
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.values import replace
from chalicelib.services import publication_jobs
from chalicelib.storage.mail import FolderMail
from tests.api.library import SETTINGS, Answer
from tests.api.office import Office
from tests.services import offices


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open()


def ids(items: object) -> list[object]:
    assert isinstance(items, list)
    return [each["id"] for each in items]


def test_publications_come_newest_first_page_by_page(office: Office) -> None:
    made = [office.create("/publications", role="publisher").json["id"] for _ in range(11)]
    path: object = "/publications?limit=4"
    pages = []
    while path:
        page = office.get(str(path)).json
        pages.append(ids(page["items"]))
        path = page["next"]

    assert [len(page) for page in pages] == [4, 4, 3]
    assert [each for page in pages for each in page] == made[::-1]


def test_a_cursor_of_a_publication_that_is_not_there_goes_on_from_its_place(office: Office) -> None:
    made = office.create("/publications", role="publisher").json["id"]
    after = paging.encode("9999-12-31-1", scope="/publications")
    before = paging.encode("2000-01-01-1", scope="/publications")

    assert ids(office.get(f"/publications?cursor={after}").json["items"]) == [made]
    assert ids(office.get(f"/publications?cursor={before}").json["items"]) == []


@pytest.mark.parametrize("made_up", ["office", "2024-04-01", "2024-04-01-x", "2024-04-01-01", "#"])
def test_a_made_up_cursor_is_refused(office: Office, made_up: str) -> None:
    answer = office.get(f"/publications?cursor={paging.encode(made_up, scope='/publications')}")

    assert (answer.status, answer.json["title"]) == (422, "The cursor does not belong to this list.")


def test_the_history_of_a_publication_and_of_the_office_can_be_read_and_verified(office: Office) -> None:
    made = office.create("/publications", role="publisher").json["id"]

    for item_id, kinds in ((made, ["publication_begun", "publication_made"]), ("office", ["publication_numbered", "publication_settled"])):
        records = office.get(f"/history/publications/{item_id}").json["items"]
        assert isinstance(records, list)
        assert [record["kind"] for record in records] == kinds
        assert office.get(f"/verification/publications/{item_id}", role="certifier").json["holds"] is True


def act(office: Office, publication_id: object, move: str, body: object = None, role: str = "publisher", etag: str | None = None) -> Answer:
    path = f"/publications/{publication_id}"
    return office.call("POST", f"{path}/{move}", body, role=role, headers={"If-Match": etag or office.get(path).headers["ETag"]})


def test_a_draft_is_previewed_and_published_to_the_byte(office: Office) -> None:
    draft = office.create("/publication-drafts", role="publisher").json
    assert (draft["state"], draft["path"]) == ("drafted", None)
    assert office.get("/latest").status == 404

    link = office.get(f"/publications/{draft['id']}/preview", role="publisher").json
    assert str(link["link"]).startswith(f"http://127.0.0.1:8000/objects/drafts/{draft['id']}/publication-{draft['id']}.zip?")
    published = act(office, draft["id"], "publication").json

    assert (published["state"], published["path"]) == ("made", f"published/{draft['id']}/index.html")
    assert (published["files"], published["manifest_sha256"]) == (draft["files"], draft["manifest_sha256"])
    manifest = office.objects.get(f"published/{draft['id']}/manifest.json")
    assert published["manifest_sha256"] == sha256(manifest).hexdigest()
    assert office.call("GET", "/latest", headers={"Authorization": ""}).json == {
        "id": draft["id"],
        "on": draft["on"],
        "path": published["path"],
        "manifest_sha256": published["manifest_sha256"],
    }


def test_a_draft_is_made_once_for_a_key(office: Office) -> None:
    first = office.create("/publication-drafts", role="publisher", key="draft-1")
    again = office.create("/publication-drafts", role="publisher", key="draft-1")

    assert (again.text, again.headers["Idempotent-Replay"]) == (first.text, "true")
    assert len(ids(office.get("/publications?state=drafted").json["items"])) == 1


def test_a_move_needs_the_version_that_was_read(office: Office) -> None:
    draft = office.create("/publication-drafts", role="publisher").json

    assert office.call("POST", f"/publications/{draft['id']}/publication", role="publisher").status == 428
    assert act(office, draft["id"], "publication", etag='"1"').status == 412
    assert act(office, draft["id"], "discard", {"reason": "A figure is wrong"}).json["state"] == "discarded"
    refused = act(office, draft["id"], "publication")
    assert (refused.status, refused.json["type"]) == (409, "/problems/not-in-state")


def test_a_withdrawn_publication_says_why_and_is_the_latest_no_more(office: Office) -> None:
    first, second = (office.create("/publications", role="publisher").json["id"] for _ in range(2))
    withdrawn = act(office, second, "withdrawal", {"reason": "A name was in it"}, role="administrator").json

    assert (withdrawn["state"], withdrawn["why_withdrawn"], withdrawn["path"]) == ("withdrawn", "A name was in it", None)
    assert office.get("/latest").json["id"] == first
    assert ids(office.get("/publications?state=made").json["items"]) == [first]
    history = office.get(f"/history/publications/{second}").json["items"]
    assert isinstance(history, list)
    assert [record["kind"] for record in history] == ["publication_begun", "publication_made", "publication_withdrawn"]
    assert office.get(f"/verification/publications/{second}", role="certifier").json["holds"] is True


def test_a_draft_that_lists_what_was_withdrawn_since_is_refused_and_shows_why(office: Office) -> None:
    first = office.create("/publications", role="publisher").json["id"]
    office.create("/publications", role="publisher")
    draft = office.create("/publication-drafts", role="publisher").json
    assert draft["stale"] is None
    act(office, first, "withdrawal", {"reason": "A name was in it"}, role="administrator")

    why = f"Draft {draft['id']} does not say that {first} was withdrawn since it was made: discard it, and make another."
    refused = act(office, draft["id"], "publication")
    assert (refused.status, refused.json["type"], refused.json["detail"]) == (409, "/problems/draft-stale", why)
    assert refused.json["withdrawn"] == [first]
    assert office.get(f"/publications/{draft['id']}").json["stale"] == why
    listed = office.get("/publications").json["items"]
    assert isinstance(listed, list)
    assert [each["stale"] for each in listed] == [why, None, None]
    act(office, draft["id"], "discard", {"reason": "It was overtaken"})
    assert office.get(f"/publications/{draft['id']}").json["stale"] is None


def go_on(office: Office, tmp_path: Path) -> list[str]:
    """Let the schedule do what waits, as the code that the API is of; how each ended."""
    context = offices.Office(store=office.store, folder=office.folder).context(SCHEDULE)
    schedule = replace(context, settings=replace(context.settings, code_version=SETTINGS.code_version))
    return [each.state.value for each in publication_jobs.go_on(schedule, FolderMail(tmp_path / "mail"))]


@pytest.mark.parametrize(("path", "state"), [("/publications", "made"), ("/publication-drafts", "drafted")])
def test_a_large_publication_is_asked_for_and_watched(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, state: str
) -> None:
    monkeypatch.setattr(publication_jobs, "RECORDS_AT_ONCE", 1)
    asked = office.create(path, role="publisher", key="large-1")
    assert (asked.status, asked.json["state"], asked.json["waits"], asked.json["files"]) == (202, "begun", True, [])
    where = str(asked.headers["Location"])
    assert (where, office.get(where).json) == (f"/publications/{asked.json['id']}", asked.json)

    again = office.create(path, role="publisher", key="large-1")
    assert (again.status, again.text, again.headers["Idempotent-Replay"]) == (202, asked.text, "true")
    refused = office.create(path, role="publisher", key="large-2")
    assert (refused.status, refused.json["type"], refused.json["id"]) == (409, "/problems/publication-waits", asked.json["id"])

    assert go_on(office, tmp_path) == [state]
    shown = office.get(where).json
    assert (shown["state"], shown["waits"], shown["why_not"]) == (state, False, None)
    assert shown["requested_by"] == asked.json["requested_by"]


def test_a_large_draft_is_asked_for_and_published_in_the_background(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication_jobs, "BYTES_AT_ONCE", 1)
    draft = office.create("/publication-drafts", role="publisher").json
    asked = act(office, draft["id"], "publication")
    assert (asked.status, asked.json["state"], asked.json["waits"], asked.json["path"]) == (202, "drafted", True, None)
    assert act(office, draft["id"], "publication").json == asked.json

    assert go_on(office, tmp_path) == ["made"]
    published = office.get(f"/publications/{draft['id']}").json
    assert (published["state"], published["waits"], published["files"]) == ("made", False, draft["files"])
    history = office.get(f"/history/publications/{draft['id']}").json["items"]
    assert isinstance(history, list)
    assert [record["kind"] for record in history][2:] == ["publishing_asked", "publication_made"]
    assert history[2]["by"] == history[3]["by"] == draft["requested_by"]
    assert office.get(f"/verification/publications/{draft['id']}", role="certifier").json["holds"] is True


def test_what_waits_is_cancelled_with_a_reason_and_shows_it(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication_jobs, "RECORDS_AT_ONCE", 1)
    waiting = office.create("/publications", role="publisher").json
    cancellation = f"/publications/{waiting['id']}/cancellation"
    assert office.call("POST", cancellation, {"reason": "Not yet"}, role="publisher").status == 428
    assert act(office, waiting["id"], "cancellation", {"reason": "Not yet"}, role="officer").status == 403
    cancelled = act(office, waiting["id"], "cancellation", {"reason": "Not yet"})

    assert (cancelled.status, cancelled.json["state"], cancelled.json["waits"]) == (200, "abandoned", False)
    assert cancelled.json["why_not"] == "Cancelled: Not yet"
    refused = act(office, waiting["id"], "cancellation", {"reason": "Not yet"})
    assert (refused.status, refused.json["type"]) == (409, "/problems/nothing-waits")
    assert go_on(office, tmp_path) == []
    assert ids(office.get("/publications").json["items"]) == [waiting["id"]]


def test_anybody_may_follow_the_feed(office: Office) -> None:
    made = office.create("/publications", role="publisher").json["id"]
    office.create("/publication-drafts", role="publisher")
    answer = office.call("GET", "/feed.atom", headers={"Authorization": ""})

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert answer.text.count("<entry>") == 1
    assert f'href="published/{made}/index.html"' in answer.text
