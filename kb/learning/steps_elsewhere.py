"""Steps that are done in other rooms: quizzes passed, scenarios played, cards practised."""

from sqlmodel import Session

from kb.learning.completion import open_step, record_done, standing_of
from kb.learning.enrolments import enrolments_of
from kb.learning.moment import Moment
from kb.learning.path_file import Practise, RolePlay, Step, TakeQuiz
from kb.learning.progress import TESTED_OUT
from kb.learning.standing import State


def quiz_passed(session: Session, person_id: int, slug: str, mark: float, moment: Moment) -> None:
    """A quiz was passed: its steps are done, and those that it tests somebody out of."""
    for enrolment in enrolments_of(session, person_id):
        standing = standing_of(session, enrolment, moment)
        for step in standing.path.steps():
            if isinstance(step, TakeQuiz) and step.quiz == slug:
                record_done(session, standing, step, moment, score=mark)
        for test in standing.path.test_out:
            if test.quiz == slug:
                for known in standing.path.steps():
                    if known.id in test.covers:
                        record_done(session, standing, known, moment, how=TESTED_OUT, score=mark)


def scenario_passed(
    session: Session, person_id: int, slug: str, score: float, moment: Moment
) -> None:
    """A scenario was played to a passing end: its steps are done."""
    for enrolment in enrolments_of(session, person_id):
        standing = standing_of(session, enrolment, moment)
        for step in standing.path.steps():
            if isinstance(step, RolePlay) and step.scenario == slug:
                record_done(session, standing, step, moment, score=score)


def role_play_locked(session: Session, person_id: int, slug: str, moment: Moment) -> None:
    """Raise StepLockedError where a scenario is a step whose turn has not come."""
    for enrolment in enrolments_of(session, person_id):
        standing = standing_of(session, enrolment, moment)
        for step in standing.path.steps():
            if isinstance(step, RolePlay) and step.scenario == slug:
                open_step(session, standing, step.id)


def practised(
    session: Session, person_id: int, cards: int, *, nothing_left: bool, moment: Moment
) -> None:
    """Somebody has practised ``cards`` cards today: steps that ask for so many are done.

    Each card counts for one step only, and not for reviews of rest days that are over. Where
    there is nothing to practise at all, every practise step up to today is done.
    """
    for enrolment in enrolments_of(session, person_id):
        standing = standing_of(session, enrolment, moment)
        views = [v for v in standing.steps if isinstance(v.step, Practise)]
        done_today = [
            v for v in views if v.state == State.DONE and v.record and v.record.day == moment.day
        ]
        spare = cards - sum(_cards_of(v.step) for v in done_today)
        for view in sorted(views, key=lambda v: v.step.optional):  # stable: required ones first
            is_past_review = view.step.optional and view.due < moment.day
            if view.due > moment.day or view.state != State.OPEN or is_past_review:
                continue
            wanted = _cards_of(view.step)
            if nothing_left or spare >= wanted:
                spare -= wanted
                record_done(session, standing, view.step, moment)


def cards_asked(session: Session, person_id: int, moment: Moment) -> int:
    """How many cards the practise steps up to today still ask for."""
    return sum(
        _cards_of(view.step)
        for enrolment in enrolments_of(session, person_id)
        for view in standing_of(session, enrolment, moment).steps
        if view.due <= moment.day and view.state == State.OPEN and not view.step.optional
    )


def _cards_of(step: Step) -> int:
    return step.cards if isinstance(step, Practise) else 0


def quiz_locked(session: Session, person_id: int, slug: str, moment: Moment) -> None:
    """Raise StepLockedError where a quiz is a step whose turn has not come."""
    for enrolment in enrolments_of(session, person_id):
        standing = standing_of(session, enrolment, moment)
        for step in standing.path.steps():
            if isinstance(step, TakeQuiz) and step.quiz == slug:
                open_step(session, standing, step.id)
