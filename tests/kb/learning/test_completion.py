"""Doing steps: each counts once, the mentor judges, the path completes with its last step."""

import pytest
from sqlmodel import select

from kb.audit import AuditEntry
from kb.errors import InvalidError, NotFoundError
from kb.learning.completion import (
    AcceptedAlreadyError,
    EnrolmentEndedError,
    Evidence,
    NotYoursError,
    OtherwiseDoneError,
    StepLockedError,
    finish_reading,
    hand_in,
    standing_of,
    submissions,
)
from kb.learning.enrolments import change_enrolment
from kb.learning.judging import NotTheMentorError, judge, sign
from kb.learning.models import Enrolment, StepRecord
from kb.learning.standing import State


@pytest.fixture
def do(library, reader, enrolled, moment):
    """Calls an act of completion as somebody, in a write session of its own."""

    def act(function, login, *arguments):
        with library.write() as db:
            return function(db, reader(login), *arguments, moment())

    return act


@pytest.fixture
def states(library, enrolled, moment):
    def read() -> dict[str, str]:
        with library.read() as db:
            standing = standing_of(db, db.get_one(Enrolment, enrolled.id), moment())
            return {view.step.id: view.state for view in standing.steps}

    return read


def test_reading_is_done_once_however_often_it_is_clicked(do, enrolled, states, library):
    assert do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote") is True
    assert do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote") is False
    assert states()["read-quote"] == State.DONE
    with library.read() as db:
        assert len(db.exec(select(StepRecord)).all()) == 1
        done = select(AuditEntry).where(AuditEntry.action == "finish_step")
        assert len(db.exec(done).all()) == 1


def test_a_step_opens_when_the_one_before_it_is_done(do, enrolled, states):
    assert states()["tell-quote"] == State.LOCKED
    with pytest.raises(StepLockedError) as error:
        do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("38,800"))
    assert "读懂一份报价单" in str(error.value)
    do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote")
    assert states()["tell-quote"] == State.OPEN


def test_evidence_waits_is_given_back_and_accepted(do, enrolled, states, library):
    do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote")
    do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("three figures"))
    do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("38,800 68,800 128,000"))
    assert states()["tell-quote"] == State.WAITING
    assert states()["signed"] == State.OPEN  # nobody waits because the mentor has not looked yet
    with library.read() as db:
        (first,) = submissions(db, enrolled.id, "tell-quote")
        assert first.text == "38,800 68,800 128,000"
    with pytest.raises(InvalidError) as error:
        do(judge, "lin.yue", first.id, False, " ")
    assert "comment" in error.value.fields
    do(judge, "lin.yue", first.id, False, "the third figure begins at 128,000")
    do(judge, "lin.yue", first.id, True, "")  # a second click changes nothing
    assert states()["tell-quote"] == State.RETURNED
    do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("from 128,000"))
    with library.read() as db:
        newest = submissions(db, enrolled.id, "tell-quote")[0]
    do(judge, "lin.yue", newest.id, True, "right")
    assert states()["tell-quote"] == State.DONE
    with pytest.raises(AcceptedAlreadyError):  # an older tab is told that nothing was stored
        do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("late"))


def test_evidence_of_another_kind_than_asked_for_is_refused(do, enrolled):
    do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote")
    with pytest.raises(InvalidError) as error:
        do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("  "))
    assert "text" in error.value.fields
    with pytest.raises(OtherwiseDoneError):
        do(hand_in, "zhou.xiaoyu", enrolled.id, "watch-call", Evidence("watched it"))
    with pytest.raises(OtherwiseDoneError):
        do(finish_reading, "zhou.xiaoyu", enrolled.id, "tell-quote")


def test_nobody_does_or_signs_somebody_elses_steps(do, enrolled):
    with pytest.raises(NotYoursError):
        do(finish_reading, "lin.yue", enrolled.id, "read-quote")
    with pytest.raises(NotFoundError):
        do(finish_reading, "chen.liang", enrolled.id, "read-quote")
    with pytest.raises(NotFoundError):
        do(sign, "gu.heng", enrolled.id, "signed")
    with pytest.raises(NotTheMentorError):
        do(sign, "zhou.xiaoyu", enrolled.id, "signed")


def test_the_last_step_completes_the_path_once(do, enrolled, library, clock):
    do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote")
    do(finish_reading, "zhou.xiaoyu", enrolled.id, "watch-call")
    do(hand_in, "zhou.xiaoyu", enrolled.id, "tell-quote", Evidence("all three"))
    with library.read() as db:
        (submission,) = submissions(db, enrolled.id)
    do(judge, "lin.yue", submission.id, True, "")
    assert do(sign, "lin.yue", enrolled.id, "signed") is True
    clock.move(hours=1)
    assert do(sign, "zhao.lan", enrolled.id, "signed") is False
    with library.read() as db:
        row = db.get_one(Enrolment, enrolled.id)
        assert row.completed_at == clock.now().replace(hour=1)
        assert (
            len(db.exec(select(AuditEntry).where(AuditEntry.action == "complete_path")).all()) == 1
        )


def test_who_was_taken_off_a_path_goes_no_further_and_keeps_what_they_did(
    do, enrolled, library, reader, moment, states
):
    do(finish_reading, "zhou.xiaoyu", enrolled.id, "read-quote")
    with library.write() as db:
        change_enrolment(db, reader("zhao.lan"), enrolled.id, enrolled.start, None, True, moment())
    with pytest.raises(EnrolmentEndedError):
        do(finish_reading, "zhou.xiaoyu", enrolled.id, "watch-call")
    assert states()["read-quote"] == State.DONE
