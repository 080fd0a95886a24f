"""Which key points an answer in one's own words seems to cover: by its words, and by meaning.

A suggestion for the mentor who decides, and advice for who practises; never a mark by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.ports import Similarity
from kb.quizzes.text_match import squeezed

# Where the two come from is told in ADR 15.
NEAR = 0.45  # cosine from which a sentence counts as saying a point
WORDS = 0.6  # share of a point's character pairs that stand in the answer
_SENTENCE = re.compile(r"[。！？!?；;\n]+|(?<=[a-z0-9])\.\s")
_CLAUSE = re.compile(r"[，,：:]+")
MAX_PIECES = 40


@dataclass(frozen=True)
class Coverage:
    """Whether a point seems to be said, and what told so: ``words``, ``meaning`` or nothing."""

    met: bool
    by: str = ""


def coverage(
    answer: str, points: Sequence[Sequence[str]], similarity: Similarity
) -> list[Coverage]:
    """For each point, given as its wordings, whether the answer seems to say it."""
    pieces = pieces_of(answer)
    if not pieces:
        return [Coverage(False) for _ in points]
    said = [_by_words(answer, wordings) for wordings in points]
    flat = [wording for wordings in points for wording in wordings]
    best = [-1.0] * len(flat)
    for piece in pieces:
        for at, cosine in enumerate(similarity.cosines(piece, flat) or ()):
            best[at] = max(best[at], cosine)
    result, at = [], 0
    for wordings, in_words in zip(points, said, strict=True):
        near = max(best[at : at + len(wordings)], default=-1.0) >= NEAR
        at += len(wordings)
        by = "words" if in_words else ("meaning" if near else "")
        result.append(Coverage(in_words or near, by))
    return result


def sentences_of(text: str) -> list[str]:
    """A text's sentences."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def pieces_of(answer: str) -> list[str]:
    """The answer's sentences and their longer clauses: a point is often one clause of a sentence."""
    pieces: list[str] = []
    for sentence in sentences_of(answer):
        pieces.append(sentence)
        clauses = [clause.strip() for clause in _CLAUSE.split(sentence)]
        if len(clauses) > 1:
            pieces += [clause for clause in clauses if len(clause) >= 5]
    return list(dict.fromkeys(pieces))[:MAX_PIECES]


def _by_words(answer: str, wordings: Sequence[str]) -> bool:
    text = squeezed(answer)
    pairs = {text[i : i + 2] for i in range(len(text) - 1)}
    for wording in wordings:
        wanted = squeezed(wording)
        needed = {wanted[i : i + 2] for i in range(len(wanted) - 1)}
        if needed and len(needed & pairs) / len(needed) >= WORDS:
            return True
    return False
