"""The runbook of a quarter's end, pasted into bash against the example of `make run`."""

import re
from pathlib import Path

import pytest

from tests.docs.newcomer import ROOT, FirstRun, Newcomer, blocks_of, newcomer_in, prints_what_is_written

RUNBOOK = (ROOT / "docs/runbooks/quarter-end.md").read_text()


@pytest.mark.slow
def test_every_step_of_the_runbook_prints_what_it_says(newcomer: Newcomer) -> None:
    blocks = blocks_of(RUNBOOK)
    assert len(blocks) == RUNBOOK.count("```sh") == 16

    printed = newcomer.paste([block for block, _ in blocks])

    for (block, expected), given in zip(blocks, printed, strict=True):
        assert prints_what_is_written(expected, given), f"{block}\nprinted\n{given}\nnot\n{expected}"


@pytest.mark.slow
def test_a_second_run_finds_the_quarters_as_the_first_one_left_them(first_run: FirstRun, after_the_first_run: Path) -> None:
    (listing, expected), *_ = blocks_of(RUNBOOK)
    with newcomer_in(after_the_first_run) as someone:
        (again,) = someone.paste([listing])

    assert (first_run.listing, again) == (expected.strip(), expected.strip())


def test_every_make_target_that_the_runbook_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()

    named = set(re.findall(r"`make (?:-s )?([a-z]+)", RUNBOOK))
    assert named == {"run", "reset", "close"}
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)
