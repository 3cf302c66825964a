"""Where one machine keeps Streetlight's data, and the settings the app gets there."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.embedded import end_the_leftover
from local.issuer import AUDIENCE, JWKS_PATH, Issuer, issuer_at

ROOT = Path(__file__).resolve().parent.parent
REGION = "eu-west-2"
TABLE = "streetlight"
OBJECTS = "objects"
OBJECTS_PATH = "/objects/"
PUBLISHED_PATH = "/published/"
COMPILED_STYLE = "chalicelib/reports/site/style/govuk.css"
"""What `make setup` compiles where there is npm."""
EXAMPLE_NOTE = (
    "This is an example. The awards are published figures of four offices; all spending, most delivery partners and most splits "
    "over initiatives are illustrative. No payment shown here was made by anybody named here."
)
"""What every publication made from the example data says at its top."""

EXAMPLE_PREFIX = "360G-example"
"""Stands where an office's own prefix at 360Giving would. Nobody was given this one."""


_OURS = ("lock", "port", "filled", "link-key", "link-key.new", "signing-key.", "objects", "incoming", "mail", "dynamodb.", "ministack")
"""What the names of everything in a data folder begin with."""


class MachineBusy(Exception):
    """Another Streetlight runs on the same data; the message says where."""


class NotOurs(Exception):
    """There is something else in the data folder; the message says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One machine's Streetlight: a folder for everything it keeps, and the port it answers on."""

    folder: Path
    port: int = 8000

    @property
    def url(self) -> str:
        """The server's address, without a closing slash. It is the token issuer's name too."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def objects(self) -> Path:
        """The folder that stands in for the bucket."""
        return self.folder / OBJECTS

    @property
    def objects_url(self) -> str:
        """The address that signed links begin with, without a closing slash."""
        return self.url + OBJECTS_PATH.removesuffix("/")

    @property
    def mail(self) -> Path:
        """The folder that messages are written into."""
        return self.folder / "mail"

    def issuer(self) -> Issuer:
        """Return the machine's sign-in service; the first call makes its key."""
        return issuer_at(self.url, self.folder)

    def environment(self, endpoint_url: str) -> Mapping[str, str]:
        """Return the environment of an app whose DynamoDB answers at `endpoint_url`; the credentials open nothing anywhere."""
        return {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "STREETLIGHT_OFFICE_NAME": os.environ.get("STREETLIGHT_OFFICE_NAME", "Example Office of the Police and Crime Commissioner"),
            "STREETLIGHT_PUBLICATION_NOTE": os.environ.get("STREETLIGHT_PUBLICATION_NOTE", EXAMPLE_NOTE),
            "STREETLIGHT_360GIVING_PREFIX": os.environ.get("STREETLIGHT_360GIVING_PREFIX", EXAMPLE_PREFIX),
            "STREETLIGHT_CODE_VERSION": code_version(ROOT),
            "STREETLIGHT_TABLE": TABLE,
            "STREETLIGHT_BUCKET": OBJECTS,
            "STREETLIGHT_TOKEN_ISSUER": self.url,
            "STREETLIGHT_TOKEN_AUDIENCE": AUDIENCE,
            "STREETLIGHT_TOKEN_JWKS_URL": self.url + JWKS_PATH,
            "STREETLIGHT_DYNAMODB_ENDPOINT": endpoint_url,
            # Nothing here cuts a preview short.
            "STREETLIGHT_EXTRACT_LARGEST_BYTES": str(1024 * 1024 * 1024),
            "STREETLIGHT_LOCAL_OBJECTS": str(self.objects),
            "STREETLIGHT_LOCAL_LINK_BASE": self.objects_url,
            "STREETLIGHT_LOCAL_SIGNING_KEY": self.link_key(),
            "STREETLIGHT_LOCAL_MAIL": str(self.mail),
            "STREETLIGHT_FINANCE_EMAILS": os.environ.get("STREETLIGHT_FINANCE_EMAILS", "finance@office.example"),
            "STREETLIGHT_REMINDER_SENDER": os.environ.get("STREETLIGHT_REMINDER_SENDER", "streetlight@office.example"),
        }

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the machine's data for the length of a `with` block, so that no two servers write it at once.

        Raises MachineBusy when another process holds it. The hold ends with the process, however that ends.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise MachineBusy(f"Another Streetlight is running on the data in {self.folder}. Stop it first.") from None
            yield

    def reset(self) -> None:
        """Throw away everything the machine keeps. Raises MachineBusy while a server runs on it, NotOurs where a stranger's file is."""
        strange = sorted(path.name for path in self.folder.iterdir() if not path.name.startswith(_OURS)) if self.folder.exists() else []
        if strange:
            raise NotOurs(f"Nothing was thrown away: {', '.join(strange[:5])} in {self.folder} is not Streetlight's.")
        with self.held():
            end_the_leftover(self.folder)
            shutil.rmtree(self.folder)

    def link_key(self) -> str:
        """Return the secret that signs links into the object folder, made on first use and kept for its owner alone."""
        path = self.folder / "link-key"
        if not path.exists() or not path.stat().st_size:
            _write_new_secret(path)
        return path.read_text()


def _write_new_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed, so that a crash leaves no empty key, with which anybody could sign; 0600 from its first moment.
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)


def code_version(root: Path) -> str:
    """Return the project's version with the commit it stands on, as far as git can tell: `0.1.0+1a2b3c4d5e6f`.

    Where the published pages' style was not compiled it ends in `-plain`: the same code makes other files then.
    """
    version = str(tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"])
    style = "" if (root / COMPILED_STYLE).exists() else "-plain"
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=12"], cwd=root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return version + style
    return f"{version}+{told.stdout.strip()}{style}"
