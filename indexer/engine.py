"""Answers searches from the current generation; satisfies ``kb.ports.SearchEngine``."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from indexer import segmentation
from indexer.embedding import MIN_KNOWN_SHARE, LazyEmbedder
from indexer.errors import IndexDamagedError
from indexer.facts import Facts, PassageFact
from indexer.fusion import certainty, fuse
from indexer.generations import Generations, Manifest
from indexer.keywords import KeywordIndex
from indexer.vectors import Ids, VectorIndex
from kb.documents import (
    Field,
    Hit,
    IndexState,
    Mode,
    Reason,
    SearchRequest,
    SearchResult,
    Semantic,
)

MIN_COSINE = 0.3  # a passage found by meaning alone must be at least this near
MEANING_COSINE = 0.45  # from here on meaning is named as a reason
MIN_CERTAINTY = 0.1  # a passage found by keywords alone must reach this share of the bound
OVERFETCH = 8  # passages fetched per article wanted
MIN_FETCH = 100
MAX_TEXT = 500  # characters


@dataclass(frozen=True)
class Scored:
    """A passage's two scores: cosine (0 where unknown) and keyword certainty (0 to 1)."""

    passage_id: int
    cosine: float
    keyword: float

    @property
    def score(self) -> float:
        """Both in one."""
        return fuse(self.cosine, self.keyword)


class Generation:
    """One opened generation."""

    def __init__(self, number: int, folder: Path, manifest: Manifest) -> None:
        self.number, self.manifest = number, manifest
        self.facts = Facts(folder / "passages.sqlite")
        self.keywords = KeywordIndex(folder / "keywords")
        self.vectors: VectorIndex | None = None
        if manifest.dimension:
            self.vectors = VectorIndex.load(folder / "vectors.faiss", manifest.dimension)


class HybridEngine:
    """Keywords and meaning over one index folder; follows new generations by itself."""

    def __init__(self, root: Path, embedder: LazyEmbedder) -> None:
        self._generations = Generations(root)
        self._embedder = embedder
        self._opened: Generation | None = None
        self._lock = threading.Lock()

    def state(self) -> IndexState:
        """The generation that answers now, and whether the model is ready."""
        model = {"failed": "off"}.get(self._embedder.state, self._embedder.state)
        try:
            opened = self._generation()
        except IndexDamagedError:
            opened = None
        if opened is None:
            return IndexState(0, 0, 0, model)
        return IndexState(opened.number, opened.facts.articles, opened.facts.passages, model)

    def search(self, request: SearchRequest) -> SearchResult:
        """The best articles for a request, each with its best passage. Raises IndexDamagedError."""
        generation = self._generation()
        if generation is None:
            return SearchResult((), Semantic.OFF)
        text = segmentation.normalise(request.text[:MAX_TEXT])
        sought = segmentation.normalise(" ".join([text, *request.phrases]))
        allowed = generation.facts.allowed(request)
        if not sought:
            return SearchResult(self._listing(generation, request, allowed), Semantic.OFF)
        semantic = self._semantic(generation, request.mode, sought)
        scored = self._score(generation, request, sought, allowed, semantic)
        hits = _group(generation.facts, scored, request)
        return SearchResult(hits, semantic, _terms(sought))

    def _generation(self) -> Generation | None:
        number = self._generations.current()
        opened = self._opened
        if opened and opened.number == number:
            return opened
        if not number:
            return None
        with self._lock:
            if self._opened is None or self._opened.number != number:
                folder = self._generations.folder(number)
                # Requests that still hold the old one finish with it; it closes when they let go.
                self._opened = Generation(number, folder, self._generations.manifest(number))
            return self._opened

    def _semantic(self, generation: Generation, mode: Mode, text: str) -> Semantic:
        """Whether the semantic half takes part in this search, and if not, why."""
        if mode is Mode.KEYWORD or self._embedder.state == "off":
            return Semantic.OFF
        if self._embedder.state == "failed" or generation.vectors is None:
            return Semantic.FAILED
        embedder = self._embedder.ready()
        if embedder is None:
            return Semantic.LOADING
        if embedder.fingerprint != generation.manifest.model_fingerprint:
            return Semantic.FAILED
        known = embedder.known_share(text) >= MIN_KNOWN_SHARE
        return Semantic.USED if known else Semantic.UNKNOWN_WORDS

    def _score(
        self,
        generation: Generation,
        request: SearchRequest,
        text: str,
        allowed: Ids | None,
        semantic: Semantic,
    ) -> list[Scored]:
        limit = max(MIN_FETCH, request.limit * OVERFETCH)
        keyword: dict[int, float] = {}
        if request.mode is not Mode.SEMANTIC:
            found, bound = generation.keywords.search(text, limit, allowed)
            keyword = {i: certainty(score, bound) for i, score in found}
        cosine: dict[int, float] = {}
        if semantic is Semantic.USED and generation.vectors is not None:
            query = self._embedder.query_vector(text)
            near = generation.vectors.search(query, limit, allowed)
            cosine = {i: score for i, score in near if score >= MIN_COSINE or i in keyword}
            cosine |= generation.vectors.cosines(query, [i for i in keyword if i not in cosine])
        scored = [
            Scored(i, cosine.get(i, 0.0), keyword.get(i, 0.0)) for i in keyword.keys() | cosine
        ]
        relevant = [s for s in scored if s.keyword >= MIN_CERTAINTY or s.cosine >= MIN_COSINE]
        return sorted(relevant, key=lambda s: (-s.score, s.passage_id))

    @staticmethod
    def _listing(
        generation: Generation, request: SearchRequest, allowed: Ids | None
    ) -> tuple[Hit, ...]:
        """Articles that fit the filters when no words are given."""
        if allowed is None:
            return ()
        facts = generation.facts
        described = facts.describe([int(i) for i in allowed[:5000]])
        titles = [fact for fact in described.values() if fact.field is Field.TITLE]
        hits = []
        for fact in sorted(titles, key=lambda f: (f.kind, f.title))[: request.limit]:
            shown = facts.first_words(fact.article_id) or fact
            hits.append(_hit(shown, 0.0, ()))
        return tuple(hits)


def _group(
    facts: Facts, scored: Iterable[Scored], request: SearchRequest
) -> tuple[Hit, ...]:
    """Passages to articles: the best passage's score, all passages' reasons."""
    ranked = list(scored)[: max(MIN_FETCH, request.limit * OVERFETCH)]
    described = facts.describe([s.passage_id for s in ranked])
    groups: dict[int, list[tuple[Scored, PassageFact]]] = {}
    for one in ranked:
        fact = described.get(one.passage_id)
        if fact:
            groups.setdefault(fact.article_id, []).append((one, fact))
    hits = []
    for article_id, members in list(groups.items())[: request.limit]:
        best, shown = members[0]
        if shown.field is Field.TITLE:  # the title is shown anyway; show what it stands for
            others = [fact for _, fact in members[1:]]
            shown = others[0] if others else (facts.first_words(article_id) or shown)
        hits.append(_hit(shown, best.score, _reasons(members)))
    return tuple(hits)


def _reasons(members: list[tuple[Scored, PassageFact]]) -> tuple[Reason, ...]:
    found = set()
    strongest = max(one.keyword for one, _ in members)
    for one, fact in members:
        if one.keyword >= MIN_CERTAINTY and one.keyword >= strongest / 2:
            place = {Field.TITLE: Reason.TITLE, Field.CUSTOMER: Reason.CUSTOMER}
            found.add(place.get(fact.field, Reason.KEYWORD))
        if one.cosine >= MEANING_COSINE:
            found.add(Reason.MEANING)
    if not found:
        found.add(Reason.MEANING if members[0][0].cosine else Reason.KEYWORD)
    return tuple(reason for reason in Reason if reason in found)


def _hit(fact: PassageFact, score: float, reasons: tuple[Reason, ...]) -> Hit:
    return Hit(
        article_id=fact.article_id, passage_id=fact.passage_id, slug=fact.slug, kind=fact.kind,
        lang=fact.lang, title=fact.title, field=fact.field, headings=fact.headings,
        anchor=fact.anchor, text=fact.text, score=round(score, 4), reasons=reasons,
    )  # fmt: skip


def _terms(text: str) -> tuple[str, ...]:
    """Words to highlight: content words, and the whole text where it is one run."""
    return tuple(dict.fromkeys([text, *segmentation.content_words(text)]))
