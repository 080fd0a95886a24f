"""A person's own shelf: favourites and what they opened lately."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from kb.library.models import Article, Favourite, RecentView
from kb.library.vocabulary import Status
from kb.permissions import Reader, visible_to

KEPT_RECENT = 50
SAME_READING = timedelta(minutes=10)  # opening a page again within this is the same reading


def toggle_favourite(session: Session, reader: Reader, article: Article, now: datetime) -> bool:
    """Put an article on the shelf or take it off. Returns whether it is there now."""
    row = session.get(Favourite, (reader.person_id, article.id))
    if row:
        session.delete(row)
        return False
    session.add(Favourite(person_id=reader.person_id, article_id=article.id or 0, created_at=now))
    return True


def is_favourite(session: Session, reader: Reader, article: Article) -> bool:
    """Whether an article is on the reader's shelf."""
    return session.get(Favourite, (reader.person_id, article.id)) is not None


def favourites(session: Session, reader: Reader, limit: int = 8) -> list[Article]:
    """The shelf, newest first, without what the reader may no longer see."""
    query = (
        select(Article)
        .join(Favourite, col(Favourite.article_id) == Article.id)
        .where(Favourite.person_id == reader.person_id, visible_to(reader))
        .order_by(col(Favourite.created_at).desc())
    )
    return list(session.exec(query.limit(limit)))


def view_is_news(session: Session, reader: Reader, article: Article, now: datetime) -> bool:
    """Whether opening an article changes the list of what was opened lately."""
    row = session.get(RecentView, (reader.person_id, article.id))
    return row is None or row.viewed_at < now - SAME_READING


def note_view(session: Session, reader: Reader, article: Article, now: datetime) -> None:
    """Remember that a person opened an article; old entries are forgotten."""
    session.merge(RecentView(person_id=reader.person_id, article_id=article.id or 0, viewed_at=now))
    session.flush()
    old = (
        select(RecentView.article_id)
        .where(RecentView.person_id == reader.person_id)
        .order_by(col(RecentView.viewed_at).desc())
        .offset(KEPT_RECENT)
    )
    session.exec(
        delete(RecentView).where(
            col(RecentView.person_id) == reader.person_id,
            col(RecentView.article_id).in_(old),
        )
    )


def recent(session: Session, reader: Reader, limit: int = 8) -> list[Article]:
    """What the reader opened lately and may still see, newest first."""
    query = (
        select(Article)
        .join(RecentView, col(RecentView.article_id) == Article.id)
        .where(
            RecentView.person_id == reader.person_id,
            Article.status == Status.PUBLISHED,
            visible_to(reader),
        )
        .order_by(col(RecentView.viewed_at).desc())
    )
    return list(session.exec(query.limit(limit)))
