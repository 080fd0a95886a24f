"""Keyword search by BM25F. The only file that imports whoosh.

Every passage is one Whoosh document. Its text stands in the field of its place (title, customer,
words, body), so the same word weighs more in a title than in prose; ``context`` holds the title
and headings of passages that are not titles; ``pairs`` and ``characters`` hold Chinese bigrams
and single characters, with little weight, for what jieba cuts differently.
"""

import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from indexer import segmentation
from indexer.errors import IndexBusyError, IndexDamagedError
from indexer.passages import Passage
from indexer.vectors import Ids
from kb.documents import Field

WEIGHTS = {
    "title": 2.0, "customer": 1.8, "tags": 1.2, "words": 1.0, "body": 0.9, "context": 0.5,
    "pairs": 0.35, "characters": 0.25,
}  # fmt: skip
_K1 = 1.2
_WAIT_FOR_WRITER = 60.0  # seconds
_PLACES = ("title", "customer", "words", "body")  # a passage fills exactly one of these


@lru_cache(maxsize=1)
def _whoosh() -> Any:
    with warnings.catch_warnings():
        # whoosh-reloaded 2.7.5 has invalid escapes in docstrings and is no longer maintained
        warnings.simplefilter("ignore", (SyntaxWarning, DeprecationWarning))  # type: ignore[arg-type]
        import whoosh.analysis  # type: ignore[import-untyped]
        import whoosh.fields
        import whoosh.index
        import whoosh.query
        import whoosh.scoring
        import whoosh.writing
    return whoosh


def _schema() -> Any:
    whoosh = _whoosh()
    cut = whoosh.analysis.SpaceSeparatedTokenizer()  # our own segmentation has done the work
    texts = {
        name: whoosh.fields.TEXT(analyzer=cut, phrase=False, stored=False) for name in WEIGHTS
    }
    return whoosh.fields.Schema(
        passage=whoosh.fields.ID(unique=True, stored=True), **texts
    )


def create(folder: Path) -> None:
    """Make an empty index in a folder."""
    folder.mkdir(parents=True)
    _whoosh().index.create_in(str(folder), _schema())


def change(folder: Path, removed: Iterable[int], added: Sequence[Passage]) -> None:
    """Take passages out and put others in, in one commit. Raises IndexBusyError."""
    whoosh = _whoosh()
    try:
        writer = whoosh.index.open_dir(str(folder)).writer(timeout=_WAIT_FOR_WRITER, limitmb=64)
    except whoosh.index.LockError:
        raise IndexBusyError from None
    # Whoosh leaves duplicates behind when one batch updates an id twice: so no update_document,
    # and each id once.
    for passage_id in removed:
        writer.delete_by_term("passage", str(passage_id))
    for passage in {passage.passage_id: passage for passage in added}.values():
        writer.add_document(**_fields_of(passage))
    writer.commit()


def _fields_of(passage: Passage) -> dict[str, str]:
    text = segmentation.normalise(passage.text)
    fields = {
        "passage": str(passage.passage_id),
        passage.field.value: " ".join(segmentation.words(text)),
        "pairs": " ".join(segmentation.bigrams(text)),
        "characters": " ".join(segmentation.characters(text)),
    }
    if passage.field is Field.TITLE:
        tags = segmentation.normalise(" ".join(passage.tags))
        fields["tags"] = " ".join([*tags.split(), *segmentation.words(tags)])
    else:
        context = segmentation.normalise(" ".join((passage.title, *passage.headings)))
        fields["context"] = " ".join(segmentation.words(context))
    return fields


class KeywordIndex:
    """One opened generation of the keyword index; safe for several threads."""

    def __init__(self, folder: Path) -> None:
        whoosh = _whoosh()
        try:
            index = whoosh.index.open_dir(str(folder))
            self._searcher = index.searcher(weighting=whoosh.scoring.BM25F(K1=_K1))
            self._ids = self._read_ids()
        except Exception as error:  # noqa: BLE001 - a damaged file fails anywhere inside whoosh
            reason = f"keywords: {type(error).__name__} {str(error)[:100]}"
            raise IndexDamagedError(reason=reason) from error

    def _read_ids(self) -> Ids:
        """Passage ids by Whoosh document number; -1 where a document is deleted."""
        reader = self._searcher.reader()
        ids = np.full(reader.doc_count_all(), -1, np.int64)
        for number, stored in reader.iter_docs():
            ids[number] = int(stored["passage"])
        return ids

    def passage_ids(self) -> set[int]:
        """All passage ids in the index."""
        return {int(i) for i in self._ids if i >= 0}

    def search(
        self, text: str, limit: int, allowed: Ids | None = None
    ) -> tuple[list[tuple[int, float]], float]:
        """Passage ids with BM25 scores, best first, and the highest score the query could reach.

        ``text`` is normalised. ``allowed`` limits the answer to these passage ids.
        """
        terms = self._terms(text)
        if not terms or (allowed is not None and not len(allowed)):
            return [], 0.0
        numbers = None
        if allowed is not None:
            numbers = set(np.flatnonzero(np.isin(self._ids, allowed)).tolist())
        query = self._query(terms)
        results = self._searcher.search(query, limit=limit, filter=numbers, scored=True)
        hits = [(int(self._ids[number]), float(score)) for score, number in results.top_n]
        return hits, self._bound(terms)

    @staticmethod
    def _terms(text: str) -> list[tuple[str, tuple[str, ...]]]:
        """``(token, fields)`` of a query, without what nothing can be said about."""
        words = segmentation.content_words(text)[:64]
        terms = [(word, (*_PLACES, "tags", "context")) for word in words]
        terms += [(pair, ("pairs",)) for pair in dict.fromkeys(segmentation.bigrams(text)[:64])]
        singles = [w for w in words if len(w) == 1 and segmentation.characters(w)]
        return terms + [(char, ("characters",)) for char in singles]

    def _query(self, terms: list[tuple[str, tuple[str, ...]]]) -> Any:
        query = _whoosh().query
        return query.Or(
            [query.Term(name, token, boost=WEIGHTS[name]) for token, names in terms for name in names]
        )

    def _bound(self, terms: list[tuple[str, tuple[str, ...]]]) -> float:
        """The sum of what each token could add at most, unknown tokens included.

        BM25's factor for term frequency stays below K1 + 1; a passage fills one place only, so of
        the places the dearest counts, beside its context.
        """
        total = 0.0
        for token, names in terms:
            worth = {name: WEIGHTS[name] * self._idf(name, token) for name in names}
            place = max((worth[name] for name in names if name != "context"), default=0.0)
            total += place + worth.get("context", 0.0)
        return total

    def _idf(self, name: str, token: str) -> float:
        return float(self._searcher.idf(name, token))

    def close(self) -> None:
        """Give back the files."""
        self._searcher.close()
