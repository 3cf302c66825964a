"""Mail as files in a folder of one machine: nothing leaves it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from chalicelib.domain.values import Struct
from chalicelib.storage.mail.contract import MailRefused, Message

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,200}")
ENDING = ".eml"


class FolderMail(Struct, frozen=True):
    """Writes each message into a file that a mail program opens; see `Mail`."""

    folder: Path

    def send(self, message: Message) -> str:
        """Write a message; it is on the disk when this returns. Answers with the file's name. Raises MailRefused."""
        from email.message import EmailMessage  # noqa: PLC0415  slow to import, and Lambda never needs it

        if not _NAME.fullmatch(message.name):
            raise MailRefused("A message cannot be called that.")
        written = EmailMessage()
        written["From"], written["To"], written["Subject"] = message.sender, ", ".join(message.to), message.subject
        written.set_content(message.text)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{message.name}"
        with draft.open("wb") as file:
            file.write(written.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        return draft.rename(self.folder / (message.name + ENDING)).name

    def sent(self) -> tuple[Path, ...]:
        """Every message that was written, in order of name."""
        return tuple(sorted(self.folder.glob(f"*{ENDING}")))
