"""Browsing: lists of articles by facet, with counts that know the reader's rights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from kb.library.models import Article, ArticleFacet, ProductLineRow
from kb.library.vocabulary import Status
from kb.permissions import Reader, visible_to

PAGE_SIZE = 24
FACETS = ("stage", "tier", "product", "tag")
COLUMNS = ("kind", "lang", "status")
MAX_TAGS = 24  # the rarest tags are found by search


@dataclass(frozen=True)
class Page:
    """One page of a list. ``number`` counts from 1."""

    articles: tuple[Article, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def browse(session: Session, reader: Reader, chosen: Mapping[str, str], page: int = 1) -> Page:
    """Visible articles that have every chosen facet, best kept first: newest change first."""
    ids = _matching(reader, chosen)
    total = session.exec(select(func.count()).select_from(ids.subquery())).one()
    number = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = (
        select(Article)
        .where(col(Article.id).in_(ids))
        .order_by(col(Article.kind), col(Article.title), col(Article.id))
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Page(tuple(session.exec(rows)), total, number)


def facet_counts(
    session: Session, reader: Reader, chosen: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:
    """For each facet its values and how many articles each would leave, given the other choices."""
    counts: dict[str, list[tuple[str, int]]] = {}
    for name in (*COLUMNS[:2], *FACETS):
        others = {key: value for key, value in chosen.items() if key != name}
        ids = _matching(reader, others)
        if name in COLUMNS:
            column = getattr(Article, name)
            query = select(column, func.count()).where(col(Article.id).in_(ids)).group_by(column)
        else:
            query = (
                select(ArticleFacet.value, func.count())
                .where(ArticleFacet.name == name, col(ArticleFacet.article_id).in_(ids))
                .group_by(ArticleFacet.value)
            )
        rows = sorted(((v, n) for v, n in session.exec(query)), key=lambda row: (-row[1], row[0]))
        counts[name] = rows[:MAX_TAGS] if name == "tag" else rows
    return counts


def _matching(reader: Reader, chosen: Mapping[str, str]) -> SelectOfScalar[Any]:
    query = select(Article.id).where(visible_to(reader))
    if "status" not in chosen:
        query = query.where(Article.status == Status.PUBLISHED)
    for name, value in chosen.items():
        if name in COLUMNS:
            query = query.where(getattr(Article, name) == value)
        elif name in FACETS:
            having = select(ArticleFacet.article_id).where(
                ArticleFacet.name == name, ArticleFacet.value == value
            )
            query = query.where(col(Article.id).in_(having))
    return query


def facets_of(session: Session, article_id: int) -> dict[str, list[str]]:
    """An article's facet values by name."""
    rows = session.exec(select(ArticleFacet).where(ArticleFacet.article_id == article_id))
    values: dict[str, list[str]] = {}
    for row in rows:
        values.setdefault(row.name, []).append(row.value)
    return values


def product_lines(session: Session, lang: str) -> dict[str, str]:
    """Names of the product lines by code."""
    rows = session.exec(select(ProductLineRow).order_by(col(ProductLineRow.position)))
    return {row.code: row.en if lang == "en" else row.zh for row in rows}


def overdue_articles(
    session: Session, reader: Reader, today: date, limit: int = 8
) -> list[Article]:
    """Published articles past their verify-by date: the reader's own, or all for editors."""
    query = select(Article).where(
        visible_to(reader),
        Article.status == Status.PUBLISHED,
        col(Article.verify_by) < today,
    )
    if reader.audience() is not None:
        query = query.where(Article.owner_id == reader.person_id)
    return list(session.exec(query.order_by(col(Article.verify_by)).limit(limit)))


def drafts_of(session: Session, reader: Reader, limit: int = 8) -> list[Article]:
    """Articles in draft that the reader may see, newest first."""
    query = select(Article).where(visible_to(reader), Article.status == Status.DRAFT)
    return list(session.exec(query.order_by(col(Article.updated_at).desc()).limit(limit)))


def related(session: Session, reader: Reader, article: Article, limit: int = 5) -> list[Article]:
    """Articles in the same language that share the most tags and stages with this one."""
    shared = (
        select(ArticleFacet.article_id, func.count().label("n"))
        .where(
            or_(
                *(
                    (col(ArticleFacet.name) == name) & (col(ArticleFacet.value) == value)
                    for name, values in facets_of(session, article.id or 0).items()
                    if name in ("tag", "stage")
                    for value in values
                ),
                col(ArticleFacet.article_id) == -1,  # or_ needs at least one condition
            )
        )
        .group_by(col(ArticleFacet.article_id))
        .subquery()
    )
    query = (
        select(Article)
        .join(shared, shared.c.article_id == Article.id)
        .where(
            visible_to(reader),
            Article.status == Status.PUBLISHED,
            Article.lang == article.lang,
            Article.id != article.id,
        )
        .order_by(shared.c.n.desc(), col(Article.id))
        .limit(limit)
    )
    return list(session.exec(query))


def by_slugs(session: Session, reader: Reader, slugs: Sequence[str], lang: str) -> list[Article]:
    """Visible published articles in the order of ``slugs``, in ``lang`` where there is one."""
    query = select(Article).where(
        col(Article.slug).in_(slugs), visible_to(reader), Article.status == Status.PUBLISHED
    )
    found = {a.slug: a for a in sorted(session.exec(query), key=lambda a: a.lang == lang)}
    return [found[slug] for slug in slugs if slug in found]
