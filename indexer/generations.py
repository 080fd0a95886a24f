"""Folders of generations, the pointer to the current one, and the writer's lock.

A generation is written under another name, synced, renamed, and only then does the pointer move:
a crash at any point leaves the old generation or the new one. Files of a finished generation never
change, so that the next one can share them as hard links.
"""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from indexer.errors import IndexBusyError, IndexDamagedError

KEYWORDS, VECTORS, PASSAGES = "keywords", "vectors.faiss", "passages.sqlite"
POINTER = "current"
_KEPT = 2  # a reader may be opening the one before the current
_LOCK_POLL = 0.05  # seconds
_NUMBER = re.compile(r"\d{6,}")


class Generations:
    """The generations under ``folder``."""

    def __init__(self, folder: Path, lock_timeout: float = 60.0) -> None:
        self._folder = folder
        self._all = folder / "generations"
        self._lock_timeout = lock_timeout

    @property
    def pointer(self) -> Path:
        """The file that names the current generation."""
        return self._folder / POINTER

    def path(self, number: int) -> Path:
        """Folder of a generation."""
        return self._all / f"{number:06}"

    def current(self) -> int:
        """The number of the current generation, 0 without one. Raises IndexDamagedError."""
        try:
            text = self.pointer.read_text("ascii").strip()
        except FileNotFoundError:
            return 0
        except (OSError, ValueError) as error:
            raise IndexDamagedError(part=POINTER) from error
        if not _NUMBER.fullmatch(text):
            raise IndexDamagedError(part=POINTER)
        return int(text)

    @contextmanager
    def writing(self, *, from_last: bool = False) -> Iterator[Path]:
        """A folder to write a generation into; it becomes the current one at the end.

        ``from_last`` begins with the current generation's files; those that are written in place
        are copies, all others hard links. An exception leaves all as it was.
        Raises IndexBusyError, IndexDamagedError.
        """
        self._all.mkdir(parents=True, exist_ok=True)
        with self._lock():
            number = max([0, *self._numbers()]) + 1
            partial = self._all / f"{number:06}.partial"
            for leftover in self._all.glob("*.partial"):  # of a crashed writer: we hold the lock
                shutil.rmtree(leftover)
            try:
                if from_last:
                    self._begin_with(self.path(self.current()), partial)
                else:
                    partial.mkdir()
                yield partial
                self._publish(partial, number)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise

    def _begin_with(self, last: Path, partial: Path) -> None:
        try:
            shutil.copytree(last, partial, copy_function=_link_or_copy)
        except (OSError, shutil.Error) as error:
            raise IndexDamagedError(part=last.name) from error

    def _publish(self, partial: Path, number: int) -> None:
        for path in [*partial.rglob("*"), partial]:
            _sync(path)
        final = self.path(number)
        partial.rename(final)
        _sync(self._all)
        before = 0
        with suppress(IndexDamagedError):  # a damaged pointer is mended by the one that follows
            before = self.current()
        following = self.pointer.with_suffix(".partial")
        following.write_text(f"{number:06}\n", "ascii")
        _sync(following)
        following.replace(self.pointer)
        _sync(self._folder)
        kept = [number, before][:_KEPT]
        for other in self._numbers():
            if other not in kept:
                shutil.rmtree(self.path(other), ignore_errors=True)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self._all.iterdir() if _NUMBER.fullmatch(path.name)]

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Held across processes; the system drops it when its holder dies."""
        deadline = time.monotonic() + self._lock_timeout
        with (self._folder / "lock").open("a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise IndexBusyError from None
                    time.sleep(_LOCK_POLL)
            yield


def _link_or_copy(source: str, target: str) -> str:
    if Path(source).name == PASSAGES:  # SQLite writes in place
        return shutil.copyfile(source, target)
    if source.endswith("LOCK"):
        return target
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
    return target


def _sync(path: Path) -> None:
    """Make a file's or folder's content durable."""
    if path.is_file() and path.stat().st_nlink > 1:
        return  # shared with a generation that was synced before
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
