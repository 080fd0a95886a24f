"""Loads where people stand: the same few queries for one person and for a thousand."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from kb.learning.calendar_days import load_calendar
from kb.learning.enrolments import leaves_of
from kb.learning.models import Enrolment, StepRecord
from kb.learning.path_file import Path, Read, RolePlay, Step, TakeQuiz, Watch
from kb.learning.path_store import StoredPath, paths_by_id
from kb.learning.planning import Facts, Leave, Plan, TestedOut, make_plan
from kb.learning.standing import Standing, stand
from kb.library.models import Article
from kb.library.vocabulary import Status
from kb.quizzes.models import QuizRow
from kb.scenarios.models import ScenarioRow

TESTED_OUT = "tested_out"


def standings(session: Session, enrolments: Sequence[Enrolment], today: date) -> list[Standing]:
    """Where each enrolment stands today, in the order given."""
    if not enrolments:
        return []
    paths = paths_by_id(session)
    calendar = load_calendar(session)
    ids = [enrolment.id or 0 for enrolment in enrolments]
    records: dict[int, list[StepRecord]] = defaultdict(list)
    for record in session.exec(select(StepRecord).where(col(StepRecord.enrolment_id).in_(ids))):
        records[record.enrolment_id].append(record)
    leaves: dict[int, list[Leave]] = defaultdict(list)
    for row in leaves_of(session, list({enrolment.person_id for enrolment in enrolments})):
        leaves[row.person_id].append(Leave(row.first, row.last))
    missing = missing_steps(session, {e.path_id: paths[e.path_id].path for e in enrolments})
    plans: dict[object, Plan] = {}  # most people of a cohort share one
    result = []
    for enrolment in enrolments:
        stored, own = paths[enrolment.path_id], records[enrolment.id or 0]
        facts = _facts(enrolment, stored, own, leaves[enrolment.person_id])
        key = (stored.id, facts.start, facts.leaves, facts.tested_out)
        if key not in plans:
            plans[key] = make_plan(stored.path, facts, calendar)
        gone = missing[enrolment.path_id]
        result.append(stand(enrolment, stored.path, plans[key], own, gone, today))
    return result


def _facts(
    enrolment: Enrolment,
    stored: StoredPath,
    records: Sequence[StepRecord],
    leaves: Sequence[Leave],
) -> Facts:
    shown: dict[date, set[str]] = defaultdict(set)
    for record in records:
        if record.how == TESTED_OUT:
            shown[record.day].add(record.step_id)
    events = tuple(TestedOut(day, frozenset(shown[day])) for day in sorted(shown))
    return Facts(enrolment.start, tuple(leaves), events, stored.added)


def missing_steps(session: Session, paths: dict[int, Path]) -> dict[int, frozenset[str]]:
    """For each path the ids of steps that lead to something which is not there, or not any more."""
    query = select(Article.slug).where(Article.status == Status.PUBLISHED).distinct()
    articles = set(session.exec(query))
    scenarios = set(
        session.exec(select(ScenarioRow.slug).where(col(ScenarioRow.retired).is_(False)))
    )
    quizzes = set(session.exec(select(QuizRow.slug).where(col(QuizRow.retired).is_(False))))

    def leads_nowhere(step: Step) -> bool:
        if isinstance(step, Read | Watch):
            return step.article not in articles
        if isinstance(step, TakeQuiz):
            return step.quiz not in quizzes
        return isinstance(step, RolePlay) and step.scenario not in scenarios

    return {
        key: frozenset(step.id for step in path.steps() if leads_nowhere(step))
        for key, path in paths.items()
    }
