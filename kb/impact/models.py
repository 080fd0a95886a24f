"""Tables of what a change of meaning touches."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class MeaningChange(SQLModel, table=True):
    """An article's revision of which its author says that it means something else now."""

    __tablename__ = "meaning_change"
    __table_args__ = (UniqueConstraint("article_id", "revision"),)
    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    revision: int
    note: str = Field(default="", max_length=200)
    author_id: int = Field(foreign_key="person.id")
    at: datetime = Field(index=True)


class ImpactItem(SQLModel, table=True):
    """One thing that depends on a changed article and should be looked at."""

    __tablename__ = "impact_item"
    __table_args__ = (UniqueConstraint("change_id", "kind", "ref"),)
    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="meaning_change.id", index=True)
    kind: str = Field(max_length=10)  # question, article, scenario, path, deck
    ref: str = Field(max_length=170)
    title: str = Field(max_length=600)
    looked_by: int | None = Field(default=None, foreign_key="person.id")
    looked_at: datetime | None = Field(default=None, index=True)


class ReadingRequest(SQLModel, table=True):
    """A certified person is asked to read a changed article and confirm it."""

    __tablename__ = "reading_request"
    __table_args__ = (UniqueConstraint("article_id", "person_id"),)
    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    revision: int  # the newest that is to be read
    asked_at: datetime
    confirmed_revision: int = 0
    confirmed_at: datetime | None = None
