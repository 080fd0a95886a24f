"""The training loop: batches of all lessons in one shuffled row, two optimisers, one schedule."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch

from indexer.training.curriculum import Course
from indexer.training.lessons import Lesson
from indexer.training.student import Student

WARM_UP = 100  # steps until the full rate
LAST_SHARE = 0.1  # of the full rate, at the last step
_TELL_EVERY = 100


@dataclass(frozen=True)
class Rates:
    """Learning rates: SparseAdam's for the word vectors, AdamW's for the adapters."""

    words: float
    adapters: float


@dataclass
class _Losses:
    seen: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        self.seen.setdefault(name, []).append(value)

    def told(self) -> str:
        text = "  ".join(f"{name} {np.mean(some):.2f}" for name, some in self.seen.items())
        self.seen.clear()
        return text


def train(
    student: Student,
    courses: list[Course],
    rates: Rates,
    dice: random.Random,
    tell: Callable[[str], None],
    save: Callable[[], None],
) -> int:
    """Go through all courses once; returns the number of steps. ``save`` is called now and then."""
    plan: list[tuple[Lesson, list[int]]] = [
        (course.lesson, rows)
        for course in courses
        for _ in range(course.epochs)
        for rows in course.lesson.batches(dice)
    ]
    dice.shuffle(plan)
    adapters = list(student.adapters().values())
    words = torch.optim.SparseAdam([student.chinese.weight], lr=rates.words)
    body = torch.optim.AdamW(adapters, lr=rates.adapters, weight_decay=0.01)
    losses = _Losses()
    for step, (lesson, rows) in enumerate(plan):
        share = min(1.0, (step + 1) / WARM_UP) * (1 - (1 - LAST_SHARE) * step / len(plan))
        _set_rate(words, rates.words * share)
        _set_rate(body, rates.adapters * share)
        words.zero_grad()
        body.zero_grad()
        loss = lesson.loss(student, rows)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(adapters, 1.0)
        words.step()  # type: ignore[no-untyped-call]
        body.step()
        losses.add(lesson.name, float(loss.item()))
        if (step + 1) % _TELL_EVERY == 0 or step + 1 == len(plan):
            tell(f"step {step + 1} of {len(plan)}  {losses.told()}")
            save()
    return len(plan)


def _set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate
