"""Whose progress somebody may see: a manager that of their teams, an administrator everyone's."""

from sqlalchemy import ColumnElement, false
from sqlmodel import col, select

from kb.accounts.models import Membership, Person, Team
from kb.library.vocabulary import Role
from kb.permissions import Reader


def led_by(reader: Reader) -> ColumnElement[bool]:
    """The condition under which a ``Person`` row is one of the reader's people."""
    if Role.ADMIN in reader.roles:
        return col(Person.id).is_not(None)
    if Role.MANAGER not in reader.roles:
        return false()
    members = select(Membership.person_id).join(Team).where(col(Team.code).in_(reader.teams))
    return col(Person.id).in_(members)
