"""How near two texts are in meaning, by the model that search uses."""

import logging
from collections.abc import Sequence

import numpy as np

from indexer.model_loading import LazyEmbedder

log = logging.getLogger(__name__)
MAX_TEXT = 2_000  # characters of a text that are read


class ModelSimilarity:
    """Cosines by the model, once it is loaded; ``kb.ports.Similarity``."""

    def __init__(self, model: LazyEmbedder) -> None:
        self._model = model

    def cosines(self, text: str, others: Sequence[str]) -> list[float] | None:
        """The cosine of ``text`` with each other text; None while or where there is no model."""
        embedder = self._model.embedder
        if embedder is None or not others:
            return None
        try:
            vectors = embedder.encode([one[:MAX_TEXT] for one in (text, *others)])
        except Exception:  # whatever a model does with an odd text, keywords remain
            log.exception("the model failed on a text")
            return None
        found: list[float] = np.clip(vectors[1:] @ vectors[0], -1, 1).astype(float).tolist()
        return found
