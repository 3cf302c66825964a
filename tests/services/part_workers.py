"""Workers in processes of their own, which can be killed: each before it changes anything for the n-th time.

What a worker changes is a record that it writes, or a file that it puts: between two such steps it only reads, and to kill it
anywhere there is to kill it before the next. Within a file it is killed, too, at every chunk that is written of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import BinaryIO

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.errors import TooBusy
from chalicelib.domain.values import Struct, replace
from chalicelib.services import export_parts
from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.objects import FolderObjects, Stored, chunks_of
from chalicelib.storage.store import Batch
from chalicelib.storage.workshop import Workshop
from tests.services.offices import Office
from tests.services.workshops import HeldQueue

NEVER = 1_000_000

_PROCESSES = get_context("forkserver")
# What every worker imports is imported once, and they are forked off it: here, what makes a client, and what runs the tests.
_PROCESSES.set_forkserver_preload(
    [__name__, "botocore.config", "botocore.client", "botocore.session", "chalicelib.storage.sessions", "pytest"]
)

Step = Callable[[], None]


class Place(Struct, frozen=True, kw_only=True):
    """Where workers find the office's table, its files, and the pieces."""

    endpoint_url: str
    table: str
    files: Path
    pieces: Path

    def store(self) -> DynamoStore:
        """The office's store."""
        return DynamoStore(dynamodb_client(region="eu-west-2", endpoint_url=self.endpoint_url), self.table)


class Mortal(FolderObjects):
    """A folder that is told of each step of a put."""

    def __init__(self, root: Path, step: Step) -> None:
        super().__init__(root, "http://127.0.0.1/objects", b"a key that signs links")
        object.__setattr__(self, "step", step)

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        return super().join(key, self._stepping(chunks_of(content)), content_type=content_type)

    def join(self, key: str, chunks: Iterable[bytes], *, content_type: str) -> Stored:
        return super().join(key, self._stepping(chunks), content_type=content_type)

    def _stepping(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.step()  # type: ignore[attr-defined]  # set above: the class that it extends is frozen
            yield chunk
        self.step()  # type: ignore[attr-defined]  # as above


class MortalStore(DynamoStore):
    """A store that is told of each record."""

    def __init__(self, place: Place, step: Step) -> None:
        self.__dict__.update(vars(place.store()))
        self._step = step

    def record(self, batch: Batch) -> None:
        self._step()
        super().record(batch)


def start(place: Place, messages: list[str], *, dies_before: int = NEVER, seed: int = 0) -> Callable[[], bool]:
    """Start a worker on some messages. What it gives waits for its end, and says whether it was killed."""
    process = _PROCESSES.Process(target=_work, args=(place, messages, dies_before, seed))
    process.start()

    def killed() -> bool:
        process.join()
        if process.exitcode not in (0, -signal.SIGKILL):
            raise AssertionError(f"a worker ended with {process.exitcode}")
        return process.exitcode == -signal.SIGKILL

    return killed


def context_of(place: Place, step: Step = lambda: None) -> Context:
    """A worker's context."""
    context = Office(store=MortalStore(place, step), folder=place.files).context()
    workshop = Workshop(Mortal(place.pieces, step), HeldQueue())
    return replace(context, objects=Mortal(place.files, step), workshop=workshop, pause=wait_a_moment)


def _work(place: Place, messages: list[str], dies_before: int, seed: int) -> None:
    """Do what the messages ask for, in an order of one's own, each again where the office was busy: as a queue hands them out."""
    left = dies_before

    def step() -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    context = context_of(place, step)
    waiting = list(messages)
    if seed:
        Random(seed).shuffle(waiting)
    while waiting:
        message = waiting.pop(0)
        try:
            export_parts.work(context, message)
        except TooBusy:
            waiting.append(message)
