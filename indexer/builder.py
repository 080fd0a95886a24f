"""Writing the index: all of it, or what changed, as one new generation."""

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from indexer import segmentation
from indexer.embedding import Embedder, Progress
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.generations import KEYWORDS, PASSAGES, VECTORS, Generations
from indexer.health import Fingerprints, problems_of
from indexer.keywords import write_keywords
from indexer.manifest import FORMAT, Manifest, ModelFacts, read_manifest
from indexer.passage_store import PassageStore
from indexer.passages import Passage, embedding_texts, passages_of
from indexer.vectors import VectorIndex
from kb.documents import LibraryDocument
from kb.messages import Message


@dataclass(frozen=True)
class IndexStatus:
    """What a writer of the index can say about it. Generation 0 means there is none."""

    generation: int
    articles: int
    passages: int
    vectors: int
    model: str  # empty: keyword only
    segmenter: str
    created: str  # ISO time in UTC, empty without a generation
    bytes: int


class IndexBuilder:
    """Builds generations in ``folder``; ``embedder`` None makes an index for keywords alone.

    ``words``, where a method takes them, are the team's, kept whole when Chinese is cut; None means
    those of the last generation.

    One builder writes at a time, in whatever process; others get IndexBusyError after
    ``lock_timeout`` seconds.
    """

    def __init__(
        self,
        folder: Path,
        embedder: Embedder | None = None,
        lock_timeout: float = 60.0,
    ) -> None:
        self.folder = folder
        self.embedder = embedder
        self._generations = Generations(folder, lock_timeout)
        segmentation.use_cache(folder / "cache")

    def rebuild(
        self,
        documents: Iterable[LibraryDocument],
        progress: Progress | None = None,
        words: Collection[str] | None = None,
    ) -> IndexStatus:
        """A new generation from all published documents, owing nothing to the one before.

        ``progress`` gets (done, of how many) in passages, each counted once per half.
        Raises IndexBusyError.
        """
        self._use_words(words)
        documents = _once(documents)
        passages = [passage for document in documents for passage in passages_of(document)]
        steps = _Steps(len(passages) * (2 if self.embedder else 1), progress)
        with self._generations.writing() as generation:
            write_keywords(generation / KEYWORDS, passages, (), steps.advance)
            with PassageStore.create(generation / PASSAGES) as store:
                store.add(passages)
            embedded = 0
            if self.embedder:
                vectors = VectorIndex(self.embedder.dimension)
                self._embed(vectors, passages, self.embedder, steps)
                vectors.save(generation / VECTORS)
                embedded = len(vectors)
            articles = {document.article_id: document.fingerprint for document in documents}
            self._manifest(articles, len(passages), embedded).write(generation)
        return self.status()

    def update(
        self,
        changed: Iterable[LibraryDocument],
        removed: Collection[int] = (),
        progress: Progress | None = None,
        words: Collection[str] | None = None,
    ) -> IndexStatus:
        """A new generation from the last one; only passages without a vector are embedded.

        What an earlier update without a model left unembedded is made up for. Without a
        generation this makes the first one. Given all documents, it cuts them anew, with other
        words of the team's, and keeps their vectors. Raises IndexBusyError, IndexDamagedError, and
        IndexOutdatedError when the last one was made with another model, segmenter or format.
        """
        self._use_words(words)
        documents = _once(changed)
        if self._generations.current() == 0:
            return self.rebuild(documents, progress, words)
        with self._generations.writing(from_last=True) as generation:
            manifest = read_manifest(generation)
            all_anew = manifest.articles.keys() <= {d.article_id for d in documents} | set(removed)
            self._require_same_makers(manifest, cut_anew=all_anew)
            gone = {document.article_id for document in documents} | set(removed)
            passages = [passage for document in documents for passage in passages_of(document)]
            write_keywords(generation / KEYWORDS, passages, gone, create=False)
            with PassageStore.open(generation / PASSAGES, writable=True) as store:
                store.remove(gone)
                store.add(passages)
                embedded = self._update_vectors(generation, manifest, store, progress)
                count = store.count()
            articles = {key: value for key, value in manifest.articles.items() if key not in gone}
            articles |= {document.article_id: document.fingerprint for document in documents}
            facts = self._manifest(articles, count, embedded, manifest.model)
            facts.write(generation, manifest.files)
        return self.status()

    def status(self) -> IndexStatus:
        """The current generation in numbers. Raises IndexDamagedError."""
        number = self._generations.current()
        if number == 0:
            return IndexStatus(0, 0, 0, 0, "", segmentation.fingerprint(), "", 0)
        folder = self._generations.path(number)
        manifest = read_manifest(folder)
        return IndexStatus(
            generation=number,
            articles=len(manifest.articles),
            passages=manifest.passages,
            vectors=manifest.vectors,
            model=manifest.model.name if manifest.model else "",
            segmenter=manifest.segmenter,
            created=manifest.created,
            bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        )

    def generation(self) -> int:
        """The number of the current generation, 0 without one; cheap, unlike ``status``."""
        return self._generations.current()

    def is_outdated(self) -> bool:
        """Whether the current generation has to be rebuilt: made otherwise, or not to be read."""
        try:
            self._use_words(None)
            manifest = read_manifest(self._generations.path(self._generations.current()))
            self._require_same_makers(manifest, cut_anew=False)
        except (IndexDamagedError, IndexOutdatedError):
            return True
        return False

    def check(self, fingerprints: dict[int, str]) -> list[Message]:
        """What is wrong with the index, as sentences; empty if it fits ``fingerprints``.

        ``fingerprints`` are those of all published articles. Every problem is mended by
        ``rebuild``, those of single articles by ``update`` with what ``pending`` names.
        """
        self._use_words(None)  # a check in a process of its own has read none
        return problems_of(self._generations, fingerprints, self.embedder)

    def pending(self, fingerprints: dict[int, str]) -> tuple[set[int], set[int]]:
        """Ids of articles to pass to ``update``: changed or new ones, and removed ones."""
        number = self._generations.current()
        have = read_manifest(self._generations.path(number)).articles if number else {}
        return Fingerprints(have, fingerprints).pending()

    def _embed(
        self, index: VectorIndex, passages: list[Passage], embedder: Embedder, steps: "_Steps"
    ) -> None:
        base = steps.done
        pairs = [(p.passage_id, text) for p in passages for text in embedding_texts(p)]

        def told(done: int, total: int) -> None:
            steps.at(base + done * len(passages) // max(total, 1))

        vectors = embedder.encode([text for _, text in pairs], told)
        index.add([passage_id for passage_id, _ in pairs], vectors)

    def _update_vectors(
        self, generation: Path, manifest: Manifest, store: PassageStore, progress: Progress | None
    ) -> int:
        """Vectors for the passages in ``store`` and no others; returns how many have some."""
        path, model = generation / VECTORS, manifest.model
        if model is None and self.embedder is None:
            return 0
        dimension = model.dimension if model else self.embedder.dimension if self.embedder else 0
        index = VectorIndex.load(path, dimension) if model else VectorIndex(dimension)
        have, wanted = set(index.ids().tolist()), store.ids()
        index.remove(sorted(have - wanted))
        missing = store.passages(sorted(wanted - have)) if self.embedder else []
        if self.embedder and missing:
            self._embed(index, missing, self.embedder, _Steps(len(missing), progress))
        index.save(path)
        return len(index)

    def _use_words(self, words: Collection[str] | None) -> None:
        """Cut with these words; with None, with those that the index was cut with."""
        if words is None:
            with suppress(IndexDamagedError):  # whoever reads more of it than this will say so
                number = self._generations.current()
                words = read_manifest(self._generations.path(number)).words if number else None
        segmentation.use_words(words or ())

    def _require_same_makers(self, manifest: Manifest, *, cut_anew: bool) -> None:
        pairs = [("format", str(manifest.format), str(FORMAT))]
        if not cut_anew:
            pairs.append(("segmenter", manifest.segmenter, segmentation.fingerprint()))
        if manifest.model and self.embedder:
            found, expected = manifest.model, ModelFacts.of(self.embedder)
            pairs.append(("model", found.label, expected.label))
        for part, found_label, expected_label in pairs:
            if found_label != expected_label:
                raise IndexOutdatedError(part=part, found=found_label, expected=expected_label)

    def _manifest(
        self,
        articles: dict[int, str],
        passages: int,
        vectors: int,
        model: ModelFacts | None = None,
    ) -> Manifest:
        return Manifest(
            format=FORMAT,
            model=ModelFacts.of(self.embedder) if self.embedder else model,
            segmenter=segmentation.fingerprint(),
            words=segmentation.team_words(),
            articles=articles,
            passages=passages,
            vectors=vectors,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )


class _Steps:
    """Progress over several stages; repeated and decreasing reports are left out."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done = 0
        self._total = total
        self._progress = progress

    def at(self, done: int) -> None:
        self.done = done
        if self._progress:
            self._progress(done, self._total)

    def advance(self, count: int) -> None:
        self.at(self.done + count)


def _once(documents: Iterable[LibraryDocument]) -> list[LibraryDocument]:
    """Each article once, the last one winning: Whoosh never heals a doubled id."""
    return list({document.article_id: document for document in documents}.values())
