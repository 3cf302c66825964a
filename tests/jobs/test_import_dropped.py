"""A dropped file: S3's event, as EventBridge sends it, leads to a preview and never to more."""

from pathlib import Path

import pytest
from chalice.app import CloudWatchEventConfig
from chalice.test import Client

import app as streetlight
from chalicelib import jobs
from chalicelib.backend import Backend, drops_from
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.values import replace
from chalicelib.services import registers
from chalicelib.storage.mail import FolderMail
from chalicelib.storage.objects import FolderDrops, FolderObjects, S3Drops
from tests.extracts.layouts import row
from tests.services.importing import csv, found, opened
from tests.services.offices import SETTINGS, Office
from tests.test_backend import ENVIRONMENT

TOLD = replace(SETTINGS, finance_emails=("finance@office.example",), reminder_sender="grants@office.example")
KEY = "incoming/payments/Oct + Nov (50) é.csv"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return opened(Office(folder=tmp_path / "objects").open())


def event(key: str, size: int, *, bucket: str = "streetlight", version: str | None = "v1") -> dict[str, object]:
    """What EventBridge sends of an object that was created."""
    versioned = {"version-id": version} if version else {}
    return {
        "version": "0",
        "id": "2d3f6c1e-0000-0000-0000-000000000000",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2024-02-01T09:12:00Z",
        "region": "eu-west-2",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {
                "key": key,
                "size": size,
                "etag": "b1946ac92492d2347c6235b4d2611184",
                "sequencer": "00617F08299329D189",
                **versioned,
            },
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "111122223333",
            "source-ip-address": "192.0.2.1",
            "reason": "PutObject",
        },
    }


class Versioned:
    """Drops that say which version was asked for."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.asked: list[tuple[str, str]] = []

    def get(self, key: str, version: str) -> bytes:
        self.asked.append((key, version))
        return self.content


def backend(office: Office) -> Backend:
    objects = FolderObjects(office.folder, "http://127.0.0.1/objects", b"a key that signs links")
    return Backend(settings=TOLD, store=office.store, objects=objects)


def mail(office: Office) -> FolderMail:
    return FolderMail(office.folder.parent / "mail")


@pytest.mark.parametrize(("version", "asked"), [("v1", "v1"), (None, "")])
def test_the_event_leads_to_the_very_version_under_the_key_as_it_is(office: Office, version: str | None, asked: str) -> None:
    drops = Versioned(csv(row()))

    given = jobs.import_dropped(backend(office), mail(office), drops, event(KEY, 100, version=version))

    assert drops.asked == [(KEY, asked)]
    assert (given["state"], given["finance_told"]) == ("previewed", "yes")
    held = found(office, given["import"])
    assert (held.state, held.announced_by, held.dropped_as) == (ImportState.PREVIEWED, "streetlight incoming", KEY)


def test_the_function_calls_the_job_and_the_same_event_again_changes_nothing(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "incoming/payments/October.csv"
    path.parent.mkdir(parents=True)
    path.write_bytes(csv(row()))
    made = backend(office)
    box, post = FolderDrops(tmp_path), mail(office)
    monkeypatch.setattr(streetlight, "backend", lambda: made)
    monkeypatch.setattr(streetlight, "mail", lambda: post)
    monkeypatch.setattr(streetlight, "drops", lambda: box)

    with Client(streetlight.app) as client:
        given = [client.lambda_.invoke("import_dropped", event("incoming/payments/October.csv", 100)).payload for _ in range(2)]

    assert given[0] == given[1]
    assert len(list(registers.every(office.context(), Import))) == 1
    assert len(post.sent()) == 1


def test_a_file_that_is_refused_ends_the_run_well_and_names_nothing(office: Office) -> None:
    given = jobs.import_dropped(backend(office), mail(office), Versioned(b""), event("incoming/elsewhere/October.csv", 10))

    assert given == {"import": "", "state": "refused", "finance_told": "yes"}
    assert len(mail(office).sent()) == 1


def test_a_file_that_is_too_large_is_not_even_read(office: Office) -> None:
    drops = Versioned(b"")

    assert jobs.import_dropped(backend(office), mail(office), drops, event(KEY, 26_214_401))["state"] == "refused"
    assert drops.asked == []


def test_what_a_console_writes_for_a_folder_is_passed_over(office: Office) -> None:
    assert jobs.import_dropped(backend(office), mail(office), Versioned(b""), event("incoming/payments/", 0)) == {"state": "a folder"}
    assert mail(office).sent() == ()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (event(KEY, 10, bucket="another"), "This event is of another bucket than streetlight."),
        ({"time": "2024-02-01T09:12:00Z"}, "This is not an event of S3's"),
        ({"time": "2024-02-01T09:12:00Z", "detail": {"bucket": {}}}, "This is not an event of S3's"),
    ],
)
def test_another_event_fails_the_run(office: Office, given: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        jobs.import_dropped(backend(office), mail(office), Versioned(b""), given)


def test_it_listens_for_files_that_are_dropped_and_for_no_others() -> None:
    (config,) = (each for each in streetlight.app.event_sources if each.name == "import_dropped")

    assert isinstance(config, CloudWatchEventConfig)
    assert config.event_pattern == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"object": {"key": [{"prefix": "incoming/"}]}},
    }


def test_a_deployments_files_are_dropped_in_its_bucket() -> None:
    drops = drops_from(ENVIRONMENT)

    assert isinstance(drops, S3Drops)
    assert drops.bucket == "bucket"
