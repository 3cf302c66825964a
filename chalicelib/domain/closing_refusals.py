"""What closing refuses: entries dated in a quarter that takes no more, and moves that a quarter cannot make."""

from __future__ import annotations

from datetime import date

from chalicelib.domain.errors import Conflict, Forbidden, NotFound


class PeriodIsClosed(Conflict):
    """The quarter is closed."""

    grant_id: str
    quarter: str
    on: date
    first_open_day: date

    @property
    def detail(self) -> str:
        return (
            f"{self.quarter} of {self.grant_id} is closed, so nothing more is dated {self.on}: what comes late is dated "
            f"{self.first_open_day} or after, and names the entry that it puts right."
        )


class PeriodIsHeld(Forbidden):
    """The quarter is held: only finance posts into it."""

    grant_id: str
    quarter: str
    on: date

    @property
    def detail(self) -> str:
        return (
            f"{self.quarter} of {self.grant_id} is held until finance closes it: finance posts what is dated {self.on}, "
            "or takes the hold back first where finance may not."
        )


class NoSuchPeriod(NotFound):
    """The grant has no such quarter."""

    grant_id: str
    quarter: str
    first: str
    last: str

    @property
    def detail(self) -> str:
        return f"{self.grant_id} runs from {self.first} to {self.last}: it has no period {self.quarter}."


class QuarterNotOver(Conflict):
    """The quarter has not ended yet."""

    quarter: str
    last_day: date

    @property
    def detail(self) -> str:
        return f"{self.quarter} can be closed once {self.last_day} is over; until then it can be held."


class EarlierPeriodOpen(Conflict):
    """An earlier quarter of the grant is not closed yet."""

    grant_id: str
    quarter: str
    earlier: str

    @property
    def detail(self) -> str:
        return f"{self.earlier} of {self.grant_id} must be closed before {self.quarter}: quarters close from the earliest on."


class LaterPeriodClosed(Conflict):
    """A later quarter of the grant is closed, too."""

    grant_id: str
    quarter: str
    later: str

    @property
    def detail(self) -> str:
        return f"{self.later} of {self.grant_id} must be reopened before {self.quarter}: quarters reopen from the latest back."


class ReopeningNeeded(Conflict):
    """A closed quarter is reopened by two people."""

    grant_id: str
    quarter: str

    @property
    def detail(self) -> str:
        return f"{self.quarter} of {self.grant_id} is closed: request its reopening, with a reason, and a second person decides."
