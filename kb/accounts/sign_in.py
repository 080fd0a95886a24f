"""Signing in and out: server-side sessions and the throttle against guessing."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from kb import audit
from kb.accounts.models import LoginAttempt, LoginSession, Membership, Person, PersonRole, Team
from kb.accounts.passwords import hash_password, password_fault, password_matches
from kb.errors import InvalidError, ShifuError
from kb.library.vocabulary import Role
from kb.messages import N_, Message
from kb.permissions import Reader

WINDOW = timedelta(minutes=15)
MAX_FAILS_PER_LOGIN = 6
MAX_FAILS_PER_ADDRESS = 40  # an office shares one address


class WrongPasswordError(ShifuError):
    """Login or password do not fit; which of them is not told."""

    template = N_("Login name and password do not match. Check both and try again.")


class TooManyAttemptsError(ShifuError):
    """The throttle holds this login or address back."""

    template = N_(
        "Too many failed sign-ins. Wait %(minutes)s minutes, or ask an administrator for a reset link."
    )


@dataclass(frozen=True)
class SignedIn:
    """A new session: the token for the browser, and who it is for."""

    token: str
    person_id: int


def token_hash(token: str) -> str:
    """What is stored of a random token; SHA-256 is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_throttle(session: Session, login: str, address: str, now: datetime) -> None:
    """Raise TooManyAttemptsError where this login or address failed too often lately."""
    recent = col(LoginAttempt.at) > now - WINDOW
    fails = select(func.count()).select_from(LoginAttempt).where(recent)
    by_login = session.exec(fails.where(LoginAttempt.login == login)).one()
    by_address = session.exec(fails.where(LoginAttempt.address == address)).one()
    if by_login >= MAX_FAILS_PER_LOGIN or by_address >= MAX_FAILS_PER_ADDRESS:
        raise TooManyAttemptsError(minutes=int(WINDOW.total_seconds() // 60))


def note_failure(session: Session, login: str, address: str, now: datetime) -> None:
    """Remember a failed sign-in and forget old ones."""
    session.add(LoginAttempt(login=login, address=address, at=now))
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.at) < now - 4 * WINDOW))


def person_by_password(session: Session, login: str, password: str) -> Person | None:
    """The active person whose password this is. Takes the same time for unknown logins."""
    person = session.exec(select(Person).where(Person.login == login)).first()
    matches = password_matches(person.password_hash if person else "", password)
    return person if person and matches and person.active else None


def open_session(session: Session, person: Person, now: datetime, days: int) -> SignedIn:
    """Start a session for a person who has proved who they are."""
    token = secrets.token_urlsafe(32)
    person_id = person.id or 0
    session.add(
        LoginSession(
            token_hash=token_hash(token),
            person_id=person_id,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    session.exec(delete(LoginAttempt).where(col(LoginAttempt.login) == person.login))
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < now))
    audit.record(session, now, person_id, "sign_in", f"person:{person_id}")
    return SignedIn(token, person_id)


def close_session(session: Session, token: str, now: datetime) -> None:
    """End one session."""
    row = session.get(LoginSession, token_hash(token))
    if row:
        audit.record(session, now, row.person_id, "sign_out", f"person:{row.person_id}")
        session.delete(row)


def close_all_sessions(session: Session, person_id: int) -> None:
    """End every session of a person: after a change of password, roles or activity."""
    session.exec(delete(LoginSession).where(col(LoginSession.person_id) == person_id))


def reader_of_token(session: Session, token: str, now: datetime) -> Reader | None:
    """The reader behind a live session, or None."""
    row = session.get(LoginSession, token_hash(token))
    if row is None or row.expires_at <= now:
        return None
    return reader_of(session, row.person_id)


def reader_of(session: Session, person_id: int) -> Reader | None:
    """An active person's rights."""
    person = session.get(Person, person_id)
    if person is None or not person.active:
        return None
    roles = session.exec(select(PersonRole.role).where(PersonRole.person_id == person_id))
    teams = session.exec(
        select(Team.code).join(Membership).where(Membership.person_id == person_id)
    )
    return Reader(
        person_id=person_id,
        roles=frozenset(Role(role) for role in roles),
        teams=frozenset(teams),
        login=person.login,
        name=person.name,
        must_change_password=person.must_change_password,
        lang=person.lang,
        theme=person.theme,
    )


def set_password(session: Session, person: Person, password: str, now: datetime) -> None:
    """Store a new password of the person's own choice and end all their sessions."""
    fault = password_fault(password, person.login)
    if fault:
        raise InvalidError({"password": fault})
    person.password_hash = hash_password(password)
    person.must_change_password = False
    session.add(person)
    close_all_sessions(session, person.id or 0)
    audit.record(session, now, person.id, "set_password", f"person:{person.id}")


def change_password(
    session: Session, person_id: int, current: str, new: str, now: datetime
) -> Person:
    """Change one's own password. Raises InvalidError with the field at fault."""
    person = session.get_one(Person, person_id)
    if not password_matches(person.password_hash, current):
        raise InvalidError({"current": Message(N_("This is not your current password."))})
    if current == new:
        raise InvalidError(
            {"password": Message(N_("Choose one that differs from the current password."))}
        )
    set_password(session, person, new, now)
    return person
