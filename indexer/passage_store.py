"""Passages by id, in SQLite: what a hit shows."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from indexer.errors import IndexDamagedError
from indexer.passages import Passage
from kb.documents import Field

_TABLE = """
CREATE TABLE passage (
    passage_id INTEGER PRIMARY KEY, article_id INTEGER, position INTEGER, facts TEXT
);
CREATE INDEX passage_article ON passage (article_id, position);
"""
_LISTS = ("tags", "stages", "tiers", "products", "audience", "headings")
_TEXTS = ("anchor", "text", "slug", "kind", "lang", "title")
_AT_ONCE = 500  # SQLite limits the number of parameters


class PassageStore:
    """One generation's passages. Safe to read from several threads."""

    def __init__(self, path: Path, mode: str) -> None:
        flags = "&immutable=1" if mode == "ro" else ""
        address = f"file:{quote(str(path.absolute()))}?mode={mode}{flags}"
        self._lock = threading.Lock()
        self._name = path.name
        try:
            self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
            if mode != "ro":  # a crash throws the whole generation away, so no journal is needed
                self._db.execute("PRAGMA journal_mode = MEMORY")
                self._db.execute("PRAGMA synchronous = OFF")
        except sqlite3.Error as error:
            raise IndexDamagedError(part=path.name) from error

    @classmethod
    def create(cls, path: Path) -> "PassageStore":
        """A new, empty file."""
        store = cls(path, "rwc")
        store._db.executescript(_TABLE)
        return store

    @classmethod
    def open(cls, path: Path, *, writable: bool = False) -> "PassageStore":
        """An existing file. Raises IndexDamagedError."""
        store = cls(path, "rw" if writable else "ro")
        store.count()
        return store

    def __enter__(self) -> "PassageStore":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._db.commit()
        self._db.close()

    def close(self) -> None:
        """Free the file."""
        self._db.close()

    def add(self, passages: Iterable[Passage]) -> None:
        """Write passages; one with a known id replaces it."""
        rows = ((p.passage_id, p.article_id, p.position, _dumped(p)) for p in passages)
        self._db.executemany("INSERT OR REPLACE INTO passage VALUES (?, ?, ?, ?)", rows)

    def remove(self, article_ids: Collection[int]) -> None:
        """Remove all passages of the articles."""
        keys = ((key,) for key in article_ids)
        self._db.executemany("DELETE FROM passage WHERE article_id = ?", keys)

    def count(self) -> int:
        """The number of passages. Raises IndexDamagedError."""
        return int(self._rows("SELECT count(*) FROM passage", ())[0][0])

    def ids(self) -> set[int]:
        """All passage ids."""
        return {row[0] for row in self._rows("SELECT passage_id FROM passage", ())}

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """Passages in the order of ``ids``; unknown ids are left out."""
        found: dict[int, Passage] = {}
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            marks = ",".join("?" * len(part))
            query = f"SELECT * FROM passage WHERE passage_id IN ({marks})"  # noqa: S608 - only marks
            found |= {row[0]: _loaded(row) for row in self._rows(query, part)}
        return [found[key] for key in ids if key in found]

    def openings(self, article_ids: Sequence[int]) -> list[Passage]:
        """Of each article the first passage after its title, or the title if there is no other."""
        query = "SELECT * FROM passage WHERE article_id = ? ORDER BY position LIMIT 2"
        found = []
        for key in article_ids:
            rows = [_loaded(row) for row in self._rows(query, (key,))]
            found += [row for row in rows if row.field is not Field.TITLE][:1] or rows[:1]
        return found

    def headlines(self) -> list[str]:
        """Short texts that people know articles by: titles, tags, headings, customers' words."""
        short = "json_extract(facts, '$.field') IN ('title', 'customer')"
        found: list[str] = []
        rows = self._rows(f"SELECT * FROM passage WHERE {short}", ())  # noqa: S608 - a constant
        for passage in map(_loaded, rows):
            found += [passage.text, *(passage.tags if passage.field is Field.TITLE else ())]
        headings = self._rows("SELECT DISTINCT json_extract(facts, '$.headings') FROM passage", ())
        found += {heading for row in headings for heading in json.loads(str(row[0]))}
        return found

    def _rows(self, query: str, values: Sequence[int]) -> list[tuple[int, int, int, str]]:
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise IndexDamagedError(part=self._name) from error


def _dumped(passage: Passage) -> str:
    facts: dict[str, object] = {name: getattr(passage, name) for name in (*_LISTS, *_TEXTS)}
    return json.dumps({**facts, "field": passage.field.value})


def _loaded(row: tuple[int, int, int, str]) -> Passage:
    facts = json.loads(row[3])
    values: dict[str, Any] = {name: facts[name] for name in _TEXTS}
    values |= {name: tuple(facts[name]) for name in _LISTS}
    return Passage(row[0], row[1], row[2], field=Field(facts["field"]), **values)
