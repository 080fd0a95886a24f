"""The student: the English transformer, unchanged, with Chinese token vectors and adapters.

An adapter is a low-rank addition to one linear layer (Hu et al., 2021, LoRA) that works on Chinese
texts only, so that English texts keep the vectors of the model as it was published.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

RANK = 16
ADAPTED = ("query", "key", "value", "dense")


class AdaptedLinear(nn.Module):
    """``base(x) + (x · down) · up``; ``up`` begins at zero, so the start changes nothing."""

    def __init__(self, base: nn.Linear, rank: int = RANK) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(base.in_features, rank) / base.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(rank, base.out_features))

    def forward(self, x: Tensor) -> Tensor:
        """Shape (batch, tokens, out)."""
        low: Tensor = x @ self.down
        changed: Tensor = self.base(x) + low @ self.up
        return changed


class Student(nn.Module):
    """``body`` is the published BertModel; ``rows`` are the first vectors of the Chinese words."""

    def __init__(self, body: Any, rows: NDArray[np.float32], rank: int = RANK) -> None:
        super().__init__()
        self.body = body
        for parameter in body.parameters():
            parameter.requires_grad_(False)
        self.english = nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
            body.embeddings.word_embeddings.weight.detach(), freeze=True
        )
        self.chinese = nn.Embedding.from_pretrained(  # type: ignore[no-untyped-call]
            torch.from_numpy(rows.copy()), freeze=False, sparse=True
        )
        if rank:
            _adapt(body.encoder, rank)
        self.offset = self.english.num_embeddings

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors of length 1, shape (batch, d), of token numbers of shape (batch, tokens)."""
        known = ids.clamp(max=self.offset - 1)
        foreign = ids >= self.offset
        words = self.chinese((ids - self.offset).clamp(min=0))
        return self.pooled(torch.where(foreign.unsqueeze(-1), words, self.english(known)), mask)

    def pooled(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """The mean of the last layer, of length 1: (batch, d) from token vectors and their mask."""
        hidden = self.body(inputs_embeds=tokens, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        return nn.functional.normalize(mean, dim=-1)

    def adapters(self) -> dict[str, Tensor]:
        """Their parameters by name."""
        return {
            name: value
            for name, value in self.named_parameters()
            if name.endswith((".down", ".up"))
        }


def _adapt(module: nn.Module, rank: int) -> None:
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Linear) and name in ADAPTED:
            setattr(module, name, AdaptedLinear(child, rank))
        else:
            _adapt(child, rank)


def load_body(folder: Path, attention: str = "sdpa") -> Any:
    """The published transformer, in evaluation mode: dropout would only blur the teacher.

    ``attention`` is the name of one of the transformers library's implementations.
    """
    from transformers import AutoModel

    return AutoModel.from_pretrained(
        str(folder), local_files_only=True, attn_implementation=attention
    ).eval()


def padded(rows: list[list[int]], most: int) -> tuple[Tensor, Tensor]:
    """Token numbers and mask of shape (batch, longest), each row cut at ``most``."""
    rows = [row if len(row) <= most else [*row[: most - 1], row[-1]] for row in rows]
    longest = max(map(len, rows))
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids, mask
