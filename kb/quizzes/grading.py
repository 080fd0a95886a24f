"""Grading one answer: pure functions. Points go from 0 to 1; a free answer waits for a person.

An answer is plain data: option numbers of the question as it is written for choices, for each
item the place given to it (from 1; 0: none), for each left the number of its right (-1: none),
text for the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from kb.quizzes.text_match import number_of, same_answer

Answer = list[int] | str
# Which key points an answer seems to meet: (answer, question) -> one truth for each point.
Suggest = Callable[[str, Free], Sequence[bool]]


@dataclass(frozen=True)
class Grade:
    """Points from 0 to 1, and whether they are only a suggestion. ``met`` is for key points."""

    points: float
    pending: bool = False
    met: tuple[bool, ...] = ()


def grade(question: Question, answer: Answer | None, suggest: Suggest) -> Grade:
    """Grade an answer; None or an empty one is worth nothing."""
    if answer is None or answer in ("", []):
        return Grade(0.0)
    if isinstance(question, Free):
        if not isinstance(answer, str) or not answer.strip():
            return Grade(0.0)
        met = tuple(suggest(answer, question))
        return Grade(sum(met) / len(met), pending=True, met=met)
    return Grade(_points(question, answer))


def _points(question: Question, answer: Answer) -> float:
    if isinstance(answer, str):
        return _points_of_text(question, answer)
    if isinstance(question, Single | Multiple):
        return _points_of_choice(question, answer)
    if isinstance(question, Order):
        return _order_points(answer, len(question.items))
    if isinstance(question, Match):
        right = sum(chosen == at for at, chosen in enumerate(answer[: len(question.pairs)]))
        return right / len(question.pairs)
    return 0.0


def _points_of_text(question: Question, answer: str) -> float:
    if isinstance(question, TrueFalse):
        return float(answer == ("true" if question.answer else "false"))
    if isinstance(question, Fill):
        return float(any(same_answer(answer, accepted) for accepted in question.accepted))
    if isinstance(question, Number):
        value = number_of(answer)
        near = value is not None and abs(value - question.answer) <= question.tolerance + 1e-9
        return float(near)
    return 0.0


def _points_of_choice(question: Single | Multiple, answer: Sequence[int]) -> float:
    chosen = {n for n in answer if 0 <= n < len(question.options)}
    right = {n for n, option in enumerate(question.options) if option.right}
    if isinstance(question, Single):
        return float(chosen == right)
    hits, misses = len(chosen & right), len(chosen - right)
    return max(0.0, (hits - misses) / len(right))


def _order_points(places: Sequence[int], count: int) -> float:
    """1 for the right order, 0 for the reverse: by the longest run of items that are in order."""
    if sorted(places) != list(range(1, count + 1)):
        return 0.0
    longest = [1] * count
    for at in range(count):
        for before in range(at):
            if places[before] < places[at]:
                longest[at] = max(longest[at], longest[before] + 1)
    return (max(longest) - 1) / (count - 1)


@dataclass(frozen=True)
class Score:
    """Points of an attempt as a mark from 0 to 100, and the marks it can still come to."""

    mark: float
    lowest: float
    highest: float

    def verdict(self, pass_mark: int) -> str:
        """``passed``, ``failed``, or ``waiting`` while free answers decide it."""
        if self.lowest >= pass_mark:
            return "passed"
        return "failed" if self.highest < pass_mark else "waiting"


def score_of(grades: Sequence[Grade]) -> Score:
    """The mark of an attempt; a pending answer counts as suggested, from nothing to everything."""
    if not grades:
        return Score(0.0, 0.0, 0.0)

    def mark(points: float) -> float:
        return round(100 * points / len(grades), 1)

    fixed = sum(one.points for one in grades if not one.pending)
    pending = [one.points for one in grades if one.pending]
    return Score(mark(fixed + sum(pending)), mark(fixed), mark(fixed + len(pending)))
