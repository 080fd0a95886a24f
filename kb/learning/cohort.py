"""A cohort as its manager reads it: who is where, day by day, and where people get stuck."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from sqlmodel import Session, col, select

from kb.accounts.models import Person
from kb.learning.enrolments import may_follow
from kb.learning.models import Enrolment
from kb.learning.path_file import Step
from kb.learning.path_store import StoredPath
from kb.learning.progress import standings
from kb.learning.standing import Standing, State, StepView, day_marks
from kb.permissions import Reader


@dataclass(frozen=True)
class CohortRow:
    """One person of a cohort. ``cells`` has one mark for each day of the path, empty: none due."""

    person: Person
    mentor: Person | None
    standing: Standing
    cells: tuple[str, ...]


@dataclass(frozen=True)
class StuckStep:
    """A step and how people get through it. ``late_days`` is the median of those who did it late."""

    step: Step
    day: int
    done: int
    overdue: int
    late_days: float | None
    scores: tuple[float, ...]


def cohorts(session: Session, reader: Reader, path_id: int) -> list[str]:
    """Names of cohorts among the reader's people on a path, the newest start first."""
    query = select(Enrolment.cohort).where(
        Enrolment.path_id == path_id, Enrolment.cohort != "", may_follow(reader)
    )
    rows = session.exec(query.order_by(col(Enrolment.start).desc()))
    return list(dict.fromkeys(rows))


def load_cohort(
    session: Session, reader: Reader, stored: StoredPath, cohort: str, today: date
) -> list[CohortRow]:
    """The reader's people on a path, those behind first. The number of queries is constant."""
    query = (
        select(Enrolment, Person)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(Enrolment.path_id == stored.id, col(Enrolment.ended).is_(False), may_follow(reader))
    )
    if cohort:
        query = query.where(Enrolment.cohort == cohort)
    pairs = list(session.exec(query.order_by(Person.login)))
    people = {enrolment.id: person for enrolment, person in pairs}
    mentors = _people(session, {e.mentor_id for e, _ in pairs if e.mentor_id})
    rows = [
        CohortRow(
            people[standing.enrolment.id],
            mentors.get(standing.enrolment.mentor_id or 0),
            standing,
            cells_of(standing),
        )
        for standing in standings(session, [enrolment for enrolment, _ in pairs], today)
    ]
    return sorted(rows, key=lambda row: (-len(row.standing.overdue), row.standing.share))


def _people(session: Session, ids: set[int]) -> dict[int, Person]:
    if not ids:
        return {}
    rows = session.exec(select(Person).where(col(Person.id).in_(ids)))
    return {person.id or 0: person for person in rows}


def cells_of(standing: Standing) -> tuple[str, ...]:
    """A person's row of days: for each day of the path a mark, the worst where two share one."""
    order = ("late", "part", "open", "done")
    cells = [""] * standing.plan.total
    for day, mark in day_marks(standing).items():
        at = standing.plan.day_number(day) - 1
        cells[at] = min(filter(None, (cells[at], mark)), key=order.index)
    return tuple(cells)


def stuck_steps(rows: Sequence[CohortRow]) -> list[StuckStep]:
    """Required steps in the path's order, with how many are done and overdue."""
    if not rows:
        return []
    path = rows[0].standing.path
    by_step: dict[str, list[StepView]] = defaultdict(list)
    late: Counter[str] = Counter()
    for row in rows:
        for view in row.standing.counted:
            by_step[view.step.id].append(view)
        late.update(view.step.id for view in row.standing.overdue)
    return [
        _stuck(step, day.day, by_step[step.id], late[step.id])
        for day in path.schedule
        for step in day.steps
        if not step.optional
    ]


def _stuck(step: Step, day: int, views: Sequence[StepView], overdue: int) -> StuckStep:
    done = [v for v in views if v.state == State.DONE and v.record is not None]
    late = [(v.record.day - v.due).days for v in done if v.record and v.record.day > v.due]
    scores = tuple(v.record.score for v in done if v.record and v.record.score is not None)
    return StuckStep(step, day, len(done), overdue, float(median(late)) if late else None, scores)


def days_to_complete(rows: Sequence[CohortRow]) -> list[int]:
    """For each person who has completed the path: calendar days from the start to the last step."""
    days = []
    for row in rows:
        done = [v.record.day for v in row.standing.steps if v.record is not None]
        done += [record.day for record in row.standing.former]
        if row.standing.enrolment.completed_at is not None and done:
            days.append((max(done) - row.standing.plan.start).days + 1)
    return sorted(days)
