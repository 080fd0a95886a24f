"""The step that an article is on somebody's path, so that its page can offer to finish it."""

from dataclasses import dataclass

from sqlmodel import Session

from kb.learning.enrolments import enrolments_of
from kb.learning.models import StepRecord
from kb.learning.path_file import Read, Step, Watch
from kb.learning.path_store import paths_by_id


@dataclass(frozen=True)
class ReadingStep:
    """An article's step on one of a person's paths."""

    enrolment_id: int
    step: Step
    done: bool


def reading_step(session: Session, person_id: int, slug: str) -> ReadingStep | None:
    """The first step of a person's paths that is this article; one not done comes first."""
    enrolments = enrolments_of(session, person_id)
    if not enrolments:
        return None
    paths = paths_by_id(session)
    found = [
        ReadingStep(e.id or 0, step, _done(session, e.id or 0, step.id))
        for e in enrolments
        for step in paths[e.path_id].path.steps()
        if isinstance(step, Read | Watch) and step.article == slug
    ]
    return min(found, key=lambda one: one.done, default=None)


def _done(session: Session, enrolment_id: int, step_id: str) -> bool:
    record = session.get(StepRecord, (enrolment_id, step_id))
    return record is not None and record.state == "done"
