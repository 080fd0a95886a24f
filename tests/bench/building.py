"""How fast the index is built, beside how fast the bare model encodes the same texts."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.builder import IndexBuilder
from indexer.embedding import Embedder
from indexer.passages import embedding_texts, passages_of
from kb.documents import LibraryDocument
from tests.bench.report import Report


def measure_building(
    report: Report, documents: list[LibraryDocument], embedder: Embedder, rounds: int
) -> None:
    """Both without any cache, in turns, the best of each: other work on the machine only adds."""
    passages = [passage for document in documents for passage in passages_of(document)]
    texts = [text for passage in passages for text in embedding_texts(passage)]
    with TemporaryDirectory(prefix="shifu-bench-") as name:
        builder = IndexBuilder(Path(name), embedder)
        embedder.encode(texts[:32])
        bare, build = [], []
        for _ in range(rounds):
            bare.append(_seconds(lambda: embedder.encode(texts)))
            build.append(_seconds(lambda: builder.rebuild(documents)))
        keywords = _seconds(lambda: IndexBuilder(Path(name)).rebuild(documents))
    n = len(passages)
    note = f"{n} passages, {len(texts)} texts, best of {rounds}"
    report.add("build.bare_model", n / min(bare), "/s", note=note)
    report.add("build.rebuild", n / min(build), "/s", note=note)
    report.add("build.keywords_only", n / keywords, "/s", note="model off")
    report.add("build.ratio", min(bare) / min(build), goal=">= 0.9", note="rebuild / bare model")
    report.facts["build_rounds_s"] = {"bare": _rounded(bare), "rebuild": _rounded(build)}


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 3) for value in values]
