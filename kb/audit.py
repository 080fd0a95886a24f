"""The audit log: who changed what and when, one row for every write that a person makes."""

import json
from datetime import datetime

from sqlmodel import Field, Session, SQLModel


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
    session.add(AuditEntry(at=at, person_id=person_id, action=action, subject=subject, details=text))
