"""The audit log: who changed what and when, one row for every write that a person makes."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb.accounts.models import Person


class AuditEntry(SQLModel, table=True):
    """One write. ``details`` is JSON; it never holds passwords, tokens or private text."""

    __tablename__ = "audit_entry"
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    action: str = Field(max_length=60, index=True)
    subject: str = Field(max_length=100, index=True)
    details: str = ""


def record(
    session: Session,
    at: datetime,
    person_id: int | None,
    action: str,
    subject: str,
    **details: object,
) -> None:
    """Add an entry to the transaction at hand. ``person_id`` None: the system or the command line."""
    text = json.dumps(details, ensure_ascii=False, default=str) if details else ""
    session.add(
        AuditEntry(at=at, person_id=person_id, action=action, subject=subject, details=text)
    )


@dataclass(frozen=True)
class AuditLine:
    """An entry as it is read. ``who`` None: the system or the command line."""

    entry: AuditEntry
    who: Person | None
    details: dict[str, object]


@dataclass(frozen=True)
class AuditPage:
    """Some entries, newest first. ``older`` is the ``before`` of the next page, None on the last."""

    lines: tuple[AuditLine, ...]
    older: int | None


def read(
    session: Session,
    *,
    before: int | None = None,
    action: str = "",
    login: str = "",
    limit: int = 50,
) -> AuditPage:
    """Entries with ids below ``before``, of one action and by one person where these are named."""
    query = (
        select(AuditEntry, Person).join(Person, isouter=True).order_by(col(AuditEntry.id).desc())
    )
    if before is not None:
        query = query.where(col(AuditEntry.id) < before)
    if action:
        query = query.where(AuditEntry.action == action)
    if login:
        query = query.where(Person.login == login)
    rows = session.exec(query.limit(limit + 1)).all()
    lines = tuple(AuditLine(entry, who, _details(entry)) for entry, who in rows[:limit])
    return AuditPage(lines, lines[-1].entry.id if len(rows) > limit else None)


def actions(session: Session) -> list[str]:
    """Every action that the log holds, by name."""
    return list(session.exec(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def _details(entry: AuditEntry) -> dict[str, object]:
    return dict(json.loads(entry.details)) if entry.details else {}
