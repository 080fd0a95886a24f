"""When each step of a path falls due for one person: a pure function of facts.

The rules, so that nobody is shown red for what was not their fault:

1. A path's days count from the person's start; days of leave are not counted. Each working day
   that leave takes is given back at the end.
2. A study day is due on its own calendar day if that is worked, otherwise on the next worked
   day that has none yet. No study day falls after the end.
3. Where there are fewer worked days than study days, the study days share them evenly.
4. Who tests out of some steps has the rest of the path laid out anew over the days that remain
   after that day; nothing moves to a day that is over.
5. A step that a path gained after a person's start is due no earlier than the first worked day
   after it was added.
6. Rest days carry the path's short reviews in their order. They are optional, so never late.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from kb.learning.path_file import Day, Path
from kb.learning.work_calendar import ONE_DAY, WorkCalendar, days_between

HORIZON = 4_000  # days; nobody is on a path or on leave for longer


@dataclass(frozen=True)
class Leave:
    """Days of absence, first and last counted."""

    first: date
    last: date


@dataclass(frozen=True)
class TestedOut:
    """On a day somebody showed that they know what these steps teach."""

    __test__ = False  # pytest would take it for a test
    on: date
    steps: frozenset[str]


@dataclass(frozen=True)
class Facts:
    """All that a person's plan depends on besides the path and the calendar."""

    start: date
    leaves: tuple[Leave, ...] = ()  # in the order in which they were entered
    tested_out: tuple[TestedOut, ...] = ()  # in the order of their days
    added: Mapping[str, date] = field(default_factory=dict)  # steps added after the first version


@dataclass(frozen=True)
class Plan:
    """Due days by step id, and the last day of the path."""

    start: date
    end: date
    due: Mapping[str, date]
    away: frozenset[date]  # days of leave from the start to the end
    total: int  # days of the path

    def day_number(self, today: date) -> int:
        """Which day of the path today is: 0 before the start, at most the path's number of days."""
        if today < self.start:
            return 0
        passed = (min(today, self.end) - self.start).days + 1
        absent = sum(day <= min(today, self.end) for day in self.away)
        return min(max(passed - absent, 1), self.total)


def make_plan(path: Path, facts: Facts, calendar: WorkCalendar) -> Plan:
    """Lay out a path for a person."""
    away, end = _away_and_end(path.days, facts, calendar)
    window = list(days_between(facts.start, end))
    worked = [day for day in window if day not in away and calendar.is_working(day)]
    counted = [day for day in window if day not in away]
    study = [day for day in path.schedule if not day.rest]
    laid = _lay_out(study, worked, counted, end)
    for event in facts.tested_out:
        laid = _lay_out_again(study, laid, worked, event, facts.tested_out)
    due = {step.id: laid[day.day] for day in study for step in day.steps}
    due |= _rest_days(path, window, worked, away, end)
    _move_added_steps(due, facts, worked, end)
    return Plan(facts.start, end, due, frozenset(day for day in away if day <= end), path.days)


def _away_and_end(days: int, facts: Facts, calendar: WorkCalendar) -> tuple[frozenset[date], date]:
    """Rule 1: days of leave, and the path's last day.

    Leave is taken up in the order in which it was entered: each one gives back the worked days
    that there were before it, so that entering leave never brings anything forward.
    """
    end = facts.start + (days - 1) * ONE_DAY
    owed = calendar.working_days(facts.start, end)
    away: set[date] = set()
    for leave in facts.leaves:
        first = max(leave.first, facts.start)
        away.update(islice(days_between(first, leave.last), HORIZON))
        end, owed = _last_day(days, owed, facts.start, away, calendar)
    return frozenset(away), end


def _last_day(
    days: int, owed: int, start: date, away: Collection[date], calendar: WorkCalendar
) -> tuple[date, int]:
    """The first day by which ``days`` counted and ``owed`` worked days have passed, and the latter."""
    counted = worked = 0
    day = start
    for _ in range(HORIZON + days):
        if day not in away:
            counted += 1
            worked += calendar.is_working(day)
        if counted >= days and worked >= owed:
            break
        day += ONE_DAY
    return day, worked


def _lay_out(
    study: Sequence[Day], worked: Sequence[date], counted: Sequence[date], end: date
) -> dict[int, date]:
    """Rules 2 and 3: the due day of each study day, by the study day's number."""
    if not worked:  # a start within a long holiday that an administrator entered
        return {day.day: end for day in study}
    if len(worked) < len(study):
        return {day.day: worked[i * len(worked) // len(study)] for i, day in enumerate(study)}
    spare = len(worked) - len(study)
    laid: dict[int, date] = {}
    at = -1  # index of the worked day that was given out last
    for i, day in enumerate(study):
        wanted = counted[min(day.day, len(counted)) - 1]
        at += 1
        while at < spare + i and worked[at] < wanted:
            at += 1
        laid[day.day] = worked[at]
    return laid


def _lay_out_again(
    study: Sequence[Day],
    laid: Mapping[int, date],
    worked: Sequence[date],
    event: TestedOut,
    events: Iterable[TestedOut],
) -> dict[int, date]:
    """Rule 4: spread the study days that are left over the worked days after the event."""
    known = frozenset[str]().union(*(e.steps for e in events if e.on <= event.on))
    remaining = [day for day in worked if day > event.on]
    left = [day for day in study if laid[day.day] > event.on and not _covered(day, known)]
    if not remaining or not left or len(left) == sum(laid[day.day] > event.on for day in study):
        return dict(laid)
    spread = dict(laid)
    for i, day in enumerate(left):
        spread[day.day] = remaining[i * len(remaining) // len(left)]
    return spread


def _covered(day: Day, known: frozenset[str]) -> bool:
    return all(step.id in known for step in day.steps if not step.optional)


def _rest_days(
    path: Path,
    window: Sequence[date],
    worked: Sequence[date],
    away: frozenset[date],
    end: date,
) -> dict[str, date]:
    """Rule 6: reviews onto rest days in order; those for which there is no rest day stand at the end."""
    busy = set(worked)
    resting = [day for day in window if day not in busy and day not in away]
    reviews = [day for day in path.schedule if day.rest]
    due: dict[str, date] = {}
    for i, day in enumerate(reviews):
        on = resting[i] if i < len(resting) else end
        due |= {step.id: on for step in day.steps}
    return due


def _move_added_steps(
    due: dict[str, date], facts: Facts, worked: Sequence[date], end: date
) -> None:
    """Rule 5."""
    for step_id, day in facts.added.items():
        if step_id in due and day >= facts.start:
            later = next((w for w in worked if w > day), max(end, day + ONE_DAY))
            due[step_id] = max(due[step_id], later)
