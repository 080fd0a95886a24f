"""The deck: limits, mistakes that come in, grades that count once, the path's practise steps."""

import random

import pytest
from sqlmodel import select

from kb.errors import InvalidError, NotFoundError
from kb.learning.completion import standing_of
from kb.learning.models import Enrolment
from kb.library.articles import Origin, find_visible, set_status
from kb.library.vocabulary import Status
from kb.ports import NoSimilarity
from kb.practice.deck import add_card, deck_size, forecast, limits_of, set_limits, todays_cards
from kb.practice.drill import drills_of, set_drill
from kb.practice.faces import face_of
from kb.practice.models import PracticeCard, PracticeReview
from kb.practice.reviewing import (
    GradedAlreadyError,
    advice,
    grade_card,
    next_card,
    own_card,
    suspend,
)
from kb.quizzes.attempts import begin, submit

ZONE = "Asia/Shanghai"


@pytest.fixture
def hire(library, reader, moment):
    """Practises as Zhou Xiaoyu."""

    class Hire:
        def next(self):
            with library.write() as db:
                return next_card(db, reader("zhou.xiaoyu"), "zh", moment())

        def grade(self, shown, rating=3):
            with library.write() as db:
                grade_card(
                    db, reader("zhou.xiaoyu"), shown.card.id, rating, shown.card.reviews, moment()
                )

        def today(self):
            with library.read() as db:
                return todays_cards(db, reader("zhou.xiaoyu"), moment())

    return Hire()


def test_new_objections_come_in_up_to_the_limit_and_those_of_the_path_first(hire, enrolled):
    shown = hire.next()
    assert shown.card.ref == "price-too-high"  # the path reads it; staff-wont-use it does not
    assert (
        shown.face.front in ("你们太贵了", "价格太高了", "这个价格老板肯定不批") or shown.face.front
    )
    assert hire.today().left == 2


def test_a_grade_counts_once_and_spaces_the_card(hire, library, enrolled):
    shown = hire.next()
    hire.grade(shown)
    with pytest.raises(GradedAlreadyError):
        hire.grade(shown)
    with library.read() as db:
        assert len(db.exec(select(PracticeReview)).all()) == 1
    assert hire.today().done == 1
    assert hire.next().card.ref != shown.card.ref


def test_what_was_missed_comes_again_today_and_the_rest_does_not(hire, clock, enrolled):
    first = hire.next()
    hire.grade(first, 1)
    hire.grade(hire.next(), 3)
    assert hire.next() is None
    clock.move(minutes=11)
    again = hire.next()
    assert again.card.ref == first.card.ref
    hire.grade(again, 3)
    assert hire.next() is None
    assert hire.today().done == 2


def test_limits_hold_and_nonsense_is_refused(hire, library, person, clock):
    me = person("zhou.xiaoyu").id
    with library.write() as db:
        set_limits(db, me, 1, 1, clock.now())
        assert limits_of(db, me).cards == 1
        for cards, new, field in ((0, 1, "cards"), (None, 1, "cards"), (5, 99, "new_cards")):
            with pytest.raises(InvalidError) as error:
                set_limits(db, me, cards, new, clock.now())
            assert set(error.value.fields) == {field}
    assert hire.today().left == 1
    hire.grade(hire.next())
    assert hire.next() is None


def test_missed_questions_come_into_the_deck_and_are_shown_with_their_answer(
    library, reader, moment, hire, person
):
    who = reader("zhou.xiaoyu")
    with library.write() as db:
        attempt = begin(db, who, "basics", "zh", NoSimilarity(), random.Random(1), moment())
        submit(db, who, attempt.id, {}, 0, NoSimilarity(), moment())
        cards = db.exec(select(PracticeCard).where(PracticeCard.kind == "question")).all()
        assert len(cards) == 6
        fronts = {face_of(db, card, "zh").front: face_of(db, card, "zh").back for card in cards}
        assert fronts["标准版一年一个仓多少钱？"] == "38,800 元"
        assert deck_size(db, person("zhou.xiaoyu").id) == 6
    assert hire.next().card.kind == "question"


def test_practising_finishes_the_steps_that_are_due_and_each_card_counts_for_one(
    hire, library, enrolled, moment, clock
):
    clock.move(days=2)  # the day of the practise step

    def state():
        with library.read() as db:
            standing = standing_of(db, db.get_one(Enrolment, enrolled.id), moment())
            return next(v.state for v in standing.steps if v.step.id == "cards")

    hire.grade(hire.next())
    assert state() == "open"
    hire.grade(hire.next())
    assert state() == "done"


def cards_step(library, enrolled, moment):
    with library.read() as db:
        standing = standing_of(db, db.get_one(Enrolment, enrolled.id), moment())
        return next(v.state for v in standing.steps if v.step.id == "cards")


def test_low_limits_do_not_finish_a_step_with_fewer_cards(
    hire, library, enrolled, moment, clock, person
):
    clock.move(days=2)
    with library.write() as db:
        set_limits(db, person("zhou.xiaoyu").id, 1, 0, clock.now())
    assert hire.next() is None
    assert cards_step(library, enrolled, moment) == "open"


def test_where_there_is_nothing_to_practise_at_all_the_step_is_done_with_fewer(
    hire, library, reader, enrolled, moment, clock
):
    clock.move(days=2)
    with library.write() as db:
        row = find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh")
        set_status(db, row, Status.ARCHIVED, Origin(None, "web"), clock.now())
    hire.grade(hire.next())
    assert cards_step(library, enrolled, moment) == "done"


def test_a_card_whose_article_is_gone_is_put_aside(hire, library, reader, clock, moment, person):
    with library.write() as db:
        card = add_card(db, person("zhou.xiaoyu").id, "objection", "staff-wont-use", moment())
        row = find_visible(db, reader("zhao.lan"), "staff-wont-use", "zh")
        set_status(db, row, Status.ARCHIVED, Origin(None, "web"), clock.now())
    shown = hire.next()
    assert shown.card.id != card.id
    with library.read() as db:
        assert db.get_one(PracticeCard, card.id).suspended


def test_nobody_grades_or_drops_anothers_card(library, reader, moment, person):
    with library.write() as db:
        card = add_card(db, person("zhou.xiaoyu").id, "objection", "price-too-high", moment())
        for act in (
            lambda: own_card(db, reader("chen.liang"), card.id),
            lambda: grade_card(db, reader("chen.liang"), card.id, 3, 0, moment()),
            lambda: suspend(db, reader("chen.liang"), card.id, moment()),
        ):
            with pytest.raises(NotFoundError):
                act()


def test_the_days_ahead_count_each_card_on_its_day(hire, library, person, moment, enrolled):
    hire.grade(hire.next(), 3)
    hire.grade(hire.next(), 1)
    with library.read() as db:
        ahead = forecast(db, person("zhou.xiaoyu").id, moment(), ZONE)
    assert ahead[0] == 1
    assert sum(ahead) == 2


class Near:
    """A model that finds everything near."""

    def cosines(self, _text, others):
        return [0.9] * len(others)


def test_advice_tells_what_was_said_by_words_or_by_meaning(library, hire, enrolled):
    face = hire.next().face
    assert advice(face, " ", Near()) == []
    by_words = advice(face, face.points[0][0], NoSimilarity())
    assert by_words[0][1].by == "words"
    assert {one.by for _, one in advice(face, "全不相干的话", Near())} == {"meaning"}
    assert not any(one.met for _, one in advice(face, "全不相干的话", NoSimilarity()))


def test_a_drill_comes_into_every_members_deck_and_shows_who_practised(
    library, reader, moment, hire, person, enrolled
):
    with library.write() as db:
        manager = reader("zhao.lan")
        with pytest.raises(InvalidError):
            set_drill(db, manager, "east-1", ["nothing"], moment())
        with pytest.raises(NotFoundError):
            set_drill(db, manager, "key-accounts", ["price-too-high"], moment())
        set_drill(db, manager, "east-1", ["price-too-high"], moment())
        set_drill(db, manager, "east-1", ["price-too-high"], moment())
    hire.grade(hire.next())
    with library.read() as db:
        (drill,) = drills_of(db, reader("chen.liang"), moment())
        assert drill.slugs == ("price-too-high",)
        assert {p.login: n for p, n in drill.members}["zhou.xiaoyu"] == 1
        assert {p.login: n for p, n in drill.members}["chen.liang"] == 0
        assert drills_of(db, reader("wang.ke"), moment()) == []
