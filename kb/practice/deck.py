"""A person's deck: what is in it, what is due today within their limits, and the days ahead."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, func, select

from kb import audit
from kb.errors import InvalidError
from kb.learning.enrolments import enrolments_of
from kb.learning.moment import Moment
from kb.learning.path_file import Read
from kb.learning.path_store import paths_by_id
from kb.library.models import Article
from kb.library.vocabulary import Kind, Status
from kb.messages import N_, Message
from kb.permissions import Reader, visible_to
from kb.practice.models import PracticeCard, PracticeLimit, PracticeReview
from kb.practice.scheduling import new_schedule

CARDS_A_DAY = 20
NEW_A_DAY = 5
MOST_A_DAY = 200


@dataclass(frozen=True)
class Limits:
    """How many cards a day, and how many of them new."""

    cards: int = CARDS_A_DAY
    new_cards: int = NEW_A_DAY


@dataclass(frozen=True)
class Today:
    """What today holds: cards due, new ones that may come in, and what was done."""

    due: tuple[PracticeCard, ...]
    new: tuple[str, ...]  # slugs of objection cards that are not in the deck yet
    done: int
    limits: Limits

    @property
    def left(self) -> int:
        """How many cards are left for today."""
        return len(self.due) + len(self.new)


def limits_of(session: Session, person_id: int) -> Limits:
    """Somebody's limits."""
    row = session.get(PracticeLimit, person_id)
    return Limits(row.cards, row.new_cards) if row else Limits()


def set_limits(
    session: Session, person_id: int, cards: int | None, new_cards: int | None, now: datetime
) -> None:
    """Change one's limits. Raises InvalidError."""
    faults = {}
    if cards is None or not 1 <= cards <= MOST_A_DAY:
        faults["cards"] = Message(N_("Write a number from 1 to %(n)s."), {"n": MOST_A_DAY})
    if new_cards is None or not 0 <= new_cards <= 50:
        faults["new_cards"] = Message(N_("Write a number from 0 to %(n)s."), {"n": 50})
    if faults or cards is None or new_cards is None:
        raise InvalidError(faults)
    session.merge(PracticeLimit(person_id=person_id, cards=cards, new_cards=new_cards))
    audit.record(session, now, person_id, "set_practice_limits", f"person:{person_id}")


def add_card(
    session: Session,
    person_id: int,
    kind: str,
    ref: str,
    moment: Moment,
    *,
    again: bool = True,
) -> PracticeCard:
    """Put a card into somebody's deck; one that is there comes back today where ``again``."""
    query = select(PracticeCard).where(
        PracticeCard.person_id == person_id, PracticeCard.kind == kind, PracticeCard.ref == ref
    )
    card = session.exec(query).first()
    if card is None:
        card = PracticeCard(
            person_id=person_id, kind=kind, ref=ref, schedule="", due=moment.at,
            created_at=moment.at,
        )  # fmt: skip
        session.add(card)
        session.flush()
        card.schedule = new_schedule(card.id or 0, moment.at)
    else:
        card.suspended = False
        card.due = min(card.due, moment.at) if again else card.due
    session.add(card)
    session.flush()
    return card


def todays_cards(session: Session, reader: Reader, moment: Moment) -> Today:
    """What is due now, within today's limits; cards that were missed come before new ones."""
    limits = limits_of(session, reader.person_id)
    reviews = list(
        session.exec(
            select(PracticeReview).where(
                PracticeReview.person_id == reader.person_id, PracticeReview.day == moment.day
            )
        )
    )
    seen = {review.card_id for review in reviews}
    begun = len({review.card_id for review in reviews if review.first})
    room = max(0, limits.cards - len(seen))
    query = (
        select(PracticeCard)
        .where(
            PracticeCard.person_id == reader.person_id,
            col(PracticeCard.suspended).is_(False),
            PracticeCard.due <= moment.at,
        )
        .order_by(col(PracticeCard.due), col(PracticeCard.id))
    )
    due = list(session.exec(query))
    again = [card for card in due if card.id in seen]  # already counted today
    fresh = [card for card in due if card.id not in seen][:room]
    new_room = min(room - len(fresh), max(0, limits.new_cards - begun))
    new = _next_objections(session, reader, new_room) if new_room > 0 else []
    return Today((*fresh, *again), tuple(new), len(seen), limits)


def _next_objections(session: Session, reader: Reader, count: int) -> list[str]:
    """Objection cards that are not in the deck: those that the person's paths read come first."""
    have = select(PracticeCard.ref).where(
        PracticeCard.person_id == reader.person_id, PracticeCard.kind == "objection"
    )
    query = select(Article.slug).where(
        Article.kind == Kind.OBJECTION_CARD,
        Article.status == Status.PUBLISHED,
        visible_to(reader),
        col(Article.slug).not_in(have),
    )
    slugs = sorted(set(session.exec(query)))
    paths = paths_by_id(session)
    on_path = {
        step.article
        for enrolment in enrolments_of(session, reader.person_id)
        for step in paths[enrolment.path_id].path.steps()
        if isinstance(step, Read)
    }
    return sorted(slugs, key=lambda slug: slug not in on_path)[:count]


def is_exhausted(session: Session, reader: Reader, moment: Moment) -> bool:
    """Whether there is nothing to practise at all, whatever one's limits: none due, none new."""
    query = select(PracticeCard.id).where(
        PracticeCard.person_id == reader.person_id,
        col(PracticeCard.suspended).is_(False),
        PracticeCard.due <= moment.at,
    )
    due = session.exec(query).first() is not None
    return not due and not _next_objections(session, reader, 1)


def forecast(
    session: Session, person_id: int, moment: Moment, time_zone: str, days: int = 14
) -> list[int]:
    """How many cards fall due on each of the next days; what is overdue counts today."""
    zone = ZoneInfo(time_zone)
    until = datetime.combine(moment.day + timedelta(days=days), time.min, zone)
    query = select(PracticeCard.due).where(
        PracticeCard.person_id == person_id,
        col(PracticeCard.suspended).is_(False),
        PracticeCard.due < until,
    )
    per_day = Counter(
        max(0, (due.astimezone(zone).date() - moment.day).days) for due in session.exec(query)
    )
    return [per_day[day] for day in range(days)]


def deck_size(session: Session, person_id: int) -> int:
    """How many cards somebody's deck holds."""
    query = (
        select(func.count())
        .select_from(PracticeCard)
        .where(PracticeCard.person_id == person_id, col(PracticeCard.suspended).is_(False))
    )
    return session.exec(query).one()
