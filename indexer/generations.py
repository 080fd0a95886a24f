"""Generations of the index: each a folder of its own, one of them current.

A build writes into a folder that nobody reads, then publishes it by renaming it and replacing the
pointer file. A crash at any moment leaves the old generation or the new one, never half of one.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.errors import IndexBusyError, IndexDamagedError

FORMAT = 1
KEPT = 2  # generations; a reader may still open the one before the current one


@dataclass(frozen=True)
class Manifest:
    """What a generation was made with. Empty model: keywords alone."""

    format: int
    model: str
    model_fingerprint: str
    dimension: int
    segmenter: str
    articles: int
    passages: int
    vectors: int
    created: str


class Generations:
    """The folder of an index."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pointer = root / "current"

    def current(self) -> int:
        """The number of the current generation, 0 where there is none."""
        try:
            return int(self._pointer.read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def folder(self, number: int) -> Path:
        """The folder of a generation."""
        return self.root / "generations" / f"{number:06d}"

    def manifest(self, number: int) -> Manifest:
        """A generation's manifest. Raises IndexDamagedError."""
        path = self.folder(number) / "manifest.json"
        try:
            return Manifest(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamagedError(reason=f"manifest.json: {type(error).__name__}") from None

    @contextmanager
    def writer(self) -> Iterator[None]:
        """Hold the right to build. Raises IndexBusyError where another process has it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "writer.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise IndexBusyError from None
            yield

    def workshop(self, base: int = 0) -> Path:
        """An empty folder to build in, or a copy of generation ``base`` by hard links."""
        path = self.root / "generations" / "building"
        shutil.rmtree(path, ignore_errors=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        if not base:
            path.mkdir()
            return path
        source = self.folder(base)
        # Whoosh never changes a segment once written, so links are safe there; the rest is copied.
        shutil.copytree(source / "keywords", path / "keywords", copy_function=_link)
        for name in ("passages.sqlite", "vectors.faiss"):
            if (source / name).exists():
                shutil.copy2(source / name, path / name)
        return path

    def publish(self, workshop: Path, manifest: Manifest) -> int:
        """Make what was built the current generation. Returns its number."""
        number = self.current() + 1
        while self.folder(number).exists():
            number += 1
        _write_durably(workshop / "manifest.json", json.dumps(asdict(manifest), indent=1))
        workshop.rename(self.folder(number))
        _sync_folder(self.root / "generations")
        fresh = self.root / "current.new"
        _write_durably(fresh, str(number))
        fresh.replace(self._pointer)
        _sync_folder(self.root)
        self._forget_old(number)
        return number

    def _forget_old(self, current: int) -> None:
        for path in (self.root / "generations").glob("[0-9]*"):
            if path.name.isdigit() and not current - KEPT < int(path.name) <= current:
                shutil.rmtree(path, ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _write_durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
