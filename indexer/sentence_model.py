"""The sentence-transformers backend. The one file with sentence-transformers and torch."""

import os
import threading
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from indexer.embedding import Progress, Vectors
from indexer.errors import ModelError
from indexer.file_hash import file_hash
from indexer.packaged_model import (
    PACKAGED_MODEL,
    packaged_model_folder,
    verify_packaged_model,
)

_BATCH = 32
_CHUNK = 512  # texts between two reports of progress


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
            digest.update(file_hash(path).encode())
    else:
        for name, tensor in sorted(model.state_dict().items()):
            digest.update(name.encode() + tensor.cpu().float().numpy().tobytes())
    return digest.hexdigest()
