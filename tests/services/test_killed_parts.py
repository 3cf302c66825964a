"""Workers that are killed at any point, raced by others, and gone on with: nothing is lost, nothing is repeated.

On the embedded DynamoDB and a folder they are processes, ended by SIGKILL. On a bucket, which is moto's and so in this process, they
are workers from whom no call arrives any more.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from moto import mock_aws
from moto.s3 import models as moto_s3

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.exports import Asked, Export, ExportFormat, ExportKind, ExportPartMade, ExportState, Scope
from chalicelib.domain.values import replace
from chalicelib.services import export_jobs, export_parts, exports, reading, registers
from chalicelib.services.verification import verify_all
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.objects import S3Client, S3Objects, s3_client
from chalicelib.storage.store import Batch
from chalicelib.storage.workshop import Workshop
from local.embedded import EmbeddedDynamoDB
from local.table import ensure_table
from tests.services.finance_offices import finance_office
from tests.services.offices import Office, grant, invoice, line, pay
from tests.services.part_workers import Place, context_of, start
from tests.services.workshops import HeldQueue

FUND = Scope(fund_id="ssf-4")
JSON = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.JSON)
WORKERS = 8


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "AT_ONCE", 1)
    monkeypatch.setattr(export_parts, "IN_ONE_RUN", 1)
    monkeypatch.setattr(export_parts, "RECORDS_EACH", 10)


@pytest.fixture
def place(embedded: EmbeddedDynamoDB, tmp_path: Path, small_parts: None) -> Place:
    """An office with 24 records of one grant and 7 of another: four parts."""
    made = Place(endpoint_url=embedded.endpoint_url, table=f"killed-{tmp_path.name}", files=tmp_path / "files", pieces=tmp_path / "pieces")
    ensure_table(made.table, region="eu-west-2", endpoint_url=made.endpoint_url)
    office = Office(store=made.store(), folder=made.files).open()
    office.start(grant("ssf-4-second"))
    office.allocate("cctv", 50_000, "ssf-4-second")
    for number in range(19):
        pay(office.context(), invoice(f"N-{number}", 1_000 + number), line("lighting", 1_000 + number), on=date(2023, 11, 1))
    for number in range(3):
        pay(office.context(), invoice(f"S-{number}", 700), line("cctv", 700, grant_id="ssf-4-second"))
    return made


def asked(context: Context, number: int) -> tuple[Export, list[str]]:
    """An export in parts, and the messages for them."""
    queue = HeldQueue()
    workshop = Workshop(context.workshop.pieces, queue) if context.workshop else None
    asking = replace(context, new_id=lambda: f"{number:032}", workshop=workshop)
    export = export_jobs.ask(asking, FUND, JSON).state
    return export_parts.see_to(asking, export), queue.messages


def in_one_go(context: Context) -> Export:
    return exports.make(replace(context, new_id=lambda: "f" * 32), FUND, JSON).state


def is_whole(context: Context, export: Export, expected: Export) -> None:
    """It is the file made in one go; each part is on the record once, and so is the end."""
    made = registers.find(context, Export, export.id).state
    facts = [record.fact for record in reading.records(context, Name(Kind.EXPORT, export.id))]
    parts = sorted(fact.part for fact in facts if isinstance(fact, ExportPartMade))
    assert made.state is ExportState.MADE
    assert (made.files[0], made.rows, made.totals_pence) == (expected.files[0], expected.rows, expected.totals_pence)
    assert context.objects.get(exports.key_of(made.id, made.files[0].name)) == context.objects.get(
        exports.key_of(expected.id, expected.files[0].name)
    )
    assert export.split is not None
    assert parts == list(range(1, len(export.split.parts) + 1))
    assert [fact.KIND for fact in facts].count("export_made") == 1


def verifies(context: Context) -> bool:
    """Whether nothing is wrong with the exports, nor with what they were made of."""
    verdicts = [verdict for verdict in verify_all(context) if verdict.name.kind in (Kind.EXPORT, Kind.GRANT)]
    return [problem for verdict in verdicts for problem in verdict.problems] == []


@pytest.mark.slow
def test_a_worker_that_is_killed_at_any_step_is_gone_on_with_to_the_same_bytes(place: Place) -> None:
    context = context_of(place)
    expected = in_one_go(context)
    steps = 0
    while True:
        export, messages = asked(context, steps)
        if not start(place, messages, dies_before=steps)():
            break
        assert registers.find(context, Export, export.id).state.state is ExportState.WAITING
        for message in messages:  # as the queue hands them out again
            export_parts.work(context, message)
        is_whole(context, export, expected)
        steps += 1

    is_whole(context, export, expected)
    # Of each of four parts two files, with a step before their chunk and before their end, and a record. Then the file: what stands
    # before, between and after the parts, these, and its end; its totals; and a record.
    assert steps == 4 * (2 + 2 + 1) + (6 + 4 + 1) + 2 + 1
    assert verifies(context)


@pytest.mark.slow
def test_eight_workers_at_once_make_each_part_once(place: Place) -> None:
    context = context_of(place)
    expected = in_one_go(context)
    export, messages = asked(context, 1)

    ends = [start(place, messages * 2, seed=seed) for seed in range(1, WORKERS + 1)]

    assert [killed() for killed in ends] == [False] * WORKERS
    is_whole(context, export, expected)
    assert verifies(context)


@pytest.mark.slow
def test_eight_workers_at_once_that_are_all_killed_somewhere_lose_and_repeat_nothing(place: Place) -> None:
    context = context_of(place)
    expected = in_one_go(context)
    for number in range(1, 5):
        export, messages = asked(context, number)
        ends = [start(place, messages, dies_before=3 * seed - number, seed=seed * number) for seed in range(2, WORKERS + 2)]
        died = [killed() for killed in ends]
        assert any(died)

        start(place, messages)()
        is_whole(context, export, expected)
    assert verifies(context)


class Dead(BaseException):
    """From a worker that was killed nothing arrives any more."""


class Life:
    """So many steps; then no call arrives."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def step(self) -> None:
        if self.left == 0:
            raise Dead
        self.left -= 1


class MortalClient:
    """A client for S3 whose worker may be killed between any two of its calls, and then gives nothing up."""

    def __init__(self, client: S3Client, life: Life) -> None:
        self._client, self._life = client, life

    def __getattr__(self, name: str) -> object:
        found = getattr(self._client, name)
        return self._stepping(found) if name in CHANGING else found

    def _stepping(self, call: Callable[..., object]) -> Callable[..., object]:
        def stepping(**request: object) -> object:
            self._life.step()
            return call(**request)

        return stepping


CHANGING = {"put_object", "create_multipart_upload", "upload_part", "complete_multipart_upload", "abort_multipart_upload"}


class MortalMemory(MemoryStore):
    """A store in memory whose worker may be killed before it records."""

    def __init__(self, inner: MemoryStore, life: Life) -> None:
        self.__dict__.update(vars(inner))
        self._life = life

    def record(self, batch: Batch) -> None:
        self._life.step()
        super().record(batch)


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Client]:
    """A client for S3 with two buckets, in which parts of uploads may be small: ours are, so that there are several."""
    monkeypatch.setattr(moto_s3, "S3_UPLOAD_PART_MIN_SIZE", 1)
    with mock_aws():
        client = s3_client(region="eu-west-2")
        for name in ("files", "pieces"):
            client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})  # type: ignore[attr-defined]
        yield client


@pytest.mark.usefixtures("small_parts")
def test_a_worker_on_a_bucket_may_die_within_an_upload_too(bucket: S3Client, tmp_path: Path) -> None:
    office = finance_office(tmp_path)
    store = cast("MemoryStore", office.store)

    def context(steps: int = 10_000) -> Context:
        life = Life(steps)
        client = cast("S3Client", MortalClient(bucket, life))
        workshop = Workshop(S3Objects(client, "pieces"), HeldQueue())
        files = S3Objects(client, "files", part_bytes=4_000)
        return replace(office.context(), store=MortalMemory(store, life), objects=files, workshop=workshop, pause=wait_a_moment)

    expected = in_one_go(context())
    died = list[int]()
    for steps in range(100):
        export, messages = asked(context(), steps)
        dying = context(steps)
        try:
            for message in messages:
                export_parts.work(dying, message)
        except Dead:
            died.append(steps)
        for message in messages:
            export_parts.work(context(), message)
        is_whole(context(), export, expected)
        if len(died) == steps:
            break

    # Of each of three parts two files and a record; an upload of parts, its beginning and end; the totals' file, and the last record.
    assert expected.files[0].size > 8_000
    assert len(died) == 3 * 3 + (2 + -(-expected.files[0].size // 4_000)) + 1 + 1
    assert verifies(context())
