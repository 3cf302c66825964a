"""Streetlight's Lambda functions: the API, and what runs on a schedule."""

from __future__ import annotations

import os

from chalice.app import CloudWatchEvent, Cron

from chalicelib import jobs
from chalicelib.api.api import build_api
from chalicelib.backend import Lazily, backend_from

backend = Lazily(lambda: backend_from(os.environ))
app = build_api(backend)


# 06:00 in UTC on the first of a month is the first of that month in London, summer and winter.
@app.schedule(Cron(0, 6, 1, "*", "?", "*"))
def publish_monthly(event: CloudWatchEvent) -> dict[str, str]:
    """Publish the month's spend summary."""
    return jobs.publish_monthly(backend(), event.to_dict())
