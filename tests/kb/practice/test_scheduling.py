"""FSRS: better grades bring a card back later, what was missed comes back today."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.practice.scheduling import AGAIN_AFTER, RATINGS, new_schedule, outcomes, reviewed

NOW = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
ratings = st.lists(st.sampled_from(sorted(RATINGS)), max_size=12)


def after(history, step=timedelta(days=0)):
    schedule, at = new_schedule(1, NOW), NOW
    for rating in history:
        schedule, due = reviewed(schedule, rating, at)
        at = due + step
    return schedule, at


@given(ratings)
def test_a_better_grade_never_brings_a_card_back_sooner(history):
    schedule, at = after(history)
    spans = outcomes(schedule, at)
    assert [spans[rating] for rating in (1, 2, 3, 4)] == sorted(spans.values())


@given(ratings)
def test_what_was_missed_comes_back_within_the_day(history):
    schedule, at = after(history)
    assert outcomes(schedule, at)[1] == AGAIN_AFTER


@given(ratings, st.integers(0, 40))
def test_a_card_comes_back_within_a_year_and_never_in_the_past(history, late):
    schedule, at = after(history, timedelta(days=late))
    for rating in RATINGS:
        _, due = reviewed(schedule, rating, at)
        assert timedelta(0) < due - at <= timedelta(days=366)


@given(ratings)
def test_the_same_answers_give_the_same_days(history):
    assert after(history) == after(history)


def test_knowing_it_well_three_times_spaces_it_further_each_time():
    schedule, at, spans = new_schedule(1, NOW), NOW, []
    for _ in range(4):
        schedule, due = reviewed(schedule, 3, at)
        spans.append(due - at)
        at = due
    assert spans == sorted(spans)
    assert spans[-1] > 3 * spans[0]


def test_a_grade_that_there_is_not_is_an_error():
    with pytest.raises(ValueError):
        reviewed(new_schedule(1, NOW), 5, NOW)
