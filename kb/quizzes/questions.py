"""What a question consists of, by type, and the file of a bank of questions in one language."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from kb.library.faults import LineIndex, Problem
from kb.library.kinds import Code, Line, Paragraph, Part, Slug
from kb.library.vocabulary import Lang, Scope
from kb.library.yaml_text import load_yaml
from kb.messages import N_, Message
from kb.quizzes.text_match import number_of

FOLDER = "questions"
BLANK = "____"


class QuestionType(StrEnum):
    """How a question is answered."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL = "fill"
    NUMBER = "number"
    ORDER = "order"
    MATCH = "match"
    FREE = "free"


Source = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(#[\w·\-]+)?$", max_length=160),
]


class Option(Part):
    """One choice; ``why`` is said to who took a wrong one."""

    text: Line
    right: bool = False
    why: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""


class Pair(Part):
    """Two things that belong together."""

    left: Line
    right: Line


class KeyPoint(Part):
    """What a free answer should say, and other ways of saying it."""

    point: Line
    also: Annotated[list[Line], Field(max_length=8)] = Field(default_factory=list)


class QuestionBase(Part):
    """What every question has. ``source`` names the passage in which the answer stands."""

    id: Annotated[Slug, StringConstraints(max_length=60)]
    type: QuestionType
    topic: Code
    prompt: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]
    explanation: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""
    source: Source | None = None


class Single(QuestionBase):
    """One option is right."""

    type: Literal[QuestionType.SINGLE]
    options: Annotated[list[Option], Field(min_length=2, max_length=8)]


class Multiple(QuestionBase):
    """Several options are right."""

    type: Literal[QuestionType.MULTIPLE]
    options: Annotated[list[Option], Field(min_length=3, max_length=8)]


class TrueFalse(QuestionBase):
    """A statement that holds or does not."""

    type: Literal[QuestionType.TRUE_FALSE]
    answer: bool


class Fill(QuestionBase):
    """A blank in the prompt; any of the accepted answers fills it."""

    type: Literal[QuestionType.FILL]
    accepted: Annotated[list[Line], Field(min_length=1, max_length=20)]


class Number(QuestionBase):
    """A number, right within a tolerance in the same unit."""

    type: Literal[QuestionType.NUMBER]
    answer: Annotated[
        float, BeforeValidator(lambda value: _number(value)), Field(allow_inf_nan=False)
    ]
    tolerance: Annotated[
        float, BeforeValidator(lambda value: _number(value)), Field(ge=0, allow_inf_nan=False)
    ] = 0.0
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""


class Order(QuestionBase):
    """Items to be put in order; they are written in the right one."""

    type: Literal[QuestionType.ORDER]
    items: Annotated[list[Line], Field(min_length=3, max_length=8)]


class Match(QuestionBase):
    """Pairs to be joined; ``extra`` rights fit nothing."""

    type: Literal[QuestionType.MATCH]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=8)]
    extra: Annotated[list[Line], Field(max_length=4)] = Field(default_factory=list)

    @property
    def rights(self) -> list[str]:
        """Everything that can be chosen for a left."""
        return [*(pair.right for pair in self.pairs), *self.extra]


class Free(QuestionBase):
    """An answer in one's own words; key points are suggested as met, a mentor decides."""

    type: Literal[QuestionType.FREE]
    key_points: Annotated[list[KeyPoint], Field(min_length=1, max_length=8)]
    model_answer: Paragraph


Question = Annotated[
    Single | Multiple | TrueFalse | Fill | Number | Order | Match | Free,
    Field(discriminator="type"),
]


def _number(value: object) -> object:
    """Numbers as people write them; what is none is left for pydantic to name."""
    found = number_of(value) if isinstance(value, str) else None
    return value if found is None else found


class Bank(Part):
    """A bank in one language; the same bank in another language has the same ids."""

    bank: Code
    lang: Lang
    title: Line
    scope: Scope = Scope.GENERAL
    questions: Annotated[list[Question], Field(min_length=1, max_length=1000)]


def parse_bank(text: str) -> tuple[Bank | None, list[Problem]]:
    """Read a bank: the sound questions, and every fault with its line. Never raises.

    None where the file is no bank at all; a question with a fault is left out, the rest goes on.
    """
    loaded = load_yaml(text, Bank)
    if loaded.model is None:
        return _without_faulty(text, loaded.problems)
    return _checked(loaded.model, loaded.lines)


def _without_faulty(text: str, problems: list[Problem]) -> tuple[Bank | None, list[Problem]]:
    """The bank without the questions that no model takes, if the rest can be read."""
    faulty = {int(p.key.split(".")[1]) for p in problems if _is_of_a_question(p.key)}
    if not faulty or any(not _is_of_a_question(problem.key) for problem in problems):
        return None, problems
    loaded = load_yaml(text, Bank, skip=("questions", faulty))
    if loaded.model is None:
        return None, problems
    bank, more = _checked(loaded.model, None)
    return bank, sorted([*problems, *more], key=lambda problem: problem.line)


def _is_of_a_question(key: str) -> bool:
    parts = key.split(".")
    return len(parts) > 1 and parts[0] == "questions" and parts[1].isdigit()


def _checked(bank: Bank, lines: LineIndex | None) -> tuple[Bank, list[Problem]]:
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    kept = []
    for n, question in enumerate(bank.questions):
        line = lines.of(("questions", n, "id")) if lines else 1
        faults = list(faults_of(question))
        if question.id in seen:
            advice = N_("%(text)s stands in line %(line)s already; keep one of the two")
            faults.append(("id", Message(advice, {"text": question.id, "line": seen[question.id]})))
        seen.setdefault(question.id, line)
        problems += [Problem(line, key, message) for key, message in faults]
        if not faults:
            kept.append(question)
    return bank.model_copy(update={"questions": kept}), problems


def faults_of(question: Question) -> Iterator[tuple[str, Message]]:
    """What no single key shows: how many options are right, whether texts differ."""
    if isinstance(question, Single | Multiple):
        right = sum(option.right for option in question.options)
        if isinstance(question, Single) and right != 1:
            advice = N_("has %(n)s right options; a single choice has exactly one")
            yield "options", Message(advice, {"n": right})
        if isinstance(question, Multiple) and not 1 <= right < len(question.options):
            advice = N_("needs at least one right option and one wrong one")
            yield "options", Message(advice)
        yield from _alike("options", [option.text for option in question.options])
    elif isinstance(question, Fill) and question.prompt.count(BLANK) != 1:
        advice = N_("needs exactly one blank, written %(blank)s, in the prompt")
        yield "prompt", Message(advice, {"blank": BLANK})
    elif isinstance(question, Order):
        yield from _alike("items", question.items)
    elif isinstance(question, Match):
        yield from _alike("pairs", [pair.left for pair in question.pairs])
        yield from _alike("pairs", question.rights)


def _alike(key: str, texts: list[str]) -> Iterator[tuple[str, Message]]:
    twice = next((text for text in texts if texts.count(text) > 1), None)
    if twice is not None:
        yield key, Message(N_("has %(text)s twice; make them differ"), {"text": twice[:40]})
