"""The whole API over a store in memory, and a small office entered through it, each person signed in with one role."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
from chalice.config import Config
from chalice.test import TestHTTPClient

from chalicelib.api.api import build_api
from chalicelib.backend import Backend, Lazily
from chalicelib.context import the_time
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.objects import FolderObjects
from tests.api import tokens
from tests.api.library import SETTINGS, Answer


@dataclass
class Office:
    """The API with a client in front of it. `folder` keeps published and exported files, `now` is its clock."""

    folder: Path
    store: MemoryStore = field(default_factory=MemoryStore)
    now: Callable[[], datetime] = the_time

    def __post_init__(self) -> None:
        objects = FolderObjects(self.folder, "http://127.0.0.1:8000/objects", b"k" * 32)
        self.objects = objects
        self.backend = Lazily(lambda: Backend(settings=SETTINGS, store=self.store, objects=objects))
        self.api = build_api(self.backend, fetch=lambda _: tokens.jwks(), now=self.now)
        self._client = TestHTTPClient(self.api, Config.create())
        self._keys = 0
        self._tokens: dict[tuple[str, str, str | None], str] = {}

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        role: str = "finance",
        subject: str = "",
        headers: Mapping[str, str] | None = None,
        organisation: str | None = None,
    ) -> Answer:
        """Call as somebody with a role, who is called after it unless told otherwise."""
        who = (role, subject or role, organisation)
        if who not in self._tokens:
            self._tokens[who] = tokens.token(tokens.claims(roles=[role], sub=subject or role, organisation=organisation))
        sent = {
            "Authorization": f"Bearer {self._tokens[who]}",
            "Content-Type": "application/json",
            **(headers or {}),
        }
        raw = b"" if body is None else msgspec.json.encode(body)
        response = self._client.request(method, path, headers=sent, body=raw)
        return Answer(response.status_code, response.headers, response.body.decode())

    def get(self, path: str, role: str = "viewer", **named: str) -> Answer:
        """Read something."""
        return self.call("GET", path, role=role, **named)  # type: ignore[arg-type]  # passed on as they came

    def create(self, path: str, body: object = None, *, role: str = "finance", key: str | None = None) -> Answer:
        """Create something, under a key of its own unless told otherwise."""
        self._keys += 1
        return self.call("POST", path, body, role=role, headers={"Idempotency-Key": key or f"key-{self._keys}"})

    def change(self, method: str, path: str, body: object, *, role: str = "officer", etag: str | None = None) -> Answer:
        """Change something that was just read."""
        read = path.removesuffix("/state").removesuffix("/decision")
        held = etag or self.get(read).headers["ETag"]
        return self.call(method, path, body, role=role, headers={"If-Match": held})

    def open(self) -> "Office":
        """A fund, three organisations, an active grant of £10,000 capital for 2023-24, two initiatives, £6,000 for lighting.

        What is entered is the same each time: on a plain store, and by the real clock, it is entered once and copied from then on.
        """
        if type(self.store) is not MemoryStore or self.now is not the_time:
            return self._enter()
        opened = _opened()
        self._keys = opened._keys
        for name, held in kept(opened.store).items():
            getattr(self.store, name).update(held)
        return self

    def _enter(self) -> "Office":
        self.create("/funds", {"id": "ssf-4", "title": "Safer Streets Fund round 4", "funder": "Home Office"}, role="administrator")
        for each, vat in (("office", "recovers"), ("council", "recovers"), ("charity", "does_not_recover")):
            self.create("/organisations", {"id": each, "name": each.title(), "vat_status": vat}, role="administrator")
        self.create("/grants", GRANT, role="officer")
        for state in ("accepted", "active"):
            self.change("POST", "/grants/ssf-4-example/state", {"state": state, "on": "2023-04-01"})
        for each, partner, category in (("lighting", "council", "street_lighting"), ("cctv", "charity", "cctv")):
            self.create("/initiatives", {"id": each, "title": each.title(), "category": category, "partner_id": partner}, role="officer")
        self.create("/grants/ssf-4-example/allocations", allocation("lighting", 600_000))
        return self


@cache
def _opened() -> Office:
    """An office that was just opened, to be copied from. Nobody publishes in it, so it needs no folder."""
    return Office(Path("nowhere"))._enter()


def kept(store: MemoryStore) -> dict[str, dict[object, object]]:
    """A copy of everything that a store holds, by the names of what holds it."""
    copied: dict[str, dict[object, object]] = {}
    for name, held in vars(store).items():
        if isinstance(held, dict):
            copied[name] = {key: value.copy() if isinstance(value, (dict, list)) else value for key, value in held.items()}
    return copied


GRANT = {
    "id": "ssf-4-example",
    "title": "Example grant",
    "fund_id": "ssf-4",
    "lead_recipient_id": "office",
    "force_area": "E23000015",
    "starts": "2023-04-01",
    "ends": "2024-03-31",
    "lines": [{"financial_year": "2023-24", "nature": "capital", "amount_pence": 1_000_000}],
}


def allocation(initiative_id: str, pence: object) -> dict[str, object]:
    """Part of 2023-24's capital."""
    return {
        "initiative_id": initiative_id,
        "financial_year": "2023-24",
        "nature": "capital",
        "amount_pence": pence,
        "on": "2023-04-01",
        "reason": "As planned",
    }


def payment(
    number: str, net_pence: object, *, supplier: str = "Lamps Ltd", on: str = "2023-10-02", vat_pence: int = 0
) -> dict[str, object]:
    """An invoice for lighting, paid in full."""
    return {
        "document": {
            "kind": "invoice",
            "number": number,
            "date": "2023-10-01",
            "supplier": supplier,
            "net_pence": net_pence,
            "vat_pence": vat_pence,
        },
        "on": on,
        "payer_id": "office",
        "lines": [
            {
                "grant_id": "ssf-4-example",
                "initiative_id": "lighting",
                "nature": "capital",
                "net_pence": net_pence,
                "vat_pence": vat_pence,
            }
        ],
    }
