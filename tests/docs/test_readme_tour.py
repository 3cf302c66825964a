"""The README's tour, pasted into bash as a newcomer would, against a server started as a newcomer would."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs.newcomer import ROOT, Newcomer, blocks_of, prints_what_is_written
from tests.local.calling import call

README = (ROOT / "README.md").read_text()


def tour() -> list[tuple[str, str]]:
    """The tour's blocks: what to paste, and what it prints."""
    told = README.split("## A five-minute tour")[1].split("\n## ")[0]
    return blocks_of(told)


@pytest.mark.slow
def test_the_tour_works_when_pasted_and_does_nothing_twice_when_pasted_again(newcomer: Newcomer) -> None:
    blocks = tour()
    assert len(blocks) == 13

    printed = newcomer.paste([block for block, _ in blocks])
    again = newcomer.paste([block for block, _ in blocks])

    for (block, expected), given in zip(blocks, printed, strict=True):
        assert prints_what_is_written(expected, given), f"{block}\nprinted\n{given}\nnot\n{expected}"
    assert [_without_replays(block) for block in again] == [_without_replays(block) for block in printed]


@pytest.mark.slow
def test_the_page_that_the_server_names_is_there(newcomer: Newcomer) -> None:
    said = (newcomer.folder / "said").read_text()
    (page,) = re.findall(r"the published page is +(\S+)", said)

    answer = call(page, urlsplit(page).path)
    assert answer.status == 200
    assert "£3,032,000.00" in answer.body.decode()


@pytest.mark.parametrize(
    "document", ["README.md", "local/example/README.md", "docs/api.md", "docs/runbooks/monthly.md", "docs/runbooks/quarter-end.md"]
)
def test_every_link_to_a_file_of_ours_leads_somewhere(document: str) -> None:
    here = ROOT / document
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", here.read_text()) if "://" not in target]

    assert [target for target in linked if not (here.parent / target).exists()] == []


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    named = set(re.findall(r"`?make (?:-s )?([a-z]+)", README))
    makefile = (ROOT / "Makefile").read_text()

    assert {"run", "test", "check", "package", "help", "token", "verify", "lint"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []


def test_every_folder_of_the_house_is_there() -> None:
    table = README.split("## The house")[1].split("\n## ")[0]
    named = re.findall(r"`([a-z./]+)`", "".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `")))

    assert len(named) == 12
    assert [path for path in named if not (ROOT / path).exists()] == []


def _without_replays(printed: str) -> str:
    return printed.replace("Idempotent-Replay: true\n", "")
