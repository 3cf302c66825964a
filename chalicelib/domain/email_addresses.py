"""E-mail addresses, as far as this office writes to them: one mailbox, in plain characters, without a name before it."""

from __future__ import annotations

import re

LONGEST = 254

PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9_.+'&-]{0,63}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$(?!\n)"
"""What every address looks like: no space, no comma and no line end, so that none can smuggle another in."""

_ADDRESS = re.compile(PATTERN)


def address_problem(text: str) -> str | None:
    """What is wrong with an e-mail address, or None."""
    well_formed = len(text) <= LONGEST and _ADDRESS.search(text)
    return None if well_formed else f"{text!r} is not an e-mail address such as returns@council.example"
