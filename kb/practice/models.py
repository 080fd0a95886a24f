"""Tables of practice: cards with their schedule, reviews, limits, the team's drill of the week."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class PracticeCard(SQLModel, table=True):
    """One card of one person. ``schedule`` is the state of FSRS as JSON; ``due`` is read off it."""

    __tablename__ = "practice_card"
    __table_args__ = (UniqueConstraint("person_id", "kind", "ref"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = Field(max_length=10)  # objection, question, turn
    ref: str = Field(max_length=170)  # article slug; question id; scenario.lang#turn
    schedule: str
    due: datetime = Field(index=True)
    reviews: int = 0  # counts gradings; an older page may not grade twice
    suspended: bool = False
    created_at: datetime


class PracticeReview(SQLModel, table=True):
    """One grading of a card. Ratings are those of FSRS: 1 again, 2 hard, 3 good, 4 easy."""

    __tablename__ = "practice_review"
    id: int | None = Field(default=None, primary_key=True)
    card_id: int = Field(foreign_key="practice_card.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    rating: int
    day: date = Field(index=True)
    at: datetime
    first: bool  # whether the card was new


class PracticeLimit(SQLModel, table=True):
    """How much somebody practises a day."""

    __tablename__ = "practice_limit"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    cards: int
    new_cards: int


class TeamDrill(SQLModel, table=True):
    """The objections that a team practises in a week."""

    __tablename__ = "team_drill"
    __table_args__ = (UniqueConstraint("team_id", "monday"),)
    id: int | None = Field(default=None, primary_key=True)
    team_id: int = Field(foreign_key="team.id", index=True)
    monday: date
    slugs: str  # JSON: article slugs
    created_by: int = Field(foreign_key="person.id")
    created_at: datetime
