"""People, teams and roles: what an administrator changes."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from kb import audit
from kb.accounts.models import Membership, Person, PersonRole, ResetToken, Team
from kb.accounts.passwords import hash_password, temporary_password
from kb.accounts.sign_in import close_all_sessions, set_password, token_hash
from kb.errors import InvalidError, ShifuError
from kb.library.kinds import CODE_PATTERN
from kb.library.vocabulary import Role
from kb.messages import N_, Message
from kb.permissions import found

RESET_HOURS = 48
_LOGIN = re.compile(r"^[a-z0-9][a-z0-9._-]{0,59}$")
_CODE = re.compile(CODE_PATTERN)


class ResetLinkError(ShifuError):
    """A reset link that is used, too old or mistyped."""

    template = N_(
        "This link was used already or is older than %(hours)s hours. Ask an administrator for a new one."
    )


class LastAdminError(ShifuError):
    """The change would leave nobody to administer the site."""

    template = N_("This is the last active administrator. Give somebody else the role first.")


@dataclass(frozen=True)
class PersonForm:
    """What is known of a person, as typed."""

    login: str
    name: str
    email: str = ""
    phone: str = ""
    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PersonSummary:
    """A person with roles and team codes, for lists."""

    person: Person
    roles: tuple[str, ...]
    teams: tuple[str, ...]


def faults_of(
    session: Session, form: PersonForm, person_id: int | None = None
) -> dict[str, Message]:
    """What is wrong with a form, by field."""
    faults: dict[str, Message] = {}
    if not _LOGIN.match(form.login):
        faults["login"] = Message(
            N_("Use lower-case letters, digits, dots or hyphens, such as li.hua.")
        )
    else:
        other = session.exec(select(Person.id).where(Person.login == form.login)).first()
        if other is not None and other != person_id:
            faults["login"] = Message(
                N_("%(login)s is taken; choose another login."), {"login": form.login}
            )
    if not form.name or len(form.name) > 60:
        faults["name"] = Message(N_("Write a name of 1 to 60 characters."))
    if form.email and ("@" not in form.email or len(form.email) > 200):
        faults["email"] = Message(
            N_("This is not an e-mail address; correct it or leave it empty.")
        )
    if len(form.phone) > 40:
        faults["phone"] = Message(N_("Use at most %(n)s characters."), {"n": 40})
    if not form.roles:
        faults["roles"] = Message(N_("Choose at least one role."))
    known = set(session.exec(select(Team.code)))
    unknown = sorted(form.teams - known)
    if unknown:
        faults["teams"] = Message(
            N_("There is no team %(code)s; create it first."), {"code": unknown[0]}
        )
    return faults


def create_person(
    session: Session, form: PersonForm, by: int | None, now: datetime, *, demo: bool = False
) -> tuple[Person, str]:
    """Add a person. Returns the row and the temporary password, which is stored nowhere."""
    faults = faults_of(session, form)
    if faults:
        raise InvalidError(faults)
    password = temporary_password()
    person = Person(
        login=form.login,
        name=form.name,
        email=form.email,
        phone=form.phone,
        password_hash=hash_password(password),
        is_demo=demo,
        created_at=now,
    )
    session.add(person)
    session.flush()
    _write_roles_and_teams(session, person.id or 0, form)
    audit.record(
        session,
        now,
        by,
        "create_person",
        f"person:{person.id}",
        roles=sorted(form.roles),
        teams=sorted(form.teams),
    )
    return person, password


def update_person(
    session: Session, person_id: int, form: PersonForm, by: int, now: datetime
) -> Person:
    """Change a person. A change of roles or teams ends the person's sessions."""
    person = found(session.get(Person, person_id))
    faults = faults_of(session, form, person_id)
    if faults:
        raise InvalidError(faults)
    before = roles_and_teams(session, [person_id])[person_id]
    person.login, person.name = form.login, form.name
    person.email, person.phone = form.email, form.phone
    session.add(person)
    _write_roles_and_teams(session, person_id, form)
    after = (tuple(sorted(form.roles)), tuple(sorted(form.teams)))
    if after != before:
        close_all_sessions(session, person_id)
    _require_an_admin(session)
    audit.record(
        session, now, by, "update_person", f"person:{person_id}", roles=after[0], teams=after[1]
    )
    return person


def set_active(session: Session, person_id: int, active: bool, by: int, now: datetime) -> None:
    """Let a person in again, or shut them out at once."""
    person = found(session.get(Person, person_id))
    person.active = active
    session.add(person)
    close_all_sessions(session, person_id)
    _require_an_admin(session)
    audit.record(session, now, by, "activate" if active else "deactivate", f"person:{person_id}")


def make_reset_link(session: Session, person_id: int, by: int | None, now: datetime) -> str:
    """A token by which the person sets a new password, once and within 48 hours."""
    person = found(session.get(Person, person_id))
    session.exec(delete(ResetToken).where(col(ResetToken.person_id) == person_id))
    token = secrets.token_urlsafe(32)
    expires = now + timedelta(hours=RESET_HOURS)
    session.add(
        ResetToken(token_hash=token_hash(token), person_id=person.id or 0, expires_at=expires)
    )
    audit.record(session, now, by, "make_reset_link", f"person:{person_id}")
    return token


def person_of_reset_link(session: Session, token: str, now: datetime) -> Person:
    """Whose link this is. Raises ResetLinkError where it cannot be used."""
    row = session.get(ResetToken, token_hash(token))
    person = session.get(Person, row.person_id) if row else None
    usable = row and row.used_at is None and row.expires_at > now and person and person.active
    if not usable:
        raise ResetLinkError(hours=RESET_HOURS)
    return found(person)


def use_reset_link(session: Session, token: str, password: str, now: datetime) -> Person:
    """Set a new password by a link, which is then spent."""
    person = person_of_reset_link(session, token, now)
    set_password(session, person, password, now)
    row = session.get_one(ResetToken, token_hash(token))
    row.used_at = now
    session.add(row)
    return person


def reset_to_temporary(session: Session, person: Person, by: int | None, now: datetime) -> str:
    """Give a person a new temporary password and end their sessions."""
    password = temporary_password()
    person.password_hash = hash_password(password)
    person.must_change_password = True
    session.add(person)
    close_all_sessions(session, person.id or 0)
    audit.record(session, now, by, "reset_password", f"person:{person.id}")
    return password


def list_people(session: Session) -> list[PersonSummary]:
    """Everyone, active first, in the order of their logins; three queries."""
    people = list(
        session.exec(select(Person).order_by(col(Person.active).desc(), col(Person.login)))
    )
    more = roles_and_teams(session, [person.id or 0 for person in people])
    return [PersonSummary(person, *more[person.id or 0]) for person in people]


def roles_and_teams(
    session: Session, ids: Iterable[int]
) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Roles and team codes by person id, each sorted."""
    wanted = list(ids)
    roles: dict[int, list[str]] = {i: [] for i in wanted}
    teams: dict[int, list[str]] = {i: [] for i in wanted}
    for row in session.exec(select(PersonRole).where(col(PersonRole.person_id).in_(wanted))):
        roles[row.person_id].append(row.role)
    members = select(Membership.person_id, Team.code).join(Team)
    for person_id, code in session.exec(members.where(col(Membership.person_id).in_(wanted))):
        teams[person_id].append(code)
    return {i: (tuple(sorted(roles[i])), tuple(sorted(teams[i]))) for i in wanted}


def list_teams(session: Session) -> list[Team]:
    """All teams by code."""
    return list(session.exec(select(Team).order_by(col(Team.code))))


def save_team(session: Session, code: str, name: str, by: int | None, now: datetime) -> Team:
    """Create a team, or rename the one that has this code."""
    faults = {}
    if not _CODE.match(code) or len(code) > 40:
        faults["code"] = Message(N_("Use lower-case letters, digits and hyphens, such as east-1."))
    if not name or len(name) > 60:
        faults["name"] = Message(N_("Write a name of 1 to 60 characters."))
    if faults:
        raise InvalidError(faults)
    team = session.exec(select(Team).where(Team.code == code)).first() or Team(code=code, name=name)
    team.name = name
    session.add(team)
    session.flush()
    audit.record(session, now, by, "save_team", f"team:{team.id}", code=code, name=name)
    return team


def _write_roles_and_teams(session: Session, person_id: int, form: PersonForm) -> None:
    session.exec(delete(PersonRole).where(col(PersonRole.person_id) == person_id))
    session.exec(delete(Membership).where(col(Membership.person_id) == person_id))
    session.add_all(PersonRole(person_id=person_id, role=role) for role in sorted(form.roles))
    ids = session.exec(select(Team.id).where(col(Team.code).in_(form.teams))).all()
    session.add_all(Membership(person_id=person_id, team_id=team_id or 0) for team_id in ids)
    session.flush()


def _require_an_admin(session: Session) -> None:
    admins = (
        select(func.count())
        .select_from(Person)
        .join(PersonRole)
        .where(PersonRole.role == Role.ADMIN, col(Person.active).is_(True))
    )
    session.flush()
    if not session.exec(admins).one():
        raise LastAdminError
