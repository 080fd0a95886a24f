"""What the index is told: published articles as documents, and which of them changed."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from kb.documents import EVERYONE, LibraryDocument
from kb.library.articles import content_hash
from kb.library.front_matter import Document, parse
from kb.library.models import Article, Revision
from kb.library.sections import sections_of
from kb.library.vocabulary import Status

# Part of every fingerprint: raise it when sections are cut differently, and all is re-indexed.
FEED_VERSION = 1


def to_index_document(article_id: int, document: Document, fingerprint: str) -> LibraryDocument:
    """An article as the index sees it."""
    meta = document.meta
    tokens = (
        *(f"role:{r}" for r in meta.audience.roles),
        *(f"team:{t}" for t in meta.audience.teams),
    )
    return LibraryDocument(
        article_id=article_id,
        slug=meta.slug,
        kind=meta.kind,
        lang=meta.lang,
        title=meta.title,
        tags=tuple(meta.tags),
        stages=tuple(meta.stage),
        tiers=tuple(meta.tier),
        products=tuple(meta.product),
        audience=tokens or (EVERYONE,),
        sections=sections_of(document),
        fingerprint=fingerprint,
    )


def published_documents(
    session: Session, article_ids: Iterable[int] | None = None
) -> list[LibraryDocument]:
    """The published articles, all or those of the given ids, in the order of their ids."""
    query = (
        select(Article.id, Revision.source)
        .join(Revision, col(Revision.article_id) == Article.id)
        .where(Revision.number == Article.revision, Article.status == Status.PUBLISHED)
        .order_by(col(Article.id))
    )
    if article_ids is not None:
        query = query.where(col(Article.id).in_(list(article_ids)))
    documents = []
    for article_id, source in session.exec(query):
        document, _ = parse(source)
        if document is not None:
            documents.append(
                to_index_document(article_id or 0, document, _fingerprint(content_hash(source)))
            )
    return documents


def published_fingerprints(session: Session) -> dict[int, str]:
    """Fingerprints of all published articles, without parsing them."""
    query = (
        select(Article.id, Revision.content_hash)
        .join(Revision, col(Revision.article_id) == Article.id)
        .where(Revision.number == Article.revision, Article.status == Status.PUBLISHED)
    )
    return {article_id or 0: _fingerprint(value) for article_id, value in session.exec(query)}


def _fingerprint(value: str) -> str:
    return f"{FEED_VERSION}-{value}"
