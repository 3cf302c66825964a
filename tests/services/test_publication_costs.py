"""What a publication costs: its summary pages are made of balances, so ten times the entries cost them nothing."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.domain.alike import each
from chalicelib.domain.cells import Nature
from chalicelib.domain.documents import SplitLine, Uncharged
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.values import replace
from chalicelib.reports.contents import Contents
from chalicelib.reports.site import KINDS
from chalicelib.reports.site.engine import rendered
from chalicelib.reports.site.pages import Site
from chalicelib.reports.site.spending import grants_made, over_500
from chalicelib.services import entries, positions, publications, published
from chalicelib.services.publication_files import contents_of
from tests.services.counting import counting
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import Office, invoice

NOW = datetime(2024, 4, 1, 5, 0, tzinfo=UTC)
SUMMARIES = [kind for kind in KINDS if kind not in (grants_made, over_500)]
"""Every kind of page but the statutory lists, which tell of payments one by one."""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path / "objects")


def pay(office: Office, numbers: range) -> None:
    """Pay invoices of a penny in one quarter: each is an entry, and all of them move one balance."""
    for number in numbers:
        gates = PaymentLine(grant_id="ssf-5-warwickshire", initiative_id="rugby-gates", nature=Nature.NOT_STATED, net_pence=1, vat_pence=0)
        lines = (SplitLine(line=gates),)
        entries.pay(office.context(), invoice(f"P-{number}", 1), lines, Uncharged(), "warwickshire", date(2023, 11, 1))


def contents(office: Office) -> Contents:
    made = publications.publish(publisher(office, NOW), as_draft=True)
    return contents_of(office.context(), published.begun(office.context(), made.id))


def summary_pages(held: Contents) -> dict[str, str]:
    site = Site(contents=held, sizes={})
    return {page.name: str(rendered(site, page)) for kind in SUMMARIES for page in kind(site)}


def test_summary_pages_are_made_without_a_look_at_any_entry_or_payment(office: Office) -> None:
    whole = contents(office)
    nothing_but_balances = replace(whole, entries={}, spending=(), disclosures={})

    assert len(summary_pages(whole)) == 32
    assert summary_pages(nothing_but_balances) == summary_pages(whole)


def test_ten_times_the_entries_cost_summary_pages_no_balance_and_no_page_more(office: Office) -> None:
    pay(office, range(5))
    few = contents(office)
    pay(office, range(5, 50))
    many = contents(office)

    assert entries_in(many) - entries_in(few) == 45
    assert len(list(many.balances())) == len(list(few.balances())) == 27
    assert summary_pages(many).keys() == summary_pages(few).keys()
    assert size_of(summary_pages(many)) == pytest.approx(size_of(summary_pages(few)), rel=0.01)


def entries_in(held: Contents) -> int:
    return sum(len(list(each(alike, numbers))) for found in held.entries.values() for alike, numbers in found.items())


def size_of(pages: dict[str, str]) -> int:
    return sum(map(len, pages.values()))


def test_publishing_reads_each_chain_once_however_many_entries_there_are(office: Office) -> None:
    asked = []
    for numbers in (range(5), range(5, 50)):
        pay(office, numbers)
        store = counting(office.store)
        publications.gaps(replace(publisher(office, NOW), store=store))
        asked.append(store.calls)

    assert asked[0] == asked[1]
    assert asked[0].count("links") == len(positions.position_now(office.context()))
