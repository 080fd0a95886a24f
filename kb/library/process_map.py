"""The process map: the customer's journey with each stage's standards, documents and scripts."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from kb.library.articles import document_of
from kb.library.kinds import Playbook, Standard
from kb.library.models import Article, ArticleFacet
from kb.library.vocabulary import Kind, Stage, Status
from kb.permissions import Reader, visible_to

SCRIPTS = (Kind.TALK_TRACK, Kind.OBJECTION_CARD)
SHOWN_SCRIPTS = 6


@dataclass(frozen=True)
class Node:
    """One stage of the journey. ``playbook`` None: nobody has written its page yet."""

    stage: Stage
    playbook: Article | None
    standards: tuple[Standard, ...]
    documents: tuple[Article, ...]
    scripts: tuple[Article, ...]
    script_count: int


def process_map(session: Session, reader: Reader, lang: str) -> list[Node]:
    """All stages in order, in a language; a page that lacks it is shown in the other."""
    articles = _by_slug(session, reader, lang)
    playbooks = _node_pages(session, articles)
    scripts = _scripts_by_stage(session, articles)
    nodes = []
    for stage in Stage:
        article, meta = playbooks.get(stage, (None, None))
        found = scripts.get(stage, [])
        nodes.append(
            Node(
                stage=stage,
                playbook=article,
                standards=tuple(meta.standards) if meta else (),
                documents=tuple(articles[s] for s in meta.documents if s in articles)
                if meta
                else (),
                scripts=tuple(found[:SHOWN_SCRIPTS]),
                script_count=len(found),
            )
        )
    return nodes


def _by_slug(session: Session, reader: Reader, lang: str) -> dict[str, Article]:
    """Visible published articles by slug, in the wanted language where there is one."""
    rows = session.exec(
        select(Article).where(visible_to(reader), Article.status == Status.PUBLISHED)
    )
    ordered = sorted(rows, key=lambda article: article.lang == lang)
    return {article.slug: article for article in ordered}


def _node_pages(
    session: Session, articles: dict[str, Article]
) -> dict[Stage, tuple[Article, Playbook]]:
    pages: dict[Stage, tuple[Article, Playbook]] = {}
    for article in articles.values():
        if article.kind == Kind.PLAYBOOK and article.slug.startswith("process-"):
            meta = document_of(session, article).meta
            if isinstance(meta, Playbook) and meta.process_node:
                pages[meta.process_node] = (article, meta)
    return pages


def _scripts_by_stage(session: Session, articles: dict[str, Article]) -> dict[str, list[Article]]:
    wanted = {article.id: article for article in articles.values() if article.kind in SCRIPTS}
    rows = session.exec(
        select(ArticleFacet).where(
            ArticleFacet.name == "stage", col(ArticleFacet.article_id).in_(wanted)
        )
    )
    found: dict[str, list[Article]] = {}
    for row in rows:
        found.setdefault(row.value, []).append(wanted[row.article_id])
    for items in found.values():
        items.sort(key=lambda article: (SCRIPTS.index(Kind(article.kind)), article.title))
    return found
