"""Grading: the right answer is worth everything, points stay between 0 and 1, typing does not matter."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.quizzes.drawing import draw, shuffled
from kb.quizzes.grading import Grade, grade, score_of
from kb.quizzes.questions import Fill, Free, Match, Multiple, Number, Order, parse_bank
from kb.quizzes.quiz_file import Quiz
from kb.quizzes.text_match import chinese_number, number_of, same_answer
from tests.conftest import SAMPLE

BANK, _ = parse_bank((SAMPLE / "questions/basics.zh.yaml").read_text("utf-8"))
BY_ID = {question.id: question for question in BANK.questions}


def nothing(_answer, question):
    return [False] * len(question.key_points)


def points(name, answer):
    return grade(BY_ID[name], answer, nothing).points


@pytest.mark.parametrize(
    ("name", "answer", "worth"),
    [
        ("edition-price", [1], 1),
        ("edition-price", [0], 0),
        ("edition-price", [0, 1], 0),
        ("returns", [0, 1], 1),
        ("returns", [0], 0.5),
        ("returns", [0, 2], 0),
        ("returns", [0, 1, 2], 0.5),
        ("rebate", "false", 1),
        ("rebate", "true", 0),
        ("one-word", "９５", 1),
        ("one-word", " 九五 ", 1),
        ("one-word", "9折", 0),
        ("three-terminals", "8,040 元", 1),
        ("three-terminals", "八千零四十", 1),
        ("three-terminals", "0.804万", 1),
        ("three-terminals", "8041", 0),
        ("three-terminals", "lots", 0),
        ("four-steps", [1, 2, 3, 4], 1),
        ("four-steps", [4, 3, 2, 1], 0),
        ("four-steps", [2, 1, 3, 4], 2 / 3),
        ("four-steps", [1, 1, 2, 3], 0),
        ("who-allows", [0, 1], 1),
        ("who-allows", [0, 2], 0.5),
        ("who-allows", [-1, -1], 0),
    ],
)
def test_an_answer_is_worth_what_it_should_be(name, answer, worth):
    assert points(name, answer) == pytest.approx(worth)


@pytest.mark.parametrize("question", BANK.questions, ids=lambda q: q.id)
def test_nothing_answered_is_worth_nothing(question):
    for nothing_said in (None, "", []):
        assert grade(question, nothing_said, nothing) == Grade(0.0)


@pytest.mark.parametrize("question", BANK.questions, ids=lambda q: q.id)
@given(answer=st.one_of(st.text(max_size=40), st.lists(st.integers(-3, 9), max_size=8)))
def test_whatever_is_sent_points_stay_between_nothing_and_all(question, answer):
    assert 0 <= grade(question, answer, nothing).points <= 1


@given(st.permutations([1, 2, 3, 4]))
def test_only_the_right_order_is_worth_everything(places):
    assert (points("four-steps", list(places)) == 1) == (places == [1, 2, 3, 4])


def test_a_free_answer_waits_with_what_is_suggested():
    result = grade(BY_ID["too-dear"], "先问跟谁比", lambda _a, _q: [True, False])
    assert result == Grade(0.5, pending=True, met=(True, False))


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=12))
def test_a_mark_lies_between_what_is_sure_and_what_may_come(grades):
    score = score_of([Grade(p, pending) for p, pending in grades])
    assert 0 <= score.lowest <= score.mark + 0.11
    assert score.mark <= score.highest + 0.11 <= 100.2
    if not any(pending for _, pending in grades):
        assert score.lowest == score.mark == score.highest


def test_waiting_answers_decide_only_where_they_can():
    sure = [Grade(1.0)] * 4
    assert score_of([*sure, Grade(0, True)]).verdict(80) == "passed"
    assert score_of([*sure[:3], Grade(1, True), Grade(0)]).verdict(80) == "waiting"
    assert score_of([Grade(0), Grade(0), Grade(1, True)]).verdict(80) == "failed"


@pytest.mark.parametrize(
    ("typed", "accepted"),
    [("３Ｄ", "3d"), ("三十五", "35"), ("38,800元", "38800 元"), ("ＥＲＰ 系统", "erp系统"),
     ("“转介绍”", "转介绍"), ("两万零八百", "20800")],
)  # fmt: skip
def test_width_case_signs_and_numerals_do_not_count(typed, accepted):
    assert same_answer(typed, accepted)


@pytest.mark.parametrize(
    ("text", "value"),
    [("三万八千八", 38800), ("十二", 12), ("二〇二六", 2026), ("三百零五", 305), ("万", None)],
)
def test_chinese_numerals_are_read_as_they_are_said(text, value):
    assert chinese_number(text) == value


@given(st.integers(0, 10**9))
def test_a_number_is_read_however_it_is_written(number):
    wide = str(number).translate({ord("0") + n: ord("０") + n for n in range(10)})
    for text in (str(number), f"{number:,}", f" {number} 元", wide):
        assert number_of(text) == number


@given(st.text(max_size=30))
def test_reading_a_number_never_fails(text):
    assert number_of(text) is None or isinstance(number_of(text), float)


@given(st.integers(0, 2**32), st.integers(1, 9))
def test_questions_are_drawn_once_each_from_their_topics(seed, count):
    quiz = Quiz.model_validate(
        {"slug": "q", "title": {"zh": "题", "en": "q"},
         "draw": [{"bank": "b", "topics": ["x"], "count": count}, {"bank": "b", "count": 3}]}
    )  # fmt: skip
    pools = {("b", "x"): [1, 2, 3, 4, 5], ("b", "y"): [6, 7], ("c", "x"): [8]}
    chosen = draw(quiz, pools, random.Random(seed))
    assert len(chosen) == len(set(chosen)) == min(count, 5) + min(3, 7 - min(count, 5))
    assert len([n for n in chosen if n <= 5]) >= min(count, 5)
    assert 8 not in chosen


@given(st.integers(0, 2**32))
def test_the_right_order_is_never_shown(seed):
    rng = random.Random(seed)
    for question in BANK.questions:
        order = shuffled(question, rng)
        if isinstance(question, Order):
            assert order != sorted(order)
        assert sorted(order) == list(range(len(order)))
        has_none = isinstance(question, Fill | Number | Free)
        assert bool(order) is not has_none or not isinstance(question, Multiple | Match)
