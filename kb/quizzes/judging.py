"""Free answers before a mentor: which points are met, a word on it, and one more attempt."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from kb import audit
from kb.accounts.models import Person
from kb.errors import InvalidError
from kb.learning.enrolments import followed_by
from kb.learning.moment import Moment
from kb.messages import N_, Message
from kb.permissions import Reader, found
from kb.quizzes.attempts import attempts_left, load_view, settle
from kb.quizzes.bank_store import read_body
from kb.quizzes.models import Attempt, AttemptItem, ExtraAttempt, QuizRow
from kb.quizzes.questions import Free
from kb.quizzes.quiz_store import find_quiz, quiz_of

MAX_COMMENT = 2_000


@dataclass(frozen=True)
class ToJudge:
    """A free answer that waits."""

    item: AttemptItem
    attempt: Attempt
    person: Person
    question: Free
    answer: str
    suggested: tuple[bool, ...]


def answers_to_judge(session: Session, reader: Reader) -> list[ToJudge]:
    """Free answers of the people whom the reader follows, the oldest first."""
    query = (
        select(AttemptItem, Attempt, Person)
        .join(Attempt, col(Attempt.id) == AttemptItem.attempt_id)
        .join(Person, col(Person.id) == Attempt.person_id)
        .where(
            col(AttemptItem.pending),
            col(Attempt.submitted_at).is_not(None),
            followed_by(reader),
            Attempt.person_id != reader.person_id,
        )
        .order_by(col(Attempt.submitted_at), col(AttemptItem.position))
    )
    waiting = []
    for item, attempt, person in session.exec(query):
        question = read_body(item.body)
        if isinstance(question, Free):
            met = tuple(json.loads(item.met)) if item.met else ()
            waiting.append(ToJudge(item, attempt, person, question, json.loads(item.answer), met))
    return waiting


@dataclass(frozen=True)
class WithoutAttempts:
    """Somebody who has failed a quiz as often as it may be taken."""

    person: Person
    slug: str
    title_zh: str
    title_en: str


def without_attempts(session: Session, reader: Reader) -> list[WithoutAttempts]:
    """People whom the reader follows and who cannot go on without one more attempt."""
    query = (
        select(Attempt, Person, QuizRow)
        .join(Person, col(Person.id) == Attempt.person_id)
        .join(QuizRow, col(QuizRow.slug) == Attempt.quiz_slug)
        .where(followed_by(reader), Attempt.person_id != reader.person_id)
    )
    taken: dict[tuple[int, str], list[Attempt]] = {}
    names: dict[tuple[int, str], WithoutAttempts] = {}
    limits: dict[str, int] = {}
    for attempt, person, row in session.exec(query):
        key = (attempt.person_id, row.slug)
        taken.setdefault(key, []).append(attempt)
        names[key] = WithoutAttempts(person, row.slug, row.title_zh, row.title_en)
        limits[row.slug] = quiz_of(row).attempts
    allowed = Counter((one.person_id, one.quiz_slug) for one in session.exec(select(ExtraAttempt)))
    return [
        names[key]
        for key, attempts in taken.items()
        if limits[key[1]]
        and len(attempts) >= limits[key[1]] + allowed[key]
        and all(one.verdict == "failed" for one in attempts)
    ]


def judge_answer(
    session: Session,
    reader: Reader,
    attempt_id: int,
    position: int,
    met: Sequence[int],
    comment: str,
    moment: Moment,
) -> Attempt:
    """Decide which key points an answer meets. A second click changes nothing."""
    attempt = _attempt_of_followed(session, reader, attempt_id)
    item = found(session.get(AttemptItem, (attempt_id, position)))
    if not item.pending:
        return attempt
    if len(comment) > MAX_COMMENT:
        advice = N_("Shorten the text to %(n)s characters.")
        raise InvalidError({"comment": Message(advice, {"n": MAX_COMMENT})})
    question = read_body(item.body)
    count = len(question.key_points) if isinstance(question, Free) else 0
    decided = [at in met for at in range(count)]
    item.met, item.points = json.dumps(decided), sum(decided) / max(1, count)
    item.pending, item.comment = False, comment.strip()
    item.judged_by, item.judged_at = reader.person_id, moment.at
    session.add(item)
    session.flush()
    settle(session, attempt, load_view(session, attempt), moment)
    audit.record(
        session, moment.at, reader.person_id, "judge_answer", f"attempt:{attempt_id}",
        position=position, points=item.points,
    )  # fmt: skip
    return attempt


def _attempt_of_followed(session: Session, reader: Reader, attempt_id: int) -> Attempt:
    query = (
        select(Attempt)
        .join(Person, col(Person.id) == Attempt.person_id)
        .where(Attempt.id == attempt_id, Attempt.person_id != reader.person_id, followed_by(reader))
    )
    return found(session.exec(query).first())


def allow_another(
    session: Session, reader: Reader, slug: str, person_id: int, moment: Moment
) -> None:
    """One more attempt for somebody who has none left."""
    row, quiz = find_quiz(session, slug)
    query = select(Person).where(
        Person.id == person_id, Person.id != reader.person_id, followed_by(reader)
    )
    person = found(session.exec(query).first())
    if attempts_left(session, quiz, person_id) != 0:
        return  # a second click, or nobody who needs it
    session.add(
        ExtraAttempt(
            quiz_slug=row.slug, person_id=person.id or 0, allowed_by=reader.person_id,
            allowed_at=moment.at,
        )
    )  # fmt: skip
    audit.record(
        session, moment.at, reader.person_id, "allow_attempt", f"person:{person_id}", quiz=slug
    )
