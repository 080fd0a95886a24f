"""Playing a scenario: begin, move by choosing or typing, the end with its score, the mentor's word."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from kb import audit
from kb.accounts.models import Person
from kb.errors import InvalidError, ShifuError
from kb.learning.enrolments import followed_by
from kb.learning.moment import Moment
from kb.learning.steps_elsewhere import role_play_locked, scenario_passed
from kb.messages import N_, Message
from kb.permissions import Reader, found
from kb.ports import Similarity
from kb.practice.deck import add_card
from kb.scenarios.models import Move, Play
from kb.scenarios.scenario_file import Ending, Reply, Scenario, Turn, read_scenario
from kb.scenarios.scoring import Judged, has_passed, judge, score_of, taken_for, wordings
from kb.scenarios.store import find_scenario

MAX_TYPED = 1_000
MAX_COMMENT = 2_000


class UnsureError(ShifuError):
    """No branch is near enough to what was typed."""

    template = N_("Not sure what you mean. Say it another way, or choose one of the replies.")


class MovedOnError(ShifuError):
    """The page was older than the play: a second click or another tab."""

    template = N_("The conversation has gone on already. Here is where it stands.")


@dataclass(frozen=True)
class Spoken:
    """One exchange: what the customer said, what was replied, and the standard's word on it."""

    turn: Turn
    reply: Reply
    move: Move


@dataclass(frozen=True)
class PlayView:
    """A play as its page needs it. ``turn`` None: it is over, and ``ending`` tells how."""

    play: Play
    scenario: Scenario
    spoken: tuple[Spoken, ...]
    turn: Turn | None
    ending: Ending | None
    judged: tuple[Judged, ...]

    def shown_replies(self) -> list[Reply]:
        """The replies of the turn at hand, in an order that is the play's own but not the file's."""
        if self.turn is None:
            return []
        replies = list(self.turn.replies)
        random.Random(f"{self.play.id}:{self.turn.id}").shuffle(replies)  # noqa: S311 - no secret
        return replies


def begin_play(session: Session, reader: Reader, slug: str, lang: str, moment: Moment) -> Play:
    """Begin a scenario, or go on with the play that is open."""
    row = find_scenario(session, slug, lang)
    query = select(Play).where(
        Play.slug == slug, Play.person_id == reader.person_id, col(Play.finished_at).is_(None)
    )
    there = session.exec(query).first()
    if there is not None:
        return there
    role_play_locked(session, reader.person_id, slug, moment)
    play = Play(
        slug=slug, lang=row.lang, person_id=reader.person_id, body=row.body,
        place=read_scenario(row.body).start, started_at=moment.at,
    )  # fmt: skip
    session.add(play)
    session.flush()
    audit.record(session, moment.at, reader.person_id, "begin_scenario", f"play:{play.id}")
    return play


def view_play(session: Session, reader: Reader, play_id: int) -> PlayView:
    """One's own play, or that of somebody whom the reader follows. Raises NotFoundError."""
    query = (
        select(Play)
        .join(Person, col(Person.id) == Play.person_id)
        .where(
            Play.id == play_id, or_(col(Play.person_id) == reader.person_id, followed_by(reader))
        )
    )
    return load_play(session, found(session.exec(query).first()))


def load_play(session: Session, play: Play) -> PlayView:
    """A play with its moves and, once it is over, its criteria."""
    scenario = read_scenario(play.body)
    query = select(Move).where(Move.play_id == play.id).order_by(col(Move.position))
    spoken = []
    for move in session.exec(query):
        turn = scenario.turn(move.turn_id)
        reply = turn.reply(move.reply_id) if turn else None
        if turn is not None and reply is not None:
            spoken.append(Spoken(turn, reply, move))
    over = play.finished_at is not None
    judged = tuple(judge(scenario, [one.reply for one in spoken])) if over else ()
    return PlayView(
        play, scenario, tuple(spoken), scenario.turn(play.place), scenario.ending(play.place),
        judged,
    )  # fmt: skip


def choose(
    session: Session, reader: Reader, play_id: int, moves: int, reply_id: str, moment: Moment
) -> Play:
    """Reply with one from the list. ``moves`` is how many the page knew of."""
    view = _own(session, reader, play_id, moves)
    reply = found(view.turn.reply(reply_id) if view.turn else None)
    return _move(session, view, reply, "", moment)


def say(
    session: Session,
    reader: Reader,
    play_id: int,
    moves: int,
    typed: str,
    similarity: Similarity,
    moment: Moment,
) -> Play:
    """Reply in one's own words. Raises UnsureError where no branch is near enough."""
    view = _own(session, reader, play_id, moves)
    typed = typed.strip()[:MAX_TYPED]
    turn = found(view.turn)
    if not typed:
        advice = N_("Write what you would say, or choose one of the replies.")
        raise InvalidError({"typed": Message(advice)})
    cosines = similarity.cosines(typed, [text for _, text in wordings(turn)])
    reply = turn.reply(taken_for(turn, typed, cosines) or "")
    if reply is None:
        raise UnsureError
    return _move(session, view, reply, typed, moment)


def _own(session: Session, reader: Reader, play_id: int, moves: int) -> PlayView:
    query = select(Play).where(Play.id == play_id, Play.person_id == reader.person_id)
    play = found(session.exec(query).first())
    if play.finished_at is not None or play.moves != moves:
        raise MovedOnError
    return load_play(session, play)


def _move(session: Session, view: PlayView, reply: Reply, typed: str, moment: Moment) -> Play:
    play, turn = view.play, found(view.turn)
    session.add(
        Move(
            play_id=play.id or 0, position=play.moves, turn_id=turn.id, reply_id=reply.id,
            typed=typed, at=moment.at,
        )
    )  # fmt: skip
    play.moves += 1
    play.place = reply.next
    session.add(play)
    session.flush()
    ending = view.scenario.ending(reply.next)
    if ending is not None:
        _finish(session, play, ending, moment)
    return play


def _finish(session: Session, play: Play, ending: Ending, moment: Moment) -> None:
    play.finished_at = moment.at
    view = load_play(session, play)
    play.score = score_of(view.judged)
    play.passed = has_passed(view.scenario, play.score, ending.outcome)
    session.add(play)
    session.flush()
    for ref in failed_turns(view.spoken):
        add_card(session, play.person_id, "turn", f"{play.slug}.{play.lang}#{ref}", moment)
    audit.record(
        session, moment.at, play.person_id, "finish_scenario", f"play:{play.id}",
        ending=ending.id, score=play.score, passed=play.passed,
    )  # fmt: skip
    if play.passed:
        scenario_passed(session, play.person_id, play.slug, play.score, moment)


def failed_turns(spoken: Sequence[Spoken]) -> list[str]:
    """Turns whose reply broke a criterion, or met less than the best one does."""
    failed = []
    for one in spoken:
        best = next(reply for reply in one.turn.replies if reply.best)
        if one.reply.breaks or set(best.meets) - set(one.reply.meets):
            failed.append(one.turn.id)
    return failed


def plays_of(session: Session, person_id: int, slug: str = "") -> list[Play]:
    """Somebody's plays, the newest first."""
    query = select(Play).where(Play.person_id == person_id)
    if slug:
        query = query.where(Play.slug == slug)
    return list(session.exec(query.order_by(col(Play.id).desc())))


def best_plays(session: Session, person_id: int) -> dict[str, Play]:
    """Somebody's best finished play of each scenario."""
    best: dict[str, Play] = {}
    for play in plays_of(session, person_id):
        if play.finished_at is not None:
            other = best.get(play.slug)
            worth = (play.passed, play.score or 0.0)
            if other is None or worth > (other.passed, other.score or 0.0):
                best[play.slug] = play
    return best


def plays_to_review(session: Session, reader: Reader, limit: int = 20) -> list[tuple[Play, Person]]:
    """Finished plays of the people whom the reader follows that nobody has reviewed, newest first."""
    query = (
        select(Play, Person)
        .join(Person, col(Person.id) == Play.person_id)
        .where(
            col(Play.finished_at).is_not(None),
            col(Play.reviewed_at).is_(None),
            Play.person_id != reader.person_id,
            followed_by(reader),
        )
        .order_by(col(Play.finished_at).desc())
        .limit(limit)
    )
    return list(session.exec(query))


def review(
    session: Session,
    reader: Reader,
    play_id: int,
    word: str,
    comments: dict[int, str],
    moment: Moment,
) -> Play:
    """The mentor's word on the whole and on single moves."""
    view = view_play(session, reader, play_id)
    over = view.play.finished_at is not None
    play = found(view.play if over and view.play.person_id != reader.person_id else None)
    if any(len(text) > MAX_COMMENT for text in (word, *comments.values())):
        advice = N_("Shorten the text to %(n)s characters.")
        raise InvalidError({"word": Message(advice, {"n": MAX_COMMENT})})
    for one in view.spoken:
        if one.move.position in comments:
            one.move.comment = comments[one.move.position].strip()
            session.add(one.move)
    play.review, play.reviewed_by, play.reviewed_at = word.strip(), reader.person_id, moment.at
    session.add(play)
    audit.record(session, moment.at, reader.person_id, "review_play", f"play:{play_id}")
    return play
