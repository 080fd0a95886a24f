"""From scored passages to articles with a best passage and the reasons for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.bm25 import BITS, CONTEXT, TAGS
from indexer.fusion import fused, power_for
from indexer.keywords import KeywordIndex
from indexer.matches import Matches
from indexer.passage_store import PassageStore
from indexer.passages import Passage
from kb.documents import Field, Hit, Reason, Semantic

_REASONS = (
    (Reason.TITLE, BITS["title"]),
    (Reason.CUSTOMER, BITS["customer"]),
    (Reason.KEYWORD, BITS["words"] | BITS["body"]),
    (Reason.TAG, BITS[TAGS]),
)


@dataclass(frozen=True)
class Candidates:
    """Passages that may be hits.

    ``docs``, ``cosines`` and ``favours`` (see ``favour``) have shape (n,); ``near`` holds the
    document numbers that the semantic half found, ``lang`` is the query's language, ``scripts`` the
    scripts it was typed in.
    """

    docs: NDArray[np.int64]
    matches: Matches
    cosines: NDArray[np.float32]
    near: frozenset[int]
    semantic: Semantic
    favours: NDArray[np.float32] | None = None
    lang: str = ""
    scripts: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """An article's place in the result. ``shown`` replaces a title, which would say nothing new."""

    article_id: int
    passage_id: int
    score: float
    reasons: tuple[Reason, ...]
    shown: int | None = None


def grouped(index: KeywordIndex, found: Candidates, limit: int) -> list[Ranked]:
    """The best ``limit`` articles by their best passage, ties by the order of the library."""
    shares = found.matches.shares[found.docs]
    scores = fused(found.cosines, shares, found.favours, power_for(found.lang))
    order = np.lexsort((found.docs, -scores))
    docs = found.docs[order]
    rows = zip(index.article_ids[docs].tolist(), scores[order].tolist(), docs.tolist(), strict=True)
    by_article: dict[int, list[tuple[float, int]]] = {}
    for article_id, score, doc in rows:
        by_article.setdefault(article_id, []).append((score, doc))
    return [
        _ranked(index, found, article_id, passages)
        for article_id, passages in list(by_article.items())[:limit]
    ]


def _ranked(
    index: KeywordIndex, found: Candidates, article_id: int, passages: list[tuple[float, int]]
) -> Ranked:
    score, best = passages[0]
    second = int(index.passage_ids[passages[1][1]]) if len(passages) > 1 else None
    fields = 0
    for _, doc in passages:
        fields |= int(found.matches.fields[doc])
    reasons = [reason for reason, bits in _REASONS if fields & bits]
    read_as = found.matches.by_reading
    reasons += [how for how, where in read_as.items() if any(where[doc] for _, doc in passages)]
    reasons += found.scripts if reasons else ()
    near = any(doc in found.near for _, doc in passages[:3])
    if not reasons and (fields & BITS[CONTEXT] or found.matches.shares[best] > 0):
        reasons.append(Reason.KEYWORD)  # a heading, or a part of a word
    if near or not reasons:
        reasons.append(Reason.MEANING)
    return Ranked(article_id, int(index.passage_ids[best]), score, tuple(reasons), second)


def in_preferred_language(hits: Sequence[Hit], lang: str) -> tuple[Hit, ...]:
    """Where both versions of an article were found, the preferred one comes at the better place.

    The other one follows at once: who asks in one language may need the words in the other.
    """
    by_slug: dict[str, list[Hit]] = {}
    for hit in hits:
        by_slug.setdefault(hit.slug, []).append(hit)
    ordered: list[Hit] = []
    for versions in by_slug.values():  # in the order of each article's better version
        first = next((hit for hit in versions if hit.lang == lang), versions[0])
        ordered.append(replace(first, score=versions[0].score))  # its place is the better one's
        ordered += [hit for hit in versions if hit is not first]
    return tuple(ordered)


def to_hits(store: PassageStore, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
    """Hits with their texts. Where a title is the best passage, the next best is shown."""
    wanted = [item.passage_id for item in ranked]
    wanted += [item.shown for item in ranked if item.shown is not None]
    passages = {passage.passage_id: passage for passage in store.passages(wanted)}
    hits = []
    for item in ranked:
        passage = passages.get(item.passage_id)
        if passage is not None and passage.field is Field.TITLE:
            passage = passages.get(item.shown or 0) or _opening(store, passage)
        if passage is not None:
            hits.append(_hit(passage, item))
    return tuple(hits)


def _opening(store: PassageStore, title: Passage) -> Passage:
    return next(iter(store.openings([title.article_id])), title)


def _hit(passage: Passage, item: Ranked) -> Hit:
    hit = Hit(
        article_id=passage.article_id,
        passage_id=passage.passage_id,
        slug=passage.slug,
        kind=passage.kind,
        lang=passage.lang,
        title=passage.title,
        field=passage.field,
        headings=passage.headings,
        anchor=passage.anchor,
        text=passage.text,
        score=item.score,
        reasons=item.reasons,
    )
    return replace(hit, score=round(hit.score, 6))
