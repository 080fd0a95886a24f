"""Texts and facts of a generation's passages, in one SQLite file that is read, never locked.

Filters, audiences, quoted phrases and exclusions are answered here as sets of passage ids, which
both halves of the search then obey.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from indexer import segmentation
from indexer.errors import IndexDamagedError
from indexer.passages import Passage
from indexer.vectors import Ids
from kb.documents import Field, LibraryDocument, SearchRequest

_SCHEMA = """
CREATE TABLE article (id INTEGER PRIMARY KEY, slug TEXT, kind TEXT, lang TEXT, title TEXT,
  fingerprint TEXT);
CREATE TABLE facet (article_id INTEGER, name TEXT, value TEXT,
  PRIMARY KEY (name, value, article_id)) WITHOUT ROWID;
CREATE TABLE passage (id INTEGER PRIMARY KEY, article_id INTEGER, position INTEGER, field TEXT,
  headings TEXT, anchor TEXT, text TEXT, normal TEXT);
CREATE INDEX passage_article ON passage (article_id);
"""
_FACETS = {
    "stages": "stage", "tiers": "tier", "products": "product", "tags": "tag", "audience": "audience",
}  # fmt: skip
_COLUMNS = {"kinds": "kind", "langs": "lang"}
CACHED_FILTERS = 256


@dataclass(frozen=True)
class PassageFact:
    """A passage with its article's facts."""

    passage_id: int
    article_id: int
    field: Field
    headings: tuple[str, ...]
    anchor: str
    text: str
    slug: str
    kind: str
    lang: str
    title: str


def create(path: Path) -> None:
    """Make an empty file of facts."""
    with sqlite3.connect(path) as connection:
        connection.executescript(_SCHEMA)
    connection.close()


def passage_ids_of(path: Path, article_ids: Iterable[int]) -> set[int]:
    """Ids of the passages of some articles."""
    connection = sqlite3.connect(path)
    try:
        found: set[int] = set()
        for article_id in article_ids:
            rows = connection.execute("SELECT id FROM passage WHERE article_id = ?", (article_id,))
            found.update(row[0] for row in rows)
        return found
    finally:
        connection.close()


def change(
    path: Path,
    removed_articles: Iterable[int],
    added: Sequence[tuple[LibraryDocument, Sequence[Passage]]],
) -> None:
    """Take articles out and put others in, durably."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = FULL")
    with connection:
        for article_id in removed_articles:
            connection.execute("DELETE FROM article WHERE id = ?", (article_id,))
            connection.execute("DELETE FROM facet WHERE article_id = ?", (article_id,))
            connection.execute("DELETE FROM passage WHERE article_id = ?", (article_id,))
        for document, passages in added:
            _insert(connection, document, passages)
    connection.close()


def _insert(
    connection: sqlite3.Connection, document: LibraryDocument, passages: Sequence[Passage]
) -> None:
    d = document
    connection.execute(
        "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?)",
        (d.article_id, d.slug, d.kind, d.lang, d.title, d.fingerprint),
    )
    values = {
        "stage": d.stages, "tier": d.tiers, "product": d.products, "tag": d.tags,
        "audience": d.audience,
    }  # fmt: skip
    connection.executemany(
        "INSERT OR IGNORE INTO facet VALUES (?, ?, ?)",
        [(d.article_id, name, value.lower()) for name, items in values.items() for value in items],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                p.passage_id, p.article_id, position, p.field.value,
                json.dumps(p.headings, ensure_ascii=False), p.anchor, p.text,
                segmentation.normalise(p.text),
            )
            for position, p in enumerate(passages)
        ],
    )  # fmt: skip


class Facts:
    """The opened facts of one generation."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._lock = threading.Lock()
            self.articles = self._one("SELECT count(*) FROM article")
            self.passages = self._one("SELECT count(*) FROM passage")
        except sqlite3.DatabaseError as error:
            raise IndexDamagedError(reason=f"{path.name}: {error}") from None
        self._cached = lru_cache(maxsize=CACHED_FILTERS)(self._allowed)

    def _one(self, sql: str) -> int:
        return int(self._connection.execute(sql).fetchone()[0])

    def fingerprints(self) -> dict[int, str]:
        """Fingerprints by article id."""
        with self._lock:
            return dict(self._connection.execute("SELECT id, fingerprint FROM article").fetchall())

    def all_ids(self) -> set[int]:
        """All passage ids."""
        with self._lock:
            return {row[0] for row in self._connection.execute("SELECT id FROM passage")}

    def allowed(self, request: SearchRequest) -> Ids | None:
        """Passage ids that a request may be answered with; None means all."""
        wanted = {name: getattr(request, name) for name in (*_COLUMNS, *_FACETS)}
        clauses, values = [], []
        for name, items in wanted.items():
            if not items:
                if name == "audience" and request.audience is not None:
                    clauses.append("0")  # holds no token at all: sees nothing
                continue
            marks = ", ".join("?" * len(items))
            values += [item.lower() if name in _FACETS else item for item in items]
            if name in _COLUMNS:
                clauses.append(f"a.{_COLUMNS[name]} IN ({marks})")
            else:
                clauses.append(
                    f"a.id IN (SELECT article_id FROM facet WHERE name = '{_FACETS[name]}' "
                    f"AND value IN ({marks}))"
                )
        for phrase in request.phrases:
            clauses.append("(instr(p.normal, ?) OR instr(lower(a.title), ?))")
            values += [segmentation.normalise(phrase)] * 2
        for word in request.excluded:
            clauses.append("a.id NOT IN (SELECT article_id FROM passage WHERE instr(normal, ?))")
            values.append(segmentation.normalise(word))
        if not clauses:
            return None
        return self._cached(" AND ".join(clauses), tuple(values))

    def _allowed(self, condition: str, values: tuple[str, ...]) -> Ids:
        sql = f"SELECT p.id FROM passage p JOIN article a ON a.id = p.article_id WHERE {condition}"  # noqa: S608 - built of constants above; every value is a parameter
        with self._lock:
            rows = self._connection.execute(sql, values).fetchall()
        return np.fromiter((row[0] for row in rows), np.int64, len(rows))

    def describe(self, passage_ids: Sequence[int]) -> dict[int, PassageFact]:
        """Passages by id."""
        marks = ", ".join("?" * len(passage_ids))
        return self._read(f"p.id IN ({marks})", tuple(passage_ids))

    def first_words(self, article_id: int) -> PassageFact | None:
        """An article's first passage that is not its title."""
        rows = self._read("a.id = ? AND p.field != 'title'", (article_id,), "ORDER BY p.position LIMIT 1")
        return next(iter(rows.values()), None)

    def _read(self, condition: str, values: tuple[int, ...], tail: str = "") -> dict[int, PassageFact]:
        sql = (
            "SELECT p.id, a.id, p.field, p.headings, p.anchor, p.text, a.slug, a.kind, a.lang, a.title "  # noqa: S608 - constants only
            f"FROM passage p JOIN article a ON a.id = p.article_id WHERE {condition} {tail}"
        )
        with self._lock:
            rows = self._connection.execute(sql, values).fetchall()
        return {
            row[0]: PassageFact(row[0], row[1], Field(row[2]), tuple(json.loads(row[3])), *row[4:])
            for row in rows
        }

    def close(self) -> None:
        """Give back the file."""
        self._connection.close()
