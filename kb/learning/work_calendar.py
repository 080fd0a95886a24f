"""Which days are worked: the official Chinese calendar, and the days that an administrator sets.

The library ``chinese_calendar`` knows the announced holidays and make-up days of past years and of
the year at hand. Beyond it, Monday to Friday are worked until somebody enters what was announced.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

ONE_DAY = timedelta(days=1)


@cache
def known_until() -> date:
    """The last day of the years whose official arrangement is known."""
    from chinese_calendar.constants import holidays  # slow enough to wait for its first use

    return date(max(holidays).year, 12, 31)


@cache
def _official(day: date) -> bool:
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day))
    except NotImplementedError:  # a year that nobody has announced
        return day.weekday() < 5


@dataclass(frozen=True)
class WorkCalendar:
    """Working days. ``overrides`` maps a day to whether it is worked, whatever else is known."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether people work on this day."""
        known = self.overrides.get(day)
        return _official(day) if known is None else known

    def working_days(self, first: date, last: date) -> int:
        """How many days are worked from ``first`` to ``last``, both counted."""
        return sum(self.is_working(day) for day in days_between(first, last))


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from ``first`` to ``last``, both counted."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY
