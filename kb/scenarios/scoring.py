"""Scoring a play and taking a typed reply for a branch: pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.quizzes.text_match import squeezed
from kb.scenarios.scenario_file import Criterion, Reply, Scenario, Turn

NEAR = 0.40  # cosine from which a typed reply may be taken for a branch; ADR 15
AHEAD = 0.05  # and by how much it must be nearer than any other branch


@dataclass(frozen=True)
class Judged:
    """A criterion, whether the play met it, and the move (from 0) that decided it; None: no move."""

    criterion: Criterion
    met: bool
    at: int | None


def judge(scenario: Scenario, replies: Sequence[Reply]) -> list[Judged]:
    """Each criterion: met where a reply met it and none broke it."""
    judged = []
    for criterion in scenario.criteria:
        broken = next((n for n, r in enumerate(replies) if criterion.id in r.breaks), None)
        met = next((n for n, r in enumerate(replies) if criterion.id in r.meets), None)
        if broken is not None:
            judged.append(Judged(criterion, met=False, at=broken))
        else:
            judged.append(Judged(criterion, met=met is not None, at=met))
    return judged


def score_of(judged: Sequence[Judged]) -> float:
    """Per cent of the criteria that were met."""
    return round(100 * sum(one.met for one in judged) / len(judged), 1) if judged else 0.0


def has_passed(scenario: Scenario, score: float, outcome: str) -> bool:
    """A play passes with enough criteria met and an ending that is not bad."""
    return score >= scenario.pass_ and outcome != "bad"


def wordings(turn: Turn) -> list[tuple[str, str]]:
    """Every way to say each reply: (reply id, text)."""
    return [(reply.id, text) for reply in turn.replies for text in (reply.say, *reply.also)]


def taken_for(turn: Turn, typed: str, cosines: Sequence[float] | None) -> str | None:
    """The reply that was meant, or None where that is not sure.

    ``cosines`` belong to ``wordings(turn)``; without a model only the same words are recognised.
    """
    said = squeezed(typed)
    for reply_id, text in wordings(turn):
        if said and said == squeezed(text):
            return reply_id
    if cosines is None:
        return None
    best: dict[str, float] = {}
    for (reply_id, _), cosine in zip(wordings(turn), cosines, strict=True):
        best[reply_id] = max(best.get(reply_id, -1.0), cosine)
    ranked = sorted(best.items(), key=lambda pair: pair[1], reverse=True)
    (first, nearest), others = ranked[0], ranked[1:]
    ahead = nearest - (others[0][1] if others else -1.0)
    return first if nearest >= NEAR and ahead >= AHEAD else None
