"""Evidence against S3's own requests: announced, put by the presigned link, checked, fetched, verified."""

import hashlib
from collections.abc import Iterator
from typing import Protocol, cast

import pytest
import requests
from moto import mock_aws

from chalicelib.context import Context
from chalicelib.domain.evidence import EvidenceState, NotUploaded, Subject, SubjectKind
from chalicelib.domain.file_types import FileType
from chalicelib.domain.values import replace
from chalicelib.services import evidence
from chalicelib.services.evidence import Announced
from chalicelib.services.verification import verify
from chalicelib.storage.objects import S3Client, S3Objects, s3_client
from tests.services.offices import Office

INVOICE = b"%PDF-1.7\nan invoice"


class Owner(S3Client, Protocol):
    """The client of someone who may make and empty buckets."""

    def create_bucket(self, **request: object) -> object: ...
    def delete_object(self, **request: object) -> object: ...


@pytest.fixture
def owner() -> Iterator[Owner]:
    with mock_aws():
        client = cast("Owner", s3_client(region="eu-west-2"))
        client.create_bucket(Bucket="streetlight-evidence", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
        yield client


@pytest.fixture
def context(owner: Owner) -> Context:
    return replace(Office().open().context(), objects=S3Objects(owner, "streetlight-evidence"))


def test_a_file_goes_to_the_bucket_and_comes_back(context: Context, owner: Owner) -> None:
    subject = Subject(kind=SubjectKind.ENTRY, id="ssf-4-example.6")
    said = Announced(
        file_name="Invoice & note.pdf",
        content_type=FileType.PDF,
        size=len(INVOICE),
        sha256=hashlib.sha256(INVOICE).hexdigest(),
    )
    asked = evidence.request(context, subject, said)
    evidence_id = asked.evidence.state.id
    with pytest.raises(NotUploaded):
        evidence.check(context, evidence_id)

    put = requests.put(asked.upload.url, data=INVOICE, headers=dict(asked.upload.headers), timeout=5)
    stored = evidence.check(context, evidence_id).state
    got = requests.get(evidence.link(context, stored), timeout=5)

    assert (put.status_code, stored.state) == (200, EvidenceState.STORED)
    assert (got.status_code, got.content, got.headers["Content-Type"]) == (200, INVOICE, "application/pdf")
    name = asked.evidence.name
    assert verify(context, name).problems == ()
    owner.delete_object(Bucket="streetlight-evidence", Key=f"evidence/{evidence_id}")
    (problem,) = verify(context, name).problems
    assert problem.startswith(f"evidence/{name.id} is gone: record 2 of {name} says that it holds ")
