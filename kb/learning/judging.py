"""What the mentor says to a step: evidence accepted or given back, and signing off."""

from sqlmodel import Session

from kb.errors import ForbiddenError, InvalidError
from kb.learning.completion import (
    MAX_TEXT,
    OtherwiseDoneError,
    note,
    open_step,
    record_done,
    standing_of,
    write_record,
)
from kb.learning.enrolments import find_enrolment
from kb.learning.models import Enrolment, Submission
from kb.learning.moment import Moment
from kb.learning.path_file import SignOff
from kb.learning.standing import State
from kb.messages import N_, Message
from kb.permissions import Reader, found


class NotTheMentorError(ForbiddenError):
    """Only the mentor of this enrolment, or who leads the person, may judge."""

    template = N_("Only this person's mentor or manager can sign or return this.")


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
        write_record(session, standing, step, State.RETURNED, moment, by=reader.person_id)
    note(session, standing, step, f"judge_{submission.verdict}", reader, moment)
    return submission


def sign(session: Session, reader: Reader, enrolment_id: int, step_id: str, moment: Moment) -> bool:
    """The mentor signs a step off. False: it was signed already."""
    enrolment = find_enrolment(session, reader, enrolment_id)
    _require_judge(reader, enrolment)
    standing = standing_of(session, enrolment, moment)
    view = open_step(session, standing, step_id)
    if not isinstance(view.step, SignOff):
        raise OtherwiseDoneError
    return record_done(session, standing, view.step, moment, by=reader.person_id)


def may_judge(reader: Reader, enrolment: Enrolment) -> bool:
    """Whether somebody who can see an enrolment may judge it: not the person on the path."""
    return enrolment.person_id != reader.person_id


def _require_judge(reader: Reader, enrolment: Enrolment) -> None:
    if not may_judge(reader, enrolment):
        raise NotTheMentorError
