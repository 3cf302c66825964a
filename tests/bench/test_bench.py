"""Every benchmark runs, at a tiny size, and each pair of ways comes to the same answer."""

import gc
from collections.abc import Iterator

import pytest

from bench.__main__ import BENCHMARKS, main
from bench.figures import Figure, table
from bench.ledgers import Ledgers
from bench.measuring import AnswersDiffer, side_by_side
from chalicelib.services import reading, verification
from local.embedded import embedded_dynamodb

ENTRIES = 200


@pytest.fixture(scope="module", autouse=True)
def what_stands_is_left_standing() -> Iterator[None]:
    """Each measurement begins by collecting garbage: what the tests before these have left is looked through once, not every time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledgers]:
    with embedded_dynamodb() as dynamodb:
        yield Ledgers(dynamodb.endpoint_url, tmp_path_factory.mktemp("files"))


@pytest.mark.slow
# Both ways run in each, and AnswersDiffer is raised where their answers are not alike.
@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_measures_both_ways_of_doing_the_same(name: str, ledgers: Ledgers) -> None:
    figures = list(BENCHMARKS[name](ledgers, ENTRIES))

    assert figures
    assert all(figure.ours > 0 and figure.theirs > 0 for figure in figures)


def test_the_ledger_measured_is_one_that_the_gate_could_have_made(ledgers: Ledgers) -> None:
    context = ledgers.of(ENTRIES).context

    # Standings and documents' items are left out of it: nothing that is measured reads them. A head or a balance that is
    # wrong is told before these are, so it is never among those that are only counted.
    left_out = ("standing", "nothing keeps that document from being entered again", "more like these")
    for verdict in verification.verify_all(context):
        assert [problem for problem in verdict.problems if not any(words in problem for words in left_out)] == []


def test_the_ledger_measured_has_as_many_entries_as_were_asked_for(ledgers: Ledgers) -> None:
    ledger = ledgers.of(ENTRIES)
    begun = ledgers.new()

    assert sum(len(list(reading.entries(ledger.context, grant_id))) for grant_id in ledger.grants) == ENTRIES + sum(
        len(list(reading.entries(begun.context, grant_id))) for grant_id in begun.grants
    )


def test_ways_that_differ_are_not_compared() -> None:
    with pytest.raises(AnswersDiffer):
        side_by_side(lambda: 1, lambda: 2, lambda ours, theirs: ours == theirs, rounds=1)


def test_the_table_says_what_was_required_and_whether_it_was_met() -> None:
    figures = [
        Figure(benchmark="export", what="CPU", ours=90.0, theirs=2_000.0, unit="ms", at_most=0.05),
        Figure(benchmark="start", what="CPU", ours=210.5, theirs=300.0, unit="ms", at_most=0.6),
        Figure(benchmark="posting", what="round trips", ours=2, theirs=2, unit=""),
    ]

    assert table(figures).splitlines()[1].endswith("0.045 (1/22.2)   <= 0.05     met")
    assert table(figures).splitlines()[2].endswith("0.70    <= 0.6  MISSED")
    assert [figure.missed for figure in figures] == [False, True, False]


def test_a_benchmark_that_there_is_not_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["export", "nothing"])

    assert "there is no benchmark nothing" in capsys.readouterr().err
