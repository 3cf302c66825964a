"""What rows read of a record agrees with the record, for every kind of record a grant has."""

from pathlib import Path

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import ChainBroken
from chalicelib.domain.quarter_states import PeriodClosed
from chalicelib.reports.bodies import ENTRY_KINDS, decode, decode_all, decode_briefly
from chalicelib.reports.sums import Sums, add
from chalicelib.storage import items
from tests.services.large_offices import staffordshire


def test_a_body_says_what_its_record_says(tmp_path: Path) -> None:
    office = staffordshire(tmp_path)
    kinds = set()
    for grant_id in ("ssf-1-staffordshire", "ssf-2-staffordshire", "swan-staffordshire", "ssf-4-staffordshire", "ssf-5-warwickshire"):
        name = Name(Kind.GRANT, grant_id)
        for link in office.store.links(name):
            record, body = items.record_of(name, link), decode(link.body, name, link.seq)
            kinds.add(body.kind)
            assert (body.seq, body.by, body.reason, body.kind) == (record.seq, record.by, record.reason, record.kind)
            assert (body.kind in ENTRY_KINDS) == isinstance(record.fact, Entry)
            if isinstance(record.fact, Entry):
                entry, read = record.fact, body.facts
                assert (read.on, read.cell, read.amount_pence, body.moves) == (str(entry.on), entry.cell, entry.amount_pence, entry.moves)
                assert (read.description, read.counterparty, read.quoted_reference) == (
                    entry.description,
                    entry.counterparty,
                    entry.quoted_reference,
                )
                carried = read.part or read.document
                assert read.of == (entry.of or "")
                assert (carried and (carried.net_pence, carried.vat_pence)) == (entry.document and (entry.net_pence, entry.vat_pence))
                document = read.document and (read.document.kind, read.document.number, read.document.net_pence, read.document.vat_pence)
                kept = entry.document
                assert document == (kept and (kept.kind.value, kept.number, kept.net_pence, kept.vat_pence))
            if isinstance(record.fact, PeriodClosed):
                assert (body.facts.quarter, body.facts.cells or {}) == (record.fact.quarter, record.fact.cells)

    assert kinds >= {
        "period_closed",
        "grant_offered",
        "grant_moved",
        "variation_requested",
        "variation_decided",
        "payment",
        "correction",
        "virement",
    }


def test_what_is_read_briefly_is_what_is_read(tmp_path: Path) -> None:
    office, entries = staffordshire(tmp_path), 0
    for grant_id in ("ssf-1-staffordshire", "ssf-2-staffordshire", "swan-staffordshire", "ssf-4-staffordshire", "ssf-5-warwickshire"):
        name = Name(Kind.GRANT, grant_id)
        texts = [link.body for link in office.store.links(name)]
        for body, brief in zip(decode_all(texts, name, 1), decode_briefly(texts, name, 1), strict=True):
            ours, theirs = brief.facts, body.facts
            assert (brief.seq, brief.kind, ours.quarter, ours.cells) == (body.seq, body.kind, theirs.quarter, theirs.cells)
            assert (ours.cell, ours.amount_pence, ours.counter, ours.settles) == (
                theirs.cell,
                theirs.amount_pence,
                theirs.counter,
                theirs.settles,
            )
            if body.kind in ENTRY_KINDS:
                entries += 1
                carried, whole = ours.part or ours.document, theirs.part or theirs.document
                assert (carried and (carried.net_pence, carried.vat_pence)) == (whole and (whole.net_pence, whole.vat_pence))
                assert brief.moves == body.moves
    assert entries > 30


def test_a_body_from_another_place_is_refused(tmp_path: Path) -> None:
    office = staffordshire(tmp_path)
    name = Name(Kind.GRANT, "ssf-1-staffordshire")
    first, second, third, *_ = (link.body for link in office.store.links(name))

    with pytest.raises(ChainBroken, match="Record 2 of grant#ssf-1-staffordshire says that it is record 1"):
        decode(first, name, 2)
    with pytest.raises(ChainBroken, match="Record 3 of grant#ssf-1-staffordshire says that it is record 2"):
        decode_all((second, second, third), name, 2)
    with pytest.raises(ChainBroken, match="Record 3 of grant#ssf-1-staffordshire cannot be read"):
        decode_all((second, third[:-1]), name, 2)
    assert [body.seq for body in decode_all((second, third), name, 2)] == [2, 3]


@pytest.mark.parametrize("singly", [frozenset(), frozenset({"payment", "allocation"})], ids=["by kind", "some kinds singly"])
@pytest.mark.parametrize("last", [None, "2021-01-31"])
def test_sums_are_what_the_entries_add_up_to(tmp_path: Path, singly: frozenset[str], last: str | None) -> None:
    office = staffordshire(tmp_path)
    for grant_id in ("ssf-1-staffordshire", "ssf-2-staffordshire", "swan-staffordshire", "ssf-4-staffordshire", "ssf-5-warwickshire"):
        name = Name(Kind.GRANT, grant_id)
        sums, expected, single = Sums(name, singly, last), dict[str, dict[str, int]](), 0
        for link in office.store.links(name):
            sums.take((link.body,), link.seq)
            fact = items.record_of(name, link).fact
            assert (link.seq in sums.closings) == isinstance(fact, PeriodClosed)
            if isinstance(fact, Entry) and (last is None or str(fact.on) <= last):
                add(expected.setdefault(fact.cell, {}), fact.moves)
                single += fact.kind in singly

        found = dict[str, dict[str, int]]()
        for each in sums:
            add(found.setdefault(each.cell, {}), each.moves)
        assert found == expected
        assert sum(each.kind in singly for each in sums) == single


def test_records_from_another_place_are_not_added_up(tmp_path: Path) -> None:
    office = staffordshire(tmp_path)
    name = Name(Kind.GRANT, "ssf-1-staffordshire")
    first, second, *_ = (link.body for link in office.store.links(name))

    with pytest.raises(ChainBroken, match="Record 2 of grant#ssf-1-staffordshire says that it is record 1"):
        Sums(name).take((first, first), 1)
    with pytest.raises(ChainBroken, match="Record 2 of grant#ssf-1-staffordshire cannot be read"):
        Sums(name).take((first, second[:-1]), 1)
