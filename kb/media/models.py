"""Tables of media."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class VideoPosition(SQLModel, table=True):
    """Where a person stopped in a video."""

    __tablename__ = "video_position"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True)
    seconds: int
    at: datetime
