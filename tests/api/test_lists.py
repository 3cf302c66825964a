"""What a page costs: however long a list is, twenty of it are not read as a megabyte."""

import pytest

from chalicelib.storage.memory import MemoryStore
from tests.api.office import Office, allocation, payment
from tests.services.counting import CountingReads


@pytest.fixture(scope="module")
def store() -> CountingReads:
    return CountingReads(MemoryStore())


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, store: CountingReads) -> Office:
    """An office with five and more of everything that is listed."""
    office = Office(tmp_path_factory.mktemp("objects"), store).open()
    for number in range(5):
        office.create("/funds", {"id": f"fund-{number}", "title": "A fund", "funder": "Home Office"}, role="administrator")
        office.create("/organisations", {"id": f"a-{number}", "name": "A", "vat_status": "recovers"}, role="administrator")
        plan = {"id": f"plan-{number}", "title": "A plan", "category": "other", "partner_id": "council"}
        office.create("/initiatives", plan, role="officer")
        office.create("/exports", {"grant_id": "ssf-4-example"})
        office.create("/payments", payment(f"INV-{number}", 100))
        copied = {**dict(office.get("/grants/ssf-4-example").json), "id": f"ssf-4-{number}"}
        wanted = ("id", "title", "fund_id", "lead_recipient_id", "force_area", "starts", "ends")
        lines = [{"financial_year": "2023-24", "nature": "capital", "amount_pence": 100}]
        office.create("/grants", {**{name: copied[name] for name in wanted}, "lines": lines}, role="officer")
    office.create("/grants/ssf-4-example/allocations", allocation("cctv", 100))
    return office


@pytest.mark.parametrize(
    ("path", "read", "rows"),
    [
        ("/funds", "heads fund", 3),
        ("/organisations", "heads organisation", 3),
        ("/grants", "heads grant", 3),
        ("/grants?fund=ssf-4", "heads grant", 3),
        ("/initiatives", "heads initiative", 3),
        ("/initiatives?partner=council&category=other", "heads initiative", 7),
        ("/exports", "heads export", 3),
        ("/history/grants/ssf-4-example", "links grant#ssf-4-example", 3),
        ("/entries?grant=ssf-4-example", "links grant#ssf-4-example", 11),
    ],
)
def test_a_page_of_two_asks_for_three_and_reads_on_only_where_filters_leave_too_few(
    office: Office, store: CountingReads, path: str, read: str, rows: int
) -> None:
    store.rows.clear()
    store.asked.clear()

    answer = office.get(f"{path}{'&' if '?' in path else '?'}limit=2", role="finance")

    assert answer.status == 200, answer.text
    assert len(list(answer.json["items"])) == 2  # type: ignore[call-overload]  # a list
    assert answer.json["next"]
    assert store.asked[0] == 3
    assert store.rows[read] == rows


def test_a_list_turned_page_by_page_is_the_list(office: Office) -> None:
    whole = office.get("/initiatives").json["items"]
    path: object = "/initiatives?limit=2&category=other"
    shown: list[object] = []
    while path:
        page = office.get(str(path)).json
        shown += page["items"]  # type: ignore[arg-type]  # a list
        path = page["next"]

    assert shown == [each for each in whole if each["category"] == "other"]  # type: ignore[attr-defined]  # the same
    assert len(shown) == 5


def test_an_initiatives_entries_are_listed_from_the_grants_that_finance_it(office: Office, store: CountingReads) -> None:
    store.rows.clear()

    answer = office.get("/entries?initiative=cctv")

    assert [each["initiative_id"] for each in answer.json["items"]] == ["cctv"]  # type: ignore[attr-defined]  # the same
    assert sorted(store.rows) == ["balances all", "links grant#ssf-4-example"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/entries?fund=nowhere", "fund"),
        ("/entries?grant=nowhere", "grant"),
        ("/entries?initiative=nowhere", "initiative"),
        ("/entries?grant=ssf-4-example&initiative=nowhere", "initiative"),
        ("/entries?grant=nowhere&initiative=lighting", "grant"),
        ("/grants?fund=nowhere", "fund"),
        ("/initiatives?partner=nowhere", "organisation"),
        ("/summaries?fund=nowhere", "fund"),
    ],
)
def test_a_filter_that_names_nothing_is_refused_and_says_what_is_not_there(office: Office, path: str, kind: str) -> None:
    answer = office.get(path)

    assert (answer.status, answer.json["type"], answer.json["kind"], answer.json["id"]) == (404, "/problems/missing", kind, "nowhere")
    assert answer.json["detail"] == f"There is no {kind} with the id 'nowhere'."


@pytest.mark.parametrize("path", ["/entries?fund=fund-1", "/grants?fund=fund-1", "/initiatives?partner=a-1", "/entries?initiative=plan-1"])
def test_a_filter_that_names_what_has_nothing_gives_an_empty_list(office: Office, path: str) -> None:
    answer = office.get(path)

    assert (answer.status, answer.json["items"], answer.json["next"]) == (200, [], None)


@pytest.mark.parametrize("partner", ["nowhere", "charity"])
def test_a_partner_is_not_told_which_others_there_are(office: Office, partner: str) -> None:
    answer = office.get(f"/initiatives?partner={partner}", role="partner", organisation="council")

    assert (answer.status, answer.json["items"]) == (200, [])
