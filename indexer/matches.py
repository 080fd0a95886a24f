"""What the keyword half found for a query and its readings, as one share per passage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.fusion import keyword_share
from indexer.keywords import KeywordIndex, Mask
from indexer.segmentation import QueryTerm, query_terms
from kb.documents import Reading, Reason

# What a reading's match is worth beside one of the words as they were typed. A phrase in pinyin is
# what was meant; a synonym is the team's word for it, but somebody's exact words come before.
READING_WEIGHTS = {Reason.PINYIN: 1.0, Reason.SPELLING: 0.9, Reason.SYNONYM: 0.6}


@dataclass(frozen=True)
class Matches:
    """Arrays of shape (n,), by document number.

    ``shares`` is the best of BM25 as a share, 0 to 1, of what the query or one of its readings
    could get at most; ``fields`` are bits of ``bm25.BITS``; ``by_reading`` tells where a reading
    did better than the words as typed.
    """

    shares: NDArray[np.float32]
    fields: NDArray[np.uint8]
    by_reading: dict[Reason, Mask]


def match(index: KeywordIndex, terms: Sequence[QueryTerm], readings: Sequence[Reading]) -> Matches:
    """Score the query's terms and every reading's."""
    own = index.score(terms)
    shares = keyword_share(own.scores, own.upper_bound)
    fields = own.fields.copy()
    by_reading: dict[Reason, Mask] = {}
    for reading in readings:
        scored = index.score(query_terms(reading.text))
        share = keyword_share(scored.scores, scored.upper_bound) * READING_WEIGHTS[reading.reason]
        better = share > shares
        shares = np.maximum(shares, share)
        fields[better] |= scored.fields[better]
        before = by_reading.get(reading.reason)
        by_reading[reading.reason] = better if before is None else before | better
    return Matches(shares, fields, by_reading)


def nothing(index: KeywordIndex) -> Matches:
    """No match anywhere: what a search by meaning alone has of keywords."""
    return match(index, (), ())
