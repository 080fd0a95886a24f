"""Articles in the database: saving a revision, reading one, history and restore.

Every save goes through ``save_revision``: revision, projected columns, facets, audit row and
outbox row in the caller's one transaction.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlmodel import Session, col, delete, select

from kb import audit, outbox
from kb.accounts.models import Person
from kb.errors import ConflictError, InvalidError
from kb.library.faults import Problem
from kb.library.front_matter import Document, parse, serialise
from kb.library.kinds import FrontMatter
from kb.library.models import Article, ArticleFacet, Revision
from kb.library.vocabulary import Lang, Status
from kb.messages import N_, Message
from kb.permissions import Reader, found, visible_to


@dataclass(frozen=True)
class Origin:
    """Who saves a revision, by which door, and why."""

    person_id: int | None
    door: str  # file, web or restore
    note: str = ""


@dataclass(frozen=True)
class ReadArticle:
    """An article as its page needs it."""

    article: Article
    document: Document
    owner: Person | None
    twin: Article | None  # the same article in the other language, if the reader may see it


def content_hash(source: str) -> str:
    """SHA-256 of a text that came from a file: how an edit is told from what was imported."""
    return hashlib.sha256(source.encode()).hexdigest()


def read_article(session: Session, reader: Reader, slug: str, lang: str) -> ReadArticle:
    """The newest revision of an article. Raises NotFoundError where the reader may not see it."""
    pair = select(Article).where(Article.slug == slug, visible_to(reader))
    by_lang = {row.lang: row for row in session.exec(pair)}
    article = found(by_lang.get(lang))
    owner = session.get(Person, article.owner_id) if article.owner_id else None
    other = Lang.EN if lang == Lang.ZH else Lang.ZH
    return ReadArticle(article, document_of(session, article), owner, by_lang.get(other))


def find_visible(session: Session, reader: Reader, slug: str, lang: str) -> Article:
    """The article's row. Raises NotFoundError where the reader may not see it."""
    query = select(Article).where(Article.slug == slug, Article.lang == lang, visible_to(reader))
    return found(session.exec(query).first())


def visible_languages(session: Session, reader: Reader, slug: str) -> list[str]:
    """The languages in which a reader can see an article."""
    query = select(Article.lang).where(Article.slug == slug, visible_to(reader))
    return list(session.exec(query))


def document_of(session: Session, article: Article, number: int | None = None) -> Document:
    """The parsed text of a revision, the newest by default."""
    document, problems = _parsed(revision_of(session, article, number).source)
    if document is None:  # a text that was once valid; a kind's rules must have been tightened
        raise InvalidError({p.key: p.message for p in problems})
    return document


@lru_cache(maxsize=512)
def _parsed(source: str) -> tuple[Document | None, list[Problem]]:
    """``parse``, remembered: a revision's text never changes, and reading YAML is slow."""
    return parse(source)


def revision_of(session: Session, article: Article, number: int | None = None) -> Revision:
    """A revision by number. Raises NotFoundError for a number that there is not."""
    wanted = article.revision if number is None else number
    query = select(Revision).where(Revision.article_id == article.id, Revision.number == wanted)
    return found(session.exec(query).first())


def history(session: Session, article: Article) -> list[tuple[Revision, str]]:
    """Revisions with their author's name (empty for imports), newest first."""
    query = (
        select(Revision, Person.name)
        .join(Person, col(Person.id) == Revision.author_id, isouter=True)
        .where(Revision.article_id == article.id)
        .order_by(col(Revision.number).desc())
    )
    return [(revision, name or "") for revision, name in session.exec(query)]


def create_article(session: Session, document: Document, origin: Origin, now: datetime) -> Article:
    """Add a new article. Raises InvalidError where slug and language are taken."""
    meta = document.meta
    same_slug = list(session.exec(select(Article).where(Article.slug == meta.slug)))
    if any(article.lang == meta.lang for article in same_slug):
        raise InvalidError(
            {
                "slug": Message(
                    N_("%(slug)s exists already in this language; choose another slug."),
                    {"slug": meta.slug},
                )
            }
        )
    if any(article.kind != meta.kind for article in same_slug):
        raise InvalidError(
            {
                "slug": Message(
                    N_("%(slug)s belongs to an article of another kind; choose another slug."),
                    {"slug": meta.slug},
                )
            }
        )
    article = Article(
        slug=meta.slug, lang=meta.lang, kind=meta.kind, title=meta.title, scope=meta.scope,
        status=meta.status, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(article)
    session.flush()
    return save_revision(session, article, serialise(document), document.meta, origin, now)


def update_article(
    session: Session,
    article: Article,
    document: Document,
    base_revision: int,
    origin: Origin,
    now: datetime,
) -> Article:
    """Save an edit that began at ``base_revision``. Raises ConflictError if there is a newer one."""
    if article.revision != base_revision:
        raise ConflictError
    meta = document.meta
    if (meta.kind, meta.slug, meta.lang) != (article.kind, article.slug, article.lang):
        raise InvalidError(
            {
                "slug": Message(
                    N_(
                        "Kind, slug and language of an article stay as they are; links depend on them."
                    )
                )
            }
        )
    source = serialise(document)
    if content_hash(source) == content_hash(revision_of(session, article).source):
        return article
    return save_revision(session, article, source, meta, origin, now)


def restore_revision(
    session: Session,
    article: Article,
    number: int,
    base_revision: int,
    origin: Origin,
    now: datetime,
) -> Article:
    """Make an old revision the newest again, as a new one. Nothing in between is lost."""
    if article.revision != base_revision:
        raise ConflictError
    source = revision_of(session, article, number).source
    document, problems = parse(source)
    if document is None:
        raise InvalidError({p.key: p.message for p in problems})
    return save_revision(session, article, source, document.meta, origin, now)


def save_revision(
    session: Session,
    article: Article,
    source: str,
    meta: FrontMatter,
    origin: Origin,
    now: datetime,
) -> Article:
    """Write a revision of ``source``, which parses to ``meta``, and all that follows from it."""
    article.revision += 1
    session.add(
        Revision(
            article_id=article.id or 0, number=article.revision, source=source,
            content_hash=content_hash(source), author_id=origin.person_id, note=origin.note,
            origin=origin.door, created_at=now,
        )
    )  # fmt: skip
    _project(session, article, meta, now)
    audit.record(
        session,
        now,
        origin.person_id,
        f"save_article_{origin.door}",
        f"article:{article.id}",
        slug=article.slug,
        lang=article.lang,
        revision=article.revision,
    )
    outbox.enqueue(session, outbox.INDEX_ARTICLE, article.id or 0, now)
    return article


def _project(session: Session, article: Article, meta: FrontMatter, now: datetime) -> None:
    article.title, article.summary = meta.title, meta.summary
    article.scope, article.status = meta.scope, meta.status
    article.verify_by, article.updated_at = meta.verify_by, now
    article.restricted = bool(meta.audience)
    owner = select(Person.id).where(Person.login == (meta.owner or ""))
    article.owner_id = session.exec(owner).first()
    session.add(article)
    session.flush()
    session.exec(delete(ArticleFacet).where(col(ArticleFacet.article_id) == article.id))
    values: dict[str, Sequence[str]] = {
        "stage": meta.stage, "tier": meta.tier, "product": meta.product, "tag": meta.tags,
        "role": meta.audience.roles, "team": meta.audience.teams,
    }  # fmt: skip
    session.add_all(
        ArticleFacet(article_id=article.id or 0, name=name, value=value)
        for name, items in values.items()
        for value in dict.fromkeys(items)
    )


def set_status(
    session: Session, article: Article, status: Status, origin: Origin, now: datetime
) -> Article:
    """Publish, archive or take back an article; the text keeps its history."""
    document = document_of(session, article)
    meta = document.meta.model_copy(update={"status": status})
    changed = Document(meta, document.body)
    return save_revision(session, article, serialise(changed), meta, origin, now)
