"""What questions are worth: difficulty, discrimination, and which wrong options are chosen.

Pure functions over what was answered (classical test theory, as in Crocker & Algina,
Introduction to Classical and Modern Test Theory, chapter 14).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

MIN_ANSWERS = 5  # below it a figure would say more about chance than about the question


@dataclass(frozen=True)
class Answered:
    """One answer: points from 0 to 1, the mean of the attempt's other answers, options chosen."""

    points: float
    rest: float
    chosen: tuple[int, ...] = ()


@dataclass(frozen=True)
class ItemFigures:
    """A question's figures; None where fewer than MIN_ANSWERS answers are there.

    ``difficulty`` is the mean of the points (0 hard, 1 easy), ``discrimination`` the correlation
    of its points with the rest of the attempt (-1 to 1; below 0.1 it hardly tells who knows).
    """

    count: int
    difficulty: float | None
    discrimination: float | None
    chosen: Mapping[int, int]


def figures_of(answers: Sequence[Answered]) -> ItemFigures:
    """The figures of one question."""
    chosen = Counter(option for answer in answers for option in answer.chosen)
    if len(answers) < MIN_ANSWERS:
        return ItemFigures(len(answers), None, None, chosen)
    points = [answer.points for answer in answers]
    rest = [answer.rest for answer in answers]
    mean = sum(points) / len(points)
    return ItemFigures(len(answers), mean, correlation(points, rest), chosen)


def correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Pearson's correlation; None where one side does not vary."""
    n = len(left)
    left_mean, right_mean = sum(left) / n, sum(right) / n
    left_spread = sum((x - left_mean) ** 2 for x in left)
    right_spread = sum((y - right_mean) ** 2 for y in right)
    if left_spread < 1e-12 or right_spread < 1e-12:
        return None
    both = sum((x - left_mean) * (y - right_mean) for x, y in zip(left, right, strict=True))
    return max(-1.0, min(1.0, both / sqrt(left_spread * right_spread)))


def answers_by_question(
    rows: Iterable[tuple[int, int, float, tuple[int, ...]]],
) -> dict[int, list[Answered]]:
    """From (attempt, question, points, options chosen) to the answers of each question."""
    attempts: dict[int, list[tuple[int, float, tuple[int, ...]]]] = {}
    for attempt, question, points, chosen in rows:
        attempts.setdefault(attempt, []).append((question, points, chosen))
    found: dict[int, list[Answered]] = {}
    for items in attempts.values():
        total = sum(points for _, points, _ in items)
        for question, points, chosen in items:
            rest = (total - points) / (len(items) - 1) if len(items) > 1 else 0.0
            found.setdefault(question, []).append(Answered(points, rest, chosen))
    return found
