"""What is wrong with an index, as sentences."""

from dataclasses import dataclass

from indexer import segmentation
from indexer.embedding import Embedder
from indexer.errors import IndexDamagedError, IndexOutdatedError
from indexer.file_hash import file_hash
from indexer.generations import KEYWORDS, PASSAGES, VECTORS, Generations
from indexer.keywords import KeywordIndex
from indexer.manifest import FORMAT, Manifest, ModelFacts, read_manifest
from indexer.passage_store import PassageStore
from indexer.vectors import VectorIndex
from kb.errors import ShifuError
from kb.messages import N_, Message


@dataclass(frozen=True)
class Fingerprints:
    """Of the articles in the index, and of those that are published."""

    indexed: dict[int, str]
    published: dict[int, str]

    def pending(self) -> tuple[set[int], set[int]]:
        """Ids to index (new or changed), and ids to remove."""
        changed = {key for key, value in self.published.items() if self.indexed.get(key) != value}
        return changed, set(self.indexed) - set(self.published)


def problems_of(
    generations: Generations, fingerprints: dict[int, str], embedder: Embedder | None
) -> list[Message]:
    """All that is wrong with the current generation; empty if nothing is."""
    try:
        number = generations.current()
        if number == 0:
            return [Message(N_("There is no search index yet. Run “shifu index build”."))]
        manifest = read_manifest(generations.path(number))
    except IndexDamagedError as error:
        return [error.message]
    found = _files(generations, number, manifest)
    found += [] if found else _counts(generations, number, manifest)
    found += _makers(manifest, embedder)
    found += _articles(Fingerprints(manifest.articles, fingerprints))
    return found


def _files(generations: Generations, number: int, manifest: Manifest) -> list[Message]:
    found = []
    for name, digest in manifest.files.items():
        path = generations.path(number) / name
        if not path.is_file() or file_hash(path) != digest:
            found.append(IndexDamagedError(part=name).message)
    return found


def _counts(generations: Generations, number: int, manifest: Manifest) -> list[Message]:
    """Open every part and count: whole files may still not belong together."""
    folder = generations.path(number)
    found: list[Message] = []
    try:
        keywords = KeywordIndex(folder / KEYWORDS)
        if len(keywords.doc_of) != manifest.passages:
            found.append(IndexDamagedError(part=KEYWORDS).message)
        keywords.close()
        with PassageStore.open(folder / PASSAGES) as store:
            if store.count() != manifest.passages:
                found.append(IndexDamagedError(part=PASSAGES).message)
        if manifest.model:
            vectors = VectorIndex.load(folder / VECTORS, manifest.model.dimension)
            if len(vectors) != manifest.vectors:
                found.append(IndexDamagedError(part=VECTORS).message)
    except ShifuError as error:
        found.append(error.message)
    return found


def _makers(manifest: Manifest, embedder: Embedder | None) -> list[Message]:
    pairs = [
        ("format", str(manifest.format), str(FORMAT)),
        ("segmenter", manifest.segmenter, segmentation.fingerprint()),
    ]
    if manifest.model and embedder:
        pairs.append(("model", manifest.model.label, ModelFacts.of(embedder).label))
    found = [
        IndexOutdatedError(part=part, found=have, expected=now).message
        for part, have, now in pairs
        if have != now
    ]
    missing = manifest.passages - manifest.vectors
    if embedder and missing:
        text = N_("%(n)s passages have no vector yet. Run “shifu index build”.")
        found.append(Message(text, {"n": missing}))
    return found


def _articles(fingerprints: Fingerprints) -> list[Message]:
    changed, removed = fingerprints.pending()
    found = []
    if changed:
        text = N_("%(n)s published articles are not in the search index as they are now.")
        found.append(Message(text, {"n": len(changed)}))
    if removed:
        text = N_("%(n)s articles are in the search index that are no longer published.")
        found.append(Message(text, {"n": len(removed)}))
    return found
