"""`make schemathesis`: a fresh office in memory, called with all that its OpenAPI document allows and much it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from local.embedded import free_port
from local.issuer import ROLES
from local.machine import ROOT, Machine
from local.running import Parts, opened

_SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
_CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
_ENVIRONMENT = {"SCHEMATHESIS_HOOKS": "local.schemathesis_hooks", "PYTHONPATH": str(ROOT)}  # it runs in a folder of its own
_PARTNER = "warwickshire-pcc"
"""The organisation whose returns are written: that of the initiatives in `schemathesis.toml`. Office roles see everything all the same."""


def fuzz(parts: Callable[[Machine], Parts], options: Sequence[str]) -> int:
    """Run schemathesis with its own options added; the exit code is its own: 0 without a single failure."""
    with TemporaryDirectory() as folder:
        machine = Machine(folder=Path(folder), port=free_port())
        made = parts(machine)
        with opened(machine, made, in_memory=True) as running:
            made.fill(running)
            token = running.issuer.token(ROLES, subject="local-schemathesis", now=datetime.now(UTC), organisation=_PARTNER)
            command = [str(_SCHEMATHESIS), "--config-file", str(_CONFIGURATION), "run", f"{running.url}/openapi.json"]
            command += ["--header", f"Authorization: Bearer {token}", *options]
            return subprocess.run(command, cwd=folder, env={**os.environ, **_ENVIRONMENT}, check=False).returncode
