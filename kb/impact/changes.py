"""A change of meaning: noted once for a revision, looked through, read again by certified people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from kb import audit
from kb.accounts.models import Person
from kb.impact.dependents import dependents_of
from kb.impact.models import ImpactItem, MeaningChange, ReadingRequest
from kb.learning.certificates import certified_people
from kb.learning.path_file import Read, Watch
from kb.learning.path_store import all_paths
from kb.library.models import Article
from kb.permissions import Reader, found, visible_to


@dataclass(frozen=True)
class ChangePage:
    """A change with what it touches, and who was asked to read it again."""

    change: MeaningChange
    article: Article
    author: Person | None
    items: tuple[ImpactItem, ...]
    readers: tuple[tuple[ReadingRequest, Person], ...]

    @property
    def open(self) -> int:
        """How many things nobody has looked at yet."""
        return sum(item.looked_at is None for item in self.items)


def note_meaning_change(
    session: Session, article: Article, person_id: int, note: str, now: datetime
) -> MeaningChange:
    """The newest revision means something else: list what stands on it, ask certified people."""
    query = select(MeaningChange).where(
        MeaningChange.article_id == article.id, MeaningChange.revision == article.revision
    )
    there = session.exec(query).first()
    if there is not None:
        return there
    change = MeaningChange(
        article_id=article.id or 0, revision=article.revision, note=note[:200],
        author_id=person_id, at=now,
    )  # fmt: skip
    session.add(change)
    session.flush()
    for one in dependents_of(session, article):
        session.add(
            ImpactItem(change_id=change.id or 0, kind=one.kind, ref=one.ref, title=one.title[:600])
        )
    asked = _ask_certified(session, article, now)
    audit.record(
        session, now, person_id, "meaning_change", f"article:{article.id}",
        revision=article.revision, asked=asked,
    )  # fmt: skip
    return change


def _ask_certified(session: Session, article: Article, now: datetime) -> int:
    """Whoever holds a certificate of a path that reads this article is asked to read it again."""
    paths = {
        stored.id
        for stored in all_paths(session, archived=True)
        for step in stored.path.steps()
        if isinstance(step, Read | Watch) and step.article == article.slug
    }
    people = {person_id for person_id, _ in certified_people(session, paths)}
    query = select(ReadingRequest).where(ReadingRequest.article_id == article.id)
    there = {request.person_id: request for request in session.exec(query)}
    for person_id in people:
        request = there.get(person_id) or ReadingRequest(
            article_id=article.id or 0, person_id=person_id, revision=0, asked_at=now
        )
        request.revision, request.asked_at = article.revision, now
        session.add(request)
    return len(people)


def confirm_reading(session: Session, reader: Reader, article_id: int, now: datetime) -> bool:
    """The reader has read the newest revision. False: nothing was asked, or it is confirmed."""
    query = select(ReadingRequest).where(
        ReadingRequest.article_id == article_id, ReadingRequest.person_id == reader.person_id
    )
    request = session.exec(query).first()
    if request is None or request.confirmed_revision >= request.revision:
        return False
    request.confirmed_revision, request.confirmed_at = request.revision, now
    session.add(request)
    audit.record(
        session, now, reader.person_id, "confirm_reading", f"article:{article_id}",
        revision=request.revision,
    )  # fmt: skip
    return True


def to_read(session: Session, reader: Reader) -> list[Article]:
    """Changed articles that the reader should read again, the longest waiting first."""
    query = (
        select(Article)
        .join(ReadingRequest, col(ReadingRequest.article_id) == Article.id)
        .where(
            ReadingRequest.person_id == reader.person_id,
            col(ReadingRequest.confirmed_revision) < ReadingRequest.revision,
            visible_to(reader),
        )
    )
    return list(session.exec(query.order_by(col(ReadingRequest.asked_at))))


def is_to_read(session: Session, reader: Reader, article_id: int) -> bool:
    """Whether the reader was asked to read an article again and has not confirmed it."""
    query = select(ReadingRequest.id).where(
        ReadingRequest.article_id == article_id,
        ReadingRequest.person_id == reader.person_id,
        col(ReadingRequest.confirmed_revision) < ReadingRequest.revision,
    )
    return session.exec(query).first() is not None


def open_changes(session: Session, reader: Reader) -> list[tuple[MeaningChange, Article, int]]:
    """Changes with things that nobody has looked at, the oldest first, and how many."""
    query = (
        select(MeaningChange, Article, ImpactItem.id)
        .join(Article, col(Article.id) == MeaningChange.article_id)
        .join(ImpactItem, col(ImpactItem.change_id) == MeaningChange.id)
        .where(col(ImpactItem.looked_at).is_(None), visible_to(reader))
        .order_by(col(MeaningChange.at))
    )
    counts: dict[int, int] = {}
    rows: dict[int, tuple[MeaningChange, Article]] = {}
    for change, article, _ in session.exec(query):
        counts[change.id or 0] = counts.get(change.id or 0, 0) + 1
        rows[change.id or 0] = (change, article)
    return [(*rows[key], counts[key]) for key in rows]


def change_page(session: Session, reader: Reader, change_id: int) -> ChangePage:
    """A change as its page shows it. Raises NotFoundError where the reader may not see the article."""
    change = found(session.get(MeaningChange, change_id))
    query = select(Article).where(Article.id == change.article_id, visible_to(reader))
    article = found(session.exec(query).first())
    items = session.exec(
        select(ImpactItem).where(ImpactItem.change_id == change_id).order_by(col(ImpactItem.id))
    )
    readers = session.exec(
        select(ReadingRequest, Person)
        .join(Person, col(Person.id) == ReadingRequest.person_id)
        .where(
            ReadingRequest.article_id == article.id,
            col(ReadingRequest.revision) >= change.revision,
        )
        .order_by(Person.name)
    )
    author = session.get(Person, change.author_id)
    return ChangePage(change, article, author, tuple(items), tuple(readers))


def mark_looked(
    session: Session, reader: Reader, change_id: int, item_ids: set[int], now: datetime
) -> int:
    """Somebody has looked at these. Returns how many were new."""
    page = change_page(session, reader, change_id)
    new = [one for one in page.items if one.id in item_ids and one.looked_at is None]
    for item in new:
        item.looked_at, item.looked_by = now, reader.person_id
        session.add(item)
    if new:
        audit.record(
            session, now, reader.person_id, "look_at_dependents", f"change:{change_id}",
            items=[item.id for item in new],
        )  # fmt: skip
    return len(new)


def forget_changes(session: Session, article_ids: Collection[int | None]) -> None:
    """Articles are taken out of the library: their changes and requests go with them."""
    changes = select(MeaningChange.id).where(col(MeaningChange.article_id).in_(article_ids))
    session.exec(delete(ImpactItem).where(col(ImpactItem.change_id).in_(changes)))
    for table in (MeaningChange, ReadingRequest):
        session.exec(delete(table).where(col(table.article_id).in_(article_ids)))
