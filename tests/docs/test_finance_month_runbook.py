"""The runbook of a finance officer's month, pasted into bash against an example of its own."""

import re
from pathlib import Path

import pytest

from tests.docs.newcomer import ROOT, blocks_of, newcomer_in, prints_what_is_written

RUNBOOK = (ROOT / "docs/runbooks/finance-month.md").read_text()


@pytest.mark.slow
def test_every_step_of_the_runbook_prints_what_it_says(after_the_first_run: Path) -> None:
    blocks = blocks_of(RUNBOOK)
    assert len(blocks) == RUNBOOK.count("```sh") == 12

    with newcomer_in(after_the_first_run) as someone:
        printed = someone.paste([block for block, _ in blocks])

    for (block, expected), given in zip(blocks, printed, strict=True):
        assert prints_what_is_written(expected, given), f"{block}\nprinted\n{given}\nnot\n{expected}"


def test_every_make_target_that_the_runbook_names_is_there() -> None:
    assert set(re.findall(r"`make (?:-s )?([a-z]+)", RUNBOOK)) == {"run", "reset"}
