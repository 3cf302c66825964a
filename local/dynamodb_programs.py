"""Which program serves as DynamoDB on this machine, and how it is called.

dynoxide (DynamoDB on SQLite) comes from npm for Linux on x86-64. Anywhere else ministack stands in, which is slower
and can lose what it acknowledged when it is killed; whoever starts it is told so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_DYNOXIDE = _ROOT / "local/node_modules/@dynoxide/linux-x64/dynoxide"
_MINISTACK_VENV = _ROOT / ".venv-ministack"
_MINISTACK_REQUIREMENTS = _ROOT / "local/requirements-ministack.txt"

_WARNING = """
  ************************************************************************************************
  The embedded DynamoDB (dynoxide) has no binary here, so ministack stands in for it.
  It is SLOWER, and data acknowledged just before it is killed CAN BE LOST. Do not keep real
  figures on this machine. On Linux x86-64, install Node.js and run `make setup` for the real thing.
  ************************************************************************************************
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How one server is started: the command, and what is added to its environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def launch_on(port: int, data: Path | None) -> Launch:
    """How to start a DynamoDB on a port of this machine, its data in a folder or, without one, in memory only."""
    return dynoxide(port, data) if _DYNOXIDE.is_file() else ministack(port, data)


def dynoxide(port: int, data: Path | None) -> Launch:
    """How dynoxide is started: one SQLite file holds everything."""
    kept = () if data is None else ("--db-path", str(data / "dynamodb.sqlite"))
    return Launch(command=(str(_DYNOXIDE), "serve", "--host", "127.0.0.1", "--port", str(port), *kept))


def ministack(port: int, data: Path | None) -> Launch:
    """How ministack is started, after it has been installed into an environment of its own. Says loudly what it is."""
    print(_WARNING, file=sys.stderr)
    environment = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "SERVICES": "dynamodb", "LOG_LEVEL": "WARNING"}
    if data is not None:
        environment |= {"PERSIST_STATE": "1", "STATE_DIR": str(data / "ministack")}
    return Launch(command=(str(_installed_ministack()),), environment=environment)


def _installed_ministack() -> Path:
    scripts = _MINISTACK_VENV / ("Scripts" if os.name == "nt" else "bin")
    program = scripts / "ministack"
    if not program.exists():
        venv.create(_MINISTACK_VENV, with_pip=True)
        subprocess.run([scripts / "python", "-m", "pip", "install", "-qq", "-r", _MINISTACK_REQUIREMENTS], check=True)
    return program
