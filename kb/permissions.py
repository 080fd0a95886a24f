"""Who may do what: the reader, what a role allows, and whether an article may be seen."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from kb.documents import EVERYONE
from kb.errors import ForbiddenError, NotFoundError
from kb.library.models import Article, ArticleFacet
from kb.library.vocabulary import Role, Status

Thing = TypeVar("Thing")


class Capability(StrEnum):
    """An act that some roles may perform. Views name one of these beside their route."""

    READ = "read"  # use the library: read, search, ask, keep favourites
    AUTHOR = "author"  # write articles; they stay drafts until an editor publishes them
    PUBLISH = "publish"  # publish, restore and archive any article; see restricted ones
    COACH = "coach"  # judge evidence and sign steps of the people one follows
    MANAGE = "manage"  # put people on paths, enter leave, read cohorts, change paths
    ADMINISTER = "administer"  # people, teams, roles, calendar, audit


_ALLOWED: dict[Capability, frozenset[Role]] = {
    Capability.READ: frozenset(Role),
    Capability.AUTHOR: frozenset({Role.MENTOR, Role.MANAGER, Role.ADMIN}),
    Capability.PUBLISH: frozenset({Role.MANAGER, Role.ADMIN}),
    Capability.COACH: frozenset({Role.MENTOR, Role.MANAGER, Role.ADMIN}),
    Capability.MANAGE: frozenset({Role.MANAGER, Role.ADMIN}),
    Capability.ADMINISTER: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True)
class Reader:
    """A signed-in person as far as rights go."""

    person_id: int
    roles: frozenset[Role]
    teams: frozenset[str] = field(default_factory=frozenset)
    login: str = ""
    name: str = ""
    must_change_password: bool = False
    lang: str = ""
    theme: str = ""

    def may(self, capability: Capability) -> bool:
        """Whether one of the reader's roles allows the act."""
        return bool(self.roles & _ALLOWED[capability])

    def audience(self) -> tuple[str, ...] | None:
        """The audience tokens the reader holds, or None for one who may read everything."""
        if self.may(Capability.PUBLISH):
            return None
        roles = sorted(f"role:{role}" for role in self.roles)
        return (EVERYONE, *roles, *sorted(f"team:{team}" for team in self.teams))


def roles_with(capability: Capability) -> frozenset[Role]:
    """The roles that allow an act."""
    return _ALLOWED[capability]


def visible_to(reader: Reader) -> ColumnElement[bool]:
    """The condition under which ``Article`` rows may be seen by a reader."""
    published = col(Article.status) == Status.PUBLISHED
    mine = col(Article.owner_id) == reader.person_id
    tokens = reader.audience()
    if tokens is None:
        return col(Article.id).is_not(None)
    named = select(ArticleFacet.article_id).where(
        or_(
            (col(ArticleFacet.name) == "role") & col(ArticleFacet.value).in_(reader.roles),
            (col(ArticleFacet.name) == "team") & col(ArticleFacet.value).in_(reader.teams),
        )
    )
    in_audience = col(Article.restricted).is_(False) | col(Article.id).in_(named)
    return mine | (published & in_audience)


def may_edit(reader: Reader, article: Article) -> bool:
    """Editors edit everything; authors what they own."""
    if reader.may(Capability.PUBLISH):
        return True
    return reader.may(Capability.AUTHOR) and article.owner_id == reader.person_id


def require_edit(reader: Reader, article: Article) -> None:
    """Raise ForbiddenError unless the reader may edit an article that they can see."""
    if not may_edit(reader, article):
        raise ForbiddenError


def found(thing: Thing | None) -> Thing:
    """The thing, or NotFoundError: what may not be seen does not exist for the reader."""
    if thing is None:
        raise NotFoundError
    return thing
