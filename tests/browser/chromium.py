"""Chromium without a window, spoken to in its DevTools protocol over a pair of pipes: no port, no driver."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_START = 'exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null'
"""The browser reads commands from its file 3 and writes answers to its file 4."""

_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files", "--remote-debugging-pipe")

Answer = Mapping[str, object]


class NoChromium(Exception):
    """No Chromium was found on this machine."""


class Tab:
    """One tab, which shows one page at a time."""

    def __init__(self, commands: IO[bytes], answers: IO[bytes]) -> None:
        self._commands, self._answers = commands, answers
        self._number = 0
        self._session = ""
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = str(self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"])
        self._send("Page.enable")

    def show(self, page: Path, *, width: int) -> None:
        """Show a file at a width in CSS pixels, and wait until it is there."""
        self._send("Emulation.setDeviceMetricsOverride", width=width, height=1000, deviceScaleFactor=1, mobile=False)
        self._send("Page.navigate", url=page.as_uri())
        while self._answer().get("method") != "Page.loadEventFired":
            pass

    def run(self, script: str) -> object:
        """What a script comes to, as JSON has it; a promise is waited for."""
        ran = self._send("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in ran:
            raise AssertionError(json.dumps(ran["exceptionDetails"]))
        return cast("Answer", ran["result"]).get("value")

    def _send(self, method: str, **parameters: object) -> Answer:
        self._number += 1
        command = {"id": self._number, "method": method, "params": parameters}
        self._commands.write(json.dumps({**command, "sessionId": self._session} if self._session else command).encode() + b"\0")
        self._commands.flush()
        while True:
            answer = self._answer()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return cast("Answer", answer["result"])

    def _answer(self) -> Answer:
        read = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "Chromium has gone"
            read += byte
        return cast("Answer", json.loads(read))


@contextmanager
def chromium(profile: Path) -> Iterator[Tab]:
    """A tab of a browser that lasts as long as the `with` block. Raises NoChromium."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise NoChromium(f"None of {', '.join(_PROGRAMS)} was found: install Chromium to check how pages are read.")
    running = subprocess.Popen(
        ["/bin/sh", "-c", _START, program, *_OPTIONS, f"--user-data-dir={profile}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert running.stdin
        assert running.stdout
        yield Tab(running.stdin, running.stdout)
    finally:
        running.terminate()
        running.communicate(timeout=20)
