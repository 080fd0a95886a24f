"""What a person does on a path: reading, handing in evidence; what the mentor says to it.

Every act may come twice, by a double click, a second tab or a reload, and counts once.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from kb import audit
from kb.errors import ForbiddenError, InvalidError, ShifuError
from kb.learning.certificates import Achievement, issue
from kb.learning.enrolments import enrolments_of, find_enrolment
from kb.learning.models import Enrolment, LearningPath, StepRecord, Submission
from kb.learning.moment import Moment
from kb.learning.path_file import (
    BilingualLine,
    FieldTask,
    Practise,
    Read,
    RolePlay,
    SignOff,
    Step,
    TakeQuiz,
    Watch,
)
from kb.learning.progress import TESTED_OUT, standings
from kb.learning.standing import Standing, State, StepView
from kb.learning.step_titles import step_titles
from kb.messages import N_, Message
from kb.permissions import Reader, found

MAX_TEXT = 5_000  # characters of evidence and of a mentor's comment


class StepLockedError(ShifuError):
    """A step whose turn has not come."""

    template = N_("Another step comes first: finish %(title)s, then this one opens.")


class NotYoursError(ForbiddenError):
    """A step of somebody else's path."""

    template = N_("Only the person on the path can do this step.")


class EnrolmentEndedError(ShifuError):
    """A step of a path that the person was taken off."""

    template = N_("You were taken off this path. What you did is kept; ask your manager.")


class OtherwiseDoneError(ShifuError):
    """An act that does not belong to this type of step."""

    template = N_("This step is done in another way; open it from your path.")


class AcceptedAlreadyError(ShifuError):
    """Evidence for a step that the mentor has accepted."""

    template = N_("Your mentor has accepted this already; nothing more was handed in.")


class NotTheMentorError(ForbiddenError):
    """Only the mentor of this enrolment, or who leads the person, may judge."""

    template = N_("Only this person's mentor or manager can sign or return this.")


@dataclass(frozen=True)
class Evidence:
    """What was handed in: a text, a file kept under its hash, or both."""

    text: str = ""
    file_name: str = ""
    file_hash: str = ""


def standing_of(session: Session, enrolment: Enrolment, moment: Moment) -> Standing:
    """Where one enrolment stands."""
    (standing,) = standings(session, [enrolment], moment.day)
    return standing


def finish_reading(
    session: Session, reader: Reader, enrolment_id: int, step_id: str, moment: Moment
) -> bool:
    """A read or watched step is done. False: it was done already."""
    standing = _own(session, reader, enrolment_id, moment)
    view = _open_step(session, standing, step_id)
    if not isinstance(view.step, Read | Watch):
        raise OtherwiseDoneError
    return record_done(session, standing, view.step, moment)


def require_hand_in(
    session: Session, reader: Reader, enrolment_id: int, step_id: str, moment: Moment
) -> None:
    """Raise what ``hand_in`` would raise, before a file is stored for nothing."""
    _task_at_hand(session, _own(session, reader, enrolment_id, moment), step_id)


def _task_at_hand(session: Session, standing: Standing, step_id: str) -> FieldTask:
    view = _view(standing, step_id)
    if view.state == State.DONE:
        raise AcceptedAlreadyError
    if view.state == State.LOCKED:
        _open_step(session, standing, step_id)
    if not isinstance(view.step, FieldTask):
        raise OtherwiseDoneError
    return view.step


def hand_in(
    session: Session,
    reader: Reader,
    enrolment_id: int,
    step_id: str,
    evidence: Evidence,
    moment: Moment,
) -> None:
    """Hand evidence of a field task to the mentor; while it waits, it may be replaced."""
    standing = _own(session, reader, enrolment_id, moment)
    task = _task_at_hand(session, standing, step_id)
    _check_evidence(task, evidence)
    waiting = waiting_submission(session, enrolment_id, step_id)
    submission = waiting or Submission(enrolment_id=enrolment_id, step_id=step_id, at=moment.at)
    submission.text = evidence.text.strip()
    if evidence.file_hash or not waiting:
        submission.file_name, submission.file_hash = evidence.file_name, evidence.file_hash
    submission.at = moment.at
    session.add(submission)
    _write_record(session, standing, task, State.WAITING, moment)
    _audit(session, standing, task, "hand_in", reader, moment)


def _check_evidence(step: FieldTask, evidence: Evidence) -> None:
    if len(evidence.text) > MAX_TEXT:
        advice = N_("Shorten the text to %(n)s characters.")
        raise InvalidError({"text": Message(advice, {"n": MAX_TEXT})})
    gave_text = bool(evidence.text.strip()) and "text" in step.evidence_kinds
    gave_file = bool(evidence.file_hash) and "file" in step.evidence_kinds
    if not gave_text and not gave_file:
        both = len(step.evidence_kinds) == 2
        one = N_("Attach a file.") if "file" in step.evidence_kinds else N_("Write what you did.")
        advice = N_("Write what you did, or attach a file.") if both else one
        raise InvalidError({"text": Message(advice)})


def waiting_submission(session: Session, enrolment_id: int, step_id: str) -> Submission | None:
    """What lies with the mentor for one step."""
    query = select(Submission).where(
        Submission.enrolment_id == enrolment_id,
        Submission.step_id == step_id,
        Submission.verdict == "",
    )
    return session.exec(query).first()


def submissions(session: Session, enrolment_id: int, step_id: str = "") -> list[Submission]:
    """What was handed in, newest first; of one step where it is named."""
    query = select(Submission).where(Submission.enrolment_id == enrolment_id)
    if step_id:
        query = query.where(Submission.step_id == step_id)
    return list(session.exec(query.order_by(col(Submission.at).desc(), col(Submission.id).desc())))


def judge(
    session: Session,
    reader: Reader,
    submission_id: int,
    accepted: bool,
    comment: str,
    moment: Moment,
) -> Submission:
    """The mentor accepts evidence or gives it back with a word on what is missing."""
    submission = found(session.get(Submission, submission_id))
    enrolment = find_enrolment(session, reader, submission.enrolment_id)
    _require_judge(reader, enrolment)
    if submission.verdict:
        return submission  # a second click
    if len(comment) > MAX_TEXT:
        advice = N_("Shorten the text to %(n)s characters.")
        raise InvalidError({"comment": Message(advice, {"n": MAX_TEXT})})
    if not accepted and not comment.strip():
        advice = N_("Write what is missing, so that it can be mended.")
        raise InvalidError({"comment": Message(advice)})
    submission.verdict = "accepted" if accepted else "returned"
    submission.comment = comment.strip()
    submission.reviewed_by, submission.reviewed_at = reader.person_id, moment.at
    session.add(submission)
    standing = standing_of(session, enrolment, moment)
    step = standing.path.step(submission.step_id)
    if step is None:
        return submission  # the path no longer has the step; the word on it is kept
    if accepted:
        record_done(session, standing, step, moment, by=reader.person_id)
    else:
        _write_record(session, standing, step, State.RETURNED, moment, by=reader.person_id)
    _audit(session, standing, step, f"judge_{submission.verdict}", reader, moment)
    return submission


def sign(session: Session, reader: Reader, enrolment_id: int, step_id: str, moment: Moment) -> bool:
    """The mentor signs a step off. False: it was signed already."""
    enrolment = find_enrolment(session, reader, enrolment_id)
    _require_judge(reader, enrolment)
    standing = standing_of(session, enrolment, moment)
    view = _open_step(session, standing, step_id)
    if not isinstance(view.step, SignOff):
        raise OtherwiseDoneError
    return record_done(session, standing, view.step, moment, by=reader.person_id)


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
                _open_step(session, standing, step.id)


def practised(
    session: Session, person_id: int, cards: int, *, nothing_left: bool, moment: Moment
) -> None:
    """Somebody has practised ``cards`` cards today: steps that ask for so many are done.

    Each card counts for one step only, and not for reviews of rest days that are over. Where there is nothing to practise at all, every practise
    step up to today is done.
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
                _open_step(session, standing, step.id)


def record_done(
    session: Session,
    standing: Standing,
    step: Step,
    moment: Moment,
    *,
    how: str = "",
    score: float | None = None,
    by: int | None = None,
) -> bool:
    """Write that a step is done, once; completes the path with its last step. False: it was done."""
    view = _view(standing, step.id)
    if view.state == State.DONE:
        return False
    _write_record(session, standing, step, State.DONE, moment, how=how, score=score, by=by)
    actor = by if by is not None else standing.enrolment.person_id
    audit.record(
        session, moment.at, actor, "finish_step", f"enrolment:{standing.enrolment.id}",
        step=step.id, how=how or step.type,
    )  # fmt: skip
    session.flush()
    renewed = standing_of(session, standing.enrolment, moment)
    if renewed.complete and standing.enrolment.completed_at is None:
        standing.enrolment.completed_at = moment.at
        session.add(standing.enrolment)
        audit.record(
            session, moment.at, actor, "complete_path", f"enrolment:{standing.enrolment.id}"
        )
        issue(session, standing.enrolment, _achievement(renewed, moment), moment.at)
    return True


def _achievement(standing: Standing, moment: Moment) -> Achievement:
    scores = [v.record.score for v in standing.counted if v.record and v.record.score is not None]
    return Achievement(
        steps=len(standing.counted),
        minutes=sum(view.step.minutes for view in standing.counted),
        mean_score=round(sum(scores) / len(scores), 1) if scores else None,
        started=standing.plan.start,
        completed=moment.day,
    )


def _write_record(
    session: Session,
    standing: Standing,
    step: Step,
    state: State,
    moment: Moment,
    *,
    how: str = "",
    score: float | None = None,
    by: int | None = None,
) -> None:
    enrolment = standing.enrolment
    version = session.get_one(LearningPath, enrolment.path_id).version
    session.merge(
        StepRecord(
            enrolment_id=enrolment.id or 0, step_id=step.id, state=state, how=how or step.type,
            version=version, title=step.title.zh if step.title else "", score=score,
            day=moment.day, at=moment.at, by=by,
        )
    )  # fmt: skip
    session.flush()


def _own(session: Session, reader: Reader, enrolment_id: int, moment: Moment) -> Standing:
    enrolment = find_enrolment(session, reader, enrolment_id)
    if enrolment.person_id != reader.person_id:
        raise NotYoursError
    if enrolment.ended:
        raise EnrolmentEndedError
    return standing_of(session, enrolment, moment)


def _view(standing: Standing, step_id: str) -> StepView:
    return found(next((view for view in standing.steps if view.step.id == step_id), None))


def _open_step(session: Session, standing: Standing, step_id: str) -> StepView:
    view = _view(standing, step_id)
    if view.state == State.LOCKED:
        passed = {v.step.id for v in standing.steps if v.settled}
        first = next(need for need in view.step.needs if need not in passed)
        before = _view(standing, first).step
        raise StepLockedError(title=before.title or _titles_of(session, before))
    return view


def _titles_of(session: Session, step: Step) -> BilingualLine | str:
    """What a step without a title of its own is called: as its article, in both languages."""
    titles = {lang: step_titles(session, [step], lang)[step.id] for lang in ("zh", "en")}
    return BilingualLine(zh=titles["zh"], en=titles["en"])


def may_judge(reader: Reader, enrolment: Enrolment) -> bool:
    """Whether somebody who can see an enrolment may judge it: not the person on the path."""
    return enrolment.person_id != reader.person_id


def _require_judge(reader: Reader, enrolment: Enrolment) -> None:
    if not may_judge(reader, enrolment):
        raise NotTheMentorError


def _audit(
    session: Session, standing: Standing, step: Step, action: str, reader: Reader, moment: Moment
) -> None:
    subject = f"enrolment:{standing.enrolment.id}"
    audit.record(session, moment.at, reader.person_id, action, subject, step=step.id)
