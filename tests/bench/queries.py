"""How long a search takes, by mode and size, beside the embedding of the query alone."""

import time
from collections.abc import Callable
from itertools import chain
from pathlib import Path

from indexer.embedding import Embedder
from indexer.engine import HybridEngine
from indexer.model_loading import LazyEmbedder
from kb.documents import Mode, SearchRequest, Semantic
from tests.bench.report import Report, percentile

WARM_UP = 10


def measure_queries(
    report: Report, folder: Path, size: int, embedder: Embedder, queries: dict[str, list[str]]
) -> None:
    """All modes on one index. ``known_share`` 0 lets the semantic half answer Chinese, too."""
    model = LazyEmbedder.ready(embedder)
    engine = HybridEngine(folder, model, known_share=0.0)
    prefix = f"query.{size}"
    for mode in (Mode.KEYWORD, Mode.SEMANTIC):
        times = _ask(engine, model, queries, mode)
        report.times(f"{prefix}.{mode.value}", _all(times))
        if mode is not Mode.KEYWORD:
            report.times(f"{prefix}.{mode.value}.en", times["en"])
    _measure_hybrid(report, prefix, engine, model, embedder, queries)
    product = HybridEngine(folder, model)
    chinese = _ask(product, model, {"zh": queries["zh"]}, Mode.HYBRID)["zh"]
    note = f"as the site answers; {_left_out(product, queries['zh'])} by keyword alone"
    report.times(f"{prefix}.hybrid_as_shipped.zh", chinese, note)


def _measure_hybrid(
    report: Report,
    prefix: str,
    engine: HybridEngine,
    model: LazyEmbedder,
    embedder: Embedder,
    queries: dict[str, list[str]],
) -> None:
    """Per query in turns: its embedding alone, the whole search, the search with a known vector."""
    names = ("embedding", "hybrid", "hybrid_without_embedding")
    times: dict[str, dict[str, list[float]]] = {name: {} for name in names}
    for lang, texts in queries.items():
        for name in names:
            times[name][lang] = []
        for text in [*texts[:WARM_UP], *texts]:
            model.forget_queries()
            request = SearchRequest(text)
            times["embedding"][lang].append(_seconds(lambda text=text: embedder.encode([text])))  # type: ignore[misc]
            for name in names[1:]:
                times[name][lang].append(_seconds(lambda request=request: engine.search(request)))  # type: ignore[misc]
        for name in names:
            del times[name][lang][:WARM_UP]
    for name in names:
        report.times(f"{prefix}.{name}", _all(times[name]))
        report.times(f"{prefix}.{name}.en", times[name]["en"])
    alone = _all(times["embedding"])
    for name in names[1:]:
        for percent in (50, 95):
            ratio = percentile(_all(times[name]), percent) / percentile(alone, percent)
            note = "beside the query's embedding alone"
            report.add(f"{prefix}.{name}.p{percent}_ratio", ratio, note=note)


def _ask(
    engine: HybridEngine, model: LazyEmbedder, queries: dict[str, list[str]], mode: Mode
) -> dict[str, list[float]]:
    """Seconds of each search by language; no query's vector is known beforehand."""
    for texts in queries.values():
        for text in texts[:WARM_UP]:
            engine.search(SearchRequest(text, mode=mode))
    model.forget_queries()
    return {
        lang: [
            _seconds(lambda text=text: engine.search(SearchRequest(text, mode=mode)))  # type: ignore[misc]
            for text in texts
        ]
        for lang, texts in queries.items()
    }


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _all(times: dict[str, list[float]]) -> list[float]:
    return list(chain.from_iterable(times.values()))


def _left_out(engine: HybridEngine, texts: list[str]) -> str:
    answers = [engine.search(SearchRequest(text)).semantic for text in texts]
    return f"{answers.count(Semantic.UNKNOWN_WORDS)} of {len(texts)}"
