"""How fast the shipped model encodes, beside sentence-transformers with the weights of the same body."""

import time

from indexer.bilingual_model import BilingualEmbedder
from indexer.sentence_model import SentenceEmbedder
from tests.bench.report import Report


def measure_encoding(
    report: Report, texts: list[str], shipped: BilingualEmbedder, rounds: int
) -> None:
    """English texts, which both give the same vectors, on one thread each, in turns, best of each.

    The other side is ``SentenceTransformer.encode`` as it comes.
    """
    plain = SentenceEmbedder(threads=1)._model
    rates: dict[str, list[float]] = {"shipped": [], "plain": []}
    for _ in range(rounds):
        began = time.perf_counter()
        shipped.encode(texts)
        rates["shipped"].append(len(texts) / (time.perf_counter() - began))
        began = time.perf_counter()
        plain.encode(texts, show_progress_bar=False)
        rates["plain"].append(len(texts) / (time.perf_counter() - began))
    note = f"{len(texts)} English passages, one thread, best of {rounds}"
    report.add("encode.shipped", max(rates["shipped"]), "/s", note=note)
    report.add("encode.sentence_transformers", max(rates["plain"]), "/s", note=note)
    ratio = max(rates["shipped"]) / max(rates["plain"])
    report.add("encode.ratio", ratio, goal=">= 1.5", note="shipped / sentence-transformers")
