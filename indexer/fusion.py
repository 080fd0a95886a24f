"""One score from two halves: pure functions over arrays of shape (n,), one place per passage."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

# Score = cosine + LAMBDA · share ^ POWER + OWN_LANGUAGE where passage and query are in one language
# - LESSON where the passage is part of a lesson; share is BM25 / the query's own BM25 upper bound.
# ADR 8 tells where the numbers come from, ADR 13 why lessons stand back.
LAMBDA = 2.0
POWER = 1.6
# One Latin word of four is a quarter of the query and often says little; of Chinese, as much is a
# word, its pairs and its characters together.
LATIN_POWER = 2.5
# A model that puts both languages in one place finds as much in the other one as in the query's own.
OWN_LANGUAGE = 0.03
# A lesson teaches how to use a card; who searches with a customer on the line needs the card.
LESSON = 0.12
# The part of a passage's meaning that its article has as a whole; ADR 12.
WHOLE = 0.4


def keyword_share(bm25: Floats, upper_bound: float) -> Floats:
    """BM25 as a share, 0 to 1, of the most that any passage could get for this query."""
    if upper_bound <= 0:
        return np.zeros(len(bm25), np.float32)
    share: Floats = np.clip(bm25 / np.float32(upper_bound), 0, 1).astype(np.float32)
    return share


def meaning(passage: Floats, article: Floats) -> Floats:
    """Cosines of passages, each with what its article means as a whole."""
    found: Floats = ((1 - WHOLE) * passage + WHOLE * article).astype(np.float32)
    return found


def power_for(lang: str) -> float:
    """The power for a query in this language; empty, as of one Latin word, is as for Chinese."""
    return LATIN_POWER if lang == "en" else POWER


def favour(own_language: NDArray[np.bool_], lesson: NDArray[np.bool_]) -> Floats:
    """What is added to each passage's score for what it is, whatever it says."""
    added: Floats = (OWN_LANGUAGE * own_language - LESSON * lesson).astype(np.float32)
    return added


def fused(
    cosines: Floats, shares: Floats, favours: Floats | None = None, power: float = POWER
) -> Floats:
    """The scores of passages; without one half, that half is simply 0."""
    scores = cosines + LAMBDA * np.power(shares, power)
    if favours is not None:
        scores = scores + favours
    found: Floats = scores.astype(np.float32)
    return found
