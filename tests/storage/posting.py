"""A small ledger on a bare store, for the tests that set many writers on it: load, decide, record, and again when stale."""

import json
from collections import Counter

from chalicelib.domain.chain import START, Kind, Name, unbroken
from chalicelib.storage.store import Answered, Batch, RequestKey, Snapshot, Stale, Store, Wanted
from tests.storage.batches import change

CELL = "hanley-cctv#2023-24-Q3#capital"
REFUSED = "refused"


def grant(number: int) -> Name:
    """One of the grants that the writers share."""
    return Name(Kind.GRANT, f"grant-{number}")


def pay(store: Store, key: str, pence: int, grants: tuple[Name, ...], allocated: int = 10**9) -> str:
    """Pay the pence from each of the grants, once for a key: the answer, or REFUSED when an allocation is exhausted."""
    request = RequestKey("officer-1", key)
    cells = tuple((name.id, CELL) for name in grants)
    while True:
        seen = store.load(Wanted(heads=grants, balances=cells, request=request))
        if seen.answered:
            return seen.answered.body
        if any(seen.balances.get(cell, {}).get("paid", 0) + pence > allocated for cell in cells):
            return REFUSED
        batch, answer = _payment(seen, request, pence, grants)
        try:
            store.record(batch)
        except Stale:
            continue
        return answer


def _payment(seen: Snapshot, request: RequestKey, pence: int, grants: tuple[Name, ...]) -> tuple[Batch, str]:
    body = json.dumps({"key": request.key, "pence": pence})
    positions = {name: seen.heads[name].position if name in seen.heads else START for name in grants}
    answer = json.dumps({name.id: position.seq + 1 for name, position in positions.items()})
    batch = Batch(
        changes=tuple(change(name, body, seen=position, state=body) for name, position in positions.items()),
        balances={(name.id, CELL): {"paid": pence} for name in grants},
        request=(request, Answered("f", answer)),
        documents={f"document {request.key}": answer},
    )
    return batch, answer


def check(store: Store, name: Name) -> dict[str, int]:
    """The pence of each payment in a grant, by key, after proving that its chain, head and balance agree."""
    links = list(unbroken(name, store.links(name)))
    paid = [json.loads(link.body) for link in links]
    seen = store.load(Wanted(heads=(name,), balances=((name.id, CELL),)))
    if links:
        position = seen.heads[name].position
        assert (position.seq, position.hash) == (len(links), links[-1].hash)
    assert seen.balances.get((name.id, CELL), {}).get("paid", 0) == sum(payment["pence"] for payment in paid)
    assert max(Counter(payment["key"] for payment in paid).values(), default=1) == 1
    return {payment["key"]: payment["pence"] for payment in paid}
