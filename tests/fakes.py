"""Stand-ins that behave the same every time: an embedder and a clock."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np

from indexer.embedding import Progress, Vectors


class FakeEmbedder:
    """Character bigrams hashed into 64 dimensions: near texts share bigrams. Counts its work."""

    name = "fake"
    fingerprint = "fake:1"
    dimension = 64

    def __init__(self, unknown: str = "") -> None:
        self.encoded: list[str] = []
        self._unknown = set(unknown)

    def encode(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        self.encoded += texts
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            for left, right in zip(text, text[1:] + " ", strict=True):
                digest = hashlib.blake2b((left + right).encode(), digest_size=4).digest()
                vectors[row, int.from_bytes(digest, "big") % self.dimension] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if progress:
            progress(len(texts), len(texts))
        return vectors / np.maximum(norms, 1e-9)

    def known_share(self, text: str) -> float:
        return sum(c not in self._unknown for c in text) / max(1, len(text))


class MovableClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def move(self, **delta: float) -> None:
        self.time += timedelta(**delta)
