"""Tables of people, teams, roles and sign-ins."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """Someone with an account. ``password_hash`` empty: the account waits for a reset link."""

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(unique=True, max_length=60)
    name: str = Field(max_length=60)
    email: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=40)
    password_hash: str = ""
    must_change_password: bool = True
    active: bool = True
    is_demo: bool = False
    lang: str = Field(default="", max_length=2)
    theme: str = Field(default="", max_length=5)
    created_at: datetime


class PersonRole(SQLModel, table=True):
    """One role of one person."""

    __tablename__ = "person_role"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    role: str = Field(primary_key=True, max_length=20)


class Team(SQLModel, table=True):
    """A team; ``code`` is what audiences name."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=60)


class Membership(SQLModel, table=True):
    """One person in one team."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    team_id: int = Field(foreign_key="team.id", primary_key=True)


class LoginSession(SQLModel, table=True):
    """A sign-in that is alive. The browser holds the token, the table only its SHA-256."""

    __tablename__ = "login_session"
    token_hash: str = Field(primary_key=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    expires_at: datetime


class LoginAttempt(SQLModel, table=True):
    """A failed sign-in, kept for the throttle, which must hold across processes and restarts."""

    __tablename__ = "login_attempt"
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(index=True, max_length=60)
    address: str = Field(index=True, max_length=60)
    at: datetime = Field(index=True)


class ResetToken(SQLModel, table=True):
    """A link by which a person sets a new password, usable once."""

    __tablename__ = "reset_token"
    token_hash: str = Field(primary_key=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    expires_at: datetime
    used_at: datetime | None = None
