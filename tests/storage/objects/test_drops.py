"""Files that others drop: read under whatever key they have, in the version that is asked for."""

from pathlib import Path
from typing import Protocol, cast

import pytest
from botocore.exceptions import ClientError

from chalicelib.storage.objects import FolderDrops, ObjectMissing, S3Drops, S3Objects
from chalicelib.storage.objects.drops import DropsClient

KEYS = ["incoming/payments/October.csv", "incoming/payments/Oct + Nov (50%) é&=?#.csv", "incoming/payments/a%20b+c.csv"]


class Owner(DropsClient, Protocol):
    """The client of whoever drops files."""

    def put_object(self, **request: object) -> dict[str, str]: ...
    def put_bucket_versioning(self, **request: object) -> object: ...


@pytest.fixture
def drops(bucket: S3Objects) -> S3Drops:
    client = cast("Owner", bucket.client)
    client.put_bucket_versioning(Bucket=bucket.bucket, VersioningConfiguration={"Status": "Enabled"})
    return S3Drops(client, bucket.bucket)


def drop(drops: S3Drops, key: str, content: bytes) -> str:
    """Drop a file, and say which version it is."""
    return cast("Owner", drops.client).put_object(Bucket=drops.bucket, Key=key, Body=content)["VersionId"]


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_taken_as_it_is(drops: S3Drops, key: str) -> None:
    version = drop(drops, key, b"1")

    assert drops.get(key, version) == b"1"
    assert drops.get(key, "") == b"1"


def test_the_version_that_was_told_of_is_read_and_not_the_newest(drops: S3Drops) -> None:
    versions = [drop(drops, KEYS[0], content) for content in (b"first", b"second")]

    assert [drops.get(KEYS[0], version) for version in versions] == [b"first", b"second"]


def test_what_is_not_there_is_missing(drops: S3Drops) -> None:
    with pytest.raises(ObjectMissing):
        drops.get("incoming/payments/none.csv", "")


def test_what_may_not_be_read_fails_as_it_does(drops: S3Drops) -> None:
    class Forbidden:
        exceptions = drops.client.exceptions

        def get_object(self, **request: object) -> object:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "Access Denied"}}, "GetObject")

    with pytest.raises(ClientError, match="AccessDenied"):
        S3Drops(cast("DropsClient", Forbidden()), "bucket").get(KEYS[0], "1")


@pytest.mark.parametrize("key", KEYS)
def test_a_folder_is_read_below_its_root_alone(tmp_path: Path, key: str) -> None:
    path = tmp_path / "door" / key
    path.parent.mkdir(parents=True)
    path.write_bytes(b"1")
    (tmp_path / "secret").write_bytes(b"2")
    drops = FolderDrops(tmp_path / "door")

    assert drops.get(key, "") == b"1"
    for other in ("../secret", "incoming/../../secret", "incoming", "incoming/none.csv"):
        with pytest.raises(ObjectMissing):
            drops.get(other, "")
