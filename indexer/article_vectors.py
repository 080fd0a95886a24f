"""What each article means as a whole, beside what its single passages mean."""

import numpy as np
from numpy.typing import NDArray

from indexer.vectors import VectorIndex

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


class ArticleVectors:
    """The mean direction of each article's vectors: a sentence alone does not tell its subject.

    ``passage_ids`` and ``article_ids`` have shape (n,), by document number; only documents of
    which ``live`` is true count.
    """

    def __init__(
        self, vectors: VectorIndex, passage_ids: Ids, article_ids: Ids, live: NDArray[np.bool_]
    ) -> None:
        articles, self._row_of_doc = np.unique(article_ids, return_inverse=True)
        docs = np.flatnonzero(live)
        self._means = vectors.means(passage_ids[docs], self._row_of_doc[docs], len(articles))

    def cosines(self, vector: Floats, docs: Ids) -> Floats:
        """The cosine of each document's article, shape (n,); 0 for one without vectors."""
        found: Floats = (self._means @ vector)[self._row_of_doc[docs]]
        return found
