"""The deployment archive: bytecode compiled in, and the same bytes whenever it is made from the same files."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

LAMBDA_ROOT = "/var/task"
"""Where Lambda unpacks the archive; tracebacks name it."""

_READABLE = (stat.S_IFREG | 0o644) << 16


def finish(archive: Path) -> None:
    """Rewrite an archive with bytecode beside every module, names in order and no times.

    Lambda's file system is read-only, so without bytecode every cold start compiles every module again. The bytecode
    is not compared with its source: archives keep times to two seconds, and the two never part anyway.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        with ZipFile(archive) as raw:
            raw.extractall(folder)
        _compile(folder)
        with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as finished:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                finished.writestr(_timeless(path.relative_to(folder)), path.read_bytes())


def unpinned(archive: Path, requirements: Path) -> list[str]:
    """The requirements that an archive does not hold in the version they are pinned to, as `name==version`."""
    with ZipFile(archive) as opened:
        held = {_normal(name.split(".dist-info/")[0]) for name in opened.namelist() if ".dist-info/" in name}
    return [f"{name}=={version}" for name, version in _pins(requirements) if _normal(f"{name}-{version}") not in held]


def sha256_of(archive: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def _compile(folder: Path) -> None:
    # A child, because only a process that starts with it has its hashes seeded: a set's order is in the bytecode.
    options = ["-q", "-j", "1", "-s", str(folder), "-p", LAMBDA_ROOT, "--invalidation-mode", "unchecked-hash"]
    subprocess.run(
        [sys.executable, "-m", "compileall", *options, str(folder)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=True,
    )


def _timeless(path: Path) -> ZipInfo:
    info = ZipInfo(path.as_posix())
    info.create_system = 3  # Unix, wherever it is made
    info.external_attr = _READABLE
    info.compress_type = ZIP_DEFLATED
    return info


def _pins(requirements: Path) -> Iterator[tuple[str, str]]:
    for line in requirements.read_text().splitlines():
        if found := re.match(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", line):
            yield found[1], found[2]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
