"""The scheduled publication: the event's time is the time, and the same event twice publishes once."""

import importlib
from pathlib import Path

import pytest
from chalice.app import CloudWatchEvent, Cron, ScheduledEventConfig
from chalice.test import Client

import app as streetlight
from chalicelib import jobs
from chalicelib.backend import Backend
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.values import replace
from chalicelib.services import publications
from chalicelib.storage.mail import FolderMail
from chalicelib.storage.objects import FolderObjects
from tests.services.offices import SETTINGS, Office, invoice, line, pay


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(folder=tmp_path / "objects").open()


def backend(office: Office, *, at_once: bool = False) -> Backend:
    objects = FolderObjects(office.folder, "http://127.0.0.1/objects", b"a key that signs links")
    told = replace(
        SETTINGS, publish_monthly=at_once, publisher_emails=("publisher@office.example",), reminder_sender="grants@office.example"
    )
    return Backend(settings=told, store=office.store, objects=objects)


def mail(office: Office) -> FolderMail:
    return FolderMail(office.folder.parent / "mail")


def run(office: Office, time: str, *, at_once: bool = False) -> dict[str, str]:
    return jobs.publish_monthly(backend(office, at_once=at_once), mail(office), event(time))


def event(time: str) -> dict[str, object]:
    return {"id": "e-1", "time": time, "source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def test_the_publication_is_dated_by_the_event_in_london(office: Office) -> None:
    assert run(office, "2024-03-31T23:30:00Z")["publication"] == "2024-04-01-1"


def test_the_schedule_makes_a_draft_and_tells_the_publisher(office: Office) -> None:
    made = run(office, "2024-04-01T06:00:00Z")

    assert made == {"publication": "2024-04-01-1", "state": "drafted", "publisher_told": "yes"}
    assert [file.name for file in mail(office).sent()] == ["draft.2024-04-01-1.eml"]
    assert publications.made(office.context()) == ()


def test_the_schedule_publishes_at_once_where_the_office_has_set_that(office: Office) -> None:
    made = run(office, "2024-04-01T06:00:00Z", at_once=True)

    assert made == {"publication": "2024-04-01-1", "state": "made", "publisher_told": "no"}
    assert [each.id for each in publications.made(office.context())] == ["2024-04-01-1"]
    assert mail(office).sent() == ()


def test_the_same_month_is_published_once_however_often_the_event_comes(office: Office) -> None:
    first = run(office, "2024-04-01T06:00:00Z")
    again = run(office, "2024-04-01T06:00:00Z")
    late = run(office, "2024-04-01T09:12:00Z")
    next_month = run(office, "2024-05-01T06:00:00Z")

    assert first == again == late == {"publication": "2024-04-01-1", "state": "drafted", "publisher_told": "yes"}
    assert next_month["publication"] == "2024-05-01-1"
    assert len(mail(office).sent()) == 2
    assert [each.id for each in publications.every(office.context())] == ["2024-05-01-1", "2024-04-01-1"]


def test_a_run_that_finds_gaps_fails_with_each_of_them_and_a_later_one_publishes(office: Office) -> None:
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))

    with pytest.raises(PublicationHasGaps, match="lighting: say what the money is for"):
        run(office, "2024-04-01T06:00:00Z")
    (message,) = mail(office).sent()
    assert message.name == "gaps.2024-04-01.eml"
    assert b"- lighting: say what the money is for." in message.read_bytes()
    assert publications.made(office.context()) == ()
    office.disclose("lighting")
    assert run(office, "2024-04-01T06:00:00Z")["state"] == "drafted"


def test_the_schedule_is_the_first_of_the_month_and_calls_the_job(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streetlight, "backend", lambda: backend(office))
    monkeypatch.setattr(streetlight, "mail", lambda: mail(office))
    with Client(streetlight.app) as client:
        scheduled = {"version": "0", "account": "1", "region": "eu-west-2", "resources": [], **event("2024-04-01T06:00:00Z")}
        answer = client.lambda_.invoke("publish_monthly", scheduled)

    assert answer.payload == {"publication": "2024-04-01-1", "state": "drafted", "publisher_told": "yes"}
    (config,) = (each for each in streetlight.app.event_sources if each.name == "publish_monthly")
    assert isinstance(config, ScheduledEventConfig)
    assert isinstance(config.schedule_expression, Cron)
    assert (config.name, config.schedule_expression.to_string()) == ("publish_monthly", "cron(0 6 1 * ? *)")


def test_importing_the_app_builds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STREETLIGHT_TABLE", "STREETLIGHT_BUCKET"):
        monkeypatch.delenv(name, raising=False)

    assert importlib.import_module("app").app is not None


def test_an_event_is_what_chalice_makes_of_eventbridges() -> None:
    made = CloudWatchEvent({"version": "0", "account": "1", "region": "eu-west-2", "resources": [], **event("2024-04-01T06:00:00Z")}, None)

    assert made.to_dict()["time"] == "2024-04-01T06:00:00Z"
