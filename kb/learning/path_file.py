"""The file of a path: days of steps, of seven types. The same text is a version in the database.

A step's ``id`` is what a person has done; it stays the same when a path is changed.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from kb.library.faults import LineIndex, Problem
from kb.library.kinds import Line, Paragraph, Part, Slug
from kb.library.vocabulary import Role, Scope
from kb.library.yaml_text import load_yaml
from kb.messages import N_, Message

FOLDER = "paths"
MAX_DAYS = 400
RESERVED = {"new", "path", "certificate"}  # addresses beside those of paths and steps


class StepType(StrEnum):
    """What a step asks of a person."""

    READ = "read"
    WATCH = "watch"
    QUIZ = "quiz"
    PRACTISE = "practise"
    ROLE_PLAY = "role_play"
    FIELD_TASK = "field_task"
    SIGN_OFF = "sign_off"


class BilingualLine(Part):
    """A line in both languages."""

    zh: Line
    en: Line

    def in_language(self, lang: str) -> str:
        """The line as a page in ``lang`` shows it."""
        return self.en if lang == "en" else self.zh

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class BilingualText(Part):
    """One or more paragraphs in both languages."""

    zh: Paragraph
    en: Paragraph

    def in_language(self, lang: str) -> str:
        """The text as a page in ``lang`` shows it."""
        return self.en if lang == "en" else self.zh


class StepBase(Part):
    """What every step has. Without a title, the article that it leads to gives its own."""

    id: Annotated[Slug, StringConstraints(max_length=60)]
    title: BilingualLine | None = None
    minutes: Annotated[int, Field(ge=1, le=480)]
    optional: bool = False
    needs: Annotated[list[Slug], Field(max_length=8)] = Field(default_factory=list)


class Read(StepBase):
    """Read an article."""

    type: Literal[StepType.READ]
    article: Slug


class Watch(StepBase):
    """Watch a video of the library."""

    type: Literal[StepType.WATCH]
    article: Slug


class TakeQuiz(StepBase):
    """Pass a quiz."""

    type: Literal[StepType.QUIZ]
    title: BilingualLine
    quiz: Slug


class Practise(StepBase):
    """Review practice cards that are due, at least ``cards`` where there are so many."""

    type: Literal[StepType.PRACTISE]
    title: BilingualLine
    cards: Annotated[int, Field(ge=1, le=50)]


class RolePlay(StepBase):
    """Play a scenario to a passing end."""

    type: Literal[StepType.ROLE_PLAY]
    title: BilingualLine
    scenario: Slug


class FieldTask(StepBase):
    """Do something out there and bring evidence; the mentor accepts it or gives it back."""

    type: Literal[StepType.FIELD_TASK]
    title: BilingualLine
    task: BilingualText
    evidence_kinds: Annotated[list[Literal["text", "file"]], Field(min_length=1, max_length=2)]


class SignOff(StepBase):
    """The mentor has seen that every criterion holds and signs."""

    type: Literal[StepType.SIGN_OFF]
    title: BilingualLine
    criteria: Annotated[list[BilingualLine], Field(min_length=1, max_length=8)]


Step = Annotated[
    Read | Watch | TakeQuiz | Practise | RolePlay | FieldTask | SignOff,
    Field(discriminator="type"),
]


class Day(Part):
    """The steps of one day. A rest day carries a short optional review and is never overdue."""

    day: Annotated[int, Field(ge=1, le=MAX_DAYS)]
    title: BilingualLine
    rest: bool = False
    steps: Annotated[list[Step], Field(min_length=1, max_length=12)]


class TestOut(Part):
    """A quiz that shows that somebody knows what the steps ``covers`` teach."""

    __test__ = False  # pytest would take it for a test
    quiz: Slug
    covers: Annotated[list[Slug], Field(min_length=1, max_length=60)]


class Path(Part):
    """A path of learning. ``days`` are calendar days from the start."""

    slug: Slug
    title: BilingualLine
    summary: BilingualText
    scope: Scope = Scope.GENERAL
    roles: Annotated[list[Role], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=MAX_DAYS)]
    certificate: bool = True
    test_out: Annotated[list[TestOut], Field(max_length=12)] = Field(default_factory=list)
    schedule: Annotated[list[Day], Field(min_length=1, max_length=MAX_DAYS)]

    def steps(self) -> Iterator[Step]:
        """All steps in the order in which they are taken."""
        for day in self.schedule:
            yield from day.steps

    def required(self) -> Iterator[Step]:
        """The steps without which the path is not completed."""
        return (step for step in self.steps() if not step.optional)

    def step(self, step_id: str) -> Step | None:
        """A step by its id."""
        return next((step for step in self.steps() if step.id == step_id), None)

    @property
    def minutes(self) -> int:
        """Minutes that all required steps need."""
        return sum(step.minutes for step in self.required())


def parse_path(text: str) -> tuple[Path | None, list[Problem]]:
    """Read a path's file: the path, or None and every fault with its line. Never raises."""
    loaded = load_yaml(text, Path)
    if loaded.model is None:
        return None, loaded.problems
    problems = sorted(_faults(loaded.model, loaded.lines), key=lambda problem: problem.line)
    return (None if problems else loaded.model), problems


def _faults(path: Path, lines: LineIndex) -> Iterator[Problem]:
    """What no single key shows: order of days, ids used twice, needs that lead nowhere."""
    if path.slug in RESERVED:
        advice = N_("%(slug)s is an address of the site; choose another slug")
        yield Problem(lines.of(("slug",)), "slug", Message(advice, {"slug": path.slug}))
    before = 0
    seen: dict[str, int] = {}
    for d, day in enumerate(path.schedule):
        at = lines.of(("schedule", d, "day"))
        if day.day <= before:
            yield Problem(
                at, "day", Message(N_("stands after day %(n)s; sort the days"), {"n": before})
            )
        if day.day > path.days:
            advice = N_("is beyond the %(n)s days of the path; raise days or move it forward")
            yield Problem(at, "day", Message(advice, {"n": path.days}))
        before = max(before, day.day)
        for s, step in enumerate(day.steps):
            where = ("schedule", d, "steps", s)
            line = lines.of((*where, "id"))
            if day.rest and not step.optional:
                advice = N_("is on a rest day; write optional: true, or move it to a working day")
                yield Problem(line, "optional", Message(advice))
            if step.id in RESERVED:
                advice = N_("%(slug)s is an address of the site; choose another id")
                yield Problem(line, "id", Message(advice, {"slug": step.id}))
            if step.id in seen:
                advice = N_("%(text)s stands in line %(line)s already; keep one of the two")
                yield Problem(line, "id", Message(advice, {"text": step.id, "line": seen[step.id]}))
            for need in step.needs:
                if need not in seen:
                    advice = N_("needs %(id)s, which is not a step before it")
                    yield Problem(
                        lines.of((*where, "needs")), "needs", Message(advice, {"id": need})
                    )
            seen.setdefault(step.id, line)
    for t, test in enumerate(path.test_out):
        for covered in test.covers:
            if covered not in seen:
                yield Problem(
                    lines.of(("test_out", t, "covers")),
                    "covers",
                    Message(N_("names %(id)s, which is not a step of this path"), {"id": covered}),
                )
