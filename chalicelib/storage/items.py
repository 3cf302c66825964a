"""The domain's types as canonical JSON text, and back.

Canonical: keys in order, no white space, nothing empty written out. What is left out is read back as the type's
own default, so only fields whose default is empty (None, "", nothing in it) may ever be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import TypeVar, get_args

import msgspec

from chalicelib.domain.aggregates import Fact, Record, State, kind_of
from chalicelib.domain.chain import Kind, Link, Name, Position, followed, hash_of
from chalicelib.domain.entries import Entry, EntryKind, Standing, entry_id
from chalicelib.domain.payment_status import Paid
from chalicelib.domain.values import Struct
from chalicelib.storage import store

_STATES: dict[Kind, type[State]] = {state.KIND: state for state in get_args(State)}
_FACTS: dict[str, type[Fact]] = {fact.KIND: fact for fact in get_args(Fact) if fact is not Entry} | {
    kind.value: Entry for kind in EntryKind
}
_ENTRY_KINDS = frozenset(kind.value for kind in EntryKind)
_EMPTY: tuple[object, ...] = (None, "", (), {})
S = TypeVar("S", bound=State)
K = TypeVar("K", bound=str)
T = TypeVar("T")


class _Body(msgspec.Struct):
    """A record's body as it is stored."""

    seq: int
    at: datetime
    by: str
    kind: str
    facts: msgspec.Raw
    reason: str = ""


class _About(msgspec.Struct):
    """What is stored about a standing, beside the pence."""

    cell: str
    kind: EntryKind
    on: date
    opened_pence: int


class _Decoders(dict[K, Callable[[bytes | str | msgspec.Raw], T]]):
    """Decoders by kind, each made when it is first needed: a cold start needs few of them."""

    def __init__(self, types: Mapping[K, type[T]]) -> None:
        super().__init__()
        self._types = types

    def __missing__(self, kind: K) -> Callable[[bytes | str | msgspec.Raw], T]:
        made = self[kind] = msgspec.json.Decoder(self._types[kind]).decode
        return made


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_about = msgspec.json.Decoder(_About).decode
_decode_mark = msgspec.json.Decoder(Paid).decode
_decode_facts = _Decoders(_FACTS)
_decode_state = _Decoders(_STATES)


class Draft(Struct, frozen=True, kw_only=True):
    """A fact about to be recorded, with its circumstances."""

    at: datetime
    by: str
    reason: str
    fact: Fact


def canonical(value: object) -> str:
    """Any of the domain's values as canonical JSON."""
    return msgspec.json.encode(_plain(value), order="sorted").decode()


def _plain(value: object) -> object:
    if isinstance(value, Struct):
        kept = ((name, may_be_left_out, getattr(value, name)) for name, may_be_left_out in _written(type(value)))
        return {name: _plain(held) for name, may_be_left_out, held in kept if not (may_be_left_out and held in _EMPTY)}
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return value


@cache
def _written(kind: type[Struct]) -> tuple[tuple[str, bool], ...]:
    """The fields of a type, and whether each may be left out when it is empty."""
    return tuple(
        (field.name, field.default in _EMPTY or field.default_factory is not msgspec.NODEFAULT) for field in msgspec.structs.fields(kind)
    )


def sealed(name: Name, seen: Position, drafts: tuple[Draft, ...]) -> tuple[Link, ...]:
    """Links for these drafts, following the position seen."""
    links: list[Link] = []
    at, previous_hash = seen, followed(name, seen)
    for draft in drafts:
        body = canonical(
            {
                "seq": at.seq + 1,
                "at": draft.at,
                "by": draft.by,
                "kind": kind_of(draft.fact),
                "facts": _facts_of(draft.fact),
                **({"reason": draft.reason} if draft.reason else {}),
            }
        )
        previous_hash = hash_of(previous_hash, body)
        at = Position(at.seq + 1, previous_hash)
        links.append(Link(at.seq, body, at.hash))
    return tuple(links)


def _facts_of(fact: Fact) -> object:
    """What is written of a fact. An entry's kind is its record's, and stands there."""
    plain = _plain(fact)
    return {name: held for name, held in plain.items() if name != "kind"} if isinstance(fact, Entry) and isinstance(plain, dict) else plain


def _fact_in(body: _Body) -> Fact:
    written = bytes(body.facts)
    if body.kind in _ENTRY_KINDS:
        written = b'{"kind":"%b",%b' % (body.kind.encode(), written[1:])
    return _decode_facts[body.kind](written)


def record_of(name: Name, link: Link) -> Record:
    """The record a link holds. Raises ValueError when the body is not one, or belongs to another place."""
    body = _decode_body(link.body)
    if body.seq != link.seq:
        raise ValueError(f"record {link.seq} of {name} says that it is record {body.seq}")
    return Record(name=name, seq=body.seq, at=body.at, by=body.by, reason=body.reason, fact=_fact_in(body))


def state_of(kind: type[S], head: store.Head) -> S:
    """A head's state, of the kind expected. Raises TypeError for another kind."""
    state = _decode_state[head.name.kind](head.state)
    if not isinstance(state, kind):
        raise TypeError(f"{head.name} is not a {kind.__name__}")
    return state


def standing_of(held: store.Standing) -> Standing:
    """A standing as the domain knows it."""
    about = _decode_about(held.about)
    return Standing(
        entry_id=entry_id(held.grant_id, held.seq),
        kind=about.kind,
        cell=about.cell,
        on=about.on,
        opened_pence=about.opened_pence,
        left_pence=held.left_pence,
        paid=_decode_mark(held.mark) if held.mark else None,
    )


def stored_standing(grant_id: str, seq: int, standing: Standing) -> store.Standing:
    """A standing as it is stored."""
    about = {"cell": standing.cell, "kind": standing.kind, "on": standing.on, "opened_pence": standing.opened_pence}
    return store.Standing(grant_id, seq, canonical(about), standing.left_pence, mark_of(standing.paid) if standing.paid else "")


def mark_of(paid: Paid) -> str:
    """What a standing is marked with."""
    return canonical(paid)
