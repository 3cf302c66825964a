"""What exports ask of the store, as the docstring of `keys` promises it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.domain.exports import Asked, ExportFormat, ExportKind, Scope
from chalicelib.domain.values import replace
from chalicelib.services import export_jobs, export_parts, exports
from chalicelib.storage import keys
from chalicelib.storage.store import Store
from tests.services.counting import counting
from tests.services.counting import promised as promised_about
from tests.services.finance_offices import finance_office
from tests.services.offices import NOW, Office
from tests.services.test_export_tables import finance
from tests.services.workshops import Bench

POSITION = ["heads of grants", "heads of initiatives", "heads of funds", "heads of organisations", "heads of disclosures"]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return finance_office(tmp_path)


def promised(kind: ExportKind) -> tuple[list[str], list[str]]:
    """The calls before the position, and those after it."""
    table = (keys.__doc__ or "").partition("| export of ")[2]
    before, after, of = "", "", ""
    for line in table.partition("\n\n")[0].splitlines():
        named, *told = (cell.strip() for cell in line.strip().strip("|").split("|"))
        # A row without a name goes on with the one above it.
        of = named or of
        if of == kind:
            before, after = f"{before} {told[0]}", f"{after} {told[1]}"
    return list(calls(before)), list(calls(after))


def calls(told: str) -> Iterator[str]:
    for each in filter(None, told.strip().split(", ")):
        yield each if each in ("balances", "bodies", "links") else f"heads of {each}"


@pytest.mark.parametrize("kind", ExportKind)
def test_an_export_costs_what_is_promised(office: Office, kind: ExportKind) -> None:
    store = counting(office.store)
    exports.make(replace(finance(office), store=store), Scope(financial_year="2023-24"), Asked(kind=kind, format=ExportFormat.CSV))

    before, after = promised(kind)
    assert once_for_each_grant(store.calls) == ["load", "heads of imports", "heads of grants", *before, *POSITION, *after, "load", "record"]


def once_for_each_grant(made: list[str]) -> list[str]:
    """The calls, with what is asked for each grant or thing told once."""
    several = {"heads of purchases", "balances", "bodies", "links"}
    return [call for place, call in enumerate(made) if call not in several or made[place - 1] != call]


def test_what_an_export_asks_does_not_grow_with_the_entries_but_for_their_pages(office: Office) -> None:
    asked: list[int] = []
    for number in range(2):
        store = counting(office.store)
        context = replace(finance(office), store=store, new_id=lambda number=number: f"{number:032}")  # type: ignore[misc]  # bound early
        exports.make(context, Scope(financial_year="2023-24"), Asked(kind=ExportKind.BUDGET_MONITORING, format=ExportFormat.CSV))
        asked.append(len(store.calls))
        for _ in range(5):
            office.allocate("cctv", 100)

    assert asked[0] == asked[1]


def test_cancelling_an_export_is_one_load_and_one_record(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_jobs, "AT_ONCE", 1)
    context = finance(office)
    asked = export_jobs.ask(context, Scope(financial_year="2023-24"), Asked(kind=ExportKind.MATCH, format=ExportFormat.CSV)).state
    store = counting(office.store)

    export_jobs.cancel(replace(context, store=store), asked.id)

    assert store.calls == ["load", "record"]


def test_an_export_in_parts_costs_what_is_promised(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, records in (("IN_ONE_RUN", 20), ("RECORDS_EACH", 10)):
        monkeypatch.setattr(export_parts, bound, records)
    monkeypatch.setattr(export_jobs, "AT_ONCE", 1)
    bench = Bench(tmp_path / "pieces")
    context = bench.at(finance(office))
    asked = export_jobs.ask(context, Scope(financial_year="2023-24"), Asked(kind=ExportKind.ENTRIES, format=ExportFormat.CSV)).state
    costs = promised_about("exports in parts")

    def go_on(minutes: int) -> Callable[[Store], object]:
        return lambda store: export_jobs.go_on(replace(context, store=store, now=NOW + timedelta(minutes=minutes)), asked.id)

    def make(part: int) -> Callable[[Store], object]:
        return lambda store: export_parts.work(replace(context, store=store), bench.queue.messages[part - 1])

    assert asked_by(office, go_on(0)) == costs["cut an export and send workers"]
    assert asked_by(office, go_on(30)) == costs["send workers again"]
    for part in (1, 2):
        assert asked_by(office, make(part)) == costs["make a part"]
    # What was read to record the last part is not read again to finish.
    assert asked_by(office, make(3)) == costs["make a part"] + costs["finish an export of three parts"][1:]
    assert asked_by(office, make(3)) == ["load"]


def asked_by(office: Office, request: Callable[[Store], object]) -> list[str]:
    """What a request asks of the store, with the bodies of several runs told once."""
    store = counting(office.store)
    request(store)
    return once_for_each_grant(store.calls)
