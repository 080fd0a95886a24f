"""How well the student finds held-out records: figures to steer training by."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from indexer.training.lessons import encode
from indexer.training.own_pairs import Record
from indexer.training.student import Student


def measure(
    student: Student,
    teacher: Student,
    read: Callable[[list[str]], list[list[int]]],
    records: list[Record],
) -> dict[str, float]:
    """MRR@10 among the held-out passages, by direction; ``cosine`` of passages and translations.

    English queries for English passages are the published model's: what a translation could reach.
    """
    chinese = encode(student, read([record.chinese for record in records]))
    english = encode(teacher, read([record.english for record in records]))
    asked = [(q, at) for at, record in enumerate(records) for q in record.chinese_queries]
    other = [(q, at) for at, record in enumerate(records) for q in record.english_queries]
    queries = encode(student, read([query for query, _ in asked]))
    english_queries = encode(teacher, read([query for query, _ in other]))
    own, others = [at for _, at in asked], [at for _, at in other]
    return {
        "zh": _mrr(queries @ chinese.T, own),
        "zh to en": _mrr(queries @ english.T, own),
        "en to zh": _mrr(english_queries @ chinese.T, others),
        "en": _mrr(english_queries @ english.T, others),
        "cosine": round(float((chinese * english).sum(axis=1).mean()), 3),
    }


def _mrr(scores: NDArray[np.float32], gold: list[int]) -> float:
    """Mean reciprocal rank, 0 below the tenth place."""
    ranks = [int((row > row[at]).sum()) + 1 for row, at in zip(scores, gold, strict=True)]
    return round(float(np.mean([1 / rank if rank <= 10 else 0.0 for rank in ranks])), 3)
