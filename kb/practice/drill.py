"""The team's drill of the week: a few objections that a manager picks, and who has practised them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from kb import audit
from kb.accounts.models import Membership, Person, Team
from kb.errors import InvalidError
from kb.learning.moment import Moment
from kb.library.models import Article
from kb.library.vocabulary import Kind, Status
from kb.messages import N_, Message
from kb.permissions import Reader, found
from kb.practice.deck import add_card
from kb.practice.models import PracticeCard, PracticeReview, TeamDrill

MOST_CARDS = 8


@dataclass(frozen=True)
class Drill:
    """A team's drill this week: its cards, and for each member how many they practised."""

    team: Team
    slugs: tuple[str, ...]
    members: tuple[tuple[Person, int], ...]


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def drills_of(session: Session, reader: Reader, moment: Moment) -> list[Drill]:
    """This week's drills of the reader's teams."""
    monday = monday_of(moment.day)
    query = (
        select(TeamDrill, Team)
        .join(Team, col(Team.id) == TeamDrill.team_id)
        .where(TeamDrill.monday == monday, col(Team.code).in_(reader.teams))
    )
    pairs = list(session.exec(query.order_by(Team.code)))
    if not pairs:
        return []
    team_ids = [team.id for _, team in pairs]
    members = list(
        session.exec(
            select(Membership.team_id, Person)
            .join(Person, col(Person.id) == Membership.person_id)
            .where(col(Membership.team_id).in_(team_ids), col(Person.active))
            .order_by(Person.name)
        )
    )
    practised = set(
        session.exec(
            select(PracticeReview.person_id, PracticeCard.ref)
            .join(PracticeCard, col(PracticeCard.id) == PracticeReview.card_id)
            .where(PracticeReview.day >= monday, PracticeCard.kind == "objection")
        )
    )
    result = []
    for drill, team in pairs:
        slugs = tuple(json.loads(drill.slugs))
        people = [person for team_id, person in members if team_id == team.id]
        counts = tuple((p, sum((p.id, slug) in practised for slug in slugs)) for p in people)
        result.append(Drill(team, slugs, counts))
    return result


def set_drill(
    session: Session, reader: Reader, team_code: str, slugs: Sequence[str], moment: Moment
) -> None:
    """Choose this week's objections for one of the reader's teams, and put them into the decks."""
    team = found(
        session.exec(
            select(Team).where(Team.code == team_code, col(Team.code).in_(reader.teams))
        ).first()
    )
    query = select(Article.slug).where(
        col(Article.slug).in_(slugs),
        Article.kind == Kind.OBJECTION_CARD,
        Article.status == Status.PUBLISHED,
    )
    known = sorted(set(session.exec(query)))
    if not 1 <= len(known) <= MOST_CARDS:
        advice = N_("Choose 1 to %(n)s objection cards.")
        raise InvalidError({"slugs": Message(advice, {"n": MOST_CARDS})})
    monday = monday_of(moment.day)
    there = session.exec(
        select(TeamDrill).where(TeamDrill.team_id == team.id, TeamDrill.monday == monday)
    ).first()
    drill = there or TeamDrill(
        team_id=team.id or 0, monday=monday, slugs="", created_by=reader.person_id,
        created_at=moment.at,
    )  # fmt: skip
    drill.slugs = json.dumps(known)
    session.add(drill)
    people = session.exec(select(Membership.person_id).where(Membership.team_id == team.id)).all()
    for person_id in people:
        for slug in known:
            add_card(session, person_id, "objection", slug, moment, again=there is None)
    audit.record(session, moment.at, reader.person_id, "set_drill", f"team:{team.id}", cards=known)
