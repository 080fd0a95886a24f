"""Vectors kept between runs, so that a benchmark of searching does not spend its time encoding."""

import os
import time
from hashlib import blake2b
from pathlib import Path

import numpy as np

from indexer.embedding import Embedder, Progress, Vectors

_CHUNK = 64  # texts between two looks at the clock


def cache_folder() -> Path:
    """Where vectors are kept: the user's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "shifu-bench"


class CachingEmbedder:
    """An embedder that remembers, in a file named by the model, the vector of each text by its hash.

    It encodes for at most ``seconds`` in all. Texts that are left over get a stand-in, the mean of
    two real vectors, which costs a search as much as a real one; ``stand_ins`` counts them and the
    next run goes on where this one stopped. Rates of encoding must be measured without this class.
    """

    def __init__(self, inner: Embedder, seconds: float, folder: Path | None = None) -> None:
        self.name = inner.name
        self.dimension = inner.dimension
        self.fingerprint = inner.fingerprint
        self.stand_ins: set[str] = set()
        self.encoded = 0
        self._inner = inner
        self._seconds_left = seconds
        self._path = (folder or cache_folder()) / f"{inner.fingerprint[:32]}.npz"
        self._known = _read(self._path, inner.dimension)

    def known_share(self, text: str) -> float:
        return self._inner.known_share(text)

    def encode(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        """Vectors from the file, from the model while there is time, or stand-ins."""
        missing = sorted({t for t in texts if _key(t) not in self._known}, key=len)
        began = time.monotonic()
        done = 0
        while done < len(missing) and time.monotonic() - began < self._seconds_left:
            part = missing[done : done + _CHUNK]
            for text, vector in zip(part, self._inner.encode(part), strict=True):
                self._known[_key(text)] = vector
            done += len(part)
        self._seconds_left -= time.monotonic() - began
        self.encoded += done
        if done:
            _write(self._path, self._known)
        self.stand_ins |= set(missing[done:])
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        real = np.stack([*self._known.values()] or [np.ones(self.dimension, np.float32)])
        draw = np.random.default_rng(len(texts))
        for row, text in enumerate(texts):
            known = self._known.get(_key(text))
            vectors[row] = _stand_in(real, draw) if known is None else known
        if progress:
            progress(len(texts), len(texts))
        return vectors


def _stand_in(real: Vectors, draw: np.random.Generator) -> Vectors:
    mixed: Vectors = real[draw.integers(len(real), size=2)].mean(axis=0)
    return mixed / max(float(np.linalg.norm(mixed)), 1e-9)


def _key(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _read(path: Path, dimension: int) -> dict[str, Vectors]:
    try:
        with np.load(path) as file:
            keys, vectors = file["keys"], file["vectors"]
    except (OSError, ValueError, KeyError, EOFError):
        return {}
    if vectors.shape != (len(keys), dimension):
        return {}
    return dict(zip(keys.tolist(), vectors, strict=True))


def _write(path: Path, known: dict[str, Vectors]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(file, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    partial.replace(path)
