"""The list of publications: newest first, page by page, and cursors that nobody's page gave."""

from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.api import paging
from tests.api.library import Answer
from tests.api.office import Office


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


def test_anybody_may_follow_the_feed(office: Office) -> None:
    made = office.create("/publications", role="publisher").json["id"]
    office.create("/publication-drafts", role="publisher")
    answer = office.call("GET", "/feed.atom", headers={"Authorization": ""})

    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    assert answer.text.count("<entry>") == 1
    assert f'href="published/{made}/index.html"' in answer.text
