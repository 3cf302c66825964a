"""The embedded DynamoDB: started, waited for, stopped, and for the crash test killed and started again."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from local.dynamodb_programs import launch_on

_SECONDS_TO_START = 20.0
_SECONDS_TO_STOP = 10.0
_PID_FILE = "dynamodb.pid"


class EmbeddedDynamoDBFailed(Exception):
    """The embedded DynamoDB did not start; the message carries what it said."""


class EmbeddedDynamoDB:
    """One DynamoDB process on 127.0.0.1, running for the length of a `with` block.

    With a folder its data stays there; without one it lives in memory and goes with the process.
    """

    def __init__(self, data: Path | None = None, port: int | None = None) -> None:
        self.port = port or free_port()
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """The address for a DynamoDB client, such as http://127.0.0.1:41234."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended, by itself or otherwise."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process and wait until it answers. Raises EmbeddedDynamoDBFailed with what the process said."""
        if self._data is not None:
            self._data.mkdir(parents=True, exist_ok=True)
            end_the_leftover(self._data)
        if _answers(self.port):
            raise EmbeddedDynamoDBFailed(f"Port {self.port} is taken: something answers there already.")
        # A file and no pipe: a pipe that nobody reads fills, and then the server stands still.
        with tempfile.TemporaryFile() as complaints:
            process = self._process = self._started(complaints)
            if not self._answers_in_time(process):
                self.kill()
                complaints.seek(0)
                said = complaints.read().decode(errors="replace").strip() or "it said nothing"
                raise EmbeddedDynamoDBFailed(f"The embedded DynamoDB did not start on port {self.port}: {said}")

    def stop(self) -> None:
        """Ask the process to end, wait for it, and kill it only if it does not."""
        self._end(signal.SIGTERM)
        if self._data is not None:
            (self._data / _PID_FILE).unlink(missing_ok=True)

    def kill(self) -> None:
        """End the process at once with SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Start again on the same port with the same data, after `kill` or `stop` or instead of them."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _started(self, complaints: IO[bytes]) -> subprocess.Popen[bytes]:
        launch = launch_on(self.port, self._data)
        process = subprocess.Popen(
            launch.command,
            env={**os.environ, **launch.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            start_new_session=True,  # Ctrl-C is for the server in front, which then stops this one in its own time
        )
        if self._data is not None:
            (self._data / _PID_FILE).write_text(f"{process.pid} {launch.command[0]}")
        return process

    def _answers_in_time(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + _SECONDS_TO_START
        while process.poll() is None and time.monotonic() < deadline:
            if _answers(self.port):
                return True
            time.sleep(0.01)
        return False


@contextmanager
def embedded_dynamodb(data: Path | None = None) -> Iterator[EmbeddedDynamoDB]:
    """A DynamoDB on a free port for the length of a `with` block, its data in a folder or in memory."""
    with EmbeddedDynamoDB(data) as dynamodb:
        yield dynamodb


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def end_the_leftover(data: Path) -> None:
    """End the DynamoDB of a run that was itself killed: two processes must not serve one file."""
    with suppress(FileNotFoundError, ValueError, ProcessLookupError):
        number, program = (data / _PID_FILE).read_text().split(" ", 1)
        # The number may have passed to an innocent process since, so its command line is read first.
        command = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        if command[0].decode() == program:
            os.kill(int(number), signal.SIGKILL)
            _wait_until_gone(int(number))


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _wait_until_gone(pid: int) -> None:
    for _ in range(500):
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        os.kill(pid, 0)  # raises ProcessLookupError when it has gone
        time.sleep(0.01)
