"""The demo's new hires on their way: one on day 9 with one thing late, one on day 3."""

from datetime import date, timedelta

from sqlmodel import Session, select

from kb.accounts.models import Person
from kb.learning.calendar_days import load_calendar
from kb.learning.completion import record_done, standing_of
from kb.learning.models import Enrolment, LearningPath, StepRecord, Submission
from kb.learning.moment import Moment
from kb.learning.path_file import FieldTask, SignOff
from kb.learning.standing import State

PATH = "ice-breaking"
_PEOPLE = (  # login, mentor's login, days of the path that are over, steps left undone
    ("zhou.xiaoyu", "lin.yue", 8, ("d04-quiz", "d08-erp")),
    ("he.zixuan", "gu.heng", 2, ()),
)
_EVIDENCE = (
    "我们是砚仓，做仓库软件的，总部在苏州，412 家客户里大半是中型批发和制造。"
    "仓库里的每一箱货，找得到、发得对、算得清。录音 84 秒，最后一句说快了。"
)


def enrol_demo_people(session: Session, moment: Moment) -> int:
    """Put the demo's new hires on the shipped path, once. Returns how many were new."""
    path = session.exec(select(LearningPath).where(LearningPath.slug == PATH)).first()
    if path is None or path.archived:
        return 0
    count = 0
    for login, mentor, days, undone in _PEOPLE:
        person, guide = _person(session, login), _person(session, mentor)
        if person is None or not person.is_demo:
            continue
        there = select(Enrolment).where(Enrolment.person_id == person.id)
        if session.exec(there).first() is not None:
            continue
        enrolment = Enrolment(
            person_id=person.id or 0, path_id=path.id or 0,
            start=_start(session, moment.day, days),
            mentor_id=guide.id if guide else None, cohort="2026 冬季班", created_at=moment.at,
        )  # fmt: skip
        session.add(enrolment)
        session.flush()
        _fill(session, enrolment, moment, undone)
        count += 1
    return count


def _person(session: Session, login: str) -> Person | None:
    return session.exec(select(Person).where(Person.login == login)).first()


def _start(session: Session, today: date, days: int) -> date:
    """The day ``days`` before today, or the first worked day after it."""
    calendar, day = load_calendar(session), today - timedelta(days=days)
    while not calendar.is_working(day) and day < today:
        day += timedelta(days=1)
    return day


def _fill(session: Session, enrolment: Enrolment, moment: Moment, undone: tuple[str, ...]) -> None:
    """What was due before today is done on its day; evidence of the first task waits."""
    standing = standing_of(session, enrolment, moment)
    waits = True
    for view in standing.steps:
        past = view.due < moment.day and view.state is not State.MISSING and not view.rest
        if not past or view.step.id in undone:
            continue
        at = Moment(moment.at - (moment.day - view.due), view.due)
        if isinstance(view.step, FieldTask) and waits and not undone:
            waits = False
            session.add(
                Submission(
                    enrolment_id=enrolment.id or 0, step_id=view.step.id, text=_EVIDENCE, at=at.at
                )
            )
            session.add(
                StepRecord(
                    enrolment_id=enrolment.id or 0, step_id=view.step.id, state=State.WAITING,
                    how=view.step.type, version=1, title=view.step.title.zh, day=at.day, at=at.at,
                )
            )  # fmt: skip
            continue
        if isinstance(view.step, SignOff) and not undone:
            continue
        by = enrolment.mentor_id if isinstance(view.step, FieldTask | SignOff) else None
        record_done(session, standing, view.step, at, by=by)
