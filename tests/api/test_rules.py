"""Rules and waivers as their users meet them over HTTP."""

from pathlib import Path

import pytest

from tests.api.library import Answer
from tests.api.office import Office, payment

RULES = "/grants/ssf-4-example/rules"
WAIVERS = "/grants/ssf-4-example/waivers"
CLAUSE = "Financial regulations, 4.2"
WHY = "As the office's regulations have it."
CEILING = {"clause": CLAUSE, "breach": "refuse", "limit_pence": 100_000}
WINDOW = {"clause": CLAUSE, "breach": "warn", "last_day": "2023-09-30"}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open()


def set_rules(office: Office, role: str = "certifier", **rules: object) -> Answer:
    return office.change("PATCH", RULES, {**rules, "reason": WHY}, role=role)


def ask(office: Office, rule: str = "capital_ceiling", expires: str = "2199-12-31", role: str = "finance") -> Answer:
    body = {"rule": rule, "expires": expires, "publishable": True, "reason": "The lamps cost more than was planned."}
    return office.create(WAIVERS, body, role=role)


def decide(office: Office, waiver: str, decision: str = "approved", *, role: str = "certifier", subject: str = "") -> Answer:
    etag = office.get(waiver).headers["ETag"]
    body = {"decision": decision, "reason": "Seen, and agreed."}
    return office.call("POST", f"{waiver}/decision", body, role=role, subject=subject, headers={"If-Match": etag})


def listed(answer: Answer, name: str = "items") -> list[dict[str, object]]:
    found = answer.json[name]
    assert isinstance(found, list)
    return found


def answers(answer: Answer) -> dict[str, tuple[object, object]]:
    return {str(each["rule"]): (each["outcome"], each["waiver"]) for each in listed(answer, "answers")}


def test_no_rule_is_set_unless_somebody_sets_it(office: Office) -> None:
    shown = office.get(RULES).json

    assert (shown["rules"], shown["answers"]) == (dict.fromkeys(NAMES), [])
    assert shown["label"] == "Local policy of this office. No public source states the Home Office's values."


NAMES = (
    *("spending_window", "eligible_categories", "capital_ceiling", "revenue_ceiling"),
    *("match_ratio", "virement_limit", "write_off_limit", "no_carrying", "asset_threshold"),
)


def test_a_rule_is_set_shown_and_taken_back(office: Office) -> None:
    made = set_rules(office, capital_ceiling=CEILING, spending_window=WINDOW)
    taken = set_rules(office, capital_ceiling=None)

    assert (made.status, answers(made)) == (200, {"spending_window": ("warn", None), "capital_ceiling": ("pass", None)})
    assert made.json["rules"]["capital_ceiling"] == CEILING  # type: ignore[index]  # an object
    assert list(answers(taken)) == ["spending_window"]


def test_all_that_is_wrong_with_rules_is_said_at_once(office: Office) -> None:
    window = {"clause": CLAUSE, "breach": "refuse", "first_day": "2023-10-01", "last_day": "2023-09-30"}
    register = {"clause": CLAUSE, "breach": "refuse"}

    answer = set_rules(office, spending_window=window, asset_threshold=register)

    assert (answer.status, answer.pointers) == (422, ["/spending_window/last_day", "/asset_threshold/breach"])


@pytest.mark.parametrize("missing", ["clause", "breach"])
def test_a_rule_without_its_clause_or_its_consequence_is_none(office: Office, missing: str) -> None:
    answer = set_rules(office, capital_ceiling={name: value for name, value in CEILING.items() if name != missing})

    assert (answer.status, answer.pointers) == (400, [f"/capital_ceiling/{missing}"])


def test_a_refusal_names_every_rule_with_its_clause_and_figures(office: Office) -> None:
    categories = {"clause": "Grant agreement, 7", "breach": "refuse", "categories": ["cctv"]}
    set_rules(office, capital_ceiling=CEILING, eligible_categories=categories)

    answer = office.create("/payments", payment("INV-1", 120_000))

    assert (answer.status, answer.json["type"]) == (422, "/problems/rule-broken")
    assert answer.json["answers"] == [
        {
            "rule": "eligible_categories",
            "outcome": "refuse",
            "clause": "Grant agreement, 7",
            "words": "£1,200.00 goes to Street lighting; the grant pays for CCTV.",
            "figures": {"category": "street_lighting", "eligible": "cctv", "asked_pence": 120_000},
            "waiver": None,
        },
        {
            "rule": "capital_ceiling",
            "outcome": "refuse",
            "clause": CLAUSE,
            "words": "At most £1,000.00 may be used for capital; it comes to £1,200.00, £200.00 too much.",
            "figures": {"ceiling_pence": 100_000, "used_pence": 0, "asked_pence": 120_000, "over_by_pence": 20_000},
            "waiver": None,
        },
    ]


def test_a_warning_comes_back_with_what_was_posted(office: Office) -> None:
    set_rules(office, spending_window=WINDOW)

    answer = office.create("/payments", payment("INV-1", 100))

    assert answer.status == 201
    noted = listed(answer, "noted")[0]
    assert isinstance(noted["answer"], dict)
    assert (noted["entry"], noted["answer"]["rule"], noted["answer"]["outcome"]) == ("ssf-4-example.7", "spending_window", "warn")
    assert [each["kind"] for each in listed(office.get("/history/grants/ssf-4-example?limit=200"))][-2:] == ["payment", "rules_noted"]


def test_a_waiver_is_asked_for_by_one_and_approved_by_another(office: Office) -> None:
    set_rules(office, capital_ceiling=CEILING)
    asked = ask(office)
    waiver = asked.headers["Location"]
    own = decide(office, waiver, role="administrator", subject="finance")
    approved = decide(office, waiver)

    assert (asked.status, asked.json["state"], asked.json["clause"]) == (201, "requested", CLAUSE)
    assert (own.status, own.json["type"]) == (403, "/problems/preparer-cannot-approve")
    assert (approved.json["state"], approved.json["requested_by"], approved.json["decided_by"]) == ("approved", "finance", "certifier")
    assert (approved.json["reason"], approved.json["decision_reason"]) == ("The lamps cost more than was planned.", "Seen, and agreed.")
    assert office.create("/payments", payment("INV-1", 120_000)).status == 201
    assert answers(office.get(RULES)) == {"capital_ceiling": ("pass", 1)}


def test_a_waiver_whose_rule_was_set_anew_is_stale(office: Office) -> None:
    set_rules(office, capital_ceiling=CEILING)
    waiver = ask(office).headers["Location"]
    set_rules(office, capital_ceiling={**CEILING, "limit_pence": 90_000})

    answer = decide(office, waiver)

    assert (answer.status, answer.json["type"]) == (409, "/problems/request-stale")
    assert str(answer.json["changed"]).startswith("the rule capital_ceiling was set anew by record 8")
    assert decide(office, waiver, "rejected").json["state"] == "rejected"


def test_what_is_not_set_cannot_be_waived(office: Office) -> None:
    answer = ask(office)

    assert (answer.status, answer.pointers) == (422, ["/rule"])


def test_waivers_page(office: Office) -> None:
    set_rules(office, capital_ceiling=CEILING)
    for _ in range(3):
        ask(office)

    first = office.get(f"{WAIVERS}?limit=2").json
    second = office.get(str(first["next"])).json

    assert [each["id"] for each in (*first["items"], *second["items"])] == [1, 2, 3]  # type: ignore[misc]  # lists of objects
    assert second["next"] is None


def test_a_repeated_request_asks_once(office: Office) -> None:
    set_rules(office, capital_ceiling=CEILING)
    body = {"rule": "capital_ceiling", "expires": "2199-12-31", "publishable": False, "reason": WHY}

    first, again = (office.create(WAIVERS, body, key="once") for _ in range(2))

    assert (first.text, again.headers["Idempotent-Replay"]) == (again.text, "true")
    assert len(listed(office.get(WAIVERS))) == 1


def test_a_fund_hands_its_rules_to_the_grants_that_are_offered(office: Office) -> None:
    funded = {"for_grants": {"virement_limit": {"clause": CLAUSE, "breach": "refuse", "limit_pence": 5_000}}}
    office.create("/funds", {"id": "ssf-5", "title": "Round 5", "funder": "Home Office", "rules": funded}, role="administrator")
    body = {**dict(office.get("/grants/ssf-4-example").json)}
    offered = {name: body[name] for name in ("title", "lead_recipient_id", "force_area", "starts", "ends")}
    lines = [{"financial_year": "2023-24", "nature": "capital", "amount_pence": 100}]
    office.create("/grants", {**offered, "id": "ssf-5-example", "fund_id": "ssf-5", "lines": lines}, role="officer")

    assert answers(office.get("/grants/ssf-5-example/rules")) == {"virement_limit": ("pass", None)}
    assert office.get("/funds/ssf-5").json["rules"]["for_grants"]["virement_limit"]["limit_pence"] == 5_000  # type: ignore[index]  # objects


def test_a_fund_cannot_hand_on_rules_that_cannot_be_kept(office: Office) -> None:
    rules = {"for_grants": {"spending_window": {"clause": CLAUSE, "breach": "warn"}}}
    answer = office.create("/funds", {"id": "ssf-5", "title": "Round 5", "funder": "Home Office", "rules": rules}, role="administrator")

    assert (answer.status, answer.pointers) == (422, ["/rules/for_grants/spending_window"])
