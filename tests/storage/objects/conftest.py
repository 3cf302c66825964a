"""The two places for files, empty."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, cast

import pytest
from botocore.client import ClientMeta
from moto import mock_aws

from chalicelib.storage.objects import FolderObjects, Objects, S3Client, S3Objects, s3_client


class Owner(S3Client, Protocol):
    """The client of someone who may make buckets too."""

    meta: ClientMeta

    def create_bucket(self, **request: object) -> object: ...


@pytest.fixture(scope="module")
def owner() -> Iterator[Owner]:
    with mock_aws():
        yield cast("Owner", s3_client(region="eu-west-2"))


@pytest.fixture
def bucket(owner: Owner, tmp_path: Path) -> S3Objects:
    name = "streetlight-" + hashlib.sha256(str(tmp_path).encode()).hexdigest()[:16]
    owner.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    return S3Objects(owner, name)


@pytest.fixture
def folder(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path / "objects", "http://127.0.0.1:8000/objects", b"sixteen bytes or more")


@pytest.fixture(params=["bucket", "folder"])
def objects(request: pytest.FixtureRequest) -> Objects:
    return cast("Objects", request.getfixturevalue(request.param))
