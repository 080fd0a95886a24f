"""Tables of learning paths: versions, who is on one, what they did, when they are away."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class LearningPath(SQLModel, table=True):
    """A path. Its newest version's text is the truth; the other columns are read off it."""

    __tablename__ = "learning_path"
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=80)
    title_zh: str = Field(max_length=300)
    title_en: str = Field(max_length=300)
    scope: str = Field(max_length=10)
    archived: bool = False
    version: int = 0  # number of the newest version; also guards against lost updates
    imported_hash: str = Field(default="", max_length=64)  # of the file as last imported
    updated_at: datetime


class PathVersion(SQLModel, table=True):
    """The whole text of a path at one time."""

    __tablename__ = "path_version"
    __table_args__ = (UniqueConstraint("path_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    path_id: int = Field(foreign_key="learning_path.id", index=True)
    number: int
    source: str
    content_hash: str = Field(max_length=64)
    added: str = ""  # JSON: step id to the day on which it was added, for steps not there at first
    author_id: int | None = Field(default=None, foreign_key="person.id")
    origin: str = Field(max_length=10)  # file or web
    created_at: datetime


class Enrolment(SQLModel, table=True):
    """One person on one path."""

    __table_args__ = (UniqueConstraint("person_id", "path_id"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    path_id: int = Field(foreign_key="learning_path.id", index=True)
    start: date
    mentor_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    cohort: str = Field(default="", max_length=60, index=True)
    ended: bool = False  # taken off the path; what was done stays
    completed_at: datetime | None = None
    created_at: datetime
    created_by: int | None = Field(default=None, foreign_key="person.id")


class StepRecord(SQLModel, table=True):
    """Where a person stands with one step. Without a row they have not begun it."""

    __tablename__ = "step_record"
    enrolment_id: int = Field(foreign_key="enrolment.id", primary_key=True)
    step_id: str = Field(primary_key=True, max_length=60)
    state: str = Field(max_length=10)  # done, waiting (for the mentor) or returned
    how: str = Field(max_length=12)  # a step's type, or tested_out
    version: int  # of the path when it was done
    title: str = Field(default="", max_length=300)  # as it was called then
    score: float | None = None  # of a quiz or scenario, 0 to 100
    day: date  # of ``at`` where the team works
    at: datetime
    by: int | None = Field(default=None, foreign_key="person.id")  # who signed, if not the person


class Submission(SQLModel, table=True):
    """Evidence of a field task, and what the mentor said to it."""

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", index=True)
    step_id: str = Field(max_length=60)
    text: str = ""
    file_name: str = Field(default="", max_length=200)
    file_hash: str = Field(default="", max_length=64)  # SHA-256, its name in the uploads
    at: datetime
    verdict: str = Field(
        default="", max_length=10, index=True
    )  # accepted, returned; empty: waiting
    comment: str = ""
    reviewed_by: int | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = None


class PersonLeave(SQLModel, table=True):
    """Days on which a person is away; first and last counted."""

    __tablename__ = "person_leave"
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    first: date
    last: date
    note: str = Field(default="", max_length=200)
    created_at: datetime
    created_by: int | None = Field(default=None, foreign_key="person.id")


class CalendarDay(SQLModel, table=True):
    """A day on which the team works, or rests, whatever the official calendar says."""

    __tablename__ = "calendar_day"
    day: date = Field(primary_key=True)
    worked: bool
    note: str = Field(default="", max_length=100)
    changed_at: datetime
    changed_by: int | None = Field(default=None, foreign_key="person.id")


class CalendarFeed(SQLModel, table=True):
    """A person's calendar feed. A higher serial makes every older link invalid."""

    __tablename__ = "calendar_feed"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    serial: int = 1
