import numpy as np
import pytest

from indexer.fusion import (
    LAMBDA,
    LATIN_POWER,
    LESSON,
    OWN_LANGUAGE,
    POWER,
    favour,
    fused,
    keyword_share,
    power_for,
)


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_the_keyword_share_lies_between_nothing_and_all() -> None:
    assert keyword_share(floats(-1, 0, 5, 99), 10).tolist() == [0, 0, 0.5, 1]


def test_a_query_without_known_or_unknown_words_has_no_share() -> None:
    assert keyword_share(floats(1, 2), 0).tolist() == [0, 0]


def test_a_full_keyword_match_outweighs_any_cosine() -> None:
    score = fused(floats(0, 1), floats(1, 0))
    assert score.tolist() == [LAMBDA, 1.0]


def test_a_weak_keyword_match_counts_less_than_in_proportion() -> None:
    full, half = fused(floats(0, 0), floats(1, 0.5))
    assert half == pytest.approx(full * 0.5**POWER)


def test_a_single_word_of_several_says_less_in_english_than_in_chinese() -> None:
    english, chinese = (
        fused(floats(0), floats(0.25), power=power_for(lang)) for lang in ("en", "zh")
    )
    assert english == pytest.approx(LAMBDA * 0.25**LATIN_POWER)
    assert english < chinese
    assert power_for("") == POWER


def test_of_two_alike_the_one_in_the_querys_language_comes_first() -> None:
    favours = favour(np.array([True, False]), np.array([False, False]))
    own, other = fused(floats(0.5, 0.5), floats(0.2, 0.2), favours)
    assert own - other == pytest.approx(OWN_LANGUAGE)


def test_of_two_alike_the_lesson_stands_back() -> None:
    favours = favour(np.array([True, True]), np.array([False, True]))
    card, lesson = fused(floats(0.5, 0.5), floats(0.2, 0.2), favours)
    assert card - lesson == pytest.approx(LESSON)
