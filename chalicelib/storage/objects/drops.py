"""Where files are dropped: read as they came, whatever their keys are called, and never written."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, cast

from chalicelib.domain.values import Struct
from chalicelib.storage.objects.bucket import S3Body, S3Errors
from chalicelib.storage.objects.contract import ObjectMissing


class Drops(Protocol):
    """A place that others leave files in."""

    def get(self, key: str, version: str) -> bytes:
        """One version of a file, whole; where there are no versions, `version` is empty. Raises ObjectMissing."""
        ...


class DropsClient(Protocol):
    """The call made of botocore's S3 client, which makes its methods at run time and so has no types of its own."""

    @property
    def exceptions(self) -> S3Errors: ...
    def get_object(self, **request: object) -> S3Body: ...


class S3Drops(Struct, frozen=True):
    """Files dropped into an S3 bucket.

    The version is asked for, as a second file may have been dropped under the same key since. The role needs
    `s3:GetObjectVersion` for that, beside `s3:GetObject`.
    """

    client: DropsClient
    bucket: str

    def get(self, key: str, version: str) -> bytes:
        """One version of a file."""
        wanted = {"Bucket": self.bucket, "Key": key, **({"VersionId": version} if version else {})}
        try:
            return cast("bytes", self.client.get_object(**wanted)["Body"].read())
        except self.client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "NoSuchVersion", "404"}:
                raise ObjectMissing(key) from None
            raise


class FolderDrops(Struct, frozen=True):
    """Files dropped into a folder of one machine, which has no versions. `root` is what keys are below."""

    root: Path

    def get(self, key: str, version: str) -> bytes:
        """The file as it is now."""
        del version
        path = (self.root / key).resolve()
        if self.root.resolve() not in path.parents:
            raise ObjectMissing(key)
        try:
            return path.read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise ObjectMissing(key) from None
