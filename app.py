"""Streetlight's Lambda functions: the API, and what runs on a schedule, on an event, or for a message of a queue."""

from __future__ import annotations

import os

from chalice.app import CloudWatchEvent, Cron, SQSEvent

from chalicelib import jobs
from chalicelib.api.api import build_api
from chalicelib.backend import Lazily, backend_from, drops_from, mail_from
from chalicelib.domain.dropped_files import INCOMING

backend = Lazily(lambda: backend_from(os.environ))
mail = Lazily(lambda: mail_from(os.environ))
drops = Lazily(lambda: drops_from(os.environ))
app = build_api(backend)


# 06:00 in UTC on the first of a month is the first of that month in London, summer and winter.
@app.schedule(Cron(0, 6, 1, "*", "?", "*"))
def publish_monthly(event: CloudWatchEvent) -> dict[str, str]:
    """Draft the month's publication and tell the publisher, or publish it at once where the office has set that."""
    return jobs.publish_monthly(backend(), mail(), event.to_dict())


# As often as exports are continued, and one run at a time, too. Rate and room are those of a month's publication.
@app.schedule(Cron("0/5", "*", "*", "*", "?", "*"))
def continue_publications(event: CloudWatchEvent) -> dict[str, int]:
    """Make or publish what is too large for one request, and finish what broke off."""
    return jobs.continue_publications(backend(), mail(), event.to_dict())


# Before the working day begins, on the days that may be one. On a bank holiday no reminder's day comes, and failures are retried.
@app.schedule(Cron(0, 7, "?", "*", "MON-FRI", "*"))
def remind_daily(event: CloudWatchEvent) -> dict[str, int]:
    """Send the reminders whose day has come."""
    return jobs.remind_daily(backend(), mail(), event.to_dict())


# Every five minutes, which is as long as somebody waits who asked for more than a request can make. One run at a time.
@app.schedule(Cron("0/5", "*", "*", "*", "?", "*"))
def continue_exports(event: CloudWatchEvent) -> dict[str, int]:
    """Make the exports that are too large for one request."""
    return jobs.continue_exports(backend(), event.to_dict())


# A message at a time, which is half a minute's work, and up to eight at once. The queue's own name is the template's.
@app.on_sqs_message(queue="export-parts", batch_size=1, maximum_concurrency=8)
def make_export_parts(event: SQSEvent) -> dict[str, int]:
    """Make parts of the exports that are too large for one run, and finish those that have all of theirs."""
    return jobs.make_export_parts(backend(), event.to_dict())


# Whose bucket it is, .chalice/resources.yaml says: its name is made with the stack. A file is put, copied or put in parts: any of them.
@app.on_cw_event({"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": {"object": {"key": [{"prefix": INCOMING}]}}})
def import_dropped(event: CloudWatchEvent) -> dict[str, str]:
    """Preview a file that was dropped in the bucket, and tell finance."""
    return jobs.import_dropped(backend(), mail(), drops(), event.to_dict())
