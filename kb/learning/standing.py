"""Where a person stands on a path today: pure functions over path, plan and records."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from kb.learning.models import Enrolment, StepRecord
from kb.learning.path_file import Path, Step, StepType
from kb.learning.planning import Plan


class State(StrEnum):
    """Where a person stands with one step."""

    DONE = "done"
    WAITING = "waiting"  # handed in; the mentor has not looked yet
    RETURNED = "returned"  # the mentor asks for more
    OPEN = "open"
    LOCKED = "locked"  # a step before it comes first
    MISSING = "missing"  # what it leads to is no longer there; it does not count


_SETTLED = (State.DONE, State.WAITING, State.MISSING)


@dataclass(frozen=True)
class StepView:
    """One step for one person."""

    step: Step
    state: State
    due: date
    rest: bool
    record: StepRecord | None

    @property
    def settled(self) -> bool:
        """Whether there is nothing that the person can do here now."""
        return self.state in _SETTLED

    def late_on(self, today: date) -> bool:
        """Whether it is overdue: required, not handed in, and its day is over."""
        return not self.settled and not self.step.optional and self.due < today


@dataclass(frozen=True)
class Standing:
    """Everything about one enrolment on one day."""

    enrolment: Enrolment
    path: Path
    plan: Plan
    today: date
    steps: tuple[StepView, ...]
    former: tuple[StepRecord, ...]  # done, on steps that the path has no more

    @property
    def day(self) -> int:
        """Day n of the path; 0 before it begins."""
        return self.plan.day_number(self.today)

    @cached_property
    def counted(self) -> tuple[StepView, ...]:
        """The steps that completion asks for."""
        return tuple(
            view for view in self.steps if not view.step.optional and view.state != State.MISSING
        )

    @property
    def done(self) -> int:
        """How many of these are done."""
        return sum(view.state == State.DONE for view in self.counted)

    @property
    def share(self) -> float:
        """The share of required steps that are done, 0 to 1."""
        return self.done / len(self.counted) if self.counted else 1.0

    @property
    def complete(self) -> bool:
        """Whether every required step is done."""
        return self.done == len(self.counted)

    @cached_property
    def overdue(self) -> tuple[StepView, ...]:
        """What should be done by now, oldest first."""
        return tuple(sorted((v for v in self.steps if v.late_on(self.today)), key=lambda v: v.due))

    @cached_property
    def due_today(self) -> tuple[StepView, ...]:
        """Today's steps, done ones too."""
        return tuple(view for view in self.steps if view.due == self.today)

    @cached_property
    def waiting(self) -> tuple[StepView, ...]:
        """What lies with the mentor: evidence handed in, and sign-offs whose turn has come."""
        return tuple(
            view
            for view in self.steps
            if view.state == State.WAITING
            or (
                view.state == State.OPEN
                and view.step.type == StepType.SIGN_OFF
                and view.due <= self.today
            )
        )

    @cached_property
    def next_step(self) -> StepView | None:
        """What to do next: the earliest that can be done, required before optional."""
        can = [v for v in self.steps if _can_do(v)]
        behind_or_today = [v for v in can if v.due <= self.today]
        pool = behind_or_today or can
        return min(pool, key=lambda v: (v.step.optional, v.due), default=None)

    @cached_property
    def coming(self) -> tuple[StepView, ...]:
        """Open steps of the next day that has any."""
        later = [v for v in self.steps if v.due > self.today and not v.settled and not v.rest]
        first = min((v.due for v in later), default=None)
        return tuple(v for v in later if v.due == first)

    @property
    def minutes_today(self) -> int:
        """Minutes that today's open steps and overdue ones still need."""
        today = (*self.overdue, *self.due_today)
        return sum(v.step.minutes for v in today if not v.settled and not v.step.optional)


def _can_do(view: StepView) -> bool:
    return view.state in (State.OPEN, State.RETURNED) and view.step.type != StepType.SIGN_OFF


def stand(
    enrolment: Enrolment,
    path: Path,
    plan: Plan,
    records: Sequence[StepRecord],
    missing: Collection[str],
    today: date,
) -> Standing:
    """Put path, plan and records together. ``missing`` are ids of steps that lead nowhere."""
    by_step = {record.step_id: record for record in records}
    passed = {r.step_id for r in records if r.state in (State.DONE, State.WAITING)} | set(missing)
    views = []
    for day in path.schedule:
        for step in day.steps:
            record = by_step.get(step.id)
            state = _state(step, record, passed, missing)
            views.append(StepView(step, state, plan.due[step.id], day.rest, record))
    views.sort(key=lambda view: view.due)  # stable: within a day as in the path
    known = {view.step.id for view in views}
    former = tuple(r for r in records if r.step_id not in known and r.state == State.DONE)
    return Standing(enrolment, path, plan, today, tuple(views), former)


def _state(
    step: Step, record: StepRecord | None, passed: Collection[str], missing: Collection[str]
) -> State:
    if record is not None and record.state != State.RETURNED:
        return State(record.state)
    if step.id in missing:
        return State.MISSING
    if record is not None:
        return State.RETURNED
    return State.OPEN if all(need in passed for need in step.needs) else State.LOCKED


def day_marks(standing: Standing) -> Mapping[date, str]:
    """For each day with required steps: ``done``, ``part``, ``late``, ``open``, for a row of days."""
    marks: dict[date, str] = {}
    by_day: dict[date, list[StepView]] = {}
    for view in standing.counted:
        by_day.setdefault(view.due, []).append(view)
    for day, views in by_day.items():
        settled = sum(view.settled for view in views)
        if settled == len(views):
            marks[day] = "done"
        elif day < standing.today:
            marks[day] = "late"
        else:
            marks[day] = "part" if settled else "open"
    return marks
