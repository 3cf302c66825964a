"""What runs on a schedule, on an event, or for a message. The time is the event's, so a job that comes late or twice does the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypedDict

import msgspec

from chalicelib.backend import Backend
from chalicelib.context import Context, random_id, wait_a_moment
from chalicelib.domain.dropped_files import Dropped
from chalicelib.domain.exports import ExportState
from chalicelib.domain.people import INCOMING, SCHEDULE, Actor
from chalicelib.domain.publication_gaps import PublicationHasGaps
from chalicelib.domain.reminders import ReminderState
from chalicelib.services import drafts, dropped_files, export_jobs, export_parts, publication_jobs, publications, reminders
from chalicelib.storage.mail import Mail
from chalicelib.storage.objects import Drops


class _Bucket(msgspec.Struct, frozen=True):
    name: str


class _Object(msgspec.Struct, frozen=True, rename="kebab"):
    """EventBridge writes `version-id`; where the bucket has no versions it leaves that out."""

    key: str
    size: int
    version_id: str = ""


class ObjectCreated(msgspec.Struct, frozen=True):
    """What is used of the detail of S3's event `Object Created`."""

    bucket: _Bucket
    object: _Object


class Message(TypedDict):
    """What is used of a message of a queue."""

    messageId: str
    body: str
    attributes: Mapping[str, str]


def publish_monthly(backend: Backend, mail: Mail, event: Mapping[str, object]) -> dict[str, str]:
    """Draft the month that the event's time lies in, in London, and tell the publisher; or publish it, where the office has set that.

    Answers with the publication's id and state, and whether the publisher was told. Raises PublicationHasGaps, ChainBroken,
    PublicationOvertaken, TooBusy: the run has failed, which its log and its count of errors show. The schedule tries again, and
    what is done already stays done. Of gaps the log has ids, and nothing that is withheld; the publisher is told of them, too.
    """
    context = _context(backend, event)
    try:
        made = drafts.tell(context, mail, publications.publish_monthly(context).id)
    except PublicationHasGaps as refused:
        refused.add_note(drafts.tell_gaps(context, mail, refused.gaps))
        raise
    return {"publication": made.id, "state": made.state.value, "publisher_told": "yes" if made.told else "no"}


def continue_publications(backend: Backend, mail: Mail, event: Mapping[str, object]) -> dict[str, int]:
    """Make or publish what waits, and tell the publisher of drafts, and of what failed.

    Answers with how many were done, and how many failed. Raises TooBusy, and what the stores raise: a later run goes on.
    """
    ends = Counter(bool(each.failed) for each in publication_jobs.go_on(_context(backend, event), mail))
    return {"done": ends[False], "failed": ends[True]}


def remind_daily(backend: Backend, mail: Mail, event: Mapping[str, object]) -> dict[str, int]:
    """Send the reminders whose day has come. Answers with how many were sent, failed and are in doubt: no address stands in a log.

    Raises TooBusy, and what the store raises: a later run goes on.
    """
    ends = Counter(reminder.state for reminder in reminders.remind(_context(backend, event), mail))
    return {state.value: ends[state] for state in ReminderState}


def continue_exports(backend: Backend, event: Mapping[str, object]) -> dict[str, int]:
    """Make the exports that wait, one after the other, and send workers for those that are made in parts.

    Answers with how many were made, cancelled meanwhile, and failed, and how many wait for their parts.
    Raises TooBusy, and what the store raises: a later run goes on.
    """
    context = _context(backend, event)
    ends = Counter(export_jobs.go_on(context, held.state.id).state for held in export_jobs.waiting(context))
    return {state.value: ends[state] for state in (ExportState.MADE, ExportState.CANCELLED, ExportState.FAILED, ExportState.WAITING)}


def make_export_parts(backend: Backend, event: Mapping[str, Sequence[Message]]) -> dict[str, int]:
    """Make the parts of exports that messages ask for. Answers with how many exports were made by that, and the others' states.

    `event` is that of a queue. Raises Missing, TooBusy, and what the stores raise: the message comes again.
    """
    ends: Counter[ExportState] = Counter()
    for message in event["Records"]:
        # When it was handed out first: the same however often it is.
        at = datetime.fromtimestamp(int(message["attributes"]["ApproximateFirstReceiveTimestamp"]) / 1000, UTC)
        context = _context(backend, {"time": at.isoformat(), "id": message["messageId"]})
        ends[export_parts.work(context, message["body"]).state] += 1
    return {state.value: ends[state] for state in ExportState}


def import_dropped(backend: Backend, mail: Mail, drops: Drops, event: Mapping[str, object]) -> dict[str, str]:
    """Preview a file that S3 says was dropped, and tell finance. Answers with its import, or that it was refused: no name stands in a log.

    Raises NotTold, ObjectMissing, ChainBroken, TooBusy, ValueError for an event that is not of this bucket: the run has failed. It is
    tried again, and then kept with its event in a queue.
    """
    dropped = _dropped(event, backend.settings.bucket_name)
    if dropped.is_a_folder:
        return {"state": "a folder"}
    taken = dropped_files.take_in(_context(backend, event, INCOMING), mail, drops, dropped)
    state = taken.state.value if taken.state else "refused"
    return {"import": taken.import_id, "state": state, "finance_told": "yes" if taken.told else "no"}


def _dropped(event: Mapping[str, object], bucket_name: str) -> Dropped:
    """What EventBridge says of the object. Its keys are as they are, unlike those of S3's own notifications, which are URL-encoded."""
    try:
        detail = msgspec.convert(event["detail"], ObjectCreated)
    except (KeyError, msgspec.ValidationError) as error:
        raise ValueError(f"This is not an event of S3's: {error}") from error
    if detail.bucket.name != bucket_name:
        raise ValueError(f"This event is of another bucket than {bucket_name}.")
    return Dropped(key=detail.object.key, size=detail.object.size, version=detail.object.version_id)


def _context(backend: Backend, event: Mapping[str, object], actor: Actor = SCHEDULE) -> Context:
    """`event` is EventBridge's: its `time` is RFC 3339, its `id` names the run in the log."""
    return Context(
        actor=actor,
        now=datetime.fromisoformat(str(event["time"])),
        request_id=str(event.get("id", "schedule")),
        store=backend.store,
        objects=backend.objects,
        settings=backend.settings,
        new_id=random_id,
        pause=wait_a_moment,
        workshop=backend.workshop,
    )
