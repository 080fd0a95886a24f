"""Attempts: the server's clock, one submission, two tabs, what is late, what the mentor decides."""

import json
import random

import pytest
from sqlmodel import select

from kb.errors import NotFoundError
from kb.learning.completion import StepLockedError, finish_reading, standing_of
from kb.learning.models import Enrolment
from kb.learning.standing import State
from kb.ports import NoSimilarity
from kb.quizzes.attempts import (
    AlreadySubmittedError,
    NewerAnswersError,
    NoAttemptsLeftError,
    attempts_left,
    attempts_of,
    begin,
    best_marks,
    close_if_over,
    keep,
    submit,
    view_attempt,
)
from kb.quizzes.bank_figures import figures_by_question
from kb.quizzes.grading import Answer
from kb.quizzes.item_statistics import Answered, correlation, figures_of
from kb.quizzes.judging import allow_another, answers_to_judge, judge_answer, without_attempts
from kb.quizzes.models import Attempt
from kb.quizzes.questions import (
    Fill,
    Free,
    Match,
    Multiple,
    Number,
    Order,
    Question,
    Single,
    TrueFalse,
)
from kb.quizzes.quiz_store import find_quiz

NOBODY = NoSimilarity()


def right(question: Question) -> Answer:
    if isinstance(question, Single | Multiple):
        return [n for n, option in enumerate(question.options) if option.right]
    if isinstance(question, Order):
        return list(range(1, len(question.items) + 1))
    if isinstance(question, Match):
        return list(range(len(question.pairs)))
    if isinstance(question, TrueFalse):
        return "true" if question.answer else "false"
    if isinstance(question, Fill):
        return question.accepted[0]
    if isinstance(question, Number):
        return str(question.answer)
    assert isinstance(question, Free)
    return question.model_answer


@pytest.fixture
def quiz(library, reader, moment):
    """Calls an act of attempts as somebody, in a session of its own."""

    class Acts:
        def begin(self, login="chen.liang", slug="basics", seed=1):
            with library.write() as db:
                return begin(
                    db, reader(login), slug, "zh", NOBODY, random.Random(seed), moment()
                ).id

        def view(self, number, login="chen.liang"):
            with library.read() as db:
                return view_attempt(db, reader(login), number)

        def keep(self, number, answers, revision, login="chen.liang"):
            with library.write() as db:
                return keep(db, reader(login), number, answers, revision, NOBODY, moment())

        def submit(self, number, answers, revision=0, login="chen.liang"):
            with library.write() as db:
                return submit(db, reader(login), number, answers, revision, NOBODY, moment())

        def all_right(self, number, login="chen.liang"):
            return {i.row.position: right(i.question) for i in self.view(number, login).items}

    return Acts()


def test_everything_right_passes_and_is_counted_once(quiz):
    number = quiz.begin()
    attempt = quiz.submit(number, quiz.all_right(number))
    assert (attempt.mark, attempt.verdict) == (100, "passed")
    with pytest.raises(AlreadySubmittedError):
        quiz.submit(number, {}, 1)
    assert quiz.view(number).attempt.mark == 100


def test_a_double_click_is_one_attempt_and_another_person_does_not_see_it(quiz, library):
    first = quiz.begin()
    assert quiz.begin(seed=2) == first
    with pytest.raises(NotFoundError):
        quiz.view(first, "lin.yue")
    with library.read() as db:
        assert len(db.exec(select(Attempt)).all()) == 1


def test_an_older_tab_cannot_overwrite_what_a_newer_one_kept(quiz):
    number = quiz.begin()
    assert quiz.keep(number, {0: [1]}, 0) == 1
    with pytest.raises(NewerAnswersError):
        quiz.keep(number, {0: [0]}, 0)
    with pytest.raises(NewerAnswersError):
        quiz.submit(number, {0: [0]}, 0)
    assert quiz.view(number).attempt.submitted_at is None
    assert quiz.view(number).items[0].answer == [1]
    assert quiz.submit(number, quiz.all_right(number), 1).verdict == "passed"


def test_what_was_kept_before_the_deadline_counts_and_what_came_later_is_stored(quiz, clock):
    number = quiz.begin()
    answers = quiz.all_right(number)
    kept = dict(list(answers.items())[:3])
    quiz.keep(number, kept, 0)
    clock.move(minutes=10, seconds=11)
    attempt = quiz.submit(number, answers, 1)
    assert attempt.mark == 50
    assert attempt.submitted_at == attempt.deadline
    assert set(json.loads(attempt.late_answers)) == {str(position) for position in answers}


def test_a_slow_line_is_not_late(quiz, clock):
    number = quiz.begin()
    clock.move(minutes=10, seconds=5)
    assert quiz.submit(number, quiz.all_right(number)).verdict == "passed"


def test_an_attempt_that_nobody_handed_in_is_closed_when_it_is_next_looked_at(
    quiz, clock, library, moment
):
    number = quiz.begin()
    clock.move(hours=2)
    with library.write() as db:
        close_if_over(db, db.get_one(Attempt, number), NOBODY, moment())
    assert quiz.view(number).attempt.verdict == "failed"
    assert quiz.begin() != number


def test_attempts_run_out_and_the_mentor_allows_one_more(
    quiz, library, reader, moment, enrolled, person
):
    hire = "zhou.xiaoyu"
    with library.write() as db:
        finish_reading(db, reader(hire), enrolled.id, "read-quote", moment())
    for _ in range(2):
        quiz.submit(quiz.begin(hire), {}, 0, hire)
    with pytest.raises(NoAttemptsLeftError):
        quiz.begin(hire)
    with library.write() as db:
        assert [one.person.login for one in without_attempts(db, reader("lin.yue"))] == [hire]
        assert without_attempts(db, reader("gu.heng")) == []
        with pytest.raises(NotFoundError):
            allow_another(db, reader("gu.heng"), "basics", person(hire).id, moment())
        allow_another(db, reader("lin.yue"), "basics", person(hire).id, moment())
        assert without_attempts(db, reader("lin.yue")) == []
        _, definition = find_quiz(db, "basics")
        assert attempts_left(db, definition, person(hire).id) == 1
    quiz.begin(hire)


def test_passing_finishes_the_step_and_failing_does_not(quiz, library, reader, moment, enrolled):
    hire = "zhou.xiaoyu"

    def state():
        with library.read() as db:
            standing = standing_of(db, db.get_one(Enrolment, enrolled.id), moment())
            (view,) = [v for v in standing.steps if v.step.id == "basics"]
            return view.state, view.record.score if view.record else None

    with pytest.raises(StepLockedError):
        quiz.begin(hire)
    with library.write() as db:
        finish_reading(db, reader(hire), enrolled.id, "read-quote", moment())
    quiz.submit(quiz.begin(hire), {}, 0, hire)
    assert state() == (State.OPEN, None)
    number = quiz.begin(hire)
    quiz.submit(number, quiz.all_right(number, hire), 0, hire)
    assert state() == (State.DONE, 100)


def test_a_free_answer_waits_for_the_mentor_who_decides(
    quiz, library, reader, moment, enrolled, person
):
    hire = "zhou.xiaoyu"
    number = quiz.begin(hire, "free-talk")
    answers = quiz.all_right(number, hire)
    (free,) = [
        i.row.position for i in quiz.view(number, hire).items if isinstance(i.question, Free)
    ]
    attempt = quiz.submit(number, answers, 0, hire)
    assert attempt.verdict == "waiting"
    with library.write() as db:
        assert answers_to_judge(db, reader("gu.heng")) == []
        assert answers_to_judge(db, reader(hire)) == []
        (waiting,) = answers_to_judge(db, reader("lin.yue"))
        assert waiting.answer == answers[free]
        with pytest.raises(NotFoundError):
            judge_answer(db, reader("gu.heng"), number, free, [0, 1], "", moment())
        judged = judge_answer(db, reader("lin.yue"), number, free, [0, 1], "well said", moment())
        assert (judged.verdict, judged.mark) == ("passed", 100)
        again = judge_answer(db, reader("lin.yue"), number, free, [], "", moment())
        assert again.mark == 100
        standing = standing_of(db, db.get_one(Enrolment, enrolled.id), moment())
        (known,) = [v for v in standing.steps if v.step.id == "watch-call"]
        assert (known.state, known.record.how) == (State.DONE, "tested_out")


def test_the_best_attempt_is_the_one_that_passed(quiz, library, person):
    number = quiz.begin()
    quiz.submit(number, quiz.all_right(number))
    quiz.submit(quiz.begin(), {})
    with library.read() as db:
        assert best_marks(db, person("chen.liang").id)["basics"].id == number
        assert len(attempts_of(db, "basics", person("chen.liang").id)) == 2


def test_figures_tell_what_a_question_is_worth(quiz, library):
    for login in ("chen.liang", "wang.ke", "lin.yue", "gu.heng", "zhao.lan", "sun.ning"):
        number = quiz.begin(login)
        answers = quiz.all_right(number, login) if login < "m" else {}
        quiz.submit(number, answers, 0, login)
    with library.read() as db:
        figures = figures_by_question(db, "basics", "zh")
    assert {one.count for one in figures.values()} == {6}
    assert all(one.difficulty == 0.5 for one in figures.values())
    assert all(one.discrimination == pytest.approx(1) for one in figures.values())


def test_few_answers_give_no_figures_and_no_spread_no_correlation():
    assert figures_of([Answered(1, 1, (0,))] * 4).difficulty is None
    assert figures_of([Answered(1, 1, (0,))] * 5).discrimination is None
    assert figures_of([Answered(0, 1, (2,))] * 5).chosen == {2: 5}
    assert correlation([0, 1, 0, 1], [1, 0, 1, 0]) == pytest.approx(-1)
