"""The order of things: registers, offers, initiatives, allocations, spending, quarters, claims, rules, delivery, returns, the rest.

Evidence of entries comes before the claims, whose packs list it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from local.example import bodies, evidence
from local.example.calls import Api, Move
from local.example.figures import Figures
from local.example.plan import EvidencePlan, GrantFile, InitiativePlan, Plan, ReturnPlan, VariationPlan
from local.example.spending import Scene, Spending, illustrative

OFFICER = "officer"
FINANCE = "finance"
CERTIFIER = "certifier"
ADMINISTRATOR = "administrator"
PUBLISHER = "publisher"
PARTNER = "partner"

Say = Callable[[str], None]


class Loading:
    """One load of a plan; `entered` remembers which entry was posted under which name."""

    def __init__(self, api: Api, plan: Plan, figures: Figures, say: Say) -> None:
        self._api = api
        self._plan = plan
        self._figures = figures
        self._say = say
        self.entered: dict[str, str] = {}

    def run(self) -> None:
        """Send everything that is not there yet. Raises ExampleNotLoaded."""
        self._registers()
        for stage, title in (
            (self._offer, "offered and accepted"),
            (self._vary, "variations requested and approved"),
            (self._plan_delivery, "initiatives planned"),
            (self._allocate, "allocations made"),
            (self._spend, "illustrative spending posted"),
            (self._disclose, "illustrative purposes and reasons stated"),
            (self._register, "assets registered, where there are any"),
            (self._document, "illustrative evidence of entries uploaded, where there is any"),
            (self._end_quarters, "quarters held, closed and claimed, where the example says so"),
            (self._waive, "an illustrative rule set and waived, where the example says so"),
            (self._deliver, "initiatives moved on"),
            (self._report, "illustrative returns handed in and reviewed"),
            (self._file, "illustrative evidence of claims and returns uploaded, where there is any"),
            (self._close, "closed, where it is over"),
        ):
            for file in self._plan.grants:
                stage(file)
            self._say(f"  {len(self._plan.grants)} grants: {title}")

    def publish(self) -> None:
        """Publish, once. Raises ExampleNotLoaded."""
        made = self._api.create("publication", PUBLISHER, "/publications", None)
        self._say(f"  published as {made.body['id']}")

    def _registers(self) -> None:
        registers = self._plan.registers
        for fund in registers.funds:
            self._api.create(f"funds/{fund.id}", ADMINISTRATOR, "/funds", bodies.fund(fund, self._figures))
        for each in registers.organisations:
            self._api.create(f"organisations/{each.id}", ADMINISTRATOR, "/organisations", bodies.organisation(each))
        self._say(f"  {len(registers.funds)} funds and {len(registers.organisations)} organisations")

    def _offer(self, file: GrantFile) -> None:
        self._api.create(f"grants/{file.grant.id}", OFFICER, "/grants", bodies.grant(file.grant, self._figures))
        self._advance(file, until=len([move for move in file.grant.moves if move.state != "closed"]))

    def _close(self, file: GrantFile) -> None:
        self._advance(file, until=None)

    def _advance(self, file: GrantFile, until: int | None) -> None:
        moves = [Move(state=move.state, body=bodies.move(move.state, move.on)) for move in file.grant.moves]
        self._api.advance(f"/grants/{file.grant.id}", OFFICER, "offered", moves, until)

    def _vary(self, file: GrantFile) -> None:
        for place, variation in enumerate(file.grant.variations):
            self._request_and_decide(file.grant.id, place + 1, variation)

    def _request_and_decide(self, grant_id: str, place: int, variation: VariationPlan) -> None:
        path = f"/grants/{grant_id}/variations"
        made = self._api.create(f"{grant_id}/variation-{place}", FINANCE, path, bodies.variation(variation, self._figures))
        self._approve(f"{path}/{made.body['id']}", variation.decision)

    def _approve(self, path: str, reason: str) -> None:
        now = self._api.get(path, CERTIFIER)
        if now.body["state"] == "requested":
            self._api.change(f"{path}/decision", CERTIFIER, now.etag, {"decision": "approved", "reason": reason})

    def _plan_delivery(self, file: GrantFile) -> None:
        for initiative in file.initiatives:
            self._api.create(f"initiatives/{initiative.id}", OFFICER, "/initiatives", bodies.initiative(initiative))

    def _deliver(self, file: GrantFile) -> None:
        for initiative in file.initiatives:
            self._api.advance(f"/initiatives/{initiative.id}", OFFICER, "planned", _moves(initiative))

    def _report(self, file: GrantFile) -> None:
        for code in self._plan.registers.variance_codes if file.returns else ():
            self._api.create(f"variance-codes/{code.id}", OFFICER, "/variance-codes", {"id": code.id, "words": code.words})
        for each in file.returns:
            self._hand_in(each)

    def _hand_in(self, plan: ReturnPlan) -> None:
        path = f"/returns/{plan.initiative}.{plan.quarter}"
        now = self._api.get(path, PARTNER)
        if now.body["state"] == "due":
            now = self._api.write(path, PARTNER, now.etag, bodies.report(plan))
        if now.body["state"] == "draft":
            now = self._api.change(f"{path}/submission", PARTNER, now.etag, None)
        if now.body["state"] == "submitted":
            self._api.change(f"{path}/{plan.review}", OFFICER, now.etag, {"reason": illustrative(plan.said)})

    def _allocate(self, file: GrantFile) -> None:
        for name, body in bodies.allocations(file, self._figures):
            self._api.create(name, OFFICER, f"/grants/{file.grant.id}/allocations", body)

    def _spend(self, file: GrantFile) -> None:
        self._post(file, file.spending)

    def _end_quarters(self, file: GrantFile) -> None:
        for plan in file.quarters:
            moves = [Move(state=state, body={"state": state, "reason": illustrative("quarter end")}) for state in ("held", "closed")]
            way = moves if plan.state == "closed" else moves[:1]
            self._api.advance(f"/grants/{file.grant.id}/periods/{plan.quarter}", FINANCE, "open", way)
        self._word(file)
        self._claim(file, after_late=False)
        self._post(file, file.late)
        self._claim(file, after_late=True)

    def _word(self, file: GrantFile) -> None:
        """Set what certificates say, before the first claim is drafted."""
        path = f"/grants/{file.grant.id}/certificate-wording"
        if file.claims and (now := self._api.get(path, CERTIFIER)).etag == '"0"':
            self._api.write(path, CERTIFIER, now.etag, bodies.certificate_wording())

    def _claim(self, file: GrantFile, *, after_late: bool) -> None:
        for plan in file.claims:
            if plan.after_late is not after_late:
                continue
            name, path = f"{file.grant.id}/claim-{plan.quarter}", f"/grants/{file.grant.id}/claims"
            made = self._api.create(name, FINANCE, path, bodies.claim(plan))
            self.entered[name] = str(made.body["id"])
            for step in bodies.claim_steps(plan, made.body):
                now = self._api.get(f"/claims/{made.body['id']}", step.role)
                if now.body["state"] == step.start:
                    self._api.change(f"/claims/{made.body['id']}/{step.move}", step.role, now.etag, step.body)

    def _waive(self, file: GrantFile) -> None:
        grant = f"/grants/{file.grant.id}"
        if file.virement_limit:
            now = self._api.get(f"{grant}/rules", CERTIFIER)
            if not now.body["answers"]:
                self._api.change(f"{grant}/rules", CERTIFIER, now.etag, bodies.virement_limit(file.virement_limit), method="PATCH")
        for place, plan in enumerate(file.waivers):
            made = self._api.create(f"{file.grant.id}/waiver-{place + 1}", FINANCE, f"{grant}/waivers", bodies.waiver(plan))
            self._approve(f"{grant}/waivers/{made.body['id']}", illustrative(plan.decision))

    def _post(self, file: GrantFile, posted: tuple[Spending, ...]) -> None:
        nature = bodies.nature_of(file.grant, self._figures)
        scene = Scene(grant_id=file.grant.id, nature=nature, figures=self._figures, entered=self.entered)
        for spending in posted:
            name, ask = f"{file.grant.id}/{spending.name}", spending.ask(scene)
            answer = self._api.create(name, FINANCE, ask.path, ask.body)
            self.entered[name] = cast("list[dict[str, str]]", answer.body["entries"])[0]["id"]

    def _disclose(self, file: GrantFile) -> None:
        for plan in file.disclosures:
            path = f"/disclosures/{plan.initiative}"
            now = self._api.get(path, OFFICER)
            if now.body["version"] == "0":
                self._api.write(path, OFFICER, now.etag, bodies.disclosure(plan))

    def _register(self, file: GrantFile) -> None:
        for place, asset in enumerate(file.assets):
            payment = self.entered[f"{file.grant.id}/{asset.payment}"]
            self._api.create(f"{file.grant.id}/asset-{place + 1}", FINANCE, "/assets", bodies.asset(asset, payment))

    def _document(self, file: GrantFile) -> None:
        for plan in file.evidence:
            if plan.kind == "entry":
                self._upload(file, plan, FINANCE, self.entered[f"{file.grant.id}/{plan.of}"])

    def _file(self, file: GrantFile) -> None:
        for plan in file.evidence:
            if plan.kind == "claim":
                self._upload(file, plan, FINANCE, self.entered[f"{file.grant.id}/claim-{plan.of}"])
            elif plan.kind == "return":
                self._upload(file, plan, PARTNER, plan.of)

    def _upload(self, file: GrantFile, plan: EvidencePlan, role: str, subject_id: str) -> None:
        name = f"{file.grant.id}/evidence/{plan.kind}/{plan.of}"
        made = self._api.create(name, role, "/evidence", evidence.announced(plan, subject_id))
        path = f"/evidence/{made.body['id']}"
        now = self._api.get(path, role)
        if now.body["state"] == "requested":
            # The first answer's link may have expired since.
            upload = self._api.get(f"{path}/upload", role).body
            self._api.put(str(upload["url"]), cast("dict[str, str]", upload["headers"]), evidence.content(plan))
            self._api.change(f"{path}/check", role, now.etag, None)


def _moves(initiative: InitiativePlan) -> list[Move]:
    return [Move(state=move.state, body=bodies.move(move.state, move.on)) for move in initiative.moves]
