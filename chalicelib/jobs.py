"""What runs on a schedule. The time is the event's, never the clock's, so a job that comes late or twice does the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chalicelib.backend import Backend
from chalicelib.context import Context, random_id, wait_a_moment
from chalicelib.domain.people import SCHEDULE
from chalicelib.services import publications


def publish_monthly(backend: Backend, event: Mapping[str, object]) -> dict[str, str]:
    """Publish the month that the event's time lies in, in London. Answers with the publication's id.

    `event` is EventBridge's: its `time` is RFC 3339, its `id` names the run in the log.
    Raises ChainBroken, PublicationOvertaken, TooBusy: the schedule tries again, and what is done already stays done.
    """
    context = Context(
        actor=SCHEDULE,
        now=datetime.fromisoformat(str(event["time"])),
        request_id=str(event.get("id", "schedule")),
        store=backend.store,
        objects=backend.objects,
        settings=backend.settings,
        new_id=random_id,
        pause=wait_a_moment,
    )
    return {"publication": publications.publish_monthly(context).id}
