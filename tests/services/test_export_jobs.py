"""Exports in the background: begun by a request, made by a job, watched, cancelled, killed and gone on with."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib import jobs
from chalicelib.backend import Backend
from chalicelib.context import Context
from chalicelib.domain.aggregates import Record
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing, NotInState
from chalicelib.domain.exports import (
    Asked,
    Done,
    Export,
    ExportAdvanced,
    ExportCancelled,
    ExportFormat,
    ExportKind,
    ExportMade,
    ExportState,
    Scope,
    apply,
)
from chalicelib.domain.values import replace
from chalicelib.services import entries, export_jobs, exports, kept_files, reading, rebuilding, registers
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify_all
from chalicelib.storage.store import StoreBusy
from tests.services.finance_offices import FIRST, finance_office
from tests.services.offices import FINANCE, Office, invoice, line, pay
from tests.services.tampering import memory

EXPORT = "0" * 32
YEAR = Scope(financial_year="2023-24")
XLSX = Asked(kind=ExportKind.ENTRIES, format=ExportFormat.XLSX)
TICK = {"time": "2024-02-01T09:35:00Z", "id": "tick"}


class Killed(BaseException):
    """What ends a process ends the run, whatever it is about."""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(export_jobs, "AT_ONCE", 10)
    return finance_office(tmp_path)


def asked(office: Office, what: Asked = XLSX) -> Export:
    return export_jobs.ask(office.context(), YEAR, what).state


def facts(office: Office) -> list[Record]:
    return list(reading.records(office.context(), Name(Kind.EXPORT, EXPORT)))


def backend(office: Office) -> Backend:
    return Backend(settings=office.context().settings, store=office.store, objects=office.context().objects)


def test_a_small_export_is_made_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "AT_ONCE", 1_000)
    made = asked(office)

    assert (made.state, made.done, len(made.files)) == (ExportState.MADE, None, 2)


def test_on_a_machine_of_ones_own_every_export_is_made_at_once(office: Office) -> None:
    context = office.context()
    local = replace(context, settings=replace(context.settings, local_objects="objects"))

    assert export_jobs.ask(local, YEAR, XLSX).state.state is ExportState.MADE


def test_a_large_export_waits_with_its_position_taken(office: Office) -> None:
    waiting = asked(office)

    assert (waiting.state, waiting.done, waiting.files) == (ExportState.WAITING, Done(records=0, of=27), ())
    assert [held.state.id for held in export_jobs.waiting(office.context())] == [EXPORT]
    assert list(office.context().objects.list("exports/")) == []


def test_the_scheduled_job_makes_what_waits_from_the_position_at_which_it_was_asked_for(office: Office) -> None:
    waiting = asked(office)
    pay(office.context(), invoice("late", 100), line("lighting", 100))

    assert jobs.continue_exports(backend(office), TICK) == {"made": 1, "cancelled": 0, "failed": 0, "waiting": 0}
    assert jobs.continue_exports(backend(office), TICK) == {"made": 0, "cancelled": 0, "failed": 0, "waiting": 0}

    made = registers.find(office.context(), Export, EXPORT).state
    assert (made.state, made.done, made.position, made.on) == (ExportState.MADE, None, waiting.position, waiting.on)
    assert made.rows == 19
    assert all(each.is_the_same for each in rebuilding.rebuild(office.context(), EXPORT).files)
    assert [problem for verdict in verify_all(office.context()) for problem in verdict.problems] == []
    assert list(kept_files.unrecorded(office.context())) == []


def test_it_is_the_file_that_a_request_would_have_made(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(office)
    in_background = export_jobs.go_on(office.context(), EXPORT)
    at_once = exports.make(replace(office.context(), new_id=lambda: "1" * 32), YEAR, XLSX).state

    assert in_background.files[0] == at_once.files[0]
    assert in_background.totals_pence == at_once.totals_pence


def test_progress_is_on_the_record_and_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "_STEPS", 3)
    asked(office)
    told: list[int] = []

    export_jobs.go_on(office.context(), EXPORT, told.append)

    assert told == [19, 27], "a page of each grant's records"
    assert [record.fact for record in facts(office)][1:-1] == [ExportAdvanced(records=19)]
    assert isinstance(facts(office)[-1].fact, ExportMade)


def test_a_cancelled_export_is_not_made(office: Office) -> None:
    asked(office)

    assert export_jobs.cancel(office.context(), EXPORT).state.state is ExportState.CANCELLED
    assert export_jobs.go_on(office.context(), EXPORT).state is ExportState.CANCELLED
    assert list(export_jobs.waiting(office.context())) == []
    with pytest.raises(NotInState, match="is cancelled; this needs it to be waiting"):
        export_jobs.cancel(office.context(), EXPORT)


def test_cancelling_stops_a_run_where_it_is(office: Office) -> None:
    asked(office)
    told: list[int] = []

    def cancel_on_the_way(records: int) -> None:
        told.append(records)
        if len(told) == 1:
            export_jobs.cancel(office.context(), EXPORT)

    ended = export_jobs.go_on(office.context(), EXPORT, cancel_on_the_way)

    assert (ended.state, told) == (ExportState.CANCELLED, [19])
    assert isinstance(facts(office)[-1].fact, ExportCancelled)
    assert list(office.context().objects.list("exports/")) == []


@pytest.mark.parametrize("after", [1, 2])
def test_a_run_that_is_killed_is_gone_on_with_to_the_same_file(office: Office, after: int) -> None:
    asked(office)
    told: list[int] = []

    def killed(records: int) -> None:
        told.append(records)
        if len(told) == after:
            raise Killed

    with pytest.raises(Killed):
        export_jobs.go_on(office.context(), EXPORT, killed)
    assert registers.find(office.context(), Export, EXPORT).state.state is ExportState.WAITING

    made = export_jobs.go_on(office.context(), EXPORT)

    assert made.state is ExportState.MADE
    assert all(each.is_the_same for each in rebuilding.rebuild(office.context(), EXPORT).files)


def test_a_run_that_is_killed_between_the_files_and_the_record_loses_and_repeats_nothing(office: Office) -> None:
    asked(office)
    waiting = registers.find(office.context(), Export, EXPORT).state
    exports.written(office.context(), replace(waiting, background=None, done=None), lambda _: None)

    made = export_jobs.go_on(office.context(), EXPORT)

    assert made.state is ExportState.MADE
    assert sorted(office.context().objects.list("exports/")) == sorted(exports.key_of(EXPORT, each.name) for each in made.files)


def test_of_two_runs_at_once_one_records_it(office: Office) -> None:
    asked(office)

    def other_run(records: int) -> None:
        if records == 27:
            export_jobs.go_on(office.context(), EXPORT)

    ended = export_jobs.go_on(office.context(), EXPORT, other_run)

    assert ended.state is ExportState.MADE
    assert [type(record.fact) for record in facts(office)].count(ExportMade) == 1


def test_an_export_that_cannot_be_made_says_why_and_the_next_is_made(office: Office) -> None:
    asked(office)
    other = replace(office.context(), new_id=lambda: "1" * 32)
    export_jobs.ask(other, Scope(fund_id="ssf-4"), Asked(kind=ExportKind.MATCH, format=ExportFormat.CSV))
    # It was there when the exports were asked for, and is gone; the head says so.
    del memory(office)._links[Name(Kind.GRANT, FIRST)][-1]

    assert jobs.continue_exports(backend(office), TICK) == {"made": 0, "cancelled": 0, "failed": 2, "waiting": 0}
    failed = registers.find(office.context(), Export, EXPORT).state
    assert failed.done is not None
    assert failed.done.why == f"Record 19 of grant#{FIRST} is missing: the chain had come to record 19."


def test_what_the_store_refuses_for_now_is_tried_again_by_the_next_run(office: Office) -> None:
    asked(office)

    def busy(_: int) -> None:
        raise StoreBusy

    with pytest.raises(StoreBusy):
        export_jobs.go_on(office.context(), EXPORT, busy)
    assert [held.state.id for held in export_jobs.waiting(office.context())] == [EXPORT]


def test_a_repeated_request_begins_no_second_export(office: Office) -> None:
    context: Context = office.context(FINANCE, key="export-1")
    export_jobs.ask(context, YEAR, XLSX)

    with pytest.raises(Replayed):
        export_jobs.ask(replace(context, new_id=lambda: "1" * 32), YEAR, XLSX)
    assert len(list(registers.every(context, Export))) == 1


def test_an_export_that_was_never_made_cannot_be_made_again(office: Office) -> None:
    asked(office)

    with pytest.raises(Missing, match="There is no finished publication or export"):
        rebuilding.rebuild(office.context(), EXPORT)


def test_no_export_begins_with_how_it_ended() -> None:
    with pytest.raises(ValueError, match="an export cannot begin with export_cancelled"):
        apply(None, ExportCancelled(), 1)


def test_what_is_posted_while_an_export_waits_is_in_the_next(office: Office) -> None:
    asked(office)
    entries.refund(office.context(), f"{FIRST}.8", date(2024, 2, 1), 100, "CN 1", "Sent back")
    first = export_jobs.go_on(office.context(), EXPORT)

    later = exports.make(replace(office.context(), new_id=lambda: "1" * 32), YEAR, XLSX).state
    assert (later.rows - first.rows, later.totals_pence["refunded"]) == (1, 100)
