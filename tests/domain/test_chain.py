"""The chained record: whatever is changed, the first record that does not fit is named."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.chain import START, Kind, Link, Name, Position, followed, hash_of, unbroken
from chalicelib.domain.errors import ChainBroken

GRANT = Name(Kind.GRANT, "ssf-5-warwickshire")


def chain(*bodies: str) -> list[Link]:
    links: list[Link] = []
    for body in bodies:
        previous = links[-1].hash if links else followed(GRANT, START)
        links.append(Link(len(links) + 1, body, hash_of(previous, body)))
    return links


def broken(links: Sequence[Link], start: Position = START) -> ChainBroken:
    with pytest.raises(ChainBroken) as refused:
        list(unbroken(GRANT, links, start))
    return refused.value


def test_a_name_prints_its_kind_and_id() -> None:
    assert str(GRANT) == "grant#ssf-5-warwickshire"


def test_a_hash_is_the_sha_256_of_the_previous_hash_and_the_body() -> None:
    assert hash_of("0" * 64, '{"seq":1}') == sha256(b"0" * 64 + b'{"seq":1}').hexdigest()
    assert hash_of("0" * 64, "£") == sha256(b"0" * 64 + b"\xc2\xa3").hexdigest()


def test_the_first_record_follows_its_aggregates_name_so_no_chain_passes_for_anothers() -> None:
    assert followed(GRANT, START) == sha256(b"grant#ssf-5-warwickshire").hexdigest()
    assert followed(GRANT, Position(3, "abc")) == "abc"

    with pytest.raises(ChainBroken, match="Record 1 of grant#ssf-2-stockton does not match its hash"):
        list(unbroken(Name(Kind.GRANT, "ssf-2-stockton"), chain("one", "two")))


def test_an_unbroken_chain_passes_whole() -> None:
    links = chain("one", "two", "three")

    assert list(unbroken(GRANT, links)) == links


def test_no_records_are_an_unbroken_chain() -> None:
    assert list(unbroken(GRANT, [])) == []


def test_a_chain_is_checked_on_from_a_position() -> None:
    links = chain("one", "two", "three")

    assert list(unbroken(GRANT, links[1:], Position(1, links[0].hash))) == links[1:]


def test_a_gap_names_the_record_that_is_missing() -> None:
    one, _, three = chain("one", "two", "three")

    refusal = broken([one, three])

    assert refusal.seq == 2
    assert str(refusal) == "Record 2 of grant#ssf-5-warwickshire is missing: record 3 follows 1."


def test_a_chain_without_its_first_record_is_broken() -> None:
    assert broken(chain("one", "two")[1:]).seq == 1


def test_a_changed_body_names_its_record() -> None:
    one, two, three = chain("one", "two", "three")

    refusal = broken([one, two._replace(body="2"), three])

    assert refusal.seq == 2
    assert refusal.aggregate == "grant#ssf-5-warwickshire"


def test_a_changed_hash_names_its_record() -> None:
    one, two, three = chain("one", "two", "three")

    assert broken([one, two._replace(hash=three.hash), three]).seq == 2


def test_a_body_changed_with_its_own_hash_breaks_at_the_next_record() -> None:
    one, _, three = chain("one", "two", "three")
    forged = Link(2, "2", hash_of(one.hash, "2"))

    assert broken([one, forged, three]).seq == 3


def test_records_that_changed_places_are_found() -> None:
    one, two, three = chain("one", "two", "three")

    assert broken([one, three, two]).seq == 2
    assert broken([one, three._replace(seq=2), two._replace(seq=3)]).seq == 2


def test_a_record_told_twice_is_found() -> None:
    one, two = chain("one", "two")

    assert broken([one, one, two]).seq == 2


def test_another_past_before_the_position_is_found() -> None:
    links = chain("one", "two")

    assert broken(links[1:], Position(1, "0" * 64)).seq == 2


def test_the_links_before_the_broken_one_pass_first() -> None:
    one, two = chain("one", "two")
    passing = unbroken(GRANT, [one, two._replace(body="2")])

    assert next(passing) == one
    with pytest.raises(ChainBroken):
        next(passing)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=6), st.data())
def test_a_change_to_any_body_is_found_there(bodies: list[str], data: st.DataObject) -> None:
    links = chain(*bodies)
    place = data.draw(st.integers(0, len(links) - 1))
    links[place] = links[place]._replace(body=links[place].body + " ")

    assert broken(links).seq == place + 1
