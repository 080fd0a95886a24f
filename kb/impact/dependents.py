"""Everything that stands on an article: questions, articles that link to it, scenarios, paths, decks."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from kb.learning.path_file import Read, Watch
from kb.learning.path_store import all_paths
from kb.library.articles import document_of
from kb.library.links import article_links
from kb.library.models import Article, Revision
from kb.library.vocabulary import Status
from kb.practice.models import PracticeCard
from kb.quizzes.models import BankQuestion
from kb.scenarios.models import ScenarioRow
from kb.scenarios.scenario_file import read_scenario


@dataclass(frozen=True)
class Dependent:
    """One thing that stands on an article. ``ref``: an id, a slug and language, or a slug."""

    kind: str  # question, article, scenario, path, deck
    ref: str
    title: str


def dependents_of(session: Session, article: Article) -> list[Dependent]:
    """All of it, questions first."""
    return [
        *_questions(session, article.slug),
        *_articles(session, article),
        *_scenarios(session, article.slug),
        *_paths(session, article.slug),
        *_decks(session, article),
    ]


def _questions(session: Session, slug: str) -> Iterator[Dependent]:
    query = select(BankQuestion).where(
        or_(BankQuestion.source == slug, col(BankQuestion.source).startswith(f"{slug}#")),
        col(BankQuestion.retired).is_(False),
    )
    for row in session.exec(query.order_by(BankQuestion.bank, col(BankQuestion.position))):
        yield Dependent("question", str(row.id), row.prompt)


def _articles(session: Session, article: Article) -> Iterator[Dependent]:
    query = (
        select(Article)
        .join(Revision, col(Revision.article_id) == Article.id)
        .where(
            Revision.number == Article.revision,
            col(Revision.source).contains(f"article:{article.slug}"),
            Article.status != Status.ARCHIVED,
            Article.id != article.id,
        )
    )
    for row in session.exec(query.order_by(Article.kind, Article.title)):
        body = document_of(session, row).body
        if article.slug in (slug for _, slug in article_links(body)):
            yield Dependent("article", f"{row.lang}/{row.slug}", row.title)


def _scenarios(session: Session, slug: str) -> Iterator[Dependent]:
    query = select(ScenarioRow).where(
        col(ScenarioRow.body).contains(slug), col(ScenarioRow.retired).is_(False)
    )
    for row in session.exec(query.order_by(ScenarioRow.slug, ScenarioRow.lang)):
        sources = {c.source.partition("#")[0] for c in read_scenario(row.body).criteria}
        if slug in sources:
            yield Dependent("scenario", f"{row.lang}/{row.slug}", row.title)


def _paths(session: Session, slug: str) -> Iterator[Dependent]:
    for stored in all_paths(session):
        steps = stored.path.steps()
        if any(isinstance(step, Read | Watch) and step.article == slug for step in steps):
            yield Dependent("path", stored.row.slug, stored.row.title_zh)


def _decks(session: Session, article: Article) -> Iterator[Dependent]:
    query = select(func.count()).select_from(PracticeCard).where(
        PracticeCard.kind == "objection", PracticeCard.ref == article.slug,
        col(PracticeCard.suspended).is_(False),
    )  # fmt: skip
    if count := session.exec(query).one():
        yield Dependent("deck", article.slug, f"{article.title} × {count}")
