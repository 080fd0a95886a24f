"""What a person does on a path: reading, handing in evidence; records, and the path's completion.

Every act may come twice, by a double click, a second tab or a reload, and counts once.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from kb import audit
from kb.errors import ForbiddenError, InvalidError, ShifuError
from kb.learning.certificates import Achievement, issue
from kb.learning.enrolments import find_enrolment
from kb.learning.models import Enrolment, LearningPath, StepRecord, Submission
from kb.learning.moment import Moment
from kb.learning.path_file import (
    BilingualLine,
    FieldTask,
    Read,
    Step,
    Watch,
)
from kb.learning.progress import standings
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
    view = open_step(session, standing, step_id)
    if not isinstance(view.step, Read | Watch):
        raise OtherwiseDoneError
    return record_done(session, standing, view.step, moment)


def require_hand_in(
    session: Session, reader: Reader, enrolment_id: int, step_id: str, moment: Moment
) -> None:
    """Raise what ``hand_in`` would raise, before a file is stored for nothing."""
    _task_at_hand(session, _own(session, reader, enrolment_id, moment), step_id)


def _task_at_hand(session: Session, standing: Standing, step_id: str) -> FieldTask:
    view = view_of(standing, step_id)
    if view.state == State.DONE:
        raise AcceptedAlreadyError
    if view.state == State.LOCKED:
        open_step(session, standing, step_id)
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
    write_record(session, standing, task, State.WAITING, moment)
    note(session, standing, task, "hand_in", reader, moment)


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
    view = view_of(standing, step.id)
    if view.state == State.DONE:
        return False
    write_record(session, standing, step, State.DONE, moment, how=how, score=score, by=by)
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


def write_record(
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
    """Write where a person stands with a step, over what stood there."""
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


def view_of(standing: Standing, step_id: str) -> StepView:
    """One step of a standing. Raises NotFoundError."""
    return found(next((view for view in standing.steps if view.step.id == step_id), None))


def open_step(session: Session, standing: Standing, step_id: str) -> StepView:
    """A step whose turn has come. Raises StepLockedError, NotFoundError."""
    view = view_of(standing, step_id)
    if view.state == State.LOCKED:
        passed = {v.step.id for v in standing.steps if v.settled}
        first = next(need for need in view.step.needs if need not in passed)
        before = view_of(standing, first).step
        raise StepLockedError(title=before.title or _titles_of(session, before))
    return view


def _titles_of(session: Session, step: Step) -> BilingualLine | str:
    """What a step without a title of its own is called: as its article, in both languages."""
    titles = {lang: step_titles(session, [step], lang)[step.id] for lang in ("zh", "en")}
    return BilingualLine(zh=titles["zh"], en=titles["en"])


def note(
    session: Session, standing: Standing, step: Step, action: str, reader: Reader, moment: Moment
) -> None:
    """Write an act on a step into the audit log."""
    subject = f"enrolment:{standing.enrolment.id}"
    audit.record(session, moment.at, reader.person_id, action, subject, step=step.id)
