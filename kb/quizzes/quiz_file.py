"""What a quiz is: which questions are drawn, how long it takes, how often, and the mark to pass."""

from typing import Annotated

from pydantic import Field

from kb.learning.path_file import BilingualLine
from kb.library.faults import Problem
from kb.library.kinds import Code, Part, Slug
from kb.library.vocabulary import Scope
from kb.library.yaml_text import load_yaml
from kb.messages import N_, Message

FOLDER = "quizzes"
PASS_MARK = 80
RESERVED = {"new", "bank", "a", "judge"}  # addresses beside those of quizzes


class Draw(Part):
    """``count`` questions at random from a bank, of these topics where any are named."""

    bank: Code
    topics: Annotated[list[Code], Field(max_length=20)] = Field(default_factory=list)
    count: Annotated[int, Field(ge=1, le=60)]


class Quiz(Part):
    """A quiz. ``minutes`` 0: no limit; ``attempts`` 0: as often as one likes."""

    slug: Slug
    title: BilingualLine
    scope: Scope = Scope.GENERAL
    draw: Annotated[list[Draw], Field(min_length=1, max_length=12)]
    minutes: Annotated[int, Field(ge=0, le=240)] = 0
    pass_mark: Annotated[int, Field(ge=1, le=100)] = PASS_MARK
    attempts: Annotated[int, Field(ge=0, le=20)] = 3


def parse_quiz(text: str) -> tuple[Quiz | None, list[Problem]]:
    """Read a quiz's file, or its faults with their lines. Never raises."""
    loaded = load_yaml(text, Quiz)
    if loaded.model is not None and loaded.model.slug in RESERVED:
        advice = N_("%(slug)s is an address of the site; choose another slug")
        message = Message(advice, {"slug": loaded.model.slug})
        return None, [Problem(loaded.lines.of(("slug",)), "slug", message)]
    return loaded.model, loaded.problems
