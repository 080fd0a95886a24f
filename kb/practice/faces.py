"""What a card shows: the customer's line, and the words, read from the library as it is now."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from kb.library.articles import document_of
from kb.library.kinds import ObjectionCard
from kb.library.models import Article
from kb.library.vocabulary import Status
from kb.practice.models import PracticeCard
from kb.quizzes.bank_store import read_body
from kb.quizzes.key_points import sentences_of
from kb.quizzes.models import BankQuestion
from kb.quizzes.questions import Free, Multiple, Single
from kb.quizzes.wording import right_answer
from kb.scenarios.models import ScenarioRow
from kb.scenarios.scenario_file import read_scenario

SHORTEST_POINT = 6  # characters; shorter sentences are only courtesy
MOST_POINTS = 4


@dataclass(frozen=True)
class Face:
    """Both sides of a card. ``points`` are what a typed answer is compared with, as wordings."""

    lang: str
    title: str
    front: str
    choices: tuple[str, ...]
    back: str
    follow_up: str
    avoid: tuple[str, ...]
    note: str
    source: str  # article slug # anchor, or empty
    points: tuple[tuple[str, ...], ...]


def face_of(session: Session, card: PracticeCard, lang: str) -> Face | None:
    """The card's sides in a language where it can; None where what it showed is gone."""
    if card.kind == "objection":
        return _objection(session, card, lang)
    if card.kind == "question":
        return _question(session, card)
    return _turn(session, card)


def _objection(session: Session, card: PracticeCard, lang: str) -> Face | None:
    query = select(Article).where(
        Article.slug == card.ref,
        Article.status == Status.PUBLISHED,
        Article.kind == "objection_card",
    )
    articles = sorted(session.exec(query), key=lambda article: article.lang != lang)
    if not articles:
        return None
    meta = document_of(session, articles[0]).meta
    if not isinstance(meta, ObjectionCard):
        return None
    said = meta.customer_says[card.reviews % len(meta.customer_says)]
    said_aloud = [one for one in sentences_of(meta.response) if len(one) >= SHORTEST_POINT]
    points = [(one,) for one in (*said_aloud[:MOST_POINTS], meta.follow_up)]
    return Face(
        articles[0].lang, articles[0].title, said, (), meta.response, meta.follow_up,
        tuple(meta.do_not_say), meta.concern, f"{card.ref}#words", tuple(points),
    )  # fmt: skip


def _question(session: Session, card: PracticeCard) -> Face | None:
    row = session.get(BankQuestion, int(card.ref))
    if row is None or row.retired:
        return None
    question = read_body(row.body)
    choices: Sequence[str] = ()
    if isinstance(question, Single | Multiple):
        choices = [option.text for option in question.options]
    points: tuple[tuple[str, ...], ...] = ()
    back = "\n".join(right_answer(question))
    if isinstance(question, Free):
        points = tuple((point.point, *point.also) for point in question.key_points)
        back = question.model_answer
    return Face(
        row.lang, row.topic, question.prompt, tuple(choices), back, "", (),
        question.explanation, row.source, points,
    )  # fmt: skip


def _turn(session: Session, card: PracticeCard) -> Face | None:
    name, _, turn_id = card.ref.partition("#")
    slug, _, lang = name.rpartition(".")
    row = session.exec(
        select(ScenarioRow).where(
            ScenarioRow.slug == slug, ScenarioRow.lang == lang, col(ScenarioRow.retired).is_(False)
        )
    ).first()
    scenario = read_scenario(row.body) if row else None
    turn = scenario.turn(turn_id) if scenario else None
    if scenario is None or turn is None:
        return None
    best = next(reply for reply in turn.replies if reply.best)
    return Face(
        lang, scenario.title, turn.customer, (), best.say, "", (), best.comment,
        "", ((best.say, *best.also),),
    )  # fmt: skip
