"""How far a preview or a commit is, as whoever waits is told: by its stages, of how much, and seldom."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Protocol, cast

import pytest
from moto import mock_aws

from chalicelib.domain.extract_documents import Documents
from chalicelib.domain.extract_sheets import Sheet
from chalicelib.domain.values import replace
from chalicelib.reports.tables import Column, Shape
from chalicelib.reports.workbook import Sheet as WorkbookSheet
from chalicelib.reports.workbook import write_workbook
from chalicelib.services import import_posting, imports
from chalicelib.services.import_posting import Asked
from chalicelib.services.import_progress import Stage, told
from chalicelib.services.preview_scratch import Scratch
from chalicelib.services.sifting import sift
from chalicelib.storage.objects import S3Client, S3Objects, s3_client
from tests.extracts.layouts import HEADING, PAYMENTS, row
from tests.services.importing import announced, announcement, as_, committed, csv, opened, previewed
from tests.services.offices import Office

TODAY = date(2024, 2, 1)

Told = tuple[Stage, int, int]


class Owner(S3Client, Protocol):
    """The client of someone who may make buckets."""

    def create_bucket(self, **request: object) -> object: ...


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return opened(Office(folder=tmp_path).open())


class Waiting:
    """Somebody who waits, and remembers what was told."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def hear(self, stage: Stage, done: int, of: int) -> None:
        self.told.append((stage, done, of))

    def of(self, stage: Stage) -> list[tuple[int, int]]:
        """What was told of one stage."""
        return [(done, of) for at, done, of in self.told if at is stage]

    def stages(self) -> list[Stage]:
        """The stages in their order."""
        return list(dict.fromkeys(at for at, _, _ in self.told))


def pounds(*numbers: object) -> bytes:
    """An extract with a document of a pound for each number."""
    return csv(*(row(number=str(number), amount="1.00") for number in numbers))


def test_what_goes_by_singly_is_told_of_now_and_then_and_at_its_end() -> None:
    waiting = Waiting()

    assert list(told(range(2_500), waiting.hear, Stage.COMPARED, 2_500)) == list(range(2_500))
    assert list(told([], waiting.hear, Stage.ENTRIES)) == []

    assert waiting.told == [(Stage.COMPARED, 1_000, 2_500), (Stage.COMPARED, 2_000, 2_500), (Stage.COMPARED, 2_500, 2_500)]


def test_a_csv_is_told_by_its_bytes_a_quarter_of_a_megabyte_at_a_time(office: Office) -> None:
    content = csv(*(row(number="", supplier="REDACTED", centre="GEN", description="x" * 1_000) for _ in range(600)))
    waiting = Waiting()

    imports.preview(as_(office), announced(office, content), waiting.hear)

    size = len(content)
    assert waiting.of(Stage.BYTES) == [(262_144, size), (524_288, size), (size, size)]


def test_a_csv_that_comes_from_a_bucket_is_told_to_its_end(office: Office) -> None:
    content = pounds(*range(3))
    with mock_aws():
        client = cast("Owner", s3_client(region="eu-west-2"))
        client.create_bucket(Bucket="streetlight-extracts", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        context, waiting = replace(as_(office), objects=S3Objects(client, "streetlight-extracts")), Waiting()
        import_id = imports.announce(context, "payments", announcement(content)).held.state.id
        context.objects.put(imports.source_key(import_id), BytesIO(content), content_type="text/csv")

        imports.preview(context, import_id, waiting.hear)

    assert waiting.told == [(Stage.BYTES, len(content), len(content)), (Stage.LOOKED_UP, 3, 3)]


def test_a_preview_tells_of_what_is_looked_up_a_hundred_at_a_time(office: Office) -> None:
    waiting = Waiting()

    imports.preview(as_(office), announced(office, pounds(*range(250))), waiting.hear)

    assert waiting.stages() == [Stage.BYTES, Stage.LOOKED_UP]
    assert waiting.of(Stage.LOOKED_UP) == [(100, 250), (200, 250), (250, 250)]


def test_what_the_ledger_has_is_told_by_its_records_its_entries_and_its_documents(office: Office) -> None:
    committed(office, previewed(office, pounds(*range(120))).state)
    waiting = Waiting()

    imports.preview(as_(office), announced(office, pounds(*range(20, 150))), waiting.hear)

    assert waiting.told[1:] == [
        (Stage.LOOKED_UP, 100, 130),
        (Stage.LOOKED_UP, 130, 130),
        (Stage.RECORDS, 100, 100),
        (Stage.ENTRIES, 100, 100),
        (Stage.COMPARED, 100, 100),
    ]


def test_documents_whose_rows_stand_apart_are_put_together_and_told_of_how_many_parts() -> None:
    lines = [row(number=str(number), description=what) for what in ("Lamps", "Posts") for number in range(2_000)]
    waiting = Waiting()

    with Scratch() as scratch:
        sift(scratch, [Sheet("", [HEADING, *lines])], PAYMENTS)
        documents = list(scratch.documents(Documents(PAYMENTS, TODAY), waiting.hear))

    assert len(documents) == scratch.count == 2_000
    assert waiting.told == [(Stage.TOGETHER, done, 4_000) for done in (1_000, 2_000, 3_000, 4_000)]


def test_a_file_with_nothing_in_it_to_look_up_tells_of_no_such_thing(office: Office) -> None:
    waiting = Waiting()

    imports.preview(as_(office), announced(office, csv()), waiting.hear)

    assert waiting.stages() == [Stage.BYTES]


def test_a_workbook_is_told_by_its_rows_over_all_its_sheets(office: Office) -> None:
    columns = tuple(Column(name=name, shape=Shape.TEXT) for name in HEADING)
    content = BytesIO()
    write_workbook(
        (
            WorkbookSheet(
                title=title, columns=columns, rows=(dict(zip(HEADING, row(number=f"{title}{each}"), strict=True)) for each in range(699))
            )
            for title in ("May", "June")
        ),
        content,
    )
    waiting = Waiting()

    imports.preview(as_(office), announced(office, content.getvalue(), name="Extract.xlsx"), waiting.hear)

    assert waiting.of(Stage.ROWS) == [(700, 0), (1_000, 0), (1_400, 0)]
    assert waiting.of(Stage.LOOKED_UP)[-1] == (1_398, 1_398)


def test_a_commit_tells_of_each_write_and_goes_on_from_where_it_was(office: Office) -> None:
    held = previewed(office, pounds(*range(120))).state
    assert held.preview
    asked, first, then = Asked(digest=held.preview.digest), Waiting(), Waiting()

    def hear(stage: Stage, done: int, of: int) -> None:
        first.hear(stage, done, of)
        if done >= 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_posting.commit(as_(office), held.id, asked, hear)
    done = import_posting.commit(as_(office), held.id, asked, then.hear).state

    assert first.of(Stage.POSTED) == [(0, 120), (30, 120), (59, 120)]
    assert then.of(Stage.POSTED) == [(59, 120), (89, 120), (118, 120), (120, 120)]
    assert (done.posted, done.posted_pence) == (120, 120_00)


def test_whoever_asks_again_for_what_is_committed_is_told_of_nothing_to_do(office: Office) -> None:
    held = previewed(office, pounds("1")).state
    assert held.preview
    committed(office, held)
    waiting = Waiting()

    import_posting.commit(as_(office), held.id, Asked(digest=held.preview.digest), waiting.hear)

    assert waiting.told == []
