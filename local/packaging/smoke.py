"""`make smoke`: create the packaged stack on this machine, load the example through its API, publish and remind on schedule.

Everything that runs is what `make package` made: archive, template, policies. Three things are not as they will be:
ministack speaks http only, so the buckets' refusal of it and the parameters' https are left out; it does not know the
condition s3:if-none-match, so policies lose it; and it does not read gateway responses from a definition.
"""

from __future__ import annotations

import http.client
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from local import example
from local.answers import answer, documents, path_of
from local.embedded import free_port
from local.example.calls import Api
from local.issuer import AUDIENCE, JWKS_PATH
from local.machine import REGION, ROOT, Machine
from local.packaging.build import ARCHIVE, TRANSLATION
from local.packaging.cloud import Cloud, CloudFailed, cloud
from local.packaging.smoke_parts import made_in_parts, sha256_of
from local.running import tokens
from local.server import Site, serving
from local.streetlight import PARTNER

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

YEAR = "2023-24"
Template = dict[str, dict[str, dict[str, object]]]
FIRST_OF_APRIL = {
    "version": "0",
    "id": "smoke",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2024-04-01T06:00:00Z",
    "region": REGION,
    "resources": [],
    "detail": {},
}
"""What EventBridge sends to what is scheduled."""


DROPPED = "incoming/no-such-profile/October + November (1).csv"


def _created(bucket: str, key: str) -> dict[str, object]:
    """What EventBridge sends of a file that was dropped."""
    detail = {"bucket": {"name": bucket}, "object": {"key": key, "size": 12}}
    return {**FIRST_OF_APRIL, "detail-type": "Object Created", "source": "aws.s3", "detail": detail}


class WrongAnswer(Exception):
    """The deployed app did not answer what it should; the message says to what."""


class Deployed:
    """A WSGI application: the deployed API, as if it stood at the root of its host."""

    def __init__(self, url: str, api_id: str) -> None:
        self._host = urlsplit(url).netloc
        self._root = f"/_aws/execute-api/{api_id}/api"

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass a request on, and its answer back."""
        headers = {name[5:].replace("_", "-"): str(value) for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {"Content-Type": str(environ["CONTENT_TYPE"])} if environ.get("CONTENT_TYPE") else {}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        connection = http.client.HTTPConnection(self._host, timeout=60)
        try:
            target = f"{self._root}{path_of(environ)}?{environ['QUERY_STRING']}"
            connection.request(environ["REQUEST_METHOD"], target, body, headers)
            given = connection.getresponse()
            kept = [(name, value) for name, value in given.getheaders() if name.lower() in _KEPT]
            return answer(start_response, given.status, kept, given.read())
        finally:
            connection.close()


_KEPT = {"content-type", "etag", "idempotent-replay", "location", "www-authenticate"}


def main() -> int:
    """Run the smoke test on build/package; the exit code is 1 when something did not answer as it should."""
    package = ROOT / "build/package"
    with TemporaryDirectory() as name:
        try:
            with cloud(Path(name)) as running:
                _smoke(running, package, Machine(folder=Path(name) / "office", port=free_port()))
        except (CloudFailed, WrongAnswer, TimeoutError, example.ExampleNotLoaded) as failure:
            print(f"{failure}\n\n{(Path(name) / 'log').read_text()[-4000:]}", file=sys.stderr)
            return 1
    print("The package works.")
    return 0


def _smoke(running: Cloud, package: Path, office: Machine) -> None:
    issuer = office.issuer()
    parameters = {
        "OfficeName": "Smoke Test Office",
        "TokenIssuer": issuer.url,
        "TokenAudience": AUDIENCE,
        "TokenJwksUrl": issuer.url + JWKS_PATH,
    }
    outputs = running.create(_for_ministack(package), package / ARCHIVE, parameters)
    deployed = Deployed(running.url, outputs["RestAPIId"])
    with serving(Site(documents(issuer.documents()), deployed), office.port) as url:
        _expect("health", _get(url, "/health")["office_name"], "Smoke Test Office")
        _expect("no token", _get(url, "/me")["type"], "/problems/unauthenticated")
        everybody = tokens(issuer, PARTNER)
        example.load(url, everybody)
        sha256 = _export(url, everybody)
        _expect("an export in parts", made_in_parts(running, outputs, url, everybody, YEAR), (True, sha256))
    drafted = {"publication": "2024-04-01-1", "state": "drafted", "publisher_told": "no"}
    _expect("the schedule", running.invoke("PublishMonthly", FIRST_OF_APRIL), drafted)
    _expect("no publication that waits", running.invoke("ContinuePublications", FIRST_OF_APRIL), {"done": 0, "failed": 0})
    _expect(
        "no export that waits", running.invoke("ContinueExports", FIRST_OF_APRIL), {"made": 0, "cancelled": 0, "failed": 0, "waiting": 0}
    )
    _expect("reminders without a policy", running.invoke("RemindDaily", FIRST_OF_APRIL), {"in_doubt": 0, "sent": 0, "failed": 0})
    running.drop(outputs["FilesBucketName"], DROPPED, b"Date,Amount\n")
    told = running.invoke("ImportDropped", _created(outputs["FilesBucketName"], DROPPED))
    _expect("a dropped file without a profile", told, {"import": "", "state": "refused", "finance_told": "no"})
    kept = [key for key in running.files(outputs["FilesBucketName"]) if key.startswith("drafts/2024-04-01-1/")]
    _expect("files it wrote", kept, ["drafts/2024-04-01-1/publication-2024-04-01-1.zip"])


def _export(url: str, everybody: Mapping[str, str]) -> str:
    """Export a year; the answer is the file's SHA-256."""
    with Api(url, everybody) as api:
        made = api.create("smoke", "finance", "/exports", {"financial_year": YEAR}).body
        links = cast("Mapping[str, str]", api.get(f"/exports/{made['id']}/links", "finance").body["links"])
    _expect("links to an export's files", len(links), 2)
    return sha256_of(made)


def _for_ministack(package: Path) -> Template:
    template = cast("Template", json.loads((package / TRANSLATION).read_text()))
    for bucket in ("FilesBucket", "PiecesBucket"):
        del template["Resources"][f"{bucket}Policy"]
    for parameter in template["Parameters"].values():
        parameter.pop("AllowedPattern", None)
    for resource in template["Resources"].values():
        properties = cast("dict[str, object]", resource.get("Properties", {}))
        if resource["Type"] == "AWS::Lambda::Function":
            properties["Code"] = Cloud.code(package / ARCHIVE)
        if resource["Type"] == "AWS::IAM::Role":
            for policy in cast("list[dict[str, dict[str, list[dict[str, object]]]]]", properties["Policies"]):
                for statement in policy["PolicyDocument"]["Statement"]:
                    statement.pop("Condition", None)
    return template


def _get(url: str, path: str, token: str = "") -> Mapping[str, object]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        return cast("Mapping[str, object]", json.loads(connection.getresponse().read()))
    finally:
        connection.close()


def _expect(what: str, given: object, expected: object) -> None:
    if given != expected:
        raise WrongAnswer(f"{what}: {given!r}, not {expected!r}")
    print(f"  {what}: {given}")


if __name__ == "__main__":
    sys.exit(main())
