"""botocore's sessions, without the larger part of what their clients cost a cold start.

Connections, credentials, signing and endpoints stay botocore's. But two thirds of the time in which it makes a client
go into reading models with the standard library's JSON parser, and into looking through the folders of all four hundred
services for the one wanted: here msgspec reads, and only the folder wanted is opened.

Whoever imports this module imports botocore, which takes a fifth of a second: only who needs a client does.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import msgspec
from botocore.loaders import JSONFileLoader, Loader
from botocore.session import Session, get_session


class _Files(JSONFileLoader):
    """Reads models with msgspec, several times as fast."""

    def load_file(self, file_path: str) -> object:
        """The file's content, or None where there is none; the path comes without its ending."""
        for path, opened in ((Path(f"{file_path}.json"), Path.open), (Path(f"{file_path}.json.gz"), gzip.open)):
            try:
                with opened(path, "rb") as file:
                    return msgspec.json.decode(file.read())
            except FileNotFoundError:
                continue
        return None


class _Models(Loader):
    """Finds models by their service's name."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Every folder that may be a service's. Whether it holds a model of this type shows when it is read."""
        del type_name
        places = (Path(path) for path in self.search_paths)
        return sorted({folder.name for place in places if place.is_dir() for folder in place.iterdir()})


def new_session() -> Session:
    """A botocore session of one's own."""
    session = get_session()
    session.register_component("data_loader", _Models(file_loader=_Files()))
    return session
