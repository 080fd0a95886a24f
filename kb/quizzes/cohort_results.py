"""How a group of people did in quizzes: marks, attempts and days until they passed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import mean, median
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from kb.quizzes.models import Attempt


@dataclass(frozen=True)
class QuizResult:
    """One quiz for a group. ``marks`` is each person's best; the others count who passed."""

    slug: str
    taken: int
    passed: int
    marks: tuple[float, ...]
    attempts_to_pass: float | None  # mean
    days_to_pass: float | None  # median, from the person's first day on the path

    @property
    def mean_mark(self) -> float | None:
        """The mean of everybody's best mark."""
        return mean(self.marks) if self.marks else None


def cohort_results(
    session: Session, starts: Mapping[int, date], slugs: Collection[str], time_zone: str
) -> dict[str, QuizResult]:
    """Results by quiz. ``starts`` maps a person to their first day; one query for everybody."""
    query = select(Attempt).where(
        col(Attempt.quiz_slug).in_(slugs),
        col(Attempt.person_id).in_(list(starts)),
        col(Attempt.submitted_at).is_not(None),
    )
    by_quiz: dict[str, dict[int, list[Attempt]]] = {}
    for attempt in session.exec(query.order_by(col(Attempt.id))):
        people = by_quiz.setdefault(attempt.quiz_slug, {})
        people.setdefault(attempt.person_id, []).append(attempt)
    zone = ZoneInfo(time_zone)
    return {slug: _result(slug, people, starts, zone) for slug, people in by_quiz.items()}


def _result(
    slug: str,
    people: Mapping[int, list[Attempt]],
    starts: Mapping[int, date],
    zone: ZoneInfo,
) -> QuizResult:
    tries: list[int] = []
    days: list[int] = []
    for person_id, attempts in people.items():
        verdicts = [attempt.verdict for attempt in attempts]
        if "passed" in verdicts:
            first = attempts[verdicts.index("passed")]
            tries.append(verdicts.index("passed") + 1)
            passed_on = (first.submitted_at or first.started_at).astimezone(zone).date()
            days.append((passed_on - starts[person_id]).days + 1)
    best = tuple(max(one.mark or 0.0 for one in attempts) for attempts in people.values())
    return QuizResult(
        slug,
        taken=len(people),
        passed=len(tries),
        marks=best,
        attempts_to_pass=mean(tries) if tries else None,
        days_to_pass=float(median(days)) if days else None,
    )
