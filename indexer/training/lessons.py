"""What the student learns: texts as token numbers, and where their vectors should land.

Two kinds of lesson. In a *translation* a Chinese text should land where the published model puts
an English text, and further from all others. In a *question* two Chinese texts should lie near
each other, and further from the others of the batch.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from indexer.training.student import Student, padded

TEMPERATURE = 0.05
_BANK = 4096  # targets that a text is told apart from at once
_DROPPED = 0.1  # of a text's tokens, at random
_BLOCK = 20  # batches among which texts are put together by length


@dataclass(frozen=True)
class Lesson:
    """``left`` are texts as token numbers, cut at ``most``; ``target[n]`` says where left n belongs.

    Targets are ``vectors`` of shape (m, d), or else the student's own of ``right``.
    ``cosine`` weighs the distance from the target beside the telling apart.
    """

    name: str
    left: list[list[int]]
    target: list[int]
    batch: int
    most: int
    cosine: float
    vectors: NDArray[np.float32] | None = None
    right: list[list[int]] | None = None

    def batches(self, dice: random.Random) -> Iterator[list[int]]:
        """Numbers of lefts: an epoch in batches, texts of like length together."""
        order = list(range(len(self.left)))
        dice.shuffle(order)
        parts: list[list[int]] = []
        for start in range(0, len(order), self.batch * _BLOCK):
            block = order[start : start + self.batch * _BLOCK]
            block.sort(key=lambda at: len(self.left[at]))
            parts += [block[at : at + self.batch] for at in range(0, len(block), self.batch)]
        dice.shuffle(parts)
        yield from (part for part in parts if len(part) > 1)

    def loss(self, student: Student, rows: list[int]) -> Tensor:
        """Contrastive loss both ways, plus ``cosine`` times the mean distance from the target."""
        left = student(*padded([_thinned(self.left[at]) for at in rows], self.most))
        wanted = [self.target[at] for at in rows]
        if self.vectors is None:
            assert self.right is not None
            right = student(*padded([self.right[at] for at in wanted], self.most))
            truth = torch.arange(len(rows))
            forward = _apart(left @ right.T, wanted, wanted, truth)
        else:
            right = torch.from_numpy(self.vectors[wanted])
            bank = self._bank(wanted)
            place = {number: at for at, number in enumerate(bank)}
            truth = torch.tensor([place[number] for number in wanted])
            scores = left @ torch.from_numpy(self.vectors[bank]).T
            forward = nn.functional.cross_entropy(scores / TEMPERATURE, truth)
        backward = _apart(right @ left.T, wanted, wanted, torch.arange(len(rows)))
        distance = (1 - (left * right).sum(-1)).mean()
        loss: Tensor = (forward + backward) / 2 + self.cosine * distance
        return loss

    def _bank(self, wanted: list[int]) -> list[int]:
        """The batch's own targets, and as many others as there is room for."""
        assert self.vectors is not None
        total = len(self.vectors)
        if total <= _BANK:
            return list(range(total))
        others = torch.randint(total, (_BANK - len(wanted),)).tolist()
        return list(dict.fromkeys([*wanted, *others]))


def _thinned(tokens: list[int]) -> list[int]:
    """A text without a few of its words, so that none is learned by heart; its frame stays."""
    keep = torch.rand(len(tokens)) >= _DROPPED
    inner = [token for token, kept in zip(tokens[1:-1], keep[1:-1].tolist(), strict=True) if kept]
    return [tokens[0], *(inner or tokens[1:-1]), tokens[-1]]


def _apart(scores: Tensor, rows: list[int], columns: list[int], truth: Tensor) -> Tensor:
    """Cross entropy over a batch, in which texts with the same target are no wrong answers."""
    same = torch.tensor(rows).unsqueeze(1) == torch.tensor(columns).unsqueeze(0)
    same.fill_diagonal_(fill_value=False)
    return nn.functional.cross_entropy((scores / TEMPERATURE).masked_fill(same, -1e4), truth)


def encode(
    student: Student, rows: list[list[int]], most: int = 256, batch: int = 64
) -> NDArray[np.float32]:
    """Vectors of shape (n, d), without gradients."""
    found = np.zeros((len(rows), student.english.embedding_dim), np.float32)
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    with torch.no_grad():
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            found[part] = student(*padded([rows[at] for at in part], most)).numpy()
    return found
