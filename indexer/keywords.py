"""The keyword half. The one file with Whoosh.

Whoosh is the durable inverted index and answers filters; postings are decoded through its public
reader into arrays, once per term, and scored by ``indexer.bm25``: measured 20 times faster than
Whoosh's own matchers and exact about the upper bound that fusion needs.
"""

import threading
import warnings
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import bm25
from indexer.bounded_cache import BoundedCache
from indexer.errors import IndexDamagedError
from indexer.keyword_rows import row_of, tag_term
from indexer.passages import Passage
from indexer.segmentation import END, QueryTerm, TermKind, is_chinese_word, phrase_terms

Mask = NDArray[np.bool_]
_CACHED_TERMS = 8192
_CACHED_FILTERS = 256
_MERGE_ABOVE = 0.2  # share of deleted passages from which a commit rewrites all
_MEMORY_MB = 256  # postings that a writer sorts in memory


@dataclass(frozen=True)
class Filters:
    """Limits of a search; empty tuples do not limit, nor does an ``audience`` of None."""

    kind: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    lang: tuple[str, ...] = ()
    audience: tuple[str, ...] | None = None


@dataclass(frozen=True)
class KeywordScores:
    """BM25 of every passage, shape (n,), by document number; 0 where nothing matches.

    ``fields`` holds the fields in which whole words of the query stand, as bits of ``bm25.BITS``.
    """

    scores: NDArray[np.float32]
    fields: NDArray[np.uint8]
    upper_bound: float


def _whoosh() -> tuple[Any, Any, Any, Any]:
    """Whoosh's modules index, fields, columns, query."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # no longer maintained upstream: it warns at import
        from whoosh import columns, index, query
        from whoosh import fields as whoosh_fields
    return index, whoosh_fields, columns, query


def _schema() -> Any:
    _, kinds, columns, _ = _whoosh()
    terms = {name: kinds.KEYWORD() for name in bm25.WEIGHTS}
    filters = {field.name: kinds.KEYWORD() for field in fields(Filters)}
    return kinds.Schema(
        article=kinds.ID(),
        passage_id=kinds.COLUMN(columns.NumericColumn("q")),
        article_id=kinds.COLUMN(columns.NumericColumn("q")),
        length=kinds.COLUMN(columns.NumericColumn("i")),
        field=kinds.COLUMN(columns.NumericColumn("i")),
        **terms,
        **filters,
    )


def _codec() -> Any:
    """Whoosh's only codec, without the lengths that nobody reads: a file lookup per posting."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from whoosh.codec.whoosh3 import W3Codec
    codec = W3Codec(blocklimit=1024, compression=0)
    codec.length_stats = False
    return codec


def write_keywords(
    folder: Path,
    passages: Iterable[Passage],
    removed_articles: Collection[int] = (),
    advance: Callable[[int], None] | None = None,
    *,
    create: bool = True,
) -> None:
    """Remove articles and add passages, in one commit; ``create`` makes a missing index.

    ``advance`` is called with the number of passages added since its last call.
    Raises IndexDamagedError.
    """
    target, writer = _writer(folder, create=create)
    try:
        for article_id in removed_articles:
            writer.delete_by_term("article", str(article_id))
        seen: set[int] = set()  # the same id twice in one writer would stay doubled for ever
        for passage in passages:
            if passage.passage_id not in seen:
                seen.add(passage.passage_id)
                writer.add_document(**row_of(passage))
                if advance:
                    advance(1)
        total = target.doc_count_all()
        deleted = total - target.doc_count()
        writer.commit(optimize=total > 0 and deleted / total > _MERGE_ABOVE)
    except BaseException:
        writer.cancel()
        raise
    finally:
        target.close()


def _writer(folder: Path, *, create: bool) -> tuple[Any, Any]:
    """The index in ``folder`` and its one writer. Raises IndexDamagedError."""
    index, *_ = _whoosh()
    try:
        if folder.is_dir() or not create:
            target = index.open_dir(str(folder))
        else:
            folder.mkdir()
            target = index.create_in(str(folder), _schema())
        return target, target.writer(limitmb=_MEMORY_MB, codec=_codec())
    except Exception as error:  # Whoosh raises whatever its parsing of bytes runs into
        raise IndexDamagedError(part=folder.name) from error


class KeywordIndex:
    """One generation's keyword index, open for reading from any thread.

    ``passage_ids`` and ``article_ids`` have shape (n,), by document number; a deleted passage
    keeps its number, so results must be limited by ``live`` or ``allowed``.
    Raises IndexDamagedError when opened on anything but a whole index.
    """

    def __init__(self, folder: Path) -> None:
        index, _, _, self._query = _whoosh()
        try:
            self._searcher = index.open_dir(str(folder)).searcher()
            self._reader = self._searcher.reader()
            self.passage_ids = self._column("passage_id", np.int64)
            self.article_ids = self._column("article_id", np.int64)
            lengths = self._column("length", np.float32)
            fields_of = self._column("field", np.uint8)
            self.live: Mask = np.zeros(len(lengths), np.bool_)
            self.live[list(self._reader.all_doc_ids())] = True
            self.live.flags.writeable = False
        except Exception as error:  # Whoosh raises whatever its parsing of bytes runs into
            raise IndexDamagedError(part=folder.name) from error
        self._norms = bm25.length_norms(lengths, fields_of)
        self._count = int(self.live.sum())
        self._lock = threading.Lock()  # matchers of one segment share a file position
        self._impacts: BoundedCache[tuple[str, bool], bm25.Impact] = BoundedCache(_CACHED_TERMS)
        self._masks: BoundedCache[Filters, Mask] = BoundedCache(_CACHED_FILTERS)
        docs = np.flatnonzero(self.live)
        self.doc_of: dict[int, int] = dict(
            zip(self.passage_ids[docs].tolist(), docs.tolist(), strict=True)
        )

    def close(self) -> None:
        """Free the files."""
        self._searcher.close()

    def score(self, terms: Collection[QueryTerm]) -> KeywordScores:
        """BM25F of all passages for the terms of a query, and its upper bound."""
        scores = np.zeros(len(self.live), np.float32)
        found = np.zeros(len(self.live), np.uint8)
        for term in terms:
            part = self._impact(term)
            scores[part.docs] += bm25.KIND_WEIGHTS[term.kind] * part.scores
            if term.kind is TermKind.WORD:
                found[part.docs] |= part.fields
        return KeywordScores(scores, found, self.upper_bound(terms))

    def upper_bound(self, terms: Collection[QueryTerm]) -> float:
        """The score of a passage that is full of every term.

        Unknown words count as the rarest, so that a passage with one of two words never looks as
        if it had both; an unknown pair of characters is most likely no word at all.
        """
        bound = 0.0
        for term in terms:
            part = self._impact(term)
            if term.kind is TermKind.WORD or len(part.docs):
                bound += bm25.KIND_WEIGHTS[term.kind] * part.most
        return bound

    def candidates(self, phrase: str) -> NDArray[np.int32]:
        """Document numbers among which all are that contain the phrase."""
        terms, characters = phrase_terms(phrase)
        needed = [QueryTerm(term, TermKind.WORD) for term in terms]
        needed += [QueryTerm(character, TermKind.CHARACTER) for character in characters]
        if not needed:
            return np.empty(0, np.int32)
        found = self._impact(needed[0]).docs
        for term in needed[1:]:
            found = np.intersect1d(found, self._impact(term).docs, assume_unique=True)
        return found[self.live[found]]

    def knows(self, term: str) -> bool:
        """Whether the term stands anywhere in the index."""
        return len(self._impact(QueryTerm(term, TermKind.WORD)).docs) > 0

    def words(self) -> list[str]:
        """The Chinese words of two characters and more that stand in any text."""
        with self._lock:
            terms = {term for name in bm25.MAIN for term in self._reader.field_terms(name)}
        return sorted(term for term in terms if len(term) > 1 and is_chinese_word(term))

    def near(self, term: str, mask: Mask) -> str | None:
        """The Latin term one edit away that stands in most passages of ``mask``, or None."""
        with self._lock:
            found = {
                near.decode("utf-8") if isinstance(near, bytes) else near
                for name in bm25.WEIGHTS
                for near in self._reader.terms_within(name, term, maxdist=1, prefix=1)
            }
        spread = {
            near: int(mask[self._impact(QueryTerm(near, TermKind.WORD)).docs].sum())
            for near in found
            if near.isascii()
        }
        best = max(spread, key=lambda near: (spread[near], near), default=None)
        return best if best and spread[best] else None

    def allowed(self, filters: Filters) -> Mask:
        """Live passages within the limits, shape (n,); ``live`` itself where nothing limits."""
        return self._masks.get(filters, lambda: self._decode_allowed(filters))

    def _impact(self, term: QueryTerm) -> bm25.Impact:
        key = (term.text, term.kind is TermKind.CHARACTER)
        return self._impacts.get(key, lambda: self._decode_impact(*key))

    def _decode_allowed(self, filters: Filters) -> Mask:
        limits = {field.name: getattr(filters, field.name) for field in fields(filters)}
        groups = []
        for name, values in limits.items():
            if values or (name == "audience" and values is not None):
                texts = [tag_term(value) if name == "tag" else value for value in values]
                groups.append(self._query.Or([self._query.Term(name, text) for text in texts]))
        if not groups:
            return self.live
        mask: Mask = np.zeros(len(self.live), np.bool_)
        if all(group.subqueries for group in groups):
            with self._lock:
                mask[list(self._searcher.docs_for_query(self._query.And(groups)))] = True
        mask &= self.live
        mask.flags.writeable = False  # it is kept and handed out again
        return mask

    def _decode_impact(self, text: str, as_character: bool) -> bm25.Impact:
        with self._lock:
            by_field = {}
            for name in bm25.WEIGHTS:
                found = self._around(name, text) if as_character else self._postings(name, text)
                if len(found[0]):
                    by_field[name] = found
        return bm25.impact(bm25.Postings(by_field), self._count, self._norms)

    def _around(self, field: str, character: str) -> tuple[bm25.Docs, bm25.Floats]:
        """Documents with the character anywhere: it begins a pair or ends a run (see END)."""
        docs: set[int] = set()
        for term in list(self._reader.expand_prefix(field, character)):
            text = term.decode("utf-8")
            if len(text) == 2 or text == character + END:
                docs.update(self._postings(field, text)[0].tolist())
        return np.array(sorted(docs), np.int32), np.ones(len(docs), np.float32)

    def _postings(self, field: str, text: str) -> tuple[bm25.Docs, bm25.Floats]:
        if (field, text) not in self._reader:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        matcher = self._reader.postings(field, text)
        docs, counts = [], []
        while matcher.is_active():
            docs.append(matcher.id())
            counts.append(matcher.weight())
            matcher.next()
        return np.array(docs, np.int32), np.array(counts, np.float32)

    def _column(self, name: str, dtype: type) -> NDArray[Any]:
        if not self._reader.doc_count_all():  # Whoosh's reader of nothing has no leaves to ask
            return np.empty(0, dtype)
        parts: list[NDArray[Any]] = [
            np.asarray(leaf.column_reader(name, translate=False).load(), dtype)
            for leaf, _ in self._reader.leaf_readers()
        ]
        return np.concatenate(parts)
