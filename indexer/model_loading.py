"""Which model SHIFU_MODEL names, and how it is loaded beside readers who already search."""

import threading
from collections.abc import Callable
from pathlib import Path

from indexer.bounded_cache import BoundedCache
from indexer.embedding import Embedder, Vectors
from indexer.errors import ModelError
from kb.errors import ShifuError
from kb.settings import SHIPPED_MODEL

OFF = "off"
_CACHED_QUERIES = 2048  # 3 MiB of vectors; the same questions come again and again


def load_embedder(setting: str = SHIPPED_MODEL, threads: int | None = None) -> Embedder | None:
    """The embedder that SHIFU_MODEL names, loaded now; None for ``off``. Raises ModelError.

    The shipped model, or a folder of the same form, runs in ONNX Runtime; every other name or
    folder is one of sentence-transformers'.
    """
    if setting in ("", OFF):
        return None
    from indexer.bilingual_model import SHIPPED_FOLDER, BilingualEmbedder

    folder = SHIPPED_FOLDER if setting == SHIPPED_MODEL else Path(setting)
    if BilingualEmbedder.is_model(folder) or setting == SHIPPED_MODEL:
        return BilingualEmbedder(folder, threads or 1)
    from indexer.sentence_model import SentenceEmbedder

    return SentenceEmbedder(setting, threads)


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
