"""The scheduled reminders: the event's time is the time, on every day that may be a working day."""

from pathlib import Path

import pytest
from chalice.app import Cron, ScheduledEventConfig
from chalice.test import Client

import app as streetlight
from chalicelib.backend import Backend
from chalicelib.domain.values import replace
from chalicelib.services import registers
from chalicelib.storage.mail import FolderMail
from chalicelib.storage.objects import FolderObjects
from tests.services.offices import SETTINGS
from tests.services.reporting import reporting

POLICY = replace(SETTINGS, return_working_days=20, reminder_days=(3,), reminder_sender="grants@office.example")
EVENT = {
    "version": "0",
    "id": "e-1",
    "account": "1",
    "region": "eu-west-2",
    "resources": [],
    "detail": {},
    "time": "2024-02-01T07:00:00Z",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
}


def test_the_schedule_calls_the_job_which_answers_without_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office = reporting(folder=tmp_path)
    registers.amend_organisation(office.context(), "council", lambda held: replace(held, emails=("returns@council.example",)))
    objects = FolderObjects(tmp_path, "http://127.0.0.1/objects", b"a key that signs links")
    backend = Backend(settings=POLICY, store=office.store, objects=objects)
    mail = FolderMail(tmp_path / "mail")
    monkeypatch.setattr(streetlight, "backend", lambda: backend)
    monkeypatch.setattr(streetlight, "mail", lambda: mail)

    with Client(streetlight.app) as client:
        first = client.lambda_.invoke("remind_daily", EVENT).payload
        again = client.lambda_.invoke("remind_daily", EVENT).payload

    assert first == {"in_doubt": 0, "sent": 1, "failed": 1}  # the charity has no address
    assert again == {"in_doubt": 0, "sent": 0, "failed": 0}
    assert [file.name for file in mail.sent()] == ["return.lighting.2023-24-Q3.after-3.1.eml"]


def test_it_runs_at_seven_from_monday_to_friday() -> None:
    (config,) = (each for each in streetlight.app.event_sources if each.name == "remind_daily")

    assert isinstance(config, ScheduledEventConfig)
    assert isinstance(config.schedule_expression, Cron)
    assert config.schedule_expression.to_string() == "cron(0 7 ? * MON-FRI *)"
