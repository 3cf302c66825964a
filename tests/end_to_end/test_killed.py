"""The whole server, as `make run` starts it, killed at work: what it acknowledged is there when it comes back."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from local.embedded import free_port
from local.machine import Machine
from local.running import token_for

SECONDS_TO_START = 60
SECONDS_TO_ANSWER = 60
BUSY = (0, 503)
"""What is answered, if anything is, by a server that others leave no time: nothing that was asked for is acknowledged by it."""

ENOUGH = 40
"""How many answers to wait for before the kill."""


@contextmanager
def serving(machine: Machine) -> Iterator[subprocess.Popen[bytes]]:
    """The server in a process group of its own, answering."""
    command = [sys.executable, "-m", "local", "--data", str(machine.folder), "--port", str(machine.port), "run"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while ask(machine, "GET", "/health") != 200:
                assert process.poll() is None, f"the server ended with {process.returncode}"
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.05)
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the server and its DynamoDB at once, with no chance to tidy up."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(machine: Machine, method: str, path: str, *, token: str = "", key: str = "", body: object = None) -> int:
    """The status of an answer, or 0 when there was none."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=10)
    try:
        connection.request(method, path, json.dumps(body) if body else None, {name: value for name, value in headers.items() if value})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def until_answered(ask_once: Callable[[], int], killed: Event | None = None) -> int:
    """The first answer that is one; of a killed server there may be none."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while (status := ask_once()) in BUSY and not (killed and killed.is_set()):
        assert time.monotonic() < deadline, "the server does not answer"
        time.sleep(0.01)
    return status


def verified(machine: Machine) -> tuple[int, str]:
    """How the command that verifies everything ends, and what it prints."""
    command = [sys.executable, "-m", "local", "--data", str(machine.folder), "verify"]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    return ran.returncode, ran.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine that needs no example."""
    (tmp_path / "filled").touch()
    return Machine(folder=tmp_path, port=free_port())


@pytest.mark.slow
def test_a_killed_server_has_everything_it_acknowledged(machine: Machine) -> None:
    token = token_for(machine.issuer(), "administrator", "")
    acknowledged: list[str] = []
    killed = Event()

    def write(writer: int) -> None:
        for number in range(10_000):
            fund = {"id": f"fund-{writer}-{number}", "title": "A fund", "funder": "Home Office"}
            status = until_answered(partial(ask, machine, "POST", "/funds", token=token, key=fund["id"], body=fund), killed)
            if status != 201:
                assert status in BUSY, f"{fund['id']} was answered with {status}"
                return
            acknowledged.append(fund["id"])

    with serving(machine) as process:
        writers = [Thread(target=write, args=(writer,)) for writer in range(4)]
        for writer in writers:
            writer.start()
        while len(acknowledged) < ENOUGH and all(writer.is_alive() for writer in writers):
            time.sleep(0.01)
        killed.set()
        kill(process)
        for writer in writers:
            writer.join()

    with serving(machine):
        reads = {fund: partial(ask, machine, "GET", f"/funds/{fund}", token=token) for fund in acknowledged}
        missing = [fund for fund, read in reads.items() if until_answered(read) != 200]

    assert missing == []
    assert len(acknowledged) >= ENOUGH
    ended, told = verified(machine)
    assert ended == 0, told
    assert "none broken" in told


@pytest.mark.slow
def test_one_changed_byte_in_the_kept_data_is_found_and_its_record_named(machine: Machine) -> None:
    token = token_for(machine.issuer(), "administrator", "")
    fund = {"id": "ssf-4", "title": "Safer Streets Fund round 4", "funder": "Home Office"}
    with serving(machine) as process:
        assert ask(machine, "POST", "/funds", token=token, key="k", body=fund) == 201
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    kept = next(path for path in machine.folder.iterdir() if path.name == "dynamodb.sqlite")
    body = b'title\\":\\"Safer'
    changed = kept.read_bytes()
    assert changed.count(body) >= 1, "the record's text stands in the file"
    kept.write_bytes(changed.replace(body, b'title\\":\\"Sager'))

    ended, told = verified(machine)

    assert ended == 1
    assert "Record 1 of fund#ssf-4 does not match its hash" in told
