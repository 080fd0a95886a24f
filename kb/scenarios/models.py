"""Tables of scenarios: what can be played, plays, and their moves."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class ScenarioRow(SQLModel, table=True):
    """A scenario in one language. ``body`` is its canonical YAML."""

    __tablename__ = "scenario"
    slug: str = Field(primary_key=True, max_length=80)
    lang: str = Field(primary_key=True, max_length=2)
    title: str = Field(max_length=80)
    scope: str = Field(max_length=10)
    body: str
    version: int = 1
    imported_hash: str = Field(default="", max_length=64)
    retired: bool = False
    changed_at: datetime


class Play(SQLModel, table=True):
    """One person playing a scenario, as it was when they began."""

    __tablename__ = "scenario_play"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(max_length=80, index=True)
    lang: str = Field(max_length=2)
    person_id: int = Field(foreign_key="person.id", index=True)
    body: str
    place: str = Field(max_length=60)  # id of the turn at hand, or of the ending
    moves: int = 0  # how many were made; an older page may not move twice
    started_at: datetime
    finished_at: datetime | None = Field(default=None, index=True)
    score: float | None = None  # per cent of criteria met
    passed: bool = False
    review: str = ""  # the mentor's word on the whole
    reviewed_by: int | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = None


class Move(SQLModel, table=True):
    """One reply within a play. ``typed`` empty: it was chosen from the list."""

    __tablename__ = "scenario_move"
    play_id: int = Field(foreign_key="scenario_play.id", primary_key=True)
    position: int = Field(primary_key=True)
    turn_id: str = Field(max_length=60)
    reply_id: str = Field(max_length=60)
    typed: str = ""
    at: datetime
    comment: str = ""  # the mentor's
