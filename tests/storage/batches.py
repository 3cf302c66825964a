"""Batches for storage tests: chains whose bodies say nothing but what a test puts in them."""

from chalicelib.domain.chain import START, Kind, Link, Name, Position, followed, hash_of
from chalicelib.storage.store import Answered, Batch, CellKey, Change, RequestKey, Standing, Wanted

GRANT = Name(Kind.GRANT, "ssf-5-warwickshire")
OTHER = Name(Kind.GRANT, "ssf-2-stockton")
CELL: CellKey = ("ssf-5-warwickshire", "hanley-cctv#2023-24-Q3#capital")
REQUEST = RequestKey("officer-1", "key-1")


def after(name: Name, position: Position, *bodies: str) -> tuple[Link, ...]:
    """Links of an aggregate that follow a position, one for each body."""
    links = []
    for body in bodies:
        position = Position(position.seq + 1, hash_of(followed(name, position), body))
        links.append(Link(position.seq, body, position.hash))
    return tuple(links)


def change(name: Name, *bodies: str, seen: Position = START, state: str = "{}") -> Change:
    """A change that adds one record for each body."""
    return Change(name=name, seen=seen, links=after(name, seen, *bodies), state=state)


def end_of(changed: Change) -> Position:
    """Where a change leaves its chain."""
    return Position(changed.links[-1].seq, changed.links[-1].hash)


def whole(*bodies: str, name: Name = GRANT, key: RequestKey = REQUEST) -> Batch:
    """A first batch with something of everything: records, a balance, a standing, an answer and a document."""
    return Batch(
        changes=(change(name, *bodies, state='{"state":"active"}'),),
        balances={(name.id, CELL[1]): {"paid": 12_500, "committed": -12_500}},
        opened=(Standing(name.id, 1, '{"what":"payment"}', 12_500),),
        request=(key, Answered("f" * 64, '{"id":"1"}')),
        documents={"invoice INV-1 of example-lighting": f"{name.id}.1"},
    )


def everything(name: Name = GRANT, key: RequestKey = REQUEST) -> Wanted:
    """All that `whole` writes and a load can ask for."""
    return Wanted(heads=(name,), balances=((name.id, CELL[1]),), standings=((name.id, 1),), request=key)
