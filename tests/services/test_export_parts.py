"""Exports in parts: whatever comes twice, late or out of order, the file is the one that is made in one go."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import BinaryIO

import pytest

from chalicelib import jobs
from chalicelib.backend import Backend
from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing
from chalicelib.domain.export_parts import ExportPart, Piece
from chalicelib.domain.exports import (
    Asked,
    Done,
    Export,
    ExportFormat,
    ExportKind,
    ExportMade,
    ExportPartMade,
    ExportPartsSent,
    ExportSplit,
    ExportState,
    Scope,
    apply,
)
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.values import replace
from chalicelib.services import export_jobs, export_parts, exports, kept_files, reading, rebuilding, registers
from chalicelib.services.verification import verify_all
from chalicelib.storage.objects import FolderObjects, Stored
from chalicelib.storage.workshop import MessagesRefused, Workshop
from tests.services.finance_offices import FIRST, SECOND, finance_office
from tests.services.offices import NOW, Office, invoice, line, pay
from tests.services.tampering import memory
from tests.services.workshops import Bench

EXPORT = "0" * 32
YEAR = Scope(financial_year="2023-24")
CSV = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.CSV)
JSON = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.JSON)
HLEDGER = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.HLEDGER)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """19 records of one grant and 8 of another, of which ten make a part."""
    monkeypatch.setattr(export_jobs, "AT_ONCE", 10)
    monkeypatch.setattr(export_parts, "IN_ONE_RUN", 20)
    monkeypatch.setattr(export_parts, "RECORDS_EACH", 10)
    return finance_office(tmp_path / "objects")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "pieces")


def begun(office: Office, bench: Bench, what: Asked = CSV, scope: Scope = YEAR) -> Context:
    """An export that workers were sent for; the answer is a worker's context."""
    context = bench.at(office.context())
    export_jobs.ask(context, scope, what)
    assert export_jobs.go_on(context, EXPORT).state is ExportState.WAITING
    return context


def found(office: Office) -> Export:
    return registers.find(office.context(), Export, EXPORT).state


def kinds(office: Office) -> list[str]:
    return [record.fact.KIND for record in reading.records(office.context(), Name(Kind.EXPORT, EXPORT))]


def made_in_one_go(office: Office, what: Asked = CSV, scope: Scope = YEAR) -> Export:
    return exports.make(replace(office.context(), new_id=lambda: "f" * 32), scope, what).state


def is_whole(office: Office, what: Asked = CSV, scope: Scope = YEAR) -> None:
    """It is the file that one run makes, with the same sums, recorded once, and all of it verifies."""
    made, expected = found(office), made_in_one_go(office, what, scope)
    assert made.state is ExportState.MADE
    assert (made.files[0], made.rows, made.totals_pence) == (expected.files[0], expected.rows, expected.totals_pence)
    assert totals(office, made) == totals(office, expected)
    assert kinds(office).count("export_made") == 1
    assert (made.split, made.done, made.code_version) == (None, None, "test")
    assert [problem for verdict in verify_all(office.context()) for problem in verdict.problems] == []


def totals(office: Office, export: Export) -> dict[str, object]:
    """What stands in the control totals, but for the export's id."""
    content: dict[str, object] = json.loads(office.context().objects.get(exports.key_of(export.id, export.files[1].name)))
    return {name: value for name, value in content.items() if name != "export"}


@pytest.mark.parametrize("what", [CSV, JSON, HLEDGER])
@pytest.mark.parametrize("scope", [YEAR, Scope(fund_id="ssf-4"), Scope(financial_year="2030-31", fund_id="ssf-4")])
def test_an_export_in_parts_is_the_file_that_one_run_makes(office: Office, bench: Bench, what: Asked, scope: Scope) -> None:
    context = begun(office, bench, what, scope)

    bench.work_off(context)

    is_whole(office, what, scope)
    assert kinds(office) == ["export_begun", "export_split", "export_parts_sent", *["export_part_made"] * 3, "export_made"]
    assert all(each.is_the_same for each in rebuilding.rebuild(office.context(), EXPORT).files)
    assert list(kept_files.unrecorded(office.context())) == []


def test_its_parts_are_cut_by_grant_from_the_position_at_which_it_was_asked_for(office: Office, bench: Bench) -> None:
    context = bench.at(office.context())
    export_jobs.ask(context, YEAR, CSV)
    pay(office.context(), invoice("late", 100), line("lighting", 100))

    split = export_jobs.go_on(context, EXPORT).split

    assert split is not None
    assert split.parts == (
        ExportPart(grant_id=FIRST, until=10),
        ExportPart(grant_id=SECOND, until=1),
        ExportPart(grant_id=SECOND, until=8),
    )
    assert [json.loads(message) for message in bench.queue.messages] == [{"export": EXPORT, "part": number} for number in (1, 2, 3)]


def test_each_part_says_what_it_came_to_and_they_add_up(office: Office, bench: Bench) -> None:
    bench.work_off(begun(office, bench))

    facts = [record.fact for record in reading.records(office.context(), Name(Kind.EXPORT, EXPORT))]
    parts = [fact for fact in facts if isinstance(fact, ExportPartMade)]
    assert [(part.part, part.records, part.piece.rows) for part in parts] == [(1, 10, 6), (2, 10, 9), (3, 7, 4)]
    assert [part.totals_pence["paid"] for part in parts] == [240_000, 10_000, 60_000]
    made = found(office)
    assert (made.rows, made.totals_pence["paid"]) == (19, 310_000)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_in_which_parts_are_made_is_no_matter(office: Office, bench: Bench, order: tuple[int, ...]) -> None:
    context = begun(office, bench)

    states = [bench.work(context, bench.queue.messages[place]).state for place in order]

    assert states == [ExportState.WAITING, ExportState.WAITING, ExportState.MADE]
    is_whole(office)


def test_messages_that_come_twice_change_nothing(office: Office, bench: Bench) -> None:
    context = begun(office, bench)

    for message in bench.queue.messages * 2:
        bench.work(context, message)
        bench.work(context, message)

    assert kinds(office).count("export_part_made") == 3
    is_whole(office)


def test_progress_counts_records_and_parts(office: Office, bench: Bench) -> None:
    context = begun(office, bench)
    bench.work(context, bench.queue.messages[1])

    waiting = found(office)

    assert waiting.done == Done(records=10, of=27)
    assert waiting.split is not None
    assert waiting.split.missing == (1, 3)


def test_workers_are_sent_again_for_what_is_missing_after_half_an_hour(office: Office, bench: Bench) -> None:
    context = begun(office, bench)
    bench.work(context, bench.queue.messages[1])
    bench.queue.messages.clear()

    for minutes, sent in ((5, []), (29, []), (30, [1, 3]), (35, []), (60, [1, 3])):
        export_jobs.go_on(replace(context, now=NOW + timedelta(minutes=minutes)), EXPORT)
        assert [json.loads(message)["part"] for message in bench.queue.messages] == sent, minutes
        bench.queue.messages.clear()
    assert kinds(office).count("export_parts_sent") == 3


def test_one_is_sent_again_where_all_parts_are_made_and_the_end_is_missing(office: Office, bench: Bench) -> None:
    context = begun(office, bench)
    for message in bench.queue.messages[:2]:
        bench.work(context, message)
    unfinished = replace(context, objects=Unable(office.folder, "", b"a key that signs links"))
    with pytest.raises(ConnectionError):
        export_parts.work(unfinished, bench.queue.messages[2])
    bench.queue.messages.clear()

    export_jobs.go_on(replace(context, now=NOW + export_parts.AGAIN), EXPORT)

    assert [json.loads(message)["part"] for message in bench.queue.messages] == [3]
    bench.work_off(context)
    assert kinds(office).count("export_part_made") == 3
    is_whole(office)


class Unable(FolderObjects):
    """A folder in which nothing can be joined."""

    def join(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> Stored:
        raise ConnectionError("broken off")


class Full:
    """A queue that takes nothing."""

    def send(self, messages: object) -> None:
        raise MessagesRefused("full")


def test_what_the_queue_refuses_is_sent_by_the_next_run(office: Office, bench: Bench) -> None:
    context = bench.at(office.context())
    export_jobs.ask(context, YEAR, CSV)
    with pytest.raises(MessagesRefused):
        export_jobs.go_on(replace(context, workshop=Workshop(bench.pieces, Full())), EXPORT)
    assert kinds(office) == ["export_begun", "export_split"]

    export_jobs.go_on(replace(context, now=NOW + timedelta(minutes=5)), EXPORT)
    bench.work_off(context)

    is_whole(office)


def test_a_cancelled_export_is_not_made_by_the_messages_that_are_on_their_way(office: Office, bench: Bench) -> None:
    context = begun(office, bench)
    bench.work(context, bench.queue.messages.pop(0))

    export_jobs.cancel(office.context(), EXPORT)
    bench.work_off(context)

    assert kinds(office)[-2:] == ["export_part_made", "export_cancelled"]
    assert list(office.context().objects.list("exports/")) == []
    assert [problem for verdict in verify_all(office.context()) for problem in verdict.problems] == []


def test_cancelling_stops_whoever_is_putting_the_pieces_together(office: Office, bench: Bench) -> None:
    context = begun(office, bench)

    class Cancelling(FolderObjects):
        def open(self, key: str) -> BinaryIO:
            if key == export_parts.rows_key(EXPORT, 2):
                export_jobs.cancel(office.context(), EXPORT)
            return super().open(key)

    cancelling = Cancelling(bench.folder, "", b"a key that signs links")
    ends = [export_parts.work(replace(context, workshop=Workshop(cancelling, bench.queue)), message) for message in bench.queue.messages]

    assert ends[-1].state is ExportState.CANCELLED
    assert list(office.context().objects.list("exports/")) == []


def test_pieces_that_were_cleared_away_are_made_again(office: Office, bench: Bench) -> None:
    context = begun(office, bench)
    for message in bench.queue.messages[:2]:
        bench.work(context, message)
    (bench.folder / export_parts.rows_key(EXPORT, 1)).unlink()
    (bench.folder / export_parts.totals_key(EXPORT, 2)).unlink()

    bench.work(context, bench.queue.messages[2])

    assert kinds(office).count("export_part_made") == 3
    is_whole(office)


@pytest.mark.parametrize("key", [export_parts.rows_key(EXPORT, 2), export_parts.totals_key(EXPORT, 2)])
def test_a_piece_that_was_changed_makes_no_file(office: Office, bench: Bench, key: str) -> None:
    context = begun(office, bench)
    for message in bench.queue.messages[:2]:
        bench.work(context, message)
    place = bench.folder / key
    changed = place.read_bytes().replace(b"1", b"2")
    place.unlink()
    bench.pieces.put(key, BytesIO(changed), content_type="text/csv")

    failed = bench.work(context, bench.queue.messages[2])

    assert failed.done is not None
    assert (failed.state, failed.done.why) == (
        ExportState.FAILED,
        "Part 2 is not as it was recorded: its piece was changed, or made again by other code. Ask for the export anew.",
    )
    assert list(office.context().objects.list("exports/")) == []


def test_a_part_that_cannot_be_made_ends_the_export_with_its_reason(office: Office, bench: Bench) -> None:
    context = begun(office, bench)
    del memory(office)._links[Name(Kind.GRANT, FIRST)][-1]

    ends = [bench.work(context, message).state for message in bench.queue.messages]

    assert ends == [ExportState.WAITING, ExportState.FAILED, ExportState.FAILED]
    done = found(office).done
    assert done is not None
    assert done.why == f"Record 19 of grant#{FIRST} is missing: the chain had come to record 19."


def test_an_export_is_cut_once_by_whoever_comes_first(office: Office, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    context = bench.at(office.context())
    uncut = export_jobs.ask(context, YEAR, CSV).state
    first = export_parts.see_to(context, uncut)
    monkeypatch.setattr(export_parts, "RECORDS_EACH", 5)

    second = export_parts.see_to(replace(context, now=NOW + timedelta(minutes=5)), uncut)

    assert (second, kinds(office)) == (first, ["export_begun", "export_split", "export_parts_sent"])
    bench.work_off(context)
    is_whole(office)


def test_an_export_that_is_cancelled_meanwhile_is_not_cut(office: Office, bench: Bench) -> None:
    context = bench.at(office.context())
    uncut = export_jobs.ask(context, YEAR, CSV).state
    export_jobs.cancel(context, EXPORT)

    assert export_parts.see_to(context, uncut).state is ExportState.CANCELLED
    assert bench.queue.messages == []


def test_a_workbook_and_a_table_are_made_by_one_run(office: Office, bench: Bench) -> None:
    for number, what in enumerate((replace(CSV, format=ExportFormat.XLSX), Asked(kind=ExportKind.MATCH, format=ExportFormat.CSV))):
        context = bench.at(replace(office.context(), new_id=lambda number=number: f"{number:032}"))  # type: ignore[misc]  # bound early
        asked = export_jobs.ask(context, YEAR, what).state
        assert export_jobs.go_on(context, asked.id).state is ExportState.MADE
    assert bench.queue.messages == []


def test_without_a_workshop_one_run_makes_it(office: Office) -> None:
    export_jobs.ask(office.context(), YEAR, CSV)

    assert export_jobs.go_on(office.context(), EXPORT).state is ExportState.MADE


def test_parts_need_a_workshop_to_the_end(office: Office, bench: Bench) -> None:
    begun(office, bench)

    with pytest.raises(RuntimeError, match="where a queue and a place for pieces are set"):
        export_parts.work(office.context(), bench.queue.messages[0])


@pytest.mark.parametrize(
    "message", ["", "{}", '{"export":"x","part":"1"}', f'{{"export":"{EXPORT}","part":4}}', f'{{"export":"{EXPORT}","part":0}}']
)
def test_a_message_that_asks_for_nothing_is_refused(office: Office, bench: Bench, message: str) -> None:
    context = begun(office, bench)

    with pytest.raises(ValueError, match=r"JSON|missing|Expected|no part|data was short|truncated"):
        bench.work(context, message)
    with pytest.raises(Missing):
        bench.work(context, f'{{"export":"{"9" * 32}","part":1}}')


def test_the_schedule_and_the_queues_function_do_it_together(office: Office, bench: Bench) -> None:
    context = bench.at(office.context())
    export_jobs.ask(context, YEAR, CSV)
    backend = Backend(settings=context.settings, store=office.store, objects=context.objects, workshop=context.workshop)
    tick = {"time": "2024-02-01T09:35:00Z", "id": "tick"}

    assert jobs.continue_exports(backend, tick) == {"made": 0, "cancelled": 0, "failed": 0, "waiting": 1}
    ends = [jobs.make_export_parts(backend, event(message)) for message in bench.queue.messages]

    assert [each["made"] for each in ends] == [0, 0, 1]
    assert jobs.continue_exports(backend, tick) == {"made": 0, "cancelled": 0, "failed": 0, "waiting": 0}
    is_whole(office)
    last = list(reading.records(office.context(), Name(Kind.EXPORT, EXPORT)))[-1]
    assert (last.at, last.by) == (datetime.fromisoformat("2024-02-01T09:36:00+00:00"), SCHEDULE.subject)


def event(message: str) -> dict[str, list[jobs.Message]]:
    """What Lambda gives of a message of SQS."""
    attributes = {"ApproximateFirstReceiveTimestamp": "1706780160000", "ApproximateReceiveCount": "2"}
    return {"Records": [{"messageId": "1", "body": message, "attributes": attributes}]}


PART = ExportPart(grant_id=FIRST, until=10)
PIECE = Piece(sha256="0" * 64, size=1, totals_sha256="0" * 64, rows=2)
MADE = ExportPartMade(part=1, piece=PIECE, records=10, totals_pence={"paid": 5})


def test_verifying_finds_an_export_that_is_not_what_its_parts_come_to(office: Office, bench: Bench) -> None:
    begun(office, bench)
    waiting = found(office)
    split = apply(replace(waiting, split=None), ExportSplit(parts=(PART,)), 2)
    one = apply(split, MADE, 3)
    whole = replace(one, background=None, done=None, split=None, rows=2, totals_pence={"paid": 5})

    assert apply(one, ExportMade(export=whole), 4) == whole
    with pytest.raises(ValueError, match="it is said to be made, and part 1 of 1 is not"):
        apply(split, ExportMade(export=whole), 3)
    for other in (replace(whole, rows=3), replace(whole, totals_pence={"paid": 6})):
        with pytest.raises(ValueError, match=f"it is said to have {other.rows} rows, and its parts come to 2"):
            apply(one, ExportMade(export=other), 4)
    with pytest.raises(ValueError, match="it is cut into parts already"):
        apply(one, ExportSplit(parts=(PART,)), 4)
    with pytest.raises(ValueError, match="part 1 was made already"):
        apply(one, MADE, 4)
    with pytest.raises(ValueError, match="export_part_made needs an export in parts"):
        apply(replace(waiting, split=None), MADE, 2)
    with pytest.raises(ValueError, match="an export cannot begin with export_parts_sent"):
        apply(None, ExportPartsSent(at=NOW, parts=(1,)), 1)
