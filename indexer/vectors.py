"""Vectors by passage id: exact inner-product search. The only file that imports faiss."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.errors import IndexDamagedError

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


def _faiss() -> Any:
    import faiss  # type: ignore[import-untyped]  # noqa: PLC0415 - only where vectors are used

    return faiss


class VectorIndex:
    """Normalised float32 vectors of one dimension, each under its passage id."""

    def __init__(self, dimension: int, index: Any | None = None) -> None:
        self.dimension = dimension
        faiss = _faiss()
        self._index = index or faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._faiss = faiss

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, ids: Sequence[int], vectors: Floats) -> None:
        """Add ``vectors`` of shape (n, dimension) under ``ids``."""
        if len(ids):
            self._index.add_with_ids(np.ascontiguousarray(vectors), np.asarray(ids, np.int64))

    def remove(self, ids: Sequence[int]) -> None:
        """Take vectors out; unknown ids are ignored."""
        if len(ids):
            self._index.remove_ids(np.asarray(ids, np.int64))

    def search(self, query: Floats, limit: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The nearest ids and their cosines, best first. ``query`` has shape (dimension,)."""
        if not len(self) or (allowed is not None and not len(allowed)):
            return []
        parameters = None
        if allowed is not None:
            parameters = self._faiss.SearchParameters(sel=self._faiss.IDSelectorBatch(allowed))
        scores, ids = self._index.search(query.reshape(1, -1), min(limit, len(self)), params=parameters)
        return [(int(i), float(s)) for i, s in zip(ids[0], scores[0], strict=True) if i >= 0]

    def cosines(self, query: Floats, ids: Sequence[int]) -> dict[int, float]:
        """The cosine of each id that has a vector."""
        found: dict[int, float] = {}
        for passage_id in ids:
            try:
                found[passage_id] = float(self._index.reconstruct(passage_id) @ query)
            except RuntimeError:  # faiss's word for an unknown id
                continue
        return found

    def ids(self) -> set[int]:
        """All passage ids that have a vector."""
        return {int(i) for i in self._faiss.vector_to_array(self._index.id_map)}

    def save(self, path: Path) -> None:
        """Write to disk, durably."""
        self._faiss.write_index(self._index, str(path))
        with path.open("rb") as file:
            os.fsync(file.fileno())

    @classmethod
    def load(cls, path: Path, dimension: int) -> "VectorIndex":
        """Read from disk. Raises IndexDamagedError for anything but a whole file that fits."""
        try:
            index = _faiss().read_index(str(path))
        except RuntimeError as error:
            raise IndexDamagedError(reason=f"{path.name}: {str(error).splitlines()[-1][:120]}") from None
        if index.d != dimension:
            raise IndexDamagedError(reason=f"{path.name}: {index.d} dimensions instead of {dimension}")
        return cls(dimension, index)
