"""Certificates: one for each path that somebody completed, with a code by which it is verified."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb import audit
from kb.accounts.models import Person
from kb.learning.models import Enrolment, LearningPath
from kb.learning.path_store import paths_by_id
from kb.permissions import found

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that are taken for one another
_LENGTH = 12  # 60 bits: nobody guesses one


class Certificate(SQLModel, table=True):
    """A certificate says what was true on its day; later changes of name or path do not touch it."""

    id: int | None = Field(default=None, primary_key=True)
    enrolment_id: int = Field(foreign_key="enrolment.id", unique=True)
    code: str = Field(unique=True, max_length=20)
    name: str = Field(max_length=60)
    title_zh: str = Field(max_length=300)
    title_en: str = Field(max_length=300)
    steps: int
    minutes: int
    mean_score: float | None = None
    started: date
    completed: date
    issued_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class Achievement:
    """What a certificate records of a completed path."""

    steps: int
    minutes: int
    mean_score: float | None
    started: date
    completed: date


def issue(
    session: Session, enrolment: Enrolment, achievement: Achievement, now: datetime
) -> Certificate | None:
    """The certificate of a completed enrolment; None for a path that gives none. Once for each."""
    there = certificate_of(session, enrolment.id or 0)
    stored = paths_by_id(session)[enrolment.path_id]
    if there is not None or not stored.path.certificate:
        return there
    row = session.get_one(LearningPath, enrolment.path_id)
    certificate = Certificate(
        enrolment_id=enrolment.id or 0,
        code="".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)),
        name=session.get_one(Person, enrolment.person_id).name,
        title_zh=row.title_zh, title_en=row.title_en, steps=achievement.steps,
        minutes=achievement.minutes, mean_score=achievement.mean_score,
        started=achievement.started, completed=achievement.completed, issued_at=now,
    )  # fmt: skip
    session.add(certificate)
    session.flush()
    audit.record(
        session, now, enrolment.person_id, "issue_certificate", f"enrolment:{enrolment.id}"
    )
    return certificate


def certificate_of(session: Session, enrolment_id: int) -> Certificate | None:
    """An enrolment's certificate."""
    return session.exec(select(Certificate).where(Certificate.enrolment_id == enrolment_id)).first()


def find_certificate(session: Session, code: str) -> Certificate:
    """A certificate by its code, however it is typed. Raises NotFoundError."""
    plain = "".join(c for c in code.upper() if c.isalnum())[:20]
    return found(session.exec(select(Certificate).where(Certificate.code == plain)).first())


def shown_code(code: str) -> str:
    """A code in groups of four, as it is read aloud."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def revoke(session: Session, code: str, person_id: int, now: datetime) -> Certificate:
    """Declare a certificate invalid; it can still be looked up, and says so."""
    certificate = find_certificate(session, code)
    if certificate.revoked_at is None:
        certificate.revoked_at = now
        session.add(certificate)
        subject = f"enrolment:{certificate.enrolment_id}"
        audit.record(session, now, person_id, "revoke_certificate", subject)
    return certificate


def certified_people(session: Session, path_ids: set[int]) -> list[tuple[int, int]]:
    """(person id, path id) of everyone who holds a valid certificate of one of these paths."""
    query = (
        select(Enrolment.person_id, Enrolment.path_id)
        .join(Certificate, col(Certificate.enrolment_id) == Enrolment.id)
        .where(col(Enrolment.path_id).in_(path_ids), col(Certificate.revoked_at).is_(None))
    )
    return list(session.exec(query))
