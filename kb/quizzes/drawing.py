"""Drawing questions and shuffling what they offer: pure functions of a random generator."""

import random
from collections.abc import Mapping, Sequence

from kb.quizzes.questions import Match, Multiple, Order, Question, Single
from kb.quizzes.quiz_file import Quiz


def draw(
    quiz: Quiz, pools: Mapping[tuple[str, str], Sequence[int]], rng: random.Random
) -> list[int]:
    """Ids of the questions of one attempt, each once, in the order in which they are asked.

    ``pools`` maps (bank, topic) to question ids. Where a pool holds fewer than asked for, all of
    it is drawn.
    """
    chosen: list[int] = []
    for wanted in quiz.draw:
        pool = sorted(
            number
            for (bank, topic), numbers in pools.items()
            if bank == wanted.bank and (not wanted.topics or topic in wanted.topics)
            for number in numbers
            if number not in chosen
        )
        chosen += rng.sample(pool, min(wanted.count, len(pool)))
    rng.shuffle(chosen)
    return chosen


def shuffled(question: Question, rng: random.Random) -> list[int]:
    """In which order a question's options, items or rights are shown; empty where it has none."""
    if isinstance(question, Single | Multiple):
        count = len(question.options)
    elif isinstance(question, Order):
        count = len(question.items)
    elif isinstance(question, Match):
        count = len(question.rights)
    else:
        return []
    order = list(range(count))
    rng.shuffle(order)
    if isinstance(question, Order) and order == sorted(order):
        order.reverse()  # the right order is not given away
    return order
