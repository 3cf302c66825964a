"""Somebody with access to the store changes what is in it."""

from chalicelib.domain.chain import Kind, Name
from chalicelib.storage.memory import MemoryStore
from tests.services.offices import Office

GRANT = Name(Kind.GRANT, "ssf-4-example")


def memory(office: Office) -> MemoryStore:
    """The office's store, laid open."""
    assert isinstance(office.store, MemoryStore)
    return office.store


def change_record(office: Office, seq: int, old: str, new: str) -> None:
    """Change the stored text of one of the grant's records."""
    links = memory(office)._links[GRANT]
    assert old in links[seq - 1].body
    links[seq - 1] = links[seq - 1]._replace(body=links[seq - 1].body.replace(old, new))


def remove_record(office: Office, seq: int) -> None:
    """Take one of the grant's records away."""
    del memory(office)._links[GRANT][seq - 1]
