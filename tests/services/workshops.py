"""A workshop on this machine: pieces in a folder, and a queue that a test hands out from as it likes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.context import Context
from chalicelib.domain.exports import Export
from chalicelib.domain.values import replace
from chalicelib.services import export_parts
from chalicelib.storage.objects import FolderObjects
from chalicelib.storage.workshop import Workshop


@dataclass
class HeldQueue:
    """Messages, in the order in which they were sent."""

    messages: list[str] = field(default_factory=list)

    def send(self, messages: Sequence[str]) -> None:
        self.messages.extend(messages)


@dataclass
class Bench:
    """A workshop, and the queue and folder that it has."""

    folder: Path
    queue: HeldQueue = field(default_factory=HeldQueue)

    @property
    def pieces(self) -> FolderObjects:
        """Where the pieces are."""
        return FolderObjects(self.folder, "http://127.0.0.1/pieces", b"a key that signs links")

    def at(self, context: Context) -> Context:
        """Somebody's context, with this workshop."""
        return replace(context, workshop=Workshop(self.pieces, self.queue))

    def work(self, context: Context, message: str) -> Export:
        """Let a worker do what a message asks for."""
        return export_parts.work(self.at(context), message)

    def work_off(self, context: Context) -> None:
        """Let a worker do all that was sent, in order."""
        while self.queue.messages:
            self.work(context, self.queue.messages.pop(0))
