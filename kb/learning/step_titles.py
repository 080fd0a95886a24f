"""What a step is called on a page: its own title, or that of the article it leads to."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from kb.learning.path_file import Read, Step, Watch
from kb.library.models import Article
from kb.library.vocabulary import Status


def step_titles(session: Session, steps: Iterable[Step], lang: str) -> dict[str, str]:
    """Titles by step id, in a language where there is one; one query."""
    steps = list(steps)
    slugs = {s.article for s in steps if isinstance(s, Read | Watch) and s.title is None}
    rows = session.exec(
        select(Article.slug, Article.lang, Article.title).where(
            col(Article.slug).in_(slugs), Article.status == Status.PUBLISHED
        )
    )
    by_slug = {slug: title for slug, _, title in sorted(rows, key=lambda row: row[1] == lang)}
    return {step.id: _title(step, by_slug, lang) for step in steps}


def _title(step: Step, by_slug: dict[str, str], lang: str) -> str:
    if step.title is not None:
        return step.title.in_language(lang)
    if isinstance(step, Read | Watch):
        return by_slug.get(step.article, step.article)
    return step.id
