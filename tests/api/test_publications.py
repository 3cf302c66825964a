"""The list of publications: newest first, page by page, and cursors that nobody's page gave."""

from pathlib import Path

import pytest

from chalicelib.api import paging
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
