"""Playing: choosing and typing, one move a click, the score, what goes into the deck, the review."""

import pytest
from sqlmodel import select

from kb.errors import InvalidError, NotFoundError
from kb.learning.completion import standing_of
from kb.learning.models import Enrolment
from kb.ports import NoSimilarity
from kb.practice.faces import face_of
from kb.practice.models import PracticeCard
from kb.scenarios.playing import (
    MovedOnError,
    UnsureError,
    begin_play,
    best_plays,
    choose,
    load_play,
    plays_to_review,
    review,
    say,
    view_play,
)
from kb.scenarios.scenario_file import parse_scenario
from kb.scenarios.scoring import has_passed, judge, score_of, taken_for, wordings
from tests.conftest import SAMPLE

SCENARIO, _ = parse_scenario((SAMPLE / "scenarios/too-dear.zh.yaml").read_text("utf-8"))
OPENING = SCENARIO.turns[0]


class Model:
    """Finds near what begins with the same character."""

    def cosines(self, text, others):
        return [0.8 if other[0] == text[0] else 0.1 for other in others]


@pytest.fixture
def game(library, reader, moment):
    class Game:
        def begin(self, login="zhou.xiaoyu"):
            with library.write() as db:
                return begin_play(db, reader(login), "too-dear", "zh", moment()).id

        def choose(self, play, moves, reply, login="zhou.xiaoyu"):
            with library.write() as db:
                return choose(db, reader(login), play, moves, reply, moment())

        def say(self, play, moves, typed, model=None, login="zhou.xiaoyu"):
            with library.write() as db:
                return say(db, reader(login), play, moves, typed, model or Model(), moment())

        def view(self, play, login="zhou.xiaoyu"):
            with library.read() as db:
                return view_play(db, reader(login), play)

    return Game()


def test_the_best_replies_pass_and_finish_the_step(game, library, enrolled, moment):
    play = game.begin()
    game.choose(play, 0, "ask")
    done = game.choose(play, 1, "date")
    assert (done.score, done.passed) == (100, True)
    with library.read() as db:
        standing = standing_of(db, db.get_one(Enrolment, enrolled.id), moment())
        (view,) = [v for v in standing.steps if v.step.id == "play"]
        assert (view.state, view.record.score) == ("done", 100)
        assert db.exec(select(PracticeCard)).all() == []


def test_a_reply_that_breaks_the_standard_fails_and_comes_into_the_deck(game, library):
    play = game.begin()
    done = game.choose(play, 0, "cut")
    assert (done.score, done.passed) == (0, False)
    with library.read() as db:
        (card,) = db.exec(select(PracticeCard)).all()
        assert card.ref == "too-dear.zh#opening"
        face = face_of(db, card, "zh")
        assert (face.front, face.back) == ("太贵了。", "您觉得贵是跟哪家比的？")


def test_a_double_click_is_one_move(game):
    play = game.begin()
    assert game.begin() == play
    game.choose(play, 0, "ask")
    with pytest.raises(MovedOnError):
        game.choose(play, 0, "cut")
    game.choose(play, 1, "argue")
    with pytest.raises(MovedOnError):
        game.choose(play, 2, "date")
    assert [one.reply.id for one in game.view(play).spoken] == ["ask", "argue"]


def test_what_is_typed_is_taken_for_the_branch_that_it_means(game):
    play = game.begin()
    game.say(play, 0, "您是拿谁家来比的")
    (spoken,) = game.view(play).spoken
    assert (spoken.reply.id, spoken.move.typed) == ("ask", "您是拿谁家来比的")


def test_where_it_is_not_sure_one_is_asked_to_say_it_another_way(game):
    play = game.begin()
    with pytest.raises(UnsureError):
        game.say(play, 0, "天气不错")
    with pytest.raises(UnsureError):
        game.say(play, 0, "您是拿谁家来比的", NoSimilarity())
    with pytest.raises(InvalidError):
        game.say(play, 0, "  ")
    assert game.view(play).play.moves == 0
    game.say(play, 0, "跟谁家比觉得贵呢？", NoSimilarity())  # the very words need no model
    assert game.view(play).play.moves == 1


def test_two_branches_that_are_equally_near_are_not_guessed():
    count = len(wordings(OPENING))
    assert taken_for(OPENING, "x", [0.9] * count) is None
    assert taken_for(OPENING, "x", [0.39, 0.39, 0.1, 0.1]) is None
    assert taken_for(OPENING, "x", [0.46, 0.2, 0.1, 0.4]) == "ask"


def test_a_criterion_that_was_met_and_broken_is_not_met():
    ask, cut = OPENING.replies
    date = SCENARIO.turns[1].replies[0]
    judged = judge(SCENARIO, [date, cut])
    assert [(one.criterion.id, one.met, one.at) for one in judged] == [
        ("asks-first", False, None),
        ("gives-nothing", False, 1),
    ]
    assert score_of(judge(SCENARIO, [ask, date])) == 100
    assert not has_passed(SCENARIO, 100, "bad")
    assert has_passed(SCENARIO, 75, "fair")


def test_the_mentor_reviews_and_nobody_else_reads(game, library, reader, enrolled, moment):
    play = game.begin()
    with library.read() as db:
        assert plays_to_review(db, reader("lin.yue")) == []
    game.choose(play, 0, "cut")
    for login in ("chen.liang", "gu.heng", "he.zixuan"):
        with pytest.raises(NotFoundError):
            game.view(play, login)
    with library.write() as db:
        ((waiting, person),) = plays_to_review(db, reader("lin.yue"))
        assert (waiting.id, person.login) == (play, "zhou.xiaoyu")
        with pytest.raises(NotFoundError):
            review(db, reader("zhou.xiaoyu"), play, "great", {}, moment())
        review(db, reader("lin.yue"), play, "ask first", {0: "here"}, moment())
        assert plays_to_review(db, reader("lin.yue")) == []
        view = load_play(db, db.get_one(type(waiting), play))
        assert (view.play.review, view.spoken[0].move.comment) == ("ask first", "here")


def test_nobody_moves_in_anothers_play(game):
    play = game.begin()
    for login in ("chen.liang", "zhao.lan"):
        with pytest.raises(NotFoundError):
            game.choose(play, 0, "ask", login)


def test_replies_are_shown_in_the_same_order_at_every_reload_and_the_best_play_counts(
    game, library, person
):
    play = game.begin()
    orders = {tuple(r.id for r in game.view(play).shown_replies()) for _ in range(5)}
    assert len(orders) == 1
    game.choose(play, 0, "cut")
    better = game.begin()
    game.choose(better, 0, "ask")
    game.choose(better, 1, "date")
    with library.read() as db:
        assert best_plays(db, person("zhou.xiaoyu").id)["too-dear"].id == better
