"""Practising: the next card, grading oneself once, and what it does for the path."""

from dataclasses import dataclass

from sqlmodel import Session, select

from kb import audit
from kb.errors import InvalidError, ShifuError
from kb.learning.moment import Moment
from kb.learning.steps_elsewhere import practised
from kb.messages import N_, Message
from kb.permissions import Reader, found
from kb.ports import Similarity
from kb.practice.deck import Today, add_card, is_exhausted, todays_cards
from kb.practice.faces import Face, face_of
from kb.practice.models import PracticeCard, PracticeReview
from kb.practice.scheduling import RATINGS, reviewed
from kb.quizzes.key_points import Coverage, coverage


class GradedAlreadyError(ShifuError):
    """A second click, or another tab."""

    template = N_("This card was graded already. Here is the next one.")


@dataclass(frozen=True)
class Shown:
    """The next card with its sides, and what is left today."""

    card: PracticeCard
    face: Face
    today: Today


def next_card(session: Session, reader: Reader, lang: str, moment: Moment) -> Shown | None:
    """The card that comes next; a new one is put into the deck. None: nothing is left today.

    A card whose article, question or turn is gone is put aside.
    """
    for _ in range(50):
        today = todays_cards(session, reader, moment)
        if today.due:
            card = today.due[0]
        elif today.new:
            card = add_card(session, reader.person_id, "objection", today.new[0], moment)
        else:
            return None
        face = face_of(session, card, lang)
        if face is not None:
            return Shown(card, face, today)
        card.suspended = True
        session.add(card)
        session.flush()
    return None


def advice(face: Face, typed: str, similarity: Similarity) -> list[tuple[str, Coverage]]:
    """For each point of the card whether the typed answer seems to say it."""
    if not typed.strip() or not face.points:
        return []
    found_points = coverage(typed, face.points, similarity)
    return [(wordings[0], one) for wordings, one in zip(face.points, found_points, strict=True)]


def own_card(session: Session, reader: Reader, card_id: int) -> PracticeCard:
    """A card of the reader's deck. Raises NotFoundError."""
    query = select(PracticeCard).where(
        PracticeCard.id == card_id, PracticeCard.person_id == reader.person_id
    )
    return found(session.exec(query).first())


def grade_card(
    session: Session, reader: Reader, card_id: int, rating: int, reviews: int, moment: Moment
) -> PracticeCard:
    """Grade oneself. ``reviews`` is how often the card had been graded when the page was made."""
    card = own_card(session, reader, card_id)
    if rating not in RATINGS:
        raise InvalidError({"rating": Message(N_("Choose one of the four grades."))})
    if card.reviews != reviews:
        raise GradedAlreadyError
    card.schedule, card.due = reviewed(card.schedule, rating, moment.at)
    session.add(
        PracticeReview(
            card_id=card_id, person_id=reader.person_id, rating=rating, day=moment.day,
            at=moment.at, first=card.reviews == 0,
        )
    )  # fmt: skip
    card.reviews += 1
    session.add(card)
    session.flush()
    audit.record(session, moment.at, reader.person_id, "grade_card", f"card:{card_id}")
    today = todays_cards(session, reader, moment)
    exhausted = is_exhausted(session, reader, moment)
    practised(session, reader.person_id, today.done, nothing_left=exhausted, moment=moment)
    return card


def suspend(session: Session, reader: Reader, card_id: int, moment: Moment) -> None:
    """Take a card out of one's deck."""
    card = own_card(session, reader, card_id)
    card.suspended = True
    session.add(card)
    audit.record(session, moment.at, reader.person_id, "suspend_card", f"card:{card_id}")
