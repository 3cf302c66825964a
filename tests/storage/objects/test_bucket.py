"""What is the S3 bucket's own: conditional requests, rivals, pages and presigned links."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.errors import TooBusy
from chalicelib.storage.objects import ObjectExists, S3Client, S3Objects, s3_client
from tests.storage.objects.conftest import Owner
from tests.storage.objects.streams import HELLO_SHA256, KEY, put

NOW = datetime(2023, 11, 1, 9, 0, tzinfo=UTC)


@dataclass
class Rivalled:
    """Answers the first puts with a refusal, and hands everything else to a true client."""

    client: S3Client
    refusals: list[int]
    puts: list[dict[str, object]] = field(default_factory=list)

    def put_object(self, **request: object) -> object:
        self.puts.append(request)
        if self.refusals:
            cast("BinaryIO", request["Body"]).read()
            status = self.refusals.pop(0)
            raise refused(status)
        return self.client.put_object(**request)

    def __getattr__(self, name: str) -> object:
        return getattr(self.client, name)


def refused(status: int) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": str(status)},
            "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "", "HostId": "", "HTTPHeaders": {}, "RetryAttempts": 0},
        },
        "PutObject",
    )


def rivalled(bucket: S3Objects, refusals: list[int]) -> tuple[S3Objects, Rivalled]:
    client = Rivalled(bucket.client, refusals)
    return S3Objects(cast("S3Client", client), bucket.bucket), client


def test_a_put_asks_s3_for_an_empty_place_and_for_a_check_of_its_bytes(bucket: S3Objects) -> None:
    objects, client = rivalled(bucket, [])

    put(objects, KEY, b"hello")

    (request,) = client.puts
    assert request["IfNoneMatch"] == "*"
    assert request["ChecksumSHA256"] == "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
    assert request["ContentType"] == "text/csv"
    assert request["ContentLength"] == 5


def test_a_put_that_met_a_rival_is_tried_again_from_the_first_byte(bucket: S3Objects) -> None:
    objects, client = rivalled(bucket, [409, 409])

    put(objects, KEY, b"hello")

    assert len(client.puts) == 3
    assert objects.get(KEY) == b"hello"


def test_a_put_that_keeps_meeting_rivals_gives_up(bucket: S3Objects) -> None:
    objects, client = rivalled(bucket, [409, 409, 409])

    with pytest.raises(TooBusy):
        put(objects, KEY, b"hello")
    assert len(client.puts) == 3


def test_what_s3_forbids_is_not_taken_for_success(bucket: S3Objects) -> None:
    objects, _ = rivalled(bucket, [403])

    with pytest.raises(ClientError):
        put(objects, KEY, b"hello")
    assert not bucket.exists(KEY)


def test_a_bucket_that_is_missing_is_not_taken_for_a_missing_file(owner: Owner) -> None:
    astray = S3Objects(owner, "no-such-bucket")

    for use in (lambda: astray.get(KEY), lambda: put(astray, KEY, b"hello"), lambda: list(astray.list(""))):
        with pytest.raises(ClientError, match="NoSuchBucket"):
            use()


def test_a_file_that_something_else_put_is_read_to_compare_it(bucket: S3Objects) -> None:
    bucket.client.put_object(Bucket=bucket.bucket, Key=KEY, Body=b"hello")

    assert put(bucket, KEY, b"hello").sha256 == HELLO_SHA256
    with pytest.raises(ObjectExists) as refusal:
        put(bucket, KEY, b"other")
    assert refusal.value.kept_sha256 == HELLO_SHA256


def two_a_page(params: dict[str, object], **event: object) -> None:
    params["MaxKeys"] = 2


def test_a_long_list_is_turned_page_by_page(bucket: S3Objects) -> None:
    client = cast("Owner", s3_client(region="eu-west-2"))
    client.meta.events.register("provide-client-params.s3.ListObjectsV2", two_a_page)
    for number in range(5):
        put(bucket, f"exports/{number}.csv", b"")

    keys = S3Objects(client, bucket.bucket).list("exports/")

    assert list(keys) == ["exports/0.csv", "exports/1.csv", "exports/2.csv", "exports/3.csv", "exports/4.csv"]


def test_a_link_into_the_bucket_is_signed_for_its_region_and_saves_the_file(bucket: S3Objects) -> None:
    put(bucket, KEY, b"hello")

    link = urlsplit(bucket.link(KEY, seconds=300, now=NOW, filename="summary.csv"))

    assert link.netloc == f"{bucket.bucket}.s3.eu-west-2.amazonaws.com"
    assert link.path == f"/{KEY}"
    query = parse_qs(link.query)
    assert query["response-content-disposition"] == ['attachment; filename="summary.csv"']
    assert query["X-Amz-Expires"] == ["300"]
