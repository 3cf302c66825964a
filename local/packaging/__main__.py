"""`python -m local.packaging`: build the package under build/package."""

from __future__ import annotations

import platform
import shutil
import sys

from local.machine import ROOT, code_version
from local.packaging.archive import sha256_of
from local.packaging.build import ARCHIVE, TEMPLATE, PackagingFailed, build


def main() -> int:
    """Build, and say what was built; the exit code is 1 when it failed, and then there is no package."""
    onto, version = ROOT / "build/package", code_version(ROOT)
    shutil.rmtree(onto, ignore_errors=True)
    try:
        build(ROOT, onto, wheels=ROOT / "build/wheels", version=version)
    except PackagingFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    archive = onto / ARCHIVE
    print(f"Streetlight {version} for Lambda's Python {'.'.join(platform.python_version_tuple()[:2])}:")
    print(f"  {onto / TEMPLATE}")
    print(f"  {archive}, {archive.stat().st_size:,} bytes, SHA-256 {sha256_of(archive)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
