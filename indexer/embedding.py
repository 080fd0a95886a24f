"""Text to vectors: what a model is to the rest of the index."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]  # done, of how many


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """What people call the model."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes with anything that changes the vectors; kept in the manifest."""
        ...

    def encode(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        """Vectors of ``texts``: float32 of shape (n, dimension), each of length 1."""
        ...

    def known_share(self, text: str) -> float:
        """The share, 0 to 1, of the text's tokens that the model knows; 0 without any token."""
        ...
