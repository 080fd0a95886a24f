"""Work to be done after a commit: rows written in the same transaction as their cause.

The worker takes them in order; a crash in between means that a row is done again, so every
kind of work must bear being repeated.
"""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, delete, func, select

INDEX_ARTICLE = "index_article"
TEAM_WORDS = "team_words"  # cut all texts anew, for the team's words changed; the subject is 0
GOLDEN = "golden"  # measure the golden queries; the subject is 0


class OutboxItem(SQLModel, table=True):
    """One piece of work on one subject."""

    __tablename__ = "outbox_item"
    id: int | None = Field(default=None, primary_key=True)
    work: str = Field(max_length=40, index=True)
    subject_id: int
    created_at: datetime


def enqueue(session: Session, work: str, subject_id: int, now: datetime) -> None:
    """Ask for ``work`` on a subject once this transaction commits."""
    session.add(OutboxItem(work=work, subject_id=subject_id, created_at=now))


def pending(session: Session, work: str, limit: int = 500) -> list[OutboxItem]:
    """The oldest rows of a kind of work."""
    query = (
        select(OutboxItem).where(OutboxItem.work == work).order_by(col(OutboxItem.id)).limit(limit)
    )
    return list(session.exec(query))


def last_id(session: Session) -> int:
    """The id of the newest row of any work, 0 where there is none."""
    return session.exec(select(func.max(OutboxItem.id))).one() or 0


def discard(session: Session, work: str, up_to_id: int) -> None:
    """Forget rows that are done."""
    session.exec(
        delete(OutboxItem).where(col(OutboxItem.work) == work, col(OutboxItem.id) <= up_to_id)
    )
