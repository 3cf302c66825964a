"""No request takes more round trips than `chalicelib.storage.keys` promises: every route, by the row that promises what it costs.

A route that is in no row fails, so whoever adds one says what it costs.
"""

import re
from collections.abc import Mapping
from itertools import count, groupby
from pathlib import Path

import pytest

from chalicelib.backend import Backend, Lazily
from chalicelib.storage import keys
from tests.api.full_office import full
from tests.api.library import SETTINGS
from tests.api.office import Office
from tests.api.reporting import ReportingOffice
from tests.api.requests_to_count import CHANGES, LISTS, PLACES, Change
from tests.services.counting import CountingCalls, counting, promised

Rows = Mapping[str, tuple[str, ...]]
"""Routes by the row, or the sentence, that promises what they cost."""

HERE: Rows = {
    "one thing": (
        *("GET /funds/{fund_id}", "GET /organisations/{organisation_id}", "GET /grants/{grant_id}", "GET /initiatives/{initiative_id}"),
        *("GET /variance-codes/{code_id}", "GET /reminders/{reminder_id}", "GET /publications/{publication_id}"),
        *("GET /exports/{export_id}", "GET /exports/{export_id}/links", "GET /assets/{asset_id}", "GET /evidence/{evidence_id}"),
        *("GET /evidence/{evidence_id}/upload", "GET /evidence/{evidence_id}/file", "GET /grants/{grant_id}/certificate-wording"),
    ),
    "things of one kind": (
        *("GET /funds", "GET /organisations", "GET /grants", "GET /initiatives", "GET /variance-codes", "GET /reminders"),
        *("GET /publications", "GET /exports", "GET /assets", "GET /evidence"),
    ),
    "begin, amend or move a thing": (
        *("POST /funds", "PATCH /funds/{fund_id}", "POST /organisations", "PATCH /organisations/{organisation_id}"),
        *("POST /grants", "PATCH /grants/{grant_id}", "POST /grants/{grant_id}/state"),
        *("POST /initiatives", "PATCH /initiatives/{initiative_id}", "POST /initiatives/{initiative_id}/state"),
        *("POST /variance-codes", "POST /variance-codes/{code_id}/retirement", "PUT /grants/{grant_id}/certificate-wording"),
    ),
    "ask for a variation, or decide one": (
        *("POST /grants/{grant_id}/variations", "POST /grants/{grant_id}/variations/{variation_id}/decision"),
    ),
    "a grant's variations, or one": ("GET /grants/{grant_id}/variations", "GET /grants/{grant_id}/variations/{variation_id}"),
    "a grant's allocations": ("GET /grants/{grant_id}/allocations",),
    "a live summary": ("GET /summaries",),
    "one entry": ("GET /entries/{entry_id}",),
    "allocate, spend, match or settle": (
        *("POST /grants/{grant_id}/allocations", "POST /grants/{grant_id}/virements", "POST /grants/{grant_id}/commitments"),
        *("POST /grants/{grant_id}/accruals", "POST /grants/{grant_id}/match"),
        *("POST /grants/{grant_id}/claimed", "POST /grants/{grant_id}/received"),
    ),
    "pay a document": ("POST /payments",),
    "release or reverse an entry": ("POST /entries/{entry_id}/releases", "POST /entries/{entry_id}/reversals"),
    "correct, refund or recode an entry": (
        *("POST /entries/{entry_id}/corrections", "POST /entries/{entry_id}/refunds", "POST /entries/{entry_id}/recodings"),
    ),
    "the asset register": ("GET /asset-register",),
    "a history": (
        *("GET /history/{collection}/{item_id}", "GET /history/{collection}/{item_id}/words"),
        "GET /history/{collection}/{item_id}/words.csv",
    ),
    "entries of every grant": ("GET /entries",),
    "verify a grant": ("GET /verification/{collection}/{item_id}",),
    "publish, or draft a publication": ("POST /publications", "POST /publication-drafts"),
    "export": ("POST /exports",),
}
"""The routes of each row about registers and the ledger. All of them are asked here."""

ELSEWHERE: Mapping[str, Rows] = {
    "quarters": {
        "the quarters of a grant": ("GET /grants/{grant_id}/periods",),
        "one quarter of a grant": ("GET /grants/{grant_id}/periods/{quarter}",),
        "a quarter's initiatives": ("GET /grants/{grant_id}/periods/{quarter}/initiatives",),
        "close a quarter": ("POST /grants/{grant_id}/periods/{quarter}/state", "POST /closings/{quarter}"),
        "hold a quarter": (
            *("POST /grants/{grant_id}/periods/{quarter}/reopening", "POST /grants/{grant_id}/periods/{quarter}/reopening/decision"),
        ),
        "how far an office is": ("GET /closings/{quarter}", "GET /closings/{quarter}/grants"),
        "draw an agreement": ("POST /grants/{grant_id}/periods/{quarter}/agreement",),
        "draw an agreement anew": ("PUT /grants/{grant_id}/periods/{quarter}/agreement",),
        "explain a difference": ("POST /grants/{grant_id}/periods/{quarter}/agreement/explanations",),
        "withdraw an explanation": ("POST /grants/{grant_id}/periods/{quarter}/agreement/explanations/{number}/withdrawal",),
        "sign an agreement": ("POST /grants/{grant_id}/periods/{quarter}/agreement/signature",),
        "show an agreement": ("GET /grants/{grant_id}/periods/{quarter}/agreement",),
        "rows of an agreement": ("GET /grants/{grant_id}/periods/{quarter}/agreement/items",),
        "agreements of a quarter": ("GET /agreements/{quarter}",),
    },
    "rules and decisions": {
        "a grant's rules": ("GET /grants/{grant_id}/rules",),
        "set a grant's rules": ("PATCH /grants/{grant_id}/rules",),
        "ask for a waiver": ("POST /grants/{grant_id}/waivers",),
        "decide a waiver": ("POST /grants/{grant_id}/waivers/{waiver_id}/decision",),
        "one waiver, or a page of them": ("GET /grants/{grant_id}/waivers", "GET /grants/{grant_id}/waivers/{waiver_id}"),
        "propose a virement or a write-off": (
            *("POST /grants/{grant_id}/virement-proposals", "POST /entries/{entry_id}/write-off-proposals"),
        ),
        "decide a proposal": ("POST /grants/{grant_id}/proposals/{proposal_id}/decision",),
        "one proposal, or a page of them": ("GET /grants/{grant_id}/proposals", "GET /grants/{grant_id}/proposals/{proposal_id}"),
        "what waits for a decision": ("GET /approvals",),
        "let a preparer decide": (
            *("POST /grants/{grant_id}/overrides", "POST /claims/{claim_id}/override", "POST /returns/{return_id}/override"),
            "POST /suspense/{suspense_id}/override",
        ),
        "where duties were separated": ("GET /separation-of-duties",),
    },
    "disclosures": {
        "state particulars": ("PUT /disclosures/{subject}",),
        "withhold a particular": ("POST /disclosures/{subject}/withholdings",),
        "lift a withholding": ("POST /disclosures/{subject}/withholdings/{particular}/lifting",),
        "show a disclosure": ("GET /disclosures/{subject}",),
        "list disclosures": ("GET /disclosures",),
    },
    "publications": {
        "the latest, or the feed": ("GET /latest", "GET /feed.atom"),
        "publish a draft": ("POST /publications/{publication_id}/publication",),
        "tell, or cancel": ("POST /publications/{publication_id}/cancellation",),
        "discard a draft": ("POST /publications/{publication_id}/discard",),
        "withdraw a publication": ("POST /publications/{publication_id}/withdrawal",),
    },
    "claims": {
        "draft a claim": ("POST /grants/{grant_id}/claims",),
        "draft it anew": ("POST /claims/{claim_id}/redraft",),
        "review a claim": ("POST /claims/{claim_id}/review",),
        "certify a claim": ("POST /claims/{claim_id}/certification",),
        "submit a claim": ("POST /claims/{claim_id}/submission",),
        "take in a payment": ("POST /claims/{claim_id}/payments",),
        "query a claim": ("POST /claims/{claim_id}/query",),
        "answer a query": ("POST /claims/{claim_id}/answer",),
        "withdraw a claim": ("POST /claims/{claim_id}/withdrawal",),
        "show a claim": ("GET /claims/{claim_id}", "GET /claims/{claim_id}/pack"),
        "claims of every grant": ("GET /claims",),
        "lines of a claim": ("GET /claims/{claim_id}/lines",),
        "debtors of a grant": ("GET /grants/{grant_id}/debtors",),
    },
}
"""The routes of each row that a test of the services counts. What only reads is asked here, too: the API adds no call."""

IN_WORDS: Rows = {
    "Announcing a file of evidence is one query, one load and one record": ("POST /evidence",),
    "checking or withdrawing it one load and one record": ("POST /evidence/{evidence_id}/check", "POST /evidence/{evidence_id}/withdrawal"),
    "Registering, changing or disposing of an asset is one load and one record": (
        *("POST /assets", "PATCH /assets/{asset_id}", "POST /assets/{asset_id}/disposal"),
    ),
    "payments without an asset take one load and three queries": ("GET /grants/{grant_id}/unregistered-purchases",),
    "Showing a return is the balances of every grant and one load": ("GET /returns/{return_id}",),
    "writing, submitting or reviewing one is that and one record": (
        *("PUT /returns/{return_id}", "POST /returns/{return_id}/submission"),
        *("POST /returns/{return_id}/changes-requested", "POST /returns/{return_id}/acceptance"),
    ),
    "A list of returns is the heads of returns and those of initiatives": ("GET /returns",),
    "A return's versions are one load and its links": ("GET /returns/{return_id}/versions",),
    "an initiative's forecasts are its load, the balances, and the first few heads of returns": (
        "GET /initiatives/{initiative_id}/forecasts",
    ),
    "Profiles are begun, set and shown as other things are": (
        *("GET /profiles", "POST /profiles", "GET /profiles/{profile_id}", "PUT /profiles/{profile_id}"),
        *("GET /imports", "GET /imports/{import_id}", "GET /imports/{import_id}/upload", "GET /suspense/{suspense_id}"),
    ),
    "Announcing an extract is one load and one record": ("POST /imports",),
    "previewing it five loads and one record": ("POST /imports/{import_id}/preview",),
    "The rows of a preview are one load": ("GET /imports/{import_id}/rows",),
    "committing it two loads and a record, then a load and a record for each thirty documents": ("POST /imports/{import_id}/commit",),
    "suspense the heads of suspense": ("GET /suspense",),
    "posting out of it is two loads and a record": ("POST /suspense/{suspense_id}/posting",),
    "dismissing one load and one record": ("POST /suspense/{suspense_id}/dismissal",),
    "What keeps the ledger from being published is found by building the publication": ("GET /publications/gaps",),
    "Previewing a draft is one load": ("GET /publications/{publication_id}/preview",),
    "Cancelling an export is one load and one record": ("POST /exports/{export_id}/cancellation",),
    "What changed between two days takes, for each forty things": ("GET /changes", "GET /changes.csv"),
}
"""The routes of each sentence that a test of the services holds."""

FREE = (
    *("GET /health", "GET /me", "GET /openapi.json", "GET /docs", "GET /problems/{name}"),
    "GET /duties",
)
"""What looks at nothing that is kept."""

ROUTES = Office(Path("unused")).api.declared
PROMISES = {about: promised(about) for about in ("registers and the ledger", *ELSEWHERE)}
READ = {
    route: PROMISES[about][row]
    for about, rows in (("registers and the ledger", HERE), *ELSEWHERE.items())
    for row, routes in rows.items()
    for route in routes
    if route.startswith("GET ")
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> ReportingOffice:
    return full(tmp_path_factory.mktemp("objects"))


@pytest.fixture(scope="module")
def store(office: ReportingOffice) -> CountingCalls:
    store = counting(office.store)
    office.api.backend = Lazily(lambda: Backend(settings=SETTINGS, store=store, objects=office.objects))
    return store


def test_what_every_route_costs_is_promised_somewhere() -> None:
    tables = [routes for rows in (HERE, *ELSEWHERE.values(), IN_WORDS) for routes in rows.values()]
    named = [route for routes in (*tables, FREE) for route in routes]

    assert sorted(named) == sorted(f"{route.method} {route.path}" for route in ROUTES)


def test_every_row_and_sentence_that_is_named_stands_in_the_table() -> None:
    words = re.sub(r"\s+", " ", keys.__doc__ or "")

    assert HERE.keys() == PROMISES["registers and the ledger"].keys()
    assert [(about, row) for about, rows in ELSEWHERE.items() for row in rows if row not in PROMISES[about]] == []
    assert [sentence for sentence in IN_WORDS if sentence not in words] == []


def test_what_is_no_record_of_the_office_reads_none(office: ReportingOffice, store: CountingCalls) -> None:
    for route in FREE:
        store.calls.clear()
        assert office.get(placed(office, route), role="finance").status == 200
        assert store.calls == []


@pytest.mark.parametrize("route", READ)
def test_reading_takes_the_round_trips_that_are_promised(office: ReportingOffice, store: CountingCalls, route: str) -> None:
    path = placed(office, route)
    store.calls.clear()

    answer = office.get(path, role="finance")

    assert answer.status == 200 or route.endswith("/upload"), answer.text  # a file that is stored takes no upload
    assert told(store.calls, READ[route]) == READ[route]


def test_every_change_takes_the_round_trips_that_are_promised(office: ReportingOffice, store: CountingCalls) -> None:
    promises = {route: PROMISES["registers and the ledger"][row] for row, routes in HERE.items() for route in routes}
    promises["PUT /disclosures/{subject}"] = PROMISES["disclosures"]["state particulars"]
    found = {}
    numbers = count(1)
    for change in CHANGES:
        headers = {"If-Match": office.get(change.read).headers["ETag"]} if change.read else {"Idempotency-Key": f"c-{next(numbers)}"}
        path = changed_at(office, change)
        store.calls.clear()
        answer = office.call(change.route.partition(" ")[0], path, change.body, role=change.role, headers=headers)
        assert answer.status in (200, 201), (change.route, answer.text)
        found[change.route] = told(store.calls, promises[change.route])

    assert found == {route: calls for route, calls in promises.items() if not route.startswith("GET ")}


def told(calls: list[str], promise: list[str]) -> list[str]:
    """The calls as the table tells them: `heads` of whichever kind, and where the promise says it once, what is made for each grant."""
    plain = ["heads" if call.startswith("heads of ") and call not in promise else call for call in calls]
    once = [call for call, _ in groupby(plain)]
    return once if [call for call, _ in groupby(promise)] == promise else plain


def placed(office: ReportingOffice, route: str) -> str:
    """A route's path with something in each of its places."""
    path = route.partition(" ")[2]
    found = {name: str(first(office, f"/{LISTS[name]}")["id"]) for name in LISTS if f"{{{name}}}" in path}
    return path.format(**PLACES, **found)


def first(office: ReportingOffice, path: str) -> dict[str, object]:
    items = office.get(path, role="finance").json["items"]
    assert isinstance(items, list)
    return dict(items[0])


def changed_at(office: ReportingOffice, change: Change) -> str:
    if not change.of:
        return change.at or placed(office, change.route)
    items = office.get(f"/entries?grant=ssf-4-example&kind={change.of}&limit=200").json["items"]
    assert isinstance(items, list)
    return change.route.partition(" ")[2].format(entry_id=items[-1]["id"])
