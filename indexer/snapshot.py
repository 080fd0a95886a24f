"""One generation, opened for reading."""

import logging
import threading
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indexer import segmentation
from indexer.article_vectors import ArticleVectors
from indexer.bounded_cache import BoundedCache
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.generations import KEYWORDS, PASSAGES, VECTORS
from indexer.keywords import Filters, KeywordIndex, Mask
from indexer.manifest import FORMAT, read_manifest
from indexer.passage_store import PassageStore
from indexer.passages import Passage
from indexer.pinyin import PinyinLexicon
from indexer.readings import Lexicon
from indexer.segmentation import phrase_form
from indexer.vectors import AllowedIds, VectorIndex
from kb.documents import Field
from kb.messages import Message

log = logging.getLogger(__name__)
_CACHED_SELECTORS = 64


class Snapshot:
    """Keywords, passages and, where the index has them, vectors of generation ``number``.

    Damaged vectors leave ``vectors`` None and a sentence in ``problem``: keywords go on.
    Raises IndexDamagedError or IndexOutdatedError where keywords cannot be searched.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.manifest = read_manifest(folder)
        if self.manifest.format != FORMAT:
            raise IndexOutdatedError(part="format", found=self.manifest.format, expected=FORMAT)
        self.store = PassageStore.open(folder / PASSAGES)
        self.keywords = KeywordIndex(folder / KEYWORDS)
        self.vectors: VectorIndex | None = None
        self.articles: ArticleVectors | None = None
        self.problem: Message | None = None
        self._load_vectors(folder)
        self._check_segmenter()
        self._reading = threading.Lock()
        self._said: PinyinLexicon | None = None
        self._selectors: BoundedCache[Filters, AllowedIds] = BoundedCache(_CACHED_SELECTORS)

    def _load_vectors(self, folder: Path) -> None:
        model = self.manifest.model
        if model is None:
            return
        try:
            self.vectors = VectorIndex.load(folder / VECTORS, model.dimension)
            words = self.keywords
            self.articles = ArticleVectors(
                self.vectors, words.passage_ids, words.article_ids, words.live
            )
        except IndexDamagedError as error:
            self.problem = error.message
            log.error("%s", error)

    def _check_segmenter(self) -> None:
        """A query is cut with the words of the index that is asked.

        Another segmenter finds less, but most words are cut alike: worth a word, not a stop.
        """
        segmentation.use_words(self.manifest.words)
        found, expected = self.manifest.segmenter, segmentation.fingerprint()
        if found != expected:
            error = IndexOutdatedError(part="segmenter", found=found, expected=expected)
            self.problem = self.problem or error.message
            log.warning("%s", error)

    def lexicon(self, mask: Mask) -> Lexicon:
        """What readings of a query ask, limited to ``mask``: nothing is read as hidden words."""

        def phrases(letters: str) -> list[str]:
            found = self._pinyin().phrases_of(letters)
            return [phrase for phrase in found if mask[self.containing(phrase)].any()]

        return Lexicon(
            knows=self.keywords.knows,
            near=lambda word: self.keywords.near(word, mask),
            phrases=phrases,
        )

    def _pinyin(self) -> PinyinLexicon:
        with self._reading:
            if self._said is None:
                self._said = PinyinLexicon(self.store.headlines(), self.keywords.words())
        return self._said

    def selector(self, filters: Filters, mask: Mask) -> AllowedIds | None:
        """The ids that ``mask`` lets through, for the vectors; None if that is all of them.

        The selectors of plain filters are kept: they cost more than the search itself.
        """
        if mask is self.keywords.live:
            return None
        ids = self.keywords.passage_ids
        if mask is self.keywords.allowed(filters):
            return self._selectors.get(filters, lambda: AllowedIds(ids[mask]))
        return AllowedIds(ids[mask])

    def containing(self, phrase: str) -> NDArray[np.int64]:
        """Document numbers of the passages with the exact phrase, in text, heading or tag."""
        form = phrase_form(phrase)
        docs = self.keywords.candidates(phrase)
        if not form or not len(docs):
            return np.empty(0, np.int64)
        passages = self.store.passages(self.keywords.passage_ids[docs].tolist())
        found = [
            self.keywords.doc_of[passage.passage_id]
            for passage in passages
            if any(form in phrase_form(text) for text in _texts(passage))
        ]
        return np.array(found, np.int64)

    def with_phrases(self, mask: Mask, phrases: tuple[str, ...]) -> Mask:
        """Passages with one of the phrases, of articles that have all of them."""
        phrases = tuple(phrase for phrase in phrases if phrase_form(phrase))
        if not phrases:
            return mask
        anywhere: Mask = np.zeros(len(mask), np.bool_)
        articles = None
        for phrase in phrases:
            docs = self.containing(phrase)
            docs = docs[mask[docs]]
            anywhere[docs] = True
            here = set(self.keywords.article_ids[docs].tolist())
            articles = here if articles is None else articles & here
        return anywhere & np.isin(self.keywords.article_ids, list(articles or ()))

    def without(self, mask: Mask, excluded: tuple[str, ...]) -> Mask:
        """Passages of the articles that contain none of the excluded words or phrases."""
        for words in excluded:
            articles = np.unique(self.keywords.article_ids[self.containing(words)])
            if len(articles):
                mask = mask & ~np.isin(self.keywords.article_ids, articles)
        return mask


def _texts(passage: Passage) -> tuple[str, ...]:
    tags = passage.tags if passage.field is Field.TITLE else ()
    return (passage.text, *passage.headings, *tags)
