"""The small office on 2 February 2024 with both initiatives in delivery, and the requests that a return is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.api.library import Answer
from tests.api.office import Office, allocation, payment

RETURN = "/returns/lighting.2023-24-Q2"
REPORT: Mapping[str, object] = {
    "progress": "Half of the columns are in.",
    "rating": "amber",
    "spent_to_date_pence": 110_000,
    "outputs": [{"name": "Columns", "actual": 45}],
    "milestones": [{"name": "First street lit", "due": "2023-09-20", "state": "achieved", "achieved": "2023-09-18"}],
    "forecasts": [{"quarter": "2023-24-Q3", "amount_pence": 300_000}, {"quarter": "2023-24-Q4", "amount_pence": 0}],
    "risks": [
        {
            "description": "The last street needs a permit",
            "likelihood": "low",
            "impact": "high",
            "mitigation": "Asked for it in August",
            "owner_role": "Programme lead",
        }
    ],
    "variances": [{"code": "late-supplier", "explanation": "Columns came three weeks late"}],
}
"""A whole return of `lighting`: the grant ends in March 2024."""


@dataclass
class ReportingOffice(Office):
    """An office whose clock stands still."""

    now: "Clock" = field(default_factory=lambda: Clock(datetime(2024, 2, 2, 9, 0, tzinfo=UTC)))

    def partner(self, method: str, path: str, body: object = None, *, organisation: str = "council", etag: str | None = None) -> Answer:
        """Ask as a delivery partner; a change is made to what was just read."""
        headers = {} if method == "GET" else {"If-Match": etag or self.etag(path)}
        return self.call(method, path, body, role="partner", subject=f"{organisation}-partner", organisation=organisation, headers=headers)

    def review(self, path: str, reason: str = "The forecast is short.", *, role: str = "officer", subject: str = "") -> Answer:
        """Accept what was just read, or request changes to it."""
        return self.call("POST", path, {"reason": reason}, role=role, subject=subject, headers={"If-Match": self.etag(path)})

    def etag(self, path: str) -> str:
        """The version of the return that a path is about."""
        return self.get("/".join(path.split("/")[:3])).headers["ETag"]

    def hand_in(self, path: str = RETURN, report: Mapping[str, object] = REPORT) -> Answer:
        """Write and submit a return."""
        written = self.partner("PUT", path, report)
        assert written.status == 200, written.text
        return self.partner("POST", f"{path}/submission")


@dataclass
class Clock:
    """Tells the time that it was set to."""

    time: datetime

    def __call__(self) -> datetime:
        """The time."""
        return self.time


def reporting(folder: Path) -> ReportingOffice:
    """The office, with £1,200 paid for lighting in each of the second and the third quarter."""
    office = ReportingOffice(folder)
    office.open()
    office.create("/grants/ssf-4-example/allocations", allocation("cctv", 100_000))
    planned = {
        "outputs": [{"name": "Columns", "unit": "columns", "target": 90}],
        "milestones": [{"name": "First street lit", "planned": "2023-09-01"}],
    }
    office.change("PATCH", "/initiatives/lighting", planned)
    for each in ("lighting", "cctv"):
        office.change("POST", f"/initiatives/{each}/state", {"state": "in_delivery", "on": "2023-07-03"})
    for number, on in (("1", "2023-08-01"), ("2", "2023-11-01")):
        assert office.create("/payments", payment(number, 120_000, on=on)).status == 201
    office.create("/variance-codes", {"id": "late-supplier", "words": "A supplier was late"}, role="officer")
    return office
