"""What is compared for an agreement, row by row: what extracts say, what the ledger has, and the documents behind a difference."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from chalicelib.domain.agreements import Cause
from chalicelib.domain.cells import Nature
from chalicelib.domain.values import Struct


class Fate(StrEnum):
    """What became of an extract's document, as far as it matters where the ledger has not what the extract has."""

    NOT_POSTED = "previewed, and not posted"
    WAITING = "waits in suspense"
    DISMISSED = "dismissed from suspense"
    ELSEWHERE = "in the ledger under another grant"
    CHANGED = "changed at its source; the correction is not confirmed"


class Why(StrEnum):
    """What else stands behind a difference, in words."""

    OTHER_QUARTER = "the extract and the ledger count it in different quarters"
    PUT_RIGHT = "put right here, and not in any extract"
    CODED_OTHERWISE = "coded otherwise here than in the extract"
    IN_NO_EXTRACT = "in no extract"
    NOT_PLACED = "a row of an extract that could not be placed"


class Ours(Struct, frozen=True, kw_only=True):
    """An entry that was spent, in pence; `document` is the key of the document that it, or what it puts right, was paid against,
    and `named` what people call that.
    """

    entry_id: str
    on: date
    initiative_id: str | None
    nature: Nature
    quarter: str
    pence: int
    document: str
    named: str
    puts_right: bool


class Theirs(Struct, frozen=True, kw_only=True):
    """What an extract says of a document and one coding of it, in pence: row `number` of an import's preview."""

    document: str
    import_id: str
    number: int
    named: str
    on: date
    initiative_id: str
    nature: Nature
    pence: int
    fate: Fate


class Unplaced(Struct, frozen=True, kw_only=True):
    """A row of a committed extract that was rejected, or fits no coding: it may be what is missing.

    `pence` is its document's net. Where it is no document, `document` and `named` are empty.
    """

    document: str
    import_id: str
    number: int
    named: str
    on: date | None
    pence: int


class Item(Struct, frozen=True, kw_only=True):
    """A document behind a difference. What is under `unexplained` may explain some of it; the others add up to their causes.

    `line` is the total's place in the agreement, from 1; 0 for what could not be placed. `entries` are ours, `import_id` and
    `number` the extract's row.
    """

    cause: Cause
    line: int
    pence: int
    why: str
    document: str = ""
    on: date | None = None
    import_id: str = ""
    number: int | None = None
    entries: tuple[str, ...] = ()
