"""The people of an office, who ask a running server over HTTP, each signed in with one role."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import cast
from urllib.parse import urlsplit

from chalicelib.context import the_time
from local.issuer import Issuer
from tests.local.calling import Answer, call

Body = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks: a name, a role, and for a partner its organisation."""

    name: str
    role: str
    organisation: str | None = None


ADMINISTRATOR, OFFICER, FINANCE, CERTIFIER, VIEWER = (
    Person(name=role, role=role) for role in ("administrator", "officer", "finance", "certifier", "viewer")
)


@dataclass
class Asking:
    """Asks the server at `url`. What was refused is given back like any answer; `must` and its kin take no refusal."""

    url: str
    issuer: Issuer
    tokens: dict[Person, str] = field(default_factory=dict)
    keys: "count[int]" = field(default_factory=lambda: count(1))

    def ask(self, who: Person, method: str, path: str, body: Body | None = None, **headers: str) -> Answer:
        """Ask for anything; underscores in header names mean hyphens."""
        if who not in self.tokens:
            self.tokens[who] = self.issuer.token([who.role], subject=who.name, now=the_time(), organisation=who.organisation)
        sent = {
            "Authorization": f"Bearer {self.tokens[who]}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return call(self.url, path, method=method, body=None if body is None else json.dumps(body).encode(), headers=sent)

    def get(self, path: str, who: Person = VIEWER) -> dict[str, object]:
        """What stands at a path."""
        return _taken(self.ask(who, "GET", path))

    def items(self, path: str, who: Person = VIEWER) -> list[dict[str, object]]:
        """The whole of a short list."""
        return cast("list[dict[str, object]]", self.get(path, who)["items"])

    def create(self, who: Person, path: str, body: Body | None = None) -> dict[str, object]:
        """Create something."""
        return _taken(self.ask(who, "POST", path, body, Idempotency_Key=f"key-{next(self.keys)}"))

    def post(self, who: Person, path: str, body: Body) -> list[str]:
        """Post entries; their ids."""
        return [str(entry["id"]) for entry in cast("list[dict[str, object]]", self.create(who, path, body)["entries"])]

    def move(self, who: Person, thing: str, step: str, body: Body | None = None, *, method: str = "POST") -> dict[str, object]:
        """Change a thing as it was just read; an empty step changes the thing itself."""
        return _taken(self.ask(who, method, f"{thing}/{step}".rstrip("/"), body, If_Match=self.etag(thing)))

    def refused(self, who: Person, thing: str, step: str, body: Body | None = None, *, etag: str | None = None) -> tuple[int, str]:
        """How a change is refused: its status and its problem's name."""
        return refusal(self.ask(who, "POST", f"{thing}/{step}", body, If_Match=etag or self.etag(thing)))

    def etag(self, path: str) -> str:
        """The version of what stands at a path."""
        answer = self.ask(OFFICER, "GET", path)
        assert answer.status == 200, answer.body
        return next(text for name, text in answer.headers.items() if name.casefold() == "etag")

    def upload(self, who: Person, kind: str, subject_id: str, name: str, content: bytes) -> str:
        """Announce a PDF file, put it where the answer says, and have it checked; the evidence's address."""
        body = {
            "subject": {"kind": kind, "id": subject_id},
            "file_name": name,
            "content_type": "application/pdf",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        made = self.create(who, "/evidence", body)
        upload = cast("dict[str, object]", made["upload"])
        headers = cast("dict[str, str]", upload["headers"])
        assert call(self.url, _below(str(upload["url"])), method=str(upload["method"]), body=content, headers=headers).status == 200
        path = f"/evidence/{made['id']}"
        checked = _taken(self.ask(who, "POST", f"{path}/check", If_Match='"1"'))
        assert checked["state"] == "stored", checked
        return path

    def download(self, path: str, who: Person) -> bytes:
        """The bytes behind a link that stands at a path."""
        answer = call(self.url, _below(str(self.get(path, who)["link"])))
        assert answer.status == 200
        return answer.body


def refusal(answer: Answer) -> tuple[int, str]:
    """The status and the problem's name of an answer that refuses."""
    problem = cast("dict[str, str]", answer.json)
    assert answer.status >= 400, problem
    return answer.status, problem["type"].removeprefix("/problems/")


def _taken(answer: Answer) -> dict[str, object]:
    assert answer.status in (200, 201), answer.body
    return cast("dict[str, object]", answer.json)


def _below(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"
