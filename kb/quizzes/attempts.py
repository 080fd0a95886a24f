"""One attempt at a quiz: begin, keep what is typed, hand in once, and the mark.

The clock is the server's. What was kept before the deadline counts; what comes later is stored
beside it and shown, but not counted. Every page carries the revision that it showed, so that an
older tab cannot overwrite what a newer one kept.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from kb import audit
from kb.errors import ShifuError
from kb.learning.moment import Moment
from kb.learning.steps_elsewhere import quiz_locked, quiz_passed
from kb.messages import N_
from kb.permissions import Reader, found
from kb.ports import Similarity
from kb.practice.deck import add_card
from kb.quizzes.bank_store import read_body
from kb.quizzes.drawing import draw, shuffled
from kb.quizzes.grading import Answer, Grade, grade, score_of
from kb.quizzes.key_points import coverage
from kb.quizzes.models import Attempt, AttemptItem, BankQuestion, ExtraAttempt
from kb.quizzes.questions import Free, Question
from kb.quizzes.quiz_file import Quiz
from kb.quizzes.quiz_store import find_quiz

GRACE = timedelta(seconds=10)  # for a slow line between pressing the button and the server
MAX_ANSWER = 4_000  # characters of one typed answer


class NoAttemptsLeftError(ShifuError):
    """The quiz was taken as often as it may be."""

    template = N_("You have used all %(n)s attempts. Ask your mentor to allow another.")


class WaitingForMentorError(ShifuError):
    """The last attempt hangs on a free answer."""

    template = N_("Your last attempt lies with your mentor. Wait for the decision before another.")


class NothingToAskError(ShifuError):
    """The bank holds no question that the quiz could draw."""

    template = N_("There are no questions for this quiz in the bank. Tell your manager.")


class AlreadySubmittedError(ShifuError):
    """The attempt was handed in before."""

    template = N_("This attempt was handed in already; what was counted then stays.")


class TimeIsUpError(ShifuError):
    """The deadline is over."""

    template = N_(
        "Time was up at %(time)s. What was kept until then counts; what you typed after it is "
        "stored below, but not counted."
    )


class NewerAnswersError(ShifuError):
    """Another tab kept something in the meantime."""

    template = N_(
        "Another tab kept newer answers. Both are shown below; choose what holds and hand in again."
    )


@dataclass(frozen=True)
class AskedItem:
    """A question of an attempt with what was kept for it."""

    row: AttemptItem
    question: Question
    shown: list[int]
    answer: Answer | None


@dataclass(frozen=True)
class AttemptView:
    """An attempt as its pages need it."""

    attempt: Attempt
    quiz: Quiz
    items: tuple[AskedItem, ...]

    @property
    def open(self) -> bool:
        """Whether it still takes answers, the clock aside."""
        return self.attempt.submitted_at is None


def attempts_left(session: Session, quiz: Quiz, person_id: int) -> int | None:
    """How many more attempts somebody has; None: as many as they like."""
    if not quiz.attempts:
        return None
    used = session.exec(
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.quiz_slug == quiz.slug, Attempt.person_id == person_id)
    ).one()
    extra = session.exec(
        select(func.count())
        .select_from(ExtraAttempt)
        .where(ExtraAttempt.quiz_slug == quiz.slug, ExtraAttempt.person_id == person_id)
    ).one()
    return max(0, quiz.attempts + extra - used)


def attempts_of(session: Session, slug: str, person_id: int) -> list[Attempt]:
    """Somebody's attempts at a quiz, the newest first."""
    query = select(Attempt).where(Attempt.quiz_slug == slug, Attempt.person_id == person_id)
    return list(session.exec(query.order_by(col(Attempt.id).desc())))


def begin(
    session: Session,
    reader: Reader,
    slug: str,
    lang: str,
    similarity: Similarity,
    rng: random.Random,
    moment: Moment,
) -> Attempt:
    """Begin an attempt, or go on with the one that is open. Raises NoAttemptsLeftError."""
    row, quiz = find_quiz(session, slug)
    found(None if row.retired else row)
    attempts = attempts_of(session, slug, reader.person_id)
    for attempt in attempts:
        if attempt.submitted_at is None:
            if not is_over(attempt, moment.at):
                return attempt
            close(session, attempt.id or 0, similarity, moment)
    if any(one.verdict == "waiting" for one in attempts):
        raise WaitingForMentorError
    quiz_locked(session, reader.person_id, slug, moment)
    if attempts_left(session, quiz, reader.person_id) == 0:
        raise NoAttemptsLeftError(n=len(attempts))
    chosen = _draw(session, quiz, lang, rng)
    if not chosen:
        raise NothingToAskError
    attempt = Attempt(
        quiz_slug=slug, person_id=reader.person_id, lang=chosen[0].lang, pass_mark=quiz.pass_mark,
        started_at=moment.at,
        deadline=moment.at + timedelta(minutes=quiz.minutes) if quiz.minutes else None,
    )  # fmt: skip
    session.add(attempt)
    session.flush()
    for position, question in enumerate(chosen):
        order = shuffled(read_body(question.body), rng)
        session.add(
            AttemptItem(
                attempt_id=attempt.id or 0, position=position, question_id=question.id or 0,
                body=question.body, shown=json.dumps(order),
            )
        )  # fmt: skip
    audit.record(session, moment.at, reader.person_id, "begin_quiz", f"attempt:{attempt.id}")
    session.flush()
    return attempt


def _draw(session: Session, quiz: Quiz, lang: str, rng: random.Random) -> list[BankQuestion]:
    """Questions in the person's language; where the bank has none in it, in the other."""
    rows = session.exec(
        select(BankQuestion).where(
            col(BankQuestion.bank).in_({one.bank for one in quiz.draw}),
            col(BankQuestion.retired).is_(False),
        )
    ).all()
    there = [row for row in rows if row.lang == lang] or rows
    pools: dict[tuple[str, str], list[int]] = {}
    for row in there:
        pools.setdefault((row.bank, row.topic), []).append(row.id or 0)
    by_id = {row.id: row for row in there}
    return [by_id[number] for number in draw(quiz, pools, rng)]


def view_attempt(session: Session, reader: Reader, attempt_id: int) -> AttemptView:
    """One's own attempt. Raises NotFoundError for anybody else's."""
    query = select(Attempt).where(Attempt.id == attempt_id, Attempt.person_id == reader.person_id)
    return load_view(session, found(session.exec(query).first()))


def load_view(session: Session, attempt: Attempt) -> AttemptView:
    """An attempt with its questions, in the order in which they are asked."""
    query = select(AttemptItem).where(AttemptItem.attempt_id == attempt.id)
    rows = session.exec(query.order_by(col(AttemptItem.position)))
    items = tuple(
        AskedItem(
            row,
            read_body(row.body),
            json.loads(row.shown),
            json.loads(row.answer) if row.answer else None,
        )
        for row in rows
    )
    _, quiz = find_quiz(session, attempt.quiz_slug)
    return AttemptView(attempt, quiz, items)


def is_over(attempt: Attempt, now: datetime) -> bool:
    """Whether the deadline, with its grace, is over."""
    return attempt.deadline is not None and now > attempt.deadline + GRACE


def keep(
    session: Session,
    reader: Reader,
    attempt_id: int,
    answers: Mapping[int, Answer],
    revision: int,
    similarity: Similarity,
    moment: Moment,
) -> int:
    """Keep what is typed so far; returns the new revision.

    Raises AlreadySubmittedError, NewerAnswersError; after the deadline the attempt is closed,
    the answers are stored as late, and TimeIsUpError tells it.
    """
    view = view_attempt(session, reader, attempt_id)
    attempt = view.attempt
    if attempt.submitted_at is not None:
        raise AlreadySubmittedError
    if is_over(attempt, moment.at):
        attempt.late_answers = json.dumps({str(k): v for k, v in answers.items()})
        close(session, attempt_id, similarity, moment)
        return -1
    if revision != attempt.revision:
        raise NewerAnswersError
    _store(session, view, answers)
    attempt.revision += 1
    session.add(attempt)
    session.flush()
    return attempt.revision


def submit(
    session: Session,
    reader: Reader,
    attempt_id: int,
    answers: Mapping[int, Answer],
    revision: int,
    similarity: Similarity,
    moment: Moment,
) -> Attempt:
    """Hand an attempt in, once. Late: see ``keep``."""
    if keep(session, reader, attempt_id, answers, revision, similarity, moment) >= 0:
        close(session, attempt_id, similarity, moment)
    return session.get_one(Attempt, attempt_id)


def _store(session: Session, view: AttemptView, answers: Mapping[int, Answer]) -> None:
    for item in view.items:
        if item.row.position in answers:
            item.row.answer = json.dumps(answers[item.row.position], ensure_ascii=False)
            session.add(item.row)
    session.flush()


def close(session: Session, attempt_id: int, similarity: Similarity, moment: Moment) -> Attempt:
    """Grade what was kept and settle the attempt; nothing happens where it is settled already."""
    attempt = session.get_one(Attempt, attempt_id)
    if attempt.submitted_at is not None:
        return attempt
    view = load_view(session, attempt)

    def suggest(answer: str, question: Free) -> list[bool]:
        points = [[one.point, *one.also] for one in question.key_points]
        return [one.met for one in coverage(answer, points, similarity)]

    for item in view.items:
        result = grade(item.question, item.answer, suggest)
        item.row.points, item.row.pending = result.points, result.pending
        item.row.met = json.dumps(list(result.met)) if result.met else ""
        session.add(item.row)
        if not result.pending and result.points < 1:
            add_card(session, attempt.person_id, "question", str(item.row.question_id), moment)
    attempt.submitted_at = min(moment.at, attempt.deadline or moment.at)
    settle(session, attempt, view, moment)
    audit.record(
        session, moment.at, attempt.person_id, "submit_quiz", f"attempt:{attempt.id}",
        verdict=attempt.verdict, mark=attempt.mark,
    )  # fmt: skip
    return attempt


def settle(session: Session, attempt: Attempt, view: AttemptView, moment: Moment) -> None:
    """Work out mark and verdict from the items as they are graded now; a pass finishes its step."""
    grades = [Grade(item.row.points or 0.0, item.row.pending) for item in view.items]
    score = score_of(grades)
    attempt.mark, attempt.verdict = score.mark, score.verdict(attempt.pass_mark)
    session.add(attempt)
    session.flush()
    if attempt.verdict == "passed":
        quiz_passed(session, attempt.person_id, attempt.quiz_slug, score.mark, moment)


def close_if_over(
    session: Session, attempt: Attempt, similarity: Similarity, moment: Moment
) -> None:
    """Settle an attempt whose time ran out while nobody looked."""
    if attempt.submitted_at is None and is_over(attempt, moment.at):
        close(session, attempt.id or 0, similarity, moment)


def best_marks(session: Session, person_id: int) -> dict[str, Attempt]:
    """Somebody's best attempt at each quiz that they took: passed before others, then by mark."""
    query = select(Attempt).where(
        Attempt.person_id == person_id, col(Attempt.submitted_at).is_not(None)
    )
    best: dict[str, Attempt] = {}
    for attempt in session.exec(query):
        other = best.get(attempt.quiz_slug)
        if other is None or _worth(attempt) > _worth(other):
            best[attempt.quiz_slug] = attempt
    return best


def _worth(attempt: Attempt) -> tuple[bool, float]:
    return attempt.verdict == "passed", attempt.mark or 0.0
