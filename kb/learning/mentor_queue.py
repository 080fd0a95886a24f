"""What lies with somebody who follows people on paths: evidence to judge, steps to sign."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from kb.accounts.models import Person
from kb.learning.enrolments import may_follow
from kb.learning.models import Enrolment, Submission
from kb.learning.progress import standings
from kb.learning.standing import Standing, State, StepView
from kb.permissions import Reader


@dataclass(frozen=True)
class Followed:
    """One person whom the reader follows, on one path."""

    person: Person
    standing: Standing
    mine: bool  # the reader is their mentor

    @property
    def to_sign(self) -> tuple[StepView, ...]:
        """Steps whose turn to be signed has come."""
        return tuple(view for view in self.standing.waiting if view.state == State.OPEN)


@dataclass(frozen=True)
class Queue:
    """Everyone followed, own mentees and those behind first; evidence that waits, oldest first."""

    people: tuple[Followed, ...]
    evidence: tuple[tuple[Submission, Followed], ...]


def load_queue(session: Session, reader: Reader, today: date) -> Queue:
    """What waits for the reader. The number of queries is constant."""
    query = (
        select(Enrolment, Person)
        .join(Person, col(Person.id) == Enrolment.person_id)
        .where(
            may_follow(reader),
            col(Enrolment.ended).is_(False),
            Enrolment.person_id != reader.person_id,
        )
    )
    pairs = list(session.exec(query))
    standing = standings(session, [enrolment for enrolment, _ in pairs], today)
    followed = [
        Followed(person, one, enrolment.mentor_id == reader.person_id)
        for (enrolment, person), one in zip(pairs, standing, strict=True)
    ]
    followed.sort(key=lambda one: (not one.mine, -len(one.standing.overdue), one.person.login))
    by_id = {one.standing.enrolment.id: one for one in followed}
    waiting = select(Submission).where(
        Submission.verdict == "", col(Submission.enrolment_id).in_(by_id)
    )
    rows = session.exec(waiting.order_by(col(Submission.at)))
    evidence = [(row, by_id[row.enrolment_id]) for row in rows]
    evidence.sort(key=lambda pair: not pair[1].mine)  # stable: own mentees' first
    return Queue(tuple(followed), tuple(evidence))
