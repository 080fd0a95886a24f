"""A moment as learning needs it: the time, and the day that it is where the team works."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Moment:
    """``at`` is UTC, ``day`` the local day."""

    at: datetime
    day: date

    @classmethod
    def of(cls, at: datetime, time_zone: str) -> "Moment":
        """The moment in a time zone such as Asia/Shanghai."""
        return cls(at, at.astimezone(ZoneInfo(time_zone)).date())
