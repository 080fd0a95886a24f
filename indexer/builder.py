"""Building and changing the index."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from indexer import facts, keywords, segmentation
from indexer.embedding import MIN_KNOWN_SHARE, Embedder
from indexer.errors import IndexDamagedError, OtherModelError
from indexer.facts import Facts
from indexer.generations import FORMAT, Generations, Manifest
from indexer.keywords import KeywordIndex
from indexer.passages import Passage, embedding_text, passages_of
from indexer.vectors import VectorIndex
from kb.documents import LibraryDocument
from kb.errors import ShifuError
from kb.messages import Message, N_

SEGMENTER = f"{segmentation.NAME}-{segmentation.VERSION}"
# Told how many passages are done and how many there are.
Progress = Callable[[int, int], None]


class IndexBuilder:
    """Writes generations. ``embedder`` None builds for keywords alone."""

    def __init__(self, root: Path, embedder: Embedder | None) -> None:
        self.generations = Generations(root)
        self.embedder = embedder

    def rebuild(self, documents: Sequence[LibraryDocument], progress: Progress | None = None) -> int:
        """Build everything anew. Returns the generation's number. Raises IndexBusyError."""
        with self.generations.writer():
            workshop = self.generations.workshop()
            keywords.create(workshop / "keywords")
            facts.create(workshop / "passages.sqlite")
            if self.embedder:
                VectorIndex(self.embedder.dimension).save(workshop / "vectors.faiss")
            return self._apply(workshop, (), documents, progress)

    def update(self, changed: Sequence[LibraryDocument], removed: Sequence[int] = ()) -> int:
        """Bring changed articles in and take removed ones out; only new passages are embedded.

        Raises OtherModelError or IndexDamagedError where only a rebuild helps.
        """
        with self.generations.writer():
            base = self.generations.current()
            if not base:
                raise IndexDamagedError(reason="there is no index yet")
            self._require_same(self.generations.manifest(base))
            gone = [*removed, *(document.article_id for document in changed)]
            return self._apply(self.generations.workshop(base), gone, changed, None)

    def _require_same(self, manifest: Manifest) -> None:
        now = self.embedder.fingerprint if self.embedder else ""
        if manifest.model_fingerprint != now:
            raise OtherModelError(built=manifest.model or "off", now=self._model_name())
        if manifest.segmenter != SEGMENTER or manifest.format != FORMAT:
            raise OtherModelError(built=manifest.segmenter, now=SEGMENTER)

    def _apply(
        self,
        workshop: Path,
        gone: Sequence[int],
        documents: Sequence[LibraryDocument],
        progress: Progress | None,
    ) -> int:
        pairs = [(document, passages_of(document)) for document in documents]
        wanted = {p.passage_id: p for _, passages in pairs for p in passages}
        before = facts.passage_ids_of(workshop / "passages.sqlite", gone)
        added = [passage for passage_id, passage in wanted.items() if passage_id not in before]
        removed = sorted(before - wanted.keys())
        keywords.change(workshop / "keywords", removed, added)
        facts.change(workshop / "passages.sqlite", gone, pairs)
        if self.embedder:
            self._change_vectors(workshop / "vectors.faiss", removed, added, progress)
        return self.generations.publish(workshop, self._manifest(workshop))

    def _change_vectors(
        self, path: Path, removed: Sequence[int], added: Sequence[Passage], progress: Progress | None
    ) -> None:
        if self.embedder is None or not (removed or added):
            return
        index = VectorIndex.load(path, self.embedder.dimension)
        index.remove(removed)
        done = total = 0

        def tell(n: int) -> None:
            nonlocal done
            done += n
            if progress:
                progress(done, total)

        texts = {p.passage_id: embedding_text(p) for p in added}
        # A passage that the model can hardly read would only be a wrong neighbour.
        read = {i: t for i, t in texts.items() if self.embedder.known_share(t) >= MIN_KNOWN_SHARE}
        total = len(read)
        if read:
            index.add(list(read), self.embedder.encode(list(read.values()), tell))
        index.save(path)

    def _manifest(self, workshop: Path) -> Manifest:
        opened = Facts(workshop / "passages.sqlite")
        counts = opened.articles, opened.passages
        opened.close()
        return Manifest(
            format=FORMAT,
            model=self.embedder.name if self.embedder else "",
            model_fingerprint=self.embedder.fingerprint if self.embedder else "",
            dimension=self.embedder.dimension if self.embedder else 0,
            segmenter=SEGMENTER,
            articles=counts[0],
            passages=counts[1],
            vectors=self._vector_count(workshop),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _vector_count(self, workshop: Path) -> int:
        if not self.embedder:
            return 0
        return len(VectorIndex.load(workshop / "vectors.faiss", self.embedder.dimension))

    def _model_name(self) -> str:
        return self.embedder.name if self.embedder else "off"


def stale_articles(root: Path, fingerprints: dict[int, str]) -> tuple[list[int], list[int]]:
    """``(changed, removed)`` article ids between the database and the current generation."""
    generations = Generations(root)
    opened = Facts(generations.folder(generations.current()) / "passages.sqlite")
    known = opened.fingerprints()
    opened.close()
    changed = [i for i, value in fingerprints.items() if known.get(i) != value]
    return changed, [i for i in known if i not in fingerprints]


def check_index(root: Path, fingerprints: dict[int, str], embedder: Embedder | None) -> list[Message]:
    """Everything that is wrong with the current generation; empty where it is sound."""
    generations = Generations(root)
    number = generations.current()
    if not number:
        return [Message(N_("There is no index yet. Run shifu index build."))]
    problems: list[Message] = []
    folder = generations.folder(number)
    try:
        IndexBuilder(root, embedder)._require_same(generations.manifest(number))  # noqa: SLF001
        problems += _disagreements(folder, generations.manifest(number))
        changed, removed = stale_articles(root, fingerprints)
        if changed or removed:
            problems.append(Message(N_("%(changed)s articles are newer than the index and %(removed)s are gone; the worker brings it up to date, or run shifu index build."), {"changed": len(changed), "removed": len(removed)}))
    except ShifuError as error:
        problems.append(error.message)
    return problems


def _disagreements(folder: Path, manifest: Manifest) -> list[Message]:
    """Whether texts, keywords and vectors speak of the same passages."""
    opened, index = Facts(folder / "passages.sqlite"), KeywordIndex(folder / "keywords")
    ids, keyword_ids = opened.all_ids(), index.passage_ids()
    opened.close()
    index.close()
    problems = []
    if keyword_ids != ids:
        problems.append(_count_problem("keywords", len(keyword_ids), len(ids)))
    if manifest.dimension:
        vector_ids = VectorIndex.load(folder / "vectors.faiss", manifest.dimension).ids()
        if len(vector_ids) != manifest.vectors or not vector_ids <= ids:
            problems.append(_count_problem("vectors", len(vector_ids), manifest.vectors))
    return problems


def _count_problem(part: str, found: int, wanted: int) -> Message:
    return Message(N_("%(part)s hold %(n)s passages instead of %(wanted)s. Run shifu index build."), {"part": part, "n": found, "wanted": wanted})
