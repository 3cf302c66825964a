"""Measures: one name, one meaning, one sum."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.cells import Counter, added
from chalicelib.domain.measures import MEASURES, available, figures, used

COUNTERS = st.dictionaries(st.sampled_from(Counter), st.integers(-(10**12), 10**12))

EACH_ITS_OWN: dict[str, int] = {counter: 10**place for place, counter in enumerate(Counter)}
"""A different digit for every counter, so that a measure shows which it is made of."""


@pytest.mark.parametrize(
    ("name", "pence"),
    [
        ("awarded", 1),
        ("allocated", 10),
        ("unallocated", 1 - 10),
        ("committed", 100),
        ("accrued", 1_000),
        ("paid", 10_000),
        ("corrected", 100_000),
        ("refunded", 1_000_000),
        ("spent", 10_000 + 100_000 - 1_000_000),
        ("available", 10 - 100 - 1_000 - 10_000 - 100_000 + 1_000_000),
        ("match", 10_000_000 + 100_000_000),
        ("claimed", 1_000_000_000),
        ("received", 10_000_000_000),
    ],
)
def test_a_measure_is_the_sum_of_its_counters(name: str, pence: int) -> None:
    assert figures(EACH_ITS_OWN)[name] == pence


def test_measures_are_those_of_the_design_in_the_order_they_are_shown() -> None:
    assert list(MEASURES) == [
        "awarded",
        "allocated",
        "unallocated",
        "committed",
        "accrued",
        "paid",
        "corrected",
        "refunded",
        "spent",
        "available",
        "claimed",
        "received",
        "match",
    ]


@pytest.mark.parametrize("name", MEASURES)
def test_a_measure_says_its_meaning_in_one_sentence(name: str) -> None:
    measure = MEASURES[name]

    assert measure.name == name
    assert measure.meaning[0].isupper()
    assert measure.meaning.endswith(".")
    assert "\n" not in measure.meaning


@given(COUNTERS)
def test_what_was_awarded_is_somewhere(counters: dict[str, int]) -> None:
    of = figures(counters)

    assert of["awarded"] == of["unallocated"] + of["available"] + of["committed"] + of["accrued"] + of["spent"]
    assert of["spent"] == of["paid"] + of["corrected"] - of["refunded"]
    assert available(counters) == of["allocated"] - used(counters)


@given(st.lists(COUNTERS, max_size=6))
def test_measures_add_up_over_any_grouping(parts: list[dict[str, int]]) -> None:
    assert figures(added(parts)) == {name: sum(figures(part)[name] for part in parts) for name in MEASURES}


def test_every_counter_is_part_of_a_measure() -> None:
    assert {counter for measure in MEASURES.values() for counter in (*measure.plus, *measure.minus)} == set(Counter)
