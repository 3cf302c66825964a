"""An AWS on this machine for the length of a `with` block: ministack, which runs the real archive and asks the real policies."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, cast

import botocore.session
from botocore.config import Config

from local.dynamodb_programs import _installed_ministack  # the same program, for another use
from local.embedded import free_port
from local.machine import REGION

_SECONDS_TO_START = 20.0
_SECONDS_TO_CREATE = 60.0
_CODE = "code"


class CloudFailed(Exception):
    """The emulator did not start, or did not create the stack; the message carries what it said."""


class _Client(Protocol):
    """The calls that are made of botocore's clients, which make their methods at run time."""

    def create_bucket(self, **request: object) -> object: ...
    def put_object(self, **request: object) -> object: ...
    def list_objects_v2(self, **request: object) -> Mapping[str, list[Mapping[str, str]]]: ...
    def create_stack(self, **request: object) -> object: ...
    def describe_stacks(self, **request: object) -> Mapping[str, list[Mapping[str, object]]]: ...
    def list_functions(self) -> Mapping[str, list[Mapping[str, str]]]: ...
    def invoke(self, **request: object) -> Mapping[str, _Body]: ...


class _Body(Protocol):
    def read(self) -> bytes: ...


class Cloud:
    """A running emulator."""

    def __init__(self, url: str) -> None:
        self.url = url

    def create(self, template: Mapping[str, object], archive: Path, parameters: Mapping[str, str]) -> Mapping[str, str]:
        """Create a stack and return its outputs; functions find their archive where `code` says. Raises CloudFailed."""
        bucket = self._client("s3")
        bucket.create_bucket(Bucket=_CODE, CreateBucketConfiguration={"LocationConstraint": REGION})
        bucket.put_object(Bucket=_CODE, Key=archive.name, Body=archive.read_bytes())
        bucket.put_object(Bucket=_CODE, Key="template.json", Body=json.dumps(template).encode())
        self._client("cloudformation").create_stack(
            StackName="streetlight",
            TemplateURL=f"{self.url}/{_CODE}/template.json",  # it is too long to be sent along
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        )
        return self._outputs()

    def invoke(self, name: str, event: Mapping[str, object]) -> object:
        """Invoke the function whose resource has this name, and return its answer."""
        functions = [each["FunctionName"] for each in self._client("lambda").list_functions()["Functions"]]
        (function,) = [each for each in functions if f"-{name}-" in each]
        return json.loads(self._client("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())["Payload"].read())

    def files(self, bucket: str) -> list[str]:
        """The keys in a bucket."""
        return [each["Key"] for each in self._client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]

    def drop(self, bucket: str, key: str, content: bytes) -> None:
        """Put a file into a bucket, as its owner would."""
        self._client("s3").put_object(Bucket=bucket, Key=key, Body=content)

    @staticmethod
    def code(archive: Path) -> Mapping[str, str]:
        """Where a function's archive is, as a template says it."""
        return {"S3Bucket": _CODE, "S3Key": archive.name}

    def _outputs(self) -> Mapping[str, str]:
        deadline = time.monotonic() + _SECONDS_TO_CREATE
        while time.monotonic() < deadline:
            stack = self._client("cloudformation").describe_stacks(StackName="streetlight")["Stacks"][0]
            if stack["StackStatus"] == "CREATE_COMPLETE":
                outputs = cast("list[Mapping[str, str]]", stack["Outputs"])
                return {output["OutputKey"]: output["OutputValue"] for output in outputs}
            if stack["StackStatus"] != "CREATE_IN_PROGRESS":
                raise CloudFailed(f"{stack['StackStatus']}: {stack.get('StackStatusReason')}")
            time.sleep(0.1)
        raise CloudFailed("The stack was not created in time.")

    def _client(self, service: str) -> _Client:
        made = botocore.session.get_session().create_client(
            service,
            REGION,
            endpoint_url=self.url,
            config=Config(s3={"addressing_style": "path"}, read_timeout=60, retries={"total_max_attempts": 1}),
            aws_access_key_id="test",  # ministack's name for the account's root
            aws_secret_access_key="test",  # noqa: S106  it opens nothing anywhere
        )
        return cast("_Client", made)


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """A cloud that keeps its state and its log in a folder. Raises CloudFailed."""
    port = free_port()
    settings = {
        "AUTH": "true",  # without it every role may do everything
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "STATE_DIR": str(folder / "state"),
    }
    # Names of this process's own must not reach the functions, which are the emulator's children.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "STREETLIGHT_", "PYTHON"))}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([_installed_ministack()], env=inherited | settings, stdout=log, stderr=log)
        try:
            _wait(f"http://127.0.0.1:{port}", process)
            yield Cloud(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_ministack/health", timeout=1):  # noqa: S310  on this machine
                return
        except OSError:
            time.sleep(0.1)
    raise CloudFailed("ministack did not start.")
