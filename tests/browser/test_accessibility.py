"""Every kind of published page as a browser shows it: axe-core finds nothing, and nothing runs off a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from chalicelib.domain.values import replace
from chalicelib.services import publications
from local.machine import ROOT
from tests.browser.chromium import Tab, chromium
from tests.services.large_offices import publisher, staffordshire

AXE = ROOT / "local/node_modules/axe-core/axe.min.js"
WIDTHS = (1280, 320)
KINDS = (
    *("index", "grants", "fund-ssf-5", "grant-ssf-5-warwickshire", "grant-swan-staffordshire", "initiatives", "initiative-2"),
    *("initiative-3", "category-cctv", "places", "partners", "periods", "changes", "publications", "downloads"),
    *("grants-made", "grants-made-2023-24", "spending-over-500", "spending-over-500-2022-23", "checking", "how-to-read", "how-to-read.cy"),
)
"""At least one page of each kind."""

RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations']}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    office = staffordshire(tmp_path_factory.mktemp("office"))
    context = publisher(office, datetime(2024, 3, 1, 5, 0, tzinfo=UTC), publication_note="Some figures are made up.")
    publications.publish(context)
    later = publications.publish(replace(context, now=datetime(2024, 4, 1, 5, 0, tzinfo=UTC)))
    return office.folder / "published" / later.id


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with chromium(tmp_path_factory.mktemp("profile")) as tab:
        yield tab


def test_every_page_is_of_a_kind_that_is_looked_at(site: Path) -> None:
    assert {path.stem.partition("-")[0] for path in site.glob("*.html")} == {name.partition("-")[0] for name in KINDS}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing(tab: Tab, site: Path, name: str, width: int) -> None:
    tab.show(site / f"{name}.html", width=width)
    tab.run("for (const each of document.querySelectorAll('details')) each.open = true")
    tab.run(AXE.read_text())
    found = cast("list[Mapping[str, object]]", tab.run(f"axe.run({RULES}).then(found => found.violations)"))

    assert [
        (each["id"], each["help"], [node["html"] for node in cast("list[Mapping[str, object]]", each["nodes"])]) for each in found
    ] == []


@pytest.mark.parametrize("name", KINDS)
def test_nothing_but_tables_scrolls_sideways_on_a_narrow_screen(tab: Tab, site: Path, name: str) -> None:
    tab.show(site / f"{name}.html", width=320)

    assert tab.run("document.documentElement.scrollWidth") == 320


def test_a_fault_is_found(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text('<!DOCTYPE html><html><body><img src="x.png"><p style="color:#ccc;width:900px">Pale.</p></body></html>')
    tab.show(page, width=320)
    tab.run(AXE.read_text())

    found = cast("list[str]", tab.run(f"axe.run({RULES}).then(found => found.violations.map(each => each.id))"))

    assert {"color-contrast", "document-title", "html-has-lang", "image-alt"} <= set(found)
    assert tab.run("document.documentElement.scrollWidth > 320") is True
