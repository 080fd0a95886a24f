"""BM25F over arrays: pure NumPy, no index library.

Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009): a term's frequency is first
summed over fields, each weighted and corrected for the field's length, and then saturated once.
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from indexer.segmentation import TermKind

K1 = 1.2
# What a field's match is worth, and how much its length counts. A customer's own words and titles
# are short by nature, so length says little there.
MAIN = ("title", "customer", "words", "body")  # a passage stands in exactly one of these
CONTEXT, TAGS = "context", "tags"  # title and headings above a passage; tags of a title
WEIGHTS = {"title": 3.0, "customer": 3.0, "words": 1.2, "body": 1.0, CONTEXT: 0.6, TAGS: 1.5}
LENGTH = {"title": 0.3, "customer": 0.3, "words": 0.6, "body": 0.75}
BITS = {name: 1 << at for at, name in enumerate(WEIGHTS)}
# Pairs find unknown names, but also accidents at word borders; a character in another word (贵 in
# 宝贵) is the last resort.
KIND_WEIGHTS = {TermKind.WORD: 1.0, TermKind.PAIR: 0.4, TermKind.CHARACTER: 0.2}

Docs = NDArray[np.int32]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Postings:
    """Where a term stands: per field, document numbers and frequencies."""

    by_field: dict[str, tuple[Docs, Floats]]


@dataclass(frozen=True)
class Impact:
    """A term's part of the score: documents, score in each, and the fields as bits of ``BITS``."""

    docs: Docs
    scores: Floats
    fields: NDArray[np.uint8]
    most: float  # no document could get more


def idf(documents: int, containing: int) -> float:
    """Inverse document frequency in Lucene's form, which is never negative."""
    return log(1 + (documents - containing + 0.5) / (containing + 0.5))


def length_norms(lengths: Floats, field_of: NDArray[np.uint8]) -> Floats:
    """Per document the divisor of its term frequencies, shape (n,).

    ``field_of`` holds each document's place in MAIN. Averages are taken among the documents that
    have the field: Whoosh's own average counts those without it as empty, which would make every
    title too long.
    """
    norms = np.ones(len(lengths), np.float32)
    for place, name in enumerate(MAIN):
        here = field_of == place
        if here.any():
            average = max(float(lengths[here].mean()), 1.0)
            norms[here] = 1 - LENGTH[name] + LENGTH[name] * lengths[here] / average
    return norms


def impact(postings: Postings, documents: int, norms: Floats) -> Impact:
    """The term's score in each document that has it, for a kind weight of 1."""
    if not postings.by_field:
        most = idf(documents, 0) * (K1 + 1)
        return Impact(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.uint8), most)
    parts, frequencies, bits, telling = [], [], [], []
    for name, (docs, counts) in postings.by_field.items():
        divisor = norms[docs] if name in LENGTH else 1.0
        parts.append(docs)
        frequencies.append((WEIGHTS[name] * counts / divisor).astype(np.float32))
        bits.append(np.full(len(docs), BITS[name], np.uint8))
        if name != CONTEXT:  # a title's words stand above every passage: that makes none common
            telling.append(docs)
    all_docs, places = np.unique(np.concatenate(parts), return_inverse=True)
    summed = np.zeros(len(all_docs), np.float32)
    np.add.at(summed, places, np.concatenate(frequencies))
    fields = np.zeros(len(all_docs), np.uint8)
    np.bitwise_or.at(fields, places, np.concatenate(bits))
    containing = len(np.unique(np.concatenate(telling))) if telling else 0
    most = idf(documents, containing) * (K1 + 1)
    scores = (most * summed / (summed + K1)).astype(np.float32)
    return Impact(all_docs.astype(np.int32), scores, fields, most)
