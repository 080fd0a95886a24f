"""Tables of quizzes: the bank, quizzes, attempts and their answers."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class BankRow(SQLModel, table=True):
    """A bank of questions in one language."""

    __tablename__ = "question_bank"
    code: str = Field(primary_key=True, max_length=40)
    lang: str = Field(primary_key=True, max_length=2)
    title: str = Field(max_length=300)
    scope: str = Field(max_length=10)


class BankQuestion(SQLModel, table=True):
    """A question of the bank. ``body`` is its canonical YAML; the other columns are read off it."""

    __tablename__ = "bank_question"
    __table_args__ = (UniqueConstraint("bank", "key", "lang"),)
    id: int | None = Field(default=None, primary_key=True)
    bank: str = Field(max_length=40, index=True)
    key: str = Field(max_length=60)  # its id within the bank, the same in both languages
    lang: str = Field(max_length=2)
    type: str = Field(max_length=12)
    topic: str = Field(max_length=40)
    prompt: str = Field(max_length=600)
    source: str = Field(default="", max_length=160, index=True)  # article slug # anchor
    body: str
    position: int = 0
    imported_hash: str = Field(default="", max_length=64)  # of the file's text as last imported
    retired: bool = False  # drawn no more; attempts that hold it stay as they are
    changed_at: datetime
    changed_by: int | None = Field(default=None, foreign_key="person.id")


class QuizRow(SQLModel, table=True):
    """A quiz. ``body`` is its canonical YAML."""

    __tablename__ = "quiz"
    slug: str = Field(primary_key=True, max_length=80)
    title_zh: str = Field(max_length=300)
    title_en: str = Field(max_length=300)
    scope: str = Field(max_length=10)
    body: str
    version: int = 1
    imported_hash: str = Field(default="", max_length=64)
    retired: bool = False
    changed_at: datetime


class Attempt(SQLModel, table=True):
    """One attempt at a quiz. Marks go from 0 to 100."""

    __tablename__ = "quiz_attempt"
    id: int | None = Field(default=None, primary_key=True)
    quiz_slug: str = Field(foreign_key="quiz.slug", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    lang: str = Field(max_length=2)
    pass_mark: int
    started_at: datetime
    deadline: datetime | None = None
    submitted_at: datetime | None = None
    revision: int = 0  # counts what was saved; an older page may not overwrite a newer one
    mark: float | None = None
    verdict: str = Field(default="", max_length=10, index=True)  # passed, failed, waiting
    late_answers: str = ""  # what was typed after the deadline; kept, not counted


class AttemptItem(SQLModel, table=True):
    """One question within an attempt, as it was asked then."""

    __tablename__ = "quiz_attempt_item"
    attempt_id: int = Field(foreign_key="quiz_attempt.id", primary_key=True)
    position: int = Field(primary_key=True)
    question_id: int = Field(foreign_key="bank_question.id", index=True)
    body: str  # the question as it was drawn
    shown: str  # JSON: in which order options, items or rights are shown
    answer: str = ""  # JSON, see kb.quizzes.grading
    points: float | None = None
    met: str = ""  # JSON: key points that are met, as suggested and then as decided
    pending: bool = Field(default=False, index=True)
    comment: str = ""
    judged_by: int | None = Field(default=None, foreign_key="person.id")
    judged_at: datetime | None = None


class ExtraAttempt(SQLModel, table=True):
    """A mentor allowed somebody one more attempt."""

    __tablename__ = "quiz_extra_attempt"
    id: int | None = Field(default=None, primary_key=True)
    quiz_slug: str = Field(foreign_key="quiz.slug", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    allowed_by: int = Field(foreign_key="person.id")
    allowed_at: datetime
