"""Answering a search from the current generation: keywords at once, meaning when it is ready."""

import logging
import threading
from pathlib import Path

import numpy as np

from indexer import segmentation
from indexer.embedding import Vectors
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.fusion import favour, meaning
from indexer.generations import Generations
from indexer.keywords import Filters, Mask
from indexer.manifest import ModelFacts
from indexer.matches import Matches, match, nothing
from indexer.model_loading import LazyEmbedder
from indexer.ranking import Candidates, Ranked, grouped, in_preferred_language, to_hits
from indexer.readings import QueryReadings, language_of, readings_of
from indexer.segmentation import QueryTerm, TermKind, normalise, query_terms
from indexer.snapshot import Snapshot
from indexer.vectors import VectorIndex
from kb.documents import IndexState, Mode, Reading, SearchRequest, SearchResult, Semantic
from kb.errors import ShifuError
from kb.messages import Message

log = logging.getLogger(__name__)

MAX_QUERY = 500  # characters that are read
MAX_PARTS = 20  # phrases, and excluded words, that are read
KNOWN_SHARE = 0.7  # decision 5: below this the model guesses
# Without a word in common, a passage must mean at least this much of the same. The packaged model
# gives 0.1 to 0.2 to English sentences that have nothing to do with each other.
MEANING_FLOOR = 0.25
_TWINS_AMONG = 40  # articles among which the other version of one is looked for
_LESSON = "lesson"  # the kind that stands back a little
_OVER_FETCH = 200  # passages per half, before they are grouped by article


class HybridEngine:
    """Satisfies ``kb.ports.SearchEngine``. Safe to use from several threads.

    A new generation is picked up at the next search; the model may still be loading. With
    ``known_share`` 0 the semantic half answers whatever the model knows (for measurements).
    """

    def __init__(self, folder: Path, model: LazyEmbedder, known_share: float = KNOWN_SHARE) -> None:
        self._generations = Generations(folder)
        self._model = model
        self._known_share = known_share
        self._snapshot: Snapshot | None = None
        self._seen: tuple[int, ...] = ()
        self._opening = threading.Lock()
        segmentation.use_cache(folder / "cache")

    def warm(self) -> None:
        """Read dictionary and index now, about a second, rather than at the first search.

        Raises what ``search`` raises.
        """
        segmentation.load()
        self._follow()

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer a request; empty without an index. Nothing in a query is an error.

        Raises IndexDamagedError or IndexOutdatedError when no generation can be opened.
        """
        snapshot = self._follow()
        if snapshot is None or request.limit <= 0:
            return SearchResult((), Semantic.OFF)
        phrases, excluded = request.phrases[:MAX_PARTS], request.excluded[:MAX_PARTS]
        typed = " ".join((request.text, *phrases))[:MAX_QUERY]
        text = segmentation.clean(typed).strip()
        filters = _filters(request)
        mask = snapshot.keywords.allowed(filters)
        mask = snapshot.without(mask, tuple(words[:MAX_QUERY] for words in excluded))
        mask = snapshot.with_phrases(mask, tuple(words[:MAX_QUERY] for words in phrases))
        if not text:
            return self._listing(snapshot, request, mask)
        readings = readings_of(typed, request.synonyms, snapshot.lexicon(mask))
        terms = query_terms(text)
        found = self._candidates(snapshot, request, readings, terms, filters, mask)
        wanted = max(2 * request.limit, _TWINS_AMONG) if request.prefer else request.limit
        hits = to_hits(snapshot.store, grouped(snapshot.keywords, found, wanted))
        if request.prefer:
            hits = in_preferred_language(hits, request.prefer)[: request.limit]
        others = (*readings.others, *readings.scripts)
        return SearchResult(hits, found.semantic, _highlighted(terms, phrases, others), others)

    def state(self) -> IndexState:
        """The generation that answers now, 0 without a usable one; never raises."""
        model = {"failed": "off"}.get(self._model.state, self._model.state)
        try:
            snapshot = self._follow()
        except ShifuError:
            snapshot = None
        if snapshot is None:
            return IndexState(0, 0, 0, model)
        if model == "ready" and not self._vectors(snapshot):
            model = "off"  # warm, but of no use with this index
        manifest = snapshot.manifest
        return IndexState(snapshot.number, len(manifest.articles), manifest.passages, model)

    def problem(self) -> Message | None:
        """Why the index or the semantic half does not work as it should, or None."""
        try:
            snapshot = self._follow()
        except ShifuError as error:
            return error.message
        if self._model.error is not None:
            return self._model.error.message
        if snapshot is None or snapshot.problem:
            return snapshot.problem if snapshot else None
        embedder, made_with = self._model.embedder, snapshot.manifest.model
        if embedder and made_with and made_with != ModelFacts.of(embedder):
            found, now = made_with.label, ModelFacts.of(embedder).label
            return IndexOutdatedError(part="model", found=found, expected=now).message
        return None

    def _follow(self) -> Snapshot | None:
        """The current generation; the old one while another thread opens the new one."""
        try:
            stat = self._generations.pointer.stat()
        except OSError:
            return self._snapshot  # no index yet, or a folder that is being replaced
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        if seen == self._seen:
            return self._snapshot
        if not self._opening.acquire(blocking=self._snapshot is None):
            return self._snapshot
        try:
            if seen != self._seen:
                self._snapshot = self._open()
                self._seen = seen
        finally:
            self._opening.release()
        return self._snapshot

    def _open(self) -> Snapshot | None:
        """Open what the pointer names. A damaged newcomer does not replace one that answers."""
        error: ShifuError | None = None
        for _ in range(3):  # the folder may be removed between reading its name and opening it
            try:
                number = self._generations.current()
                if number == 0:
                    return None
                return Snapshot(self._generations.path(number), number)
            except (IndexDamagedError, IndexOutdatedError) as found:
                error = found
        if error is not None and self._snapshot is None:
            raise error
        log.error("generation not opened, the one before goes on: %s", error)
        return self._snapshot

    def _listing(self, snapshot: Snapshot, request: SearchRequest, mask: Mask) -> SearchResult:
        """Without words: the articles within the limits, the newest first."""
        limits = (request.kinds, request.stages, request.tiers, request.products)
        if not any((*limits, request.tags, request.langs, request.excluded)):
            return SearchResult((), Semantic.OFF)
        articles = np.unique(snapshot.keywords.article_ids[mask])[::-1][: request.limit]
        openings = snapshot.store.openings(articles.tolist())
        ranked = [Ranked(p.article_id, p.passage_id, 0.0, ()) for p in openings]
        return SearchResult(to_hits(snapshot.store, ranked), Semantic.OFF)

    def _candidates(
        self,
        snapshot: Snapshot,
        request: SearchRequest,
        readings: QueryReadings,
        terms: list[QueryTerm],
        filters: Filters,
        mask: Mask,
    ) -> Candidates:
        semantic, vector = self._semantic(snapshot, request.mode, readings.text)
        wanted = max(_OVER_FETCH, 10 * request.limit)
        index = snapshot.keywords
        use_keywords = request.mode is not Mode.SEMANTIC
        matches = match(index, terms, readings.others) if use_keywords else nothing(index)
        docs = _top(matches, mask, wanted)
        near: dict[int, float] = {}
        lang = language_of(readings.text)
        cosines = np.zeros(len(docs), np.float32)
        if vector is not None and snapshot.vectors and snapshot.articles:
            allowed = snapshot.selector(filters, mask)
            floor = MEANING_FLOOR if use_keywords else -1.0
            pairs = snapshot.vectors.search(vector, wanted, allowed)
            near = {index.doc_of[key]: c for key, c in pairs if c >= floor and key in index.doc_of}
            docs = np.union1d(docs, np.array(sorted(near), np.int64))
            cosines = meaning(
                snapshot.vectors.cosines(vector, index.passage_ids[docs]),
                snapshot.articles.cosines(vector, docs),
            )
        meant = vector is not None and bool(lang)
        own_language = index.allowed(Filters(lang=(lang,)))[docs] if meant else docs < 0
        favours = favour(own_language, index.allowed(Filters(kind=(_LESSON,)))[docs])
        scripts = tuple(reading.reason for reading in readings.scripts)
        return Candidates(docs, matches, cosines, frozenset(near), semantic, favours, lang, scripts)

    def _semantic(
        self, snapshot: Snapshot, mode: Mode, text: str
    ) -> tuple[Semantic, Vectors | None]:
        """What the semantic half does for this query, and the query's vector if it takes part."""
        by_state = {"loading": Semantic.LOADING, "failed": Semantic.FAILED, "off": Semantic.OFF}
        embedder = self._model.embedder
        if mode is Mode.KEYWORD or snapshot.manifest.model is None:
            return Semantic.OFF, None
        if embedder is None:
            return by_state.get(self._model.state, Semantic.LOADING), None
        if self._vectors(snapshot) is None:
            return Semantic.FAILED, None
        try:
            if embedder.known_share(text) < self._known_share:
                return Semantic.UNKNOWN_WORDS, None
            return Semantic.USED, self._model.query_vector(text)
        except Exception:  # whatever a model does with an odd query, keywords answer
            log.exception("the model failed on a query")
            return Semantic.FAILED, None

    def _vectors(self, snapshot: Snapshot) -> VectorIndex | None:
        """The vectors, if they were made with the model in use: others mean something else."""
        embedder = self._model.embedder
        if embedder is None or snapshot.manifest.model != ModelFacts.of(embedder):
            return None
        return snapshot.vectors


def _filters(request: SearchRequest) -> Filters:
    return Filters(
        kind=request.kinds,
        stage=request.stages,
        tier=request.tiers,
        product=request.products,
        tag=request.tags,
        lang=request.langs,
        audience=request.audience,
    )


def _top(matches: Matches, mask: Mask, count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Document numbers of the best ``count`` matches within the mask, in no promised order."""
    scores = np.where(mask, matches.shares, 0)
    docs = np.flatnonzero(scores)
    if len(docs) > count:
        docs = docs[np.argpartition(scores[docs], -count)[-count:]]
    return docs


def _highlighted(
    terms: list[QueryTerm], phrases: tuple[str, ...], readings: tuple[Reading, ...]
) -> tuple[str, ...]:
    read = [term for reading in readings for term in query_terms(reading.text)]
    words = [term.text for term in [*terms, *read] if term.kind is TermKind.WORD]
    return tuple(dict.fromkeys([normalise(phrase).strip() for phrase in phrases] + words))
