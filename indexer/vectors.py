"""Vectors by passage id, one or several for each. The one file with FAISS."""

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
    """Exact inner products over vectors of length 1, that is cosines.

    A passage may have several vectors, one for each of its spans; its cosine is the best of them.
    """

    def __init__(self, dimension: int) -> None:
        faiss = _faiss()
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap(faiss.IndexFlatIP(dimension))
        self._lock = threading.Lock()  # of the rows by passage
        self._rows: _Rows | None = None

    @classmethod
    def load(cls, path: Path, dimension: int | None = None) -> "VectorIndex":
        """Read a file. Raises IndexDamagedError if it is missing, cut short or of other size."""
        faiss = _faiss()
        try:
            index = faiss.read_index(str(path))
        except Exception as error:  # FAISS raises RuntimeError and MemoryError, undocumented
            raise IndexDamagedError(part=path.name) from error
        if not isinstance(index, faiss.IndexIDMap) or dimension not in {None, index.d}:
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
        """The number of passages."""
        return len(self.ids())

    def ids(self) -> Ids:
        """The passage ids, each once, in ascending order."""
        return self._by_passage().ids

    def add(self, ids: Sequence[int], vectors: Floats) -> None:
        """Add vectors of shape (n, dimension), each to its passage of ``ids``, which may repeat.

        Raises VectorsError if they do not fit.
        """
        if vectors.ndim != 2 or vectors.shape != (len(ids), self.dimension):
            raise VectorsError(expected=self.dimension, found=str(vectors.shape))
        if not np.isfinite(vectors).all():
            raise VectorsError(expected=self.dimension, found="NaN")
        if len(ids):
            data = np.ascontiguousarray(vectors, np.float32)
            self._index.add_with_ids(data, np.asarray(ids, np.int64))
            self._rows = None

    def remove(self, ids: Sequence[int]) -> int:
        """Remove passages that are there; returns how many were."""
        before = len(self)
        if len(ids):
            self._index.remove_ids(np.asarray(ids, np.int64))
            self._rows = None
        return before - len(self)

    def search(
        self, vector: Floats, count: int, allowed: AllowedIds | None = None
    ) -> list[tuple[int, float]]:
        """The passages of the nearest ``count`` vectors with their best cosines, best first.

        Raises VectorsError.
        """
        if vector.shape != (self.dimension,):
            raise VectorsError(expected=self.dimension, found=str(vector.shape))
        count = min(count, self._index.ntotal)
        if count <= 0 or (allowed and not allowed.count):
            return []
        parameters = _faiss().SearchParameters(sel=allowed.selector) if allowed else None
        query = np.ascontiguousarray(vector[None, :], np.float32)
        cosines, ids = self._index.search(query, count, params=parameters)
        best: dict[int, float] = {}
        for found, cosine in zip(ids[0].tolist(), cosines[0].tolist(), strict=True):
            if found >= 0:
                best.setdefault(found, cosine)
        return list(best.items())

    def cosines(self, vector: Floats, ids: Ids) -> Floats:
        """The best cosine with each of ``ids``, shape (n,); 0 for one that has no vector."""
        rows = self._by_passage()
        found = np.zeros(len(ids), np.float32)
        places, owners = rows.of(ids)
        if len(places):
            known, starts = np.unique(owners, return_index=True)
            found[known] = np.maximum.reduceat(self._vectors(places) @ vector, starts)
        return found

    def means(self, ids: Ids, groups: Ids, count: int) -> Floats:
        """The mean direction of each of ``count`` groups, shape (count, dimension), of length 1.

        ``groups[n]``, from 0, is where passage ``ids[n]`` belongs; a group without a vector is 0.
        """
        places, owners = self._by_passage().of(ids)
        sums = np.zeros((count, self.dimension), np.float32)
        np.add.at(sums, groups[owners], self._vectors(places))
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        directions: Floats = np.divide(sums, lengths, out=sums, where=lengths > 0)
        return directions

    def _vectors(self, places: Ids) -> Floats:
        stored: Floats = self._index.index.reconstruct_batch(places)
        return stored

    def _by_passage(self) -> "_Rows":
        """Kept, since an index that is searched is no longer written to."""
        with self._lock:
            if self._rows is None:
                self._rows = _Rows(_faiss().vector_to_array(self._index.id_map).astype(np.int64))
            return self._rows


class _Rows:
    """Which rows of the index are a passage's; ``owner_of_row`` has shape (rows,)."""

    def __init__(self, owner_of_row: Ids) -> None:
        self._order = np.argsort(owner_of_row, kind="stable")
        self.ids: Ids
        self.ids, self._starts, self._counts = np.unique(
            owner_of_row[self._order], return_index=True, return_counts=True
        )

    def of(self, ids: Ids) -> tuple[Ids, Ids]:
        """Rows of the passages ``ids``, and for each row the place in ``ids``; unknown ids have none."""
        at = np.minimum(np.searchsorted(self.ids, ids), max(len(self.ids) - 1, 0))
        known = np.flatnonzero(self.ids[at] == ids) if len(self.ids) else np.empty(0, np.int64)
        counts = self._counts[at[known]]
        owners = np.repeat(known, counts)
        nth = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._order[np.repeat(self._starts[at[known]], counts) + nth], owners
