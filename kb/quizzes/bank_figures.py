"""The figures of a bank's questions, from every attempt that was handed in."""

import json
from collections.abc import Iterable

from sqlmodel import Session, col, select

from kb.quizzes.item_statistics import ItemFigures, answers_by_question, figures_of
from kb.quizzes.models import Attempt, AttemptItem, BankQuestion


def figures_by_question(session: Session, bank: str, lang: str) -> dict[int, ItemFigures]:
    """Figures by question id; two queries whatever the number of attempts."""
    wanted = set(
        session.exec(
            select(BankQuestion.id).where(BankQuestion.bank == bank, BankQuestion.lang == lang)
        )
    )
    query = (
        select(
            AttemptItem.attempt_id, AttemptItem.question_id, AttemptItem.points, AttemptItem.answer
        )
        .join(Attempt, col(Attempt.id) == AttemptItem.attempt_id)
        .where(col(Attempt.submitted_at).is_not(None), col(AttemptItem.pending).is_(False))
    )
    rows = (
        (attempt, question, points or 0.0, _chosen(answer))
        for attempt, question, points, answer in session.exec(query)
    )
    answered = answers_by_question(rows)
    return {key: figures_of(answered[key]) for key in _both(wanted, answered)}


def _both(left: Iterable[int | None], right: Iterable[int]) -> set[int]:
    return {key for key in left if key is not None} & set(right)


def _chosen(answer: str) -> tuple[int, ...]:
    """The options of a choice; order and pairs have numbers, too, but those are no options."""
    value = json.loads(answer) if answer else None
    return tuple(value) if isinstance(value, list) else ()
