"""Tables of what was searched and asked."""

from datetime import datetime

from sqlmodel import Field, SQLModel


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
