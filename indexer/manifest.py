"""What a generation was made of and with, beside it in ``manifest.json``."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from indexer.embedding import Embedder
from indexer.errors import IndexDamagedError
from indexer.file_hash import file_hash

FORMAT = 2  # raise it when files or passages are made differently
NAME = "manifest.json"


@dataclass(frozen=True)
class ModelFacts:
    """The model that made the vectors."""

    name: str
    fingerprint: str
    dimension: int

    @classmethod
    def of(cls, embedder: Embedder) -> "ModelFacts":
        """Of the one in use."""
        return cls(embedder.name, embedder.fingerprint, embedder.dimension)

    @property
    def label(self) -> str:
        """Short, and different wherever vectors would be."""
        return f"{self.name} {self.fingerprint[:12]}"


@dataclass(frozen=True)
class Manifest:
    """The facts of one generation; ``model`` None means for keywords alone."""

    format: int
    model: ModelFacts | None
    segmenter: str
    articles: dict[int, str]  # fingerprints by id
    passages: int
    vectors: int  # passages that have some
    created: str
    words: tuple[str, ...] = ()  # of the team's, kept whole when texts were cut
    files: dict[str, str] = field(default_factory=dict)  # SHA-256 by path

    def write(self, generation: Path, known: Mapping[str, str] | None = None) -> None:
        """Hash all other files and write the manifest beside them.

        ``known`` hashes, those of the generation before, are taken over for files that are hard
        links: no file is changed after it was written.
        """
        facts = asdict(self)
        facts["files"] = {
            name: (known or {}).get(name, "") if path.stat().st_nlink > 1 else ""
            for name, path in _files(generation)
        }
        for name, path in _files(generation):
            facts["files"][name] = facts["files"][name] or file_hash(path)
        text = json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True)
        (generation / NAME).write_text(text + "\n", "utf-8")


def _files(generation: Path) -> list[tuple[str, Path]]:
    paths = sorted(path for path in generation.rglob("*") if path.is_file())
    named = [(path.relative_to(generation).as_posix(), path) for path in paths]
    return [(name, path) for name, path in named if name != NAME]


def read_manifest(generation: Path) -> Manifest:
    """Raises IndexDamagedError for anything but a complete manifest."""
    try:
        facts = json.loads((generation / NAME).read_text("utf-8"))
        model = facts["model"]
        return Manifest(
            format=int(facts["format"]),
            model=ModelFacts(model["name"], model["fingerprint"], int(model["dimension"]))
            if model
            else None,
            segmenter=str(facts["segmenter"]),
            articles={int(key): str(value) for key, value in facts["articles"].items()},
            passages=int(facts["passages"]),
            vectors=int(facts["vectors"]),
            created=str(facts["created"]),
            words=tuple(str(word) for word in facts.get("words", ())),
            files={str(key): str(value) for key, value in facts["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamagedError(part=NAME) from error
