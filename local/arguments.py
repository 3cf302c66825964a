"""What each command takes, beside what all of them take."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from chalicelib.domain.periods import Quarter
from local.issuer import ROLES
from local.streetlight import PARTNER


def extract(parser: argparse.ArgumentParser) -> None:
    """An extract, and how it is read."""
    parser.add_argument("file", type=_file, help="a CSV or XLSX file")
    parser.add_argument("--profile", required=True, help="the mapping profile that says how it is read")


def preview(parser: argparse.ArgumentParser) -> None:
    """Which import."""
    parser.add_argument("import_id", type=_id, metavar="import", help="the import's id")


def commit(parser: argparse.ArgumentParser) -> None:
    """Which preview, with which corrections."""
    parser.add_argument("import_id", type=_id, metavar="import", help="the import's id")
    parser.add_argument("digest", type=_id, help="the digest of the preview that you saw")
    parser.add_argument("--confirm", type=int, nargs="*", default=[], metavar="number", help="changed documents to be corrected")
    parser.add_argument("--accept-difference", action="store_true", help="although a total of the file's own is not met")


def agreement(parser: argparse.ArgumentParser) -> None:
    """Which quarter of which grant, and its control totals."""
    parser.add_argument("grant", type=_id, help="the grant's id")
    parser.add_argument("quarter", type=Quarter.parse, help="such as 2023-24-Q3")
    parser.add_argument("file", type=_file, help="a CSV file: a heading, then the codes of each total and, in the last column, its pounds")
    parser.add_argument("--profile", required=True, help="the mapping profile that says whose the codes are")


def publish(parser: argparse.ArgumentParser) -> None:
    """Which draft, or that one is to be made."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("draft", type=_id, nargs="?", help="publish this draft, the very bytes that were read, by its id")
    which.add_argument("--draft", action="store_true", dest="as_draft", help="make a draft that is read before it is published")


def rebuild(parser: argparse.ArgumentParser) -> None:
    """Which publication or export."""
    parser.add_argument("id", type=_id, help="the publication's or export's id, such as 2024-04-01-1")


def verify(parser: argparse.ArgumentParser) -> None:
    """Which folder, and what its files are held against."""
    parser.add_argument("folder", nargs="?", type=_publication, help="a publication's files; without it, the ledger and all its files")
    parser.add_argument("--manifest-sha256", metavar="HASH", help="the SHA-256 of manifest.json as the office states it")
    parser.add_argument("--earlier", type=_publication, metavar="FOLDER", help="the publication that changes.json compares with")


def close(parser: argparse.ArgumentParser) -> None:
    """Which quarter, and why."""
    parser.add_argument("quarter", type=Quarter.parse, help="such as 2023-24-Q3")
    parser.add_argument("--reason", default="Quarter end", help="what its record says (default: %(default)s)")


def token(parser: argparse.ArgumentParser) -> None:
    """Whose token."""
    parser.add_argument("role", choices=ROLES)
    partner(parser)


def partner(parser: argparse.ArgumentParser) -> None:
    """Which partner's token, where it is a partner's."""
    parser.add_argument("--organisation", default=PARTNER, help="the organisation of a partner's token (default: %(default)s)")


def reset(parser: argparse.ArgumentParser) -> None:
    """Whether to ask."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def fuzz(parser: argparse.ArgumentParser) -> None:
    """What is handed on."""
    parser.add_argument("options", nargs="*", metavar="option", help="options after -- are schemathesis's own")


def _id(text: str) -> str:
    """An id that a publication, an import or an export can have, or a digest. Its refusal is argparse's."""
    if re.fullmatch(r"[0-9a-z-]{1,64}", text):
        return text
    raise argparse.ArgumentTypeError(f"an id has digits, small letters and '-', unlike {text!r}")


def _file(text: str) -> Path:
    if (path := Path(text)).is_file():
        return path
    raise argparse.ArgumentTypeError(f"there is no file {text!r}")


def _publication(text: str) -> Path:
    if ((path := Path(text)) / "manifest.json").is_file():
        return path
    raise argparse.ArgumentTypeError(f"there is no manifest.json in {text!r}: a publication's files have one")
