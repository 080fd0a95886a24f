"""Measuring a search: passages and questions in, reciprocal ranks and times out.

The index is a throw-away one, made and asked by the same code as the product's.
"""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import numpy as np

from indexer.builder import IndexBuilder
from indexer.embedding import Embedder, Progress
from indexer.engine import HybridEngine
from indexer.errors import EvaluationInputError
from indexer.model_loading import LazyEmbedder
from kb.documents import EVERYONE, Field, Hit, LibraryDocument, Mode, SearchRequest, Section

CUT_OFF = 10
ALL = "all"
ALL_MODES = (Mode.KEYWORD, Mode.SEMANTIC, Mode.HYBRID)


@dataclass(frozen=True)
class EvaluationQuery:
    """A question, the group it is counted in, and the keys of what answers it.

    Mode and limit of the request are the measurement's own.
    """

    group: str
    request: SearchRequest
    gold: frozenset[str]


def evaluate(
    passages_tsv: Path,
    queries_tsv: Path,
    embedder: Embedder | None,
    modes: Iterable[Mode] | None = None,
    progress: Progress | None = None,
) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of ``shifu eval``: ``{mode: {group: {"n", "mrr@10", …}}, "latency_ms": …}``.

    Passages are lines ``id⇥lang⇥text``, queries ``group⇥query⇥gold,ids``; a passage is split as
    the product splits and scored by its best part. Without an embedder only keywords are measured.
    The semantic mode is measured for all queries, the hybrid one as the product answers: where the
    model knows too few words, by keyword. Latency includes the query's embedding.
    Raises EvaluationInputError.
    """
    documents, queries = read_passages(passages_tsv), read_queries(queries_tsv)
    return evaluate_documents(documents, queries, embedder, modes, progress)


def evaluate_documents(
    documents: Sequence[LibraryDocument],
    queries: Sequence[EvaluationQuery],
    embedder: Embedder | None,
    modes: Iterable[Mode] | None = None,
    progress: Progress | None = None,
    key_of: Callable[[Hit], str] = lambda hit: hit.slug,
    words: Collection[str] = (),
) -> dict[str, dict[str, dict[str, float]]]:
    """The figures of ``evaluate`` over documents; ``key_of`` says by which key ``gold`` names a hit.

    ``words`` are the team's, kept whole when Chinese is cut.
    """
    wanted = tuple(modes) if modes is not None else ALL_MODES
    if embedder is None:
        wanted = tuple(mode for mode in wanted if mode is Mode.KEYWORD)
    figures: dict[str, dict[str, dict[str, float]]] = {}
    latency: dict[str, dict[str, float]] = {}
    with TemporaryDirectory(prefix="shifu-eval-") as folder:
        IndexBuilder(Path(folder), embedder).rebuild(documents, progress, words)
        for mode in wanted:
            found, times = _ask(Path(folder), embedder, mode, [q.request for q in queries])
            ranks = [[key_of(hit) for hit in hits] for hits in found]
            figures[mode.value] = _figures(queries, ranks)
            latency[mode.value] = {
                "p50": round(float(np.percentile(times, 50)), 3) if times else 0.0,
                "p95": round(float(np.percentile(times, 95)), 3) if times else 0.0,
            }
    return {**figures, "latency_ms": latency}


def read_passages(path: Path) -> list[LibraryDocument]:
    """One document per passage, its slug the passage's id. Raises EvaluationInputError."""
    return [
        LibraryDocument(
            article_id=number,
            slug=key,
            kind="faq",
            lang=lang,
            title="",
            tags=(),
            stages=(),
            tiers=(),
            products=(),
            audience=(EVERYONE,),
            sections=(Section(Field.BODY, (), text),),
            fingerprint="",
        )
        for number, (key, lang, text) in enumerate(_lines(path), 1)
    ]


def read_queries(path: Path) -> list[EvaluationQuery]:
    """The questions of a file. Raises EvaluationInputError."""
    return [
        EvaluationQuery(
            group, SearchRequest(text), frozenset(key.strip() for key in gold.split(","))
        )
        for group, text, gold in _lines(path)
    ]


def _lines(path: Path) -> Iterable[tuple[str, str, str]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            parts = line.rstrip("\r\n").split("\t")
            if parts == [""]:
                continue
            if len(parts) != 3:
                raise EvaluationInputError(file=path.name, line=number, expected=3)
            yield parts[0], parts[1], parts[2]


def _ask(
    folder: Path, embedder: Embedder | None, mode: Mode, requests: Sequence[SearchRequest]
) -> tuple[list[tuple[Hit, ...]], list[float]]:
    """What was found for each request, and the milliseconds each took."""
    model = LazyEmbedder.ready(embedder)
    threshold = {"known_share": 0.0} if mode is Mode.SEMANTIC else {}
    engine = HybridEngine(folder, model, **threshold)
    engine.search(SearchRequest("warm 热身", mode=mode, limit=CUT_OFF))  # opening is not a search
    model.forget_queries()
    found, times = [], []
    for request in requests:
        asked = replace(request, mode=mode, limit=CUT_OFF)
        began = time.perf_counter()
        found.append(engine.search(asked).hits)
        times.append((time.perf_counter() - began) * 1000)
    return found, times


def _figures(
    queries: Sequence[EvaluationQuery], ranks: Sequence[list[str]]
) -> dict[str, dict[str, float]]:
    groups: dict[str, list[tuple[EvaluationQuery, list[str]]]] = {}
    for query, found in zip(queries, ranks, strict=True):
        groups.setdefault(query.group, []).append((query, found))
    groups[ALL] = list(zip(queries, ranks, strict=True))
    return {name: _group_figures(pairs) for name, pairs in groups.items()}


def _group_figures(pairs: Sequence[tuple[EvaluationQuery, list[str]]]) -> dict[str, float]:
    measures: dict[str, Callable[[list[bool], int], float]] = {
        "mrr@10": lambda hits, _: reciprocal_rank(hits),
        "ndcg@10": ndcg,
        "hit@1": lambda hits, _: float(any(hits[:1])),
        "hit@3": lambda hits, _: float(any(hits[:3])),
    }
    judged = [
        ([key in query.gold for key in found[:CUT_OFF]], len(query.gold)) for query, found in pairs
    ]
    figures: dict[str, float] = {"n": len(pairs)}
    for name, measure in measures.items():
        figures[name] = round(fmean(measure(*one) for one in judged), 4) if judged else 0.0
    return figures


def reciprocal_rank(hits: list[bool]) -> float:
    """1 / the place of the first right answer, 0 without one."""
    return next((1 / place for place, right in enumerate(hits, 1) if right), 0.0)


def ndcg(hits: list[bool], relevant: int) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin & Kekäläinen, 2002)."""
    gained = sum(1 / log2(place + 1) for place, right in enumerate(hits, 1) if right)
    best = sum(1 / log2(place + 1) for place in range(1, min(relevant, CUT_OFF) + 1))
    return gained / best if best else 0.0
