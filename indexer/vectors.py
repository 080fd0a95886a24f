"""Vectors of passages by passage id. The one file with FAISS."""

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.errors import IndexDamagedError, VectorsError

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]


def _faiss() -> Any:
    import faiss

    faiss.omp_set_num_threads(1)  # threads of the web server are enough; more of them collapse
    return faiss


class AllowedIds:
    """Passage ids to which a search is limited, ready for FAISS; costly to make, so kept."""

    def __init__(self, ids: Ids) -> None:
        self.count = len(ids)
        self.selector = _faiss().IDSelectorBatch(np.ascontiguousarray(ids, np.int64))


class VectorIndex:
    """Exact inner products over vectors of length 1, that is cosines."""

    def __init__(self, dimension: int) -> None:
        faiss = _faiss()
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._lock = threading.Lock()  # of the set of ids

    @classmethod
    def load(cls, path: Path, dimension: int | None = None) -> "VectorIndex":
        """Read a file. Raises IndexDamagedError if it is missing, cut short or of other size."""
        faiss = _faiss()
        try:
            index = faiss.read_index(str(path))
        except Exception as error:  # FAISS raises RuntimeError and MemoryError, undocumented
            raise IndexDamagedError(part=path.name) from error
        if not isinstance(index, faiss.IndexIDMap2) or dimension not in {None, index.d}:
            raise IndexDamagedError(part=path.name)
        loaded = cls(index.d)
        loaded._index = index
        return loaded

    def save(self, path: Path) -> None:
        """Write the file whole or not at all."""
        partial = path.with_suffix(".partial")
        _faiss().write_index(self._index, str(partial))
        with partial.open("rb") as file:
            os.fsync(file.fileno())
        partial.replace(path)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def ids(self) -> Ids:
        """The passage ids, in no promised order."""
        ids: Ids = _faiss().vector_to_array(self._index.id_map).astype(np.int64)
        return ids

    def add(self, ids: Sequence[int], vectors: Floats) -> None:
        """Add vectors of shape (n, dimension). Raises VectorsError if they do not fit."""
        if vectors.ndim != 2 or vectors.shape != (len(ids), self.dimension):
            raise VectorsError(expected=self.dimension, found=str(vectors.shape))
        if not np.isfinite(vectors).all():
            raise VectorsError(expected=self.dimension, found="NaN")
        if len(ids):
            data = np.ascontiguousarray(vectors, np.float32)
            self._index.add_with_ids(data, np.asarray(ids, np.int64))

    def remove(self, ids: Sequence[int]) -> int:
        """Remove ids that are there; returns how many were."""
        return int(self._index.remove_ids(np.asarray(ids, np.int64))) if len(ids) else 0

    def search(
        self, vector: Floats, count: int, allowed: AllowedIds | None = None
    ) -> list[tuple[int, float]]:
        """The nearest (passage id, cosine), best first. Raises VectorsError."""
        if vector.shape != (self.dimension,):
            raise VectorsError(expected=self.dimension, found=str(vector.shape))
        count = min(count, len(self), allowed.count if allowed else len(self))
        if count <= 0:
            return []
        parameters = _faiss().SearchParameters(sel=allowed.selector) if allowed else None
        query = np.ascontiguousarray(vector[None, :], np.float32)
        cosines, ids = self._index.search(query, count, params=parameters)
        pairs = zip(ids[0].tolist(), cosines[0].tolist(), strict=True)
        return [(found, cosine) for found, cosine in pairs if found >= 0]

    def cosines(self, vector: Floats, ids: Sequence[int]) -> list[float]:
        """Cosine with each of ``ids``; 0 for one that has no vector."""
        known = self._known()
        places = [at for at, passage_id in enumerate(ids) if passage_id in known]
        found = [0.0] * len(ids)
        if places:
            wanted = np.asarray([ids[at] for at in places], np.int64)
            cosines = self._index.reconstruct_batch(wanted) @ vector
            for at, cosine in zip(places, cosines, strict=True):
                found[at] = float(cosine)
        return found

    def _known(self) -> frozenset[int]:
        """The ids as a set; kept, since an index that is searched is no longer written to."""
        with self._lock:
            kept: tuple[int, frozenset[int]] | None = getattr(self, "_ids", None)
            if kept is None or kept[0] != len(self):
                kept = (len(self), frozenset(self.ids().tolist()))
                self._ids = kept
        return kept[1]
