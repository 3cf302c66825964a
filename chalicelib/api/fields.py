"""The types of fields, each with what it means, what it may be and an example: the documentation is made from them.

A pattern ends with a look for a line feed after `$`: Python's `$` alone would let a trailing line feed through.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

MOST_PENCE = 10**13
_END = r"$(?!\n)"
# Every year a century can have, so that 2023-25 is refused where it stands: 00-01, 01-02 ... 99-00.
_YEAR = "(19|20)(" + "|".join(f"{year:02}-{(year + 1) % 100:02}" for year in range(100)) + ")"
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_CONTROLS_BUT_TAB_AND_LINE_FEED = r"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029"


def _words(forbidden: str) -> str:
    """Text with something in it: white space, then one character that is none, then anything; never what is forbidden.

    The first two sets share no character, so a match never goes back over the text, however long it is.
    """
    return rf"^[^\S{forbidden}]*[^\s{forbidden}][^{forbidden}]*" + _END


_LINE = _words(_CONTROLS)
_LINES = _words(_CONTROLS_BUT_TAB_AND_LINE_FEED)

Slug = Annotated[
    str,
    Meta(
        max_length=60,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*" + _END,
        description="An id: lower-case letters, digits and single hyphens between them.",
        examples=["ssf-5-warwickshire"],
    ),
]
EntryId = Annotated[
    str,
    Meta(
        max_length=72,
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.[1-9][0-9]{0,9}" + _END,
        description="An entry's id: its grant's id, a full stop, and its record number.",
        examples=["ssf-5-warwickshire.42"],
    ),
]
Sha256 = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{64}" + _END,
        description="A SHA-256, in lower-case hexadecimal.",
        examples=["2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"],
    ),
]
Text = Annotated[
    str,
    Meta(min_length=1, max_length=200, pattern=_LINE, description="A line of text, up to 200 characters."),
]
Clause = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=120,
        pattern=_LINE,
        description="Where a rule is written: the document and the clause, as your office calls them.",
        examples=["Financial regulations, 4.2"],
    ),
]
LongText = Annotated[
    str,
    Meta(min_length=1, max_length=5000, pattern=_LINES, description="Text of several lines, up to 5,000 characters."),
]
# Every draft of a claim keeps it, and all claims of a grant are one item: so it is shorter.
WordingText = Annotated[
    str,
    Meta(min_length=1, max_length=2000, pattern=_LINES, description="What a certificate says, in up to 2,000 characters."),
]
Reason = Annotated[
    str,
    Meta(
        min_length=3,
        max_length=1000,
        pattern=_LINES,
        description="Why, in words that somebody else will understand in five years.",
        examples=["Posted to the wrong quarter: the invoice is dated 28 June."],
    ),
]
Pence = Annotated[
    int,
    Meta(ge=-MOST_PENCE, le=MOST_PENCE, description="A whole number of pence.", examples=[123456]),
]
PositivePence = Annotated[
    int,
    Meta(ge=1, le=MOST_PENCE, description="A whole number of pence, more than nothing.", examples=[123456]),
]
PenceOrNothing = Annotated[
    int,
    Meta(ge=0, le=MOST_PENCE, description="A whole number of pence, nothing or more.", examples=[123456]),
]
NonZeroPence = Annotated[
    int,
    Meta(
        ge=-MOST_PENCE,
        le=MOST_PENCE,
        description="A whole number of pence, and not 0.",
        examples=[123456],
        extra_json_schema={"not": {"const": 0}},  # the view's domain checks it: a bound of msgspec's has no gap
    ),
]
ShownPence = Annotated[
    int,
    Meta(description="A whole number of pence.", examples=[123456]),  # no bounds: a sum may pass what one amount may not
]
RecordNumber = Annotated[
    int,
    Meta(ge=0, le=10**10, description="A record's number in its chain: a position in the ledger.", examples=[42]),
]
DateField = Annotated[date, Meta(description="A date in London, as YYYY-MM-DD.", examples=["2023-11-01"])]
Instant = Annotated[datetime, Meta(tz=True, description="An instant, in UTC.", examples=["2023-11-01T09:30:00Z"])]
FinancialYearText = Annotated[
    str,
    Meta(
        pattern=f"^{_YEAR}" + _END,
        description="A financial year, April to March.",
        examples=["2023-24"],
    ),
]
QuarterText = Annotated[
    str,
    Meta(
        pattern=f"^{_YEAR}-Q[1-4]" + _END,
        description="A quarter of a financial year; Q1 is April to June.",
        examples=["2023-24-Q3"],
    ),
]
ReturnId = Annotated[
    str,
    Meta(
        max_length=71,
        pattern=rf"^[a-z0-9]+(-[a-z0-9]+)*\.{_YEAR}-Q[1-4]" + _END,
        description="A return's id: its initiative's id, a full stop, and its quarter.",
        examples=["warwickshire-cctv-ssf-5.2023-24-Q4"],
    ),
]
ItemId = Annotated[
    str,
    Meta(
        max_length=160,
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*(\.[0-9]{4}-[0-9]{2}-Q[1-4]([.-][a-z0-9]+)*)?" + _END,
        description="The id of anything that has a history of its own.",
        examples=["ssf-5-warwickshire"],
    ),
]
Version = Annotated[str, Meta(description="What If-Match must name to change this.", examples=["12"])]
