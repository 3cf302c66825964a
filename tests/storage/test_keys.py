"""Every key is written out here once more, so that no change of a key goes unseen: old data would be lost to it."""

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.storage import keys
from tests.storage.batches import GRANT


@pytest.mark.parametrize(
    ("key", "pk", "sk"),
    [
        (keys.record(GRANT, 42), "grant#ssf-5-warwickshire", "record#0000000042"),
        (keys.record(Name(Kind.FUND, "swan"), 1), "fund#swan", "record#0000000001"),
        (keys.standing("ssf-5-warwickshire", 42), "grant#ssf-5-warwickshire", "standing#0000000042"),
        (keys.head(GRANT), "heads#grant", "ssf-5-warwickshire"),
        (keys.balance("swan-1", "hanley-cctv#2023-24-Q3#capital"), "balances", "swan-1#hanley-cctv#2023-24-Q3#capital"),
        (keys.request("auth0|6512#a", "3f1c#1"), "request#auth0|6512#a", "3f1c#1"),
        (
            keys.document("invoice INV-1"),
            "document#5eea77d84afc633f6e729fb3ca538fc5f17400d00efac4c8fd1bbde7ff54f6b4",
            "document",
        ),
    ],
)
def test_where_each_thing_is(key: keys.Key, pk: str, sk: str) -> None:
    assert key == (pk, sk)


def test_the_order_of_sort_keys_is_the_order_of_records() -> None:
    numbers = [1, 9, 10, 99, 100, 9_999_999_999]

    assert sorted(map(keys.record_sk, reversed(numbers))) == [keys.record_sk(number) for number in numbers]
    assert [keys.seq_of(keys.record_sk(number)) for number in numbers] == numbers


def test_a_balances_key_gives_its_cell_back() -> None:
    assert keys.cell_of(keys.balance("swan-1", "-#2023-24#revenue").sk) == ("swan-1", "-#2023-24#revenue")


def test_no_document_is_too_long_for_a_key() -> None:
    assert len(keys.document("é" * 10_000).pk) == len("document#") + 64
    assert keys.document("invoice 1") != keys.document("invoice 2")


@pytest.mark.parametrize("seq", [0, -1, 10_000_000_000])
def test_a_number_that_no_record_can_have_is_refused(seq: int) -> None:
    with pytest.raises(ValueError, match="records are numbered from 1"):
        keys.record(GRANT, seq)
    with pytest.raises(ValueError, match="records are numbered from 1"):
        keys.standing("swan-1", seq)


@pytest.mark.parametrize("bad_id", ["", "swan#1"])
def test_an_id_that_could_be_mistaken_for_another_key_is_refused(bad_id: str) -> None:
    for make in (keys.head, keys.aggregate):
        with pytest.raises(ValueError, match=r"'#'|empty"):
            make(Name(Kind.GRANT, bad_id))
    with pytest.raises(ValueError, match=r"'#'|empty"):
        keys.balance(bad_id, "-#2023-24#revenue")


def test_an_empty_part_is_refused() -> None:
    with pytest.raises(ValueError, match="empty cell"):
        keys.balance("swan-1", "")
    with pytest.raises(ValueError, match="empty idempotency key"):
        keys.request("officer-1", "")
    with pytest.raises(ValueError, match="empty subject"):
        keys.request("", "key-1")
    with pytest.raises(ValueError, match="empty document key"):
        keys.document("")


def test_what_dynamodb_cannot_hold_as_a_key_is_refused_by_its_size_in_bytes() -> None:
    assert len(keys.request("officer-1", "é" * 512).sk.encode()) == 1024
    with pytest.raises(ValueError, match="a sort key of 1026 bytes; 1024 fit"):
        keys.request("officer-1", "é" * 513)
    with pytest.raises(ValueError, match="a partition key of 2049 bytes; 2048 fit"):
        keys.request("x" * 2041, "key-1")
