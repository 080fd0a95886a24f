"""Tables of what was searched and asked."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class SearchLog(SQLModel, table=True):
    """One search that was shown to a person."""

    __tablename__ = "search_log"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    query: str = Field(max_length=300)
    semantic: str = Field(max_length=20)
    found: int


class Question(SQLModel, table=True):
    """A question that the library could not answer, asked by a person."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    person_id: int = Field(foreign_key="person.id")
    text: str = Field(max_length=1000)
    lang: str = Field(max_length=2)


class SynonymEntry(SQLModel, table=True):
    """A phrase that people type and what the library says for it. ``phrase`` is normalised.

    A shipped entry that the team takes out stays as a removed row, so that no import of the
    file brings it back; one that the team changes becomes the team's.
    """

    __tablename__ = "synonym_entry"
    id: int | None = Field(default=None, primary_key=True)
    phrase: str = Field(max_length=40, unique=True)
    target: str = Field(max_length=40)
    origin: str = Field(max_length=10)  # shipped: follows its file; team: added or changed here
    removed: bool = False
    changed_at: datetime
    changed_by: int | None = Field(default=None, foreign_key="person.id")


class TeamWord(SQLModel, table=True):
    """A word that stays whole when Chinese is cut into words, normalised. Removed as above."""

    __tablename__ = "team_word"
    word: str = Field(max_length=20, primary_key=True)
    origin: str = Field(max_length=10)
    removed: bool = False
    changed_at: datetime
    changed_by: int | None = Field(default=None, foreign_key="person.id")


class GoldenQuery(SQLModel, table=True):
    """A question whose right answers are pinned. ``key`` is the normalised query.

    A row is never deleted: an inactive shipped one remembers that the team took it out, and runs
    name rows by their id.
    """

    __tablename__ = "golden_query"
    __table_args__ = (UniqueConstraint("key", "lang"),)
    id: int | None = Field(default=None, primary_key=True)
    query: str = Field(max_length=300)
    key: str = Field(max_length=600)  # NFKC may lengthen a query
    lang: str = Field(max_length=2)  # of the right answers
    grp: str = Field(max_length=10)  # zh, en, across or team
    half: str = Field(max_length=10)  # tuning, checking or team
    origin: str = Field(max_length=10)  # shipped: follows its file; team: pinned or changed here
    position: int = 0  # the line in the shipped file
    active: bool = True
    created_at: datetime
    created_by: int | None = Field(default=None, foreign_key="person.id")


class GoldenTarget(SQLModel, table=True):
    """One right answer of a golden query. Articles are named as in files: they may come and go."""

    __tablename__ = "golden_target"
    __table_args__ = (UniqueConstraint("golden_id", "slug", "lang"),)
    id: int | None = Field(default=None, primary_key=True)
    golden_id: int = Field(foreign_key="golden_query.id", index=True)
    slug: str = Field(max_length=80)
    lang: str = Field(max_length=2)


class GoldenRun(SQLModel, table=True):
    """One measurement of all golden queries. Figures are shares from 0 to 1."""

    __tablename__ = "golden_run"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    generation: int
    model: str = Field(max_length=200)  # empty: keywords alone
    mode: str = Field(max_length=10)
    count: int
    mrr: float  # mean reciprocal rank within the first ten
    recall_1: float
    recall_3: float
    recall_10: float
    groups: str  # JSON: group to its figures
    ranks: str  # JSON: golden query's id to the place of its first right answer, or null
