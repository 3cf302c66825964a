"""What a claim says is still to be spent: from the latest accepted returns, and the same for good."""

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain import returns
from chalicelib.domain.chain import Kind
from chalicelib.domain.claims import Claim
from chalicelib.domain.periods import Quarter
from chalicelib.domain.values import replace
from chalicelib.services import claim_packs, claims
from chalicelib.services.verification import verify_all
from chalicelib.storage.memory import MemoryStore
from tests.services.claim_steps import GRANT, WHY
from tests.services.offices import Office, invoice, line, pay
from tests.services.reporting import REMAINING, agree, give_back, hand_in, report, reporting
from tests.services.tampering import memory
from tests.services.watched import Watched

Q2, Q3 = Quarter.parse("2023-24-Q2"), Quarter.parse("2023-24-Q3")
EARLIER, LATER = "lighting.2023-24-Q2", "lighting.2023-24-Q3"
FIRST = f"{GRANT}.claim-1"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Lighting and CCTV in delivery, both paid for by the grant, which ends in March 2025; it is February 2024."""
    office = reporting(MemoryStore(), tmp_path)
    pay(office.context(), invoice("3", 1_000), line("cctv", 1_000), on=date(2023, 11, 2))
    return office


def drafted(office: Office, quarter: Quarter = Q3) -> Claim:
    return claims.draft(office.context(), GRANT, quarter, "")


def files(office: Office, claim: Claim) -> dict[str, str]:
    content = office.context().objects.get(claim_packs.key_of(claim.id, claim.draft.pack.sha256))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def forecast(office: Office, claim: Claim, initiative: str) -> dict[str, tuple[str, str, str]]:
    """What a claim says of an initiative, by quarter: whether it was reported, in pounds, and by which return."""
    rows = csv.DictReader(io.StringIO(files(office, claim)["forecast.csv"].removeprefix("\ufeff"), newline=""))
    return {row["quarter"]: (row["forecast"], row["forecast_pounds"], row["return"]) for row in rows if row["initiative"] == initiative}


def reported(office: Office, return_id: str, *pence: int) -> None:
    """An accepted return that forecasts so much for each quarter after its own."""
    place = REMAINING.index("2023-24-Q3") if return_id == EARLIER else 1
    hand_in(office, return_id, report(*pence, quarters=REMAINING[place:]))
    agree(office, return_id)


def test_each_initiatives_latest_accepted_return_says_what_is_still_to_be_spent(office: Office) -> None:
    reported(office, EARLIER, 111, 222, 333)
    reported(office, LATER, 5_000, 0, 70)

    claim = drafted(office)

    assert forecast(office, claim, "lighting") == {
        "2023-24-Q4": ("reported", "50.00", LATER),
        "2024-25-Q1": ("reported", "0.00", LATER),
        "2024-25-Q2": ("reported", "0.70", LATER),
        "2024-25-Q3": ("reported", "0.00", LATER),
        "2024-25-Q4": ("reported", "0.00", LATER),
    }
    assert forecast(office, claim, "cctv") == dict.fromkeys(REMAINING[1:], ("not reported", "", ""))
    assert json.loads(files(office, claim)["claim.json"])["initiatives_without_forecast"] == ["cctv"]


def test_a_forecast_of_quarters_that_are_claimed_is_left_out(office: Office) -> None:
    reported(office, EARLIER, 111, 222, 333)

    # The return of the second quarter forecasts the third, which this claim is of.
    assert list(forecast(office, drafted(office), "lighting").items())[:2] == [
        ("2023-24-Q4", ("reported", "2.22", EARLIER)),
        ("2024-25-Q1", ("reported", "3.33", EARLIER)),
    ]


def test_a_claim_that_is_made_late_says_what_nobody_forecasts_any_more(office: Office) -> None:
    reported(office, LATER, 5_000)

    assert list(forecast(office, drafted(office, Q2), "lighting").items())[:2] == [
        ("2023-24-Q3", ("not reported", "", LATER)),
        ("2023-24-Q4", ("reported", "50.00", LATER)),
    ]


@pytest.mark.parametrize("given_back", [False, True])
def test_what_was_not_accepted_is_no_forecast(office: Office, given_back: bool) -> None:
    before = drafted(office)
    hand_in(office, EARLIER)
    if given_back:
        give_back(office, EARLIER)

    anew = claims.redraft(office.context(), FIRST, None, WHY)

    assert anew.draft.pack.sha256 == before.draft.pack.sha256


def test_the_pack_is_made_of_what_stays_as_it_is(office: Office) -> None:
    reported(office, EARLIER, 111, 222)
    claim = drafted(office)
    again = claims.redraft(office.context(), FIRST, None, WHY)

    assert again.draft.pack.sha256 == claim.draft.pack.sha256
    (named,) = json.loads(files(office, claim)["manifest.json"])["forecasts"]
    head = next(head for head in office.store.heads(Kind.RETURN) if head.name.id == EARLIER)
    assert named == {"initiative": "lighting", "return": EARLIER, "seq": head.position.seq, "hash": head.position.hash}
    assert claim.draft.returns == {EARLIER: head.position.seq}

    reported(office, LATER, 9)
    assert claims.find(office.context(), FIRST).draft.pack.sha256 == claim.draft.pack.sha256
    later = claims.redraft(office.context(), FIRST, None, WHY)
    assert forecast(office, later, "lighting")["2023-24-Q4"] == ("reported", "0.09", LATER)
    assert later.draft.pack.sha256 != claim.draft.pack.sha256
    assert [each.problems for each in verify_all(office.context()) if each.problems] == []


def test_a_return_that_was_taken_away_is_missed(office: Office) -> None:
    reported(office, EARLIER, 111)
    drafted(office)
    del memory(office)._heads[returns.name_of(EARLIER)]

    found = [str(problem) for verdict in verify_all(office.context()) for problem in verdict.problems]
    assert [problem for problem in found if EARLIER in problem] != []


def test_forecasts_cost_no_load_of_their_own_but_the_returns_in_the_one_there_is(office: Office) -> None:
    watched = Watched(office.store)

    claims.draft(replace(office.context(), store=watched), GRANT, Q3, "")

    # Two initiatives, three quarters of the grant that have ended.
    assert watched.asked[2] == (
        "load fund#ssf-4 organisation#office initiative#cctv initiative#lighting "
        "return#cctv.2023-24-Q1 return#cctv.2023-24-Q2 return#cctv.2023-24-Q3 "
        "return#lighting.2023-24-Q1 return#lighting.2023-24-Q2 return#lighting.2023-24-Q3"
    )
    assert [asked.split()[0] for asked in watched.asked] == ["load", "links", "load", "heads", "record"]
