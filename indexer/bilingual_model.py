"""The shipped model in ONNX Runtime: published English weights, our Chinese words and adapters.

A model folder holds ``graph.onnx`` (the computation, without weights), ``weights.safetensors``
(Chinese word vectors as int8 rows with a scale each, adapters), ``words.tsv`` (the words, in the
order of their vectors, with log probabilities) and ``model.json`` (facts and a SHA-256 of each
file). The English weights come from their own package. The one file with ONNX Runtime.
"""

import json
from collections.abc import Iterator
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.embedding import Progress, Vectors
from indexer.errors import ModelError
from indexer.file_hash import file_hash
from indexer.packaged_model import verify_packaged_model
from indexer.tokens import BilingualTokenizer, has_chinese

SHIPPED_FOLDER = Path(__file__).parent / "models" / "shifu-minilm-zh"
FACTS = "model.json"
GRAPH = "graph.onnx"
WEIGHTS = "weights.safetensors"
WORDS = "words.tsv"
ROWS, SCALES, ADAPTER = "chinese.rows", "chinese.scales", "adapter."
ENGLISH_ROWS = "embeddings.word_embeddings.weight"
_DOWN, _UP = ".down", ".up"
_BATCH_TOKENS = 2048  # padded tokens at once: more costs memory and is no faster on one core
_BATCH_TEXTS = 64
_REPORT_EVERY = 512  # texts between two reports of progress


class BilingualEmbedder:
    """A model folder, loaded. ``threads`` limits ONNX Runtime. Raises ModelError."""

    def __init__(self, folder: Path = SHIPPED_FOLDER, threads: int = 1) -> None:
        self.name = folder.name
        try:
            facts = _facts(folder)
            self._open(folder, facts["weights"], threads)
        except ModelError:
            raise
        except Exception as error:  # whatever a damaged file makes a library raise
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise ModelError(name=self.name, reason=reason) from error
        self.fingerprint = sha256(json.dumps(facts["files"], sort_keys=True).encode()).hexdigest()

    @staticmethod
    def is_model(folder: Path) -> bool:
        """Whether a folder holds a model of this form."""
        return (folder / FACTS).is_file() and (folder / GRAPH).is_file()

    def _open(self, folder: Path, needed: list[str], threads: int) -> None:
        from safetensors import safe_open

        packaged = verify_packaged_model()
        self._tokenizer = BilingualTokenizer(packaged / "tokenizer.json", read_words(folder))
        with safe_open(packaged / "model.safetensors", framework="numpy") as file:
            self._english: Vectors = file.get_tensor(ENGLISH_ROWS)
            published: dict[str, Vectors] = {name: file.get_tensor(name) for name in needed}
        with safe_open(folder / WEIGHTS, framework="numpy") as file:
            self._rows: NDArray[np.int8] = file.get_tensor(ROWS)
            self._scales: Vectors = file.get_tensor(SCALES).astype(np.float32)
            adapted = published | {
                name: published[name] + change for name, change in _changes(file)
            }
        self.dimension = int(self._english.shape[1])
        graph = (folder / GRAPH).read_bytes()
        # One computation for each language: adapters cost nothing once they are in the weights.
        self._chinese = _session(graph, adapted, threads)
        self._open_english = partial(_session, graph, published, threads)

    def encode(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        """Vectors of ``texts``, texts of like length together so that little is padded."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        numbers = [self._tokenizer.tokens(text) for text in texts]
        chinese = [has_chinese(text) for text in texts]
        done = reported = 0
        for part in _batches(numbers, chinese):
            vectors[part] = self._run([numbers[at] for at in part], chinese=chinese[part[0]])
            done += len(part)
            if progress and (done - reported >= _REPORT_EVERY or done == len(texts)):
                progress(done, len(texts))
                reported = done
        return vectors

    def known_share(self, text: str) -> float:
        """The share of a text's tokens that are in one of the two vocabularies."""
        return self._tokenizer.known_share(text)

    def _run(self, numbers: list[list[int]], *, chinese: bool) -> Vectors:
        shape = (len(numbers), max(map(len, numbers)))
        ids = np.zeros(shape, np.int64)
        mask = np.zeros(shape, np.int64)
        for at, row in enumerate(numbers):
            ids[at, : len(row)] = row
            mask[at, : len(row)] = 1
        inputs = {"tokens": self._vectors_of(ids), "mask": mask}
        session = self._chinese if chinese else self._english_session
        found: Vectors = session.run(None, inputs)[0]
        return found

    @cached_property
    def _english_session(self) -> Any:
        """Opened by the first English text: most people's first query is in Chinese."""
        return self._open_english()

    def _vectors_of(self, ids: NDArray[np.int64]) -> Vectors:
        """Input vectors, shape (*ids.shape, d)."""
        found: Vectors = self._english[np.minimum(ids, self._tokenizer.offset - 1)]
        chinese = ids >= self._tokenizer.offset
        which = ids[chinese] - self._tokenizer.offset
        found[chinese] = self._rows[which].astype(np.float32) * self._scales[which, None]
        return found


def _batches(numbers: list[list[int]], chinese: list[bool]) -> Iterator[list[int]]:
    """Places of texts in one language and of like length, the longest first."""
    for language in (False, True):
        order = [at for at in range(len(numbers)) if chinese[at] is language]
        order.sort(key=lambda at: -len(numbers[at]))
        while order:
            longest = len(numbers[order[0]])
            count = max(1, min(_BATCH_TEXTS, _BATCH_TOKENS // longest))
            yield order[:count]
            order = order[count:]


def _changes(file: Any) -> Iterator[tuple[str, Vectors]]:
    """Names of published weights of shape (out, in), and what their adapters add to them."""
    for name in file.keys():  # noqa: SIM118 - no dictionary
        if name.endswith(_DOWN):
            layer = name.removesuffix(_DOWN)
            down, up = (file.get_tensor(layer + end).astype(np.float32) for end in (_DOWN, _UP))
            yield f"{layer.removeprefix(ADAPTER)}.weight", (down @ up).T


def _facts(folder: Path) -> dict[str, Any]:
    """``model.json``, once every file has the SHA-256 written there. Raises ModelError."""
    facts: dict[str, Any] = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    for name, expected in facts["files"].items():
        path = folder / name
        found = file_hash(path) if path.is_file() else "none: it is missing"
        if found != expected:
            reason = f"{name} has SHA-256 {found}, expected {expected}"
            raise ModelError(name=folder.name, reason=reason)
    return facts


def read_words(folder: Path) -> list[tuple[str, float]]:
    """The Chinese words with their log probabilities, in the order of their vectors."""
    lines = (folder / WORDS).read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines)
    return [(word, float(score)) for word, score in pairs]


def _session(graph: bytes, weights: dict[str, Vectors], threads: int) -> Any:
    """A session over the graph with these weights in the places of the same names."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Waiting threads would spin, and take the processor from whoever has work.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    values = [onnxruntime.OrtValue.ortvalue_from_numpy(weight) for weight in weights.values()]
    options.add_external_initializers(list(weights), values)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
