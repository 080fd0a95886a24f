"""Questions read from other formats: each row becomes a question or a sentence with its line."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from kb.library.faults import LineIndex, problem_of
from kb.messages import N_, Message
from kb.quizzes.questions import Question, QuestionBase, faults_of

_QUESTION: TypeAdapter[Question] = TypeAdapter(Question)


@dataclass(frozen=True)
class ReadRow:
    """A question, or what is wrong with it; ``line`` counts from 1 in the file."""

    line: int
    name: str
    question: Question | None
    faults: tuple[Message, ...] = ()


def read_row(line: int, data: dict[str, Any]) -> ReadRow:
    """Check one question given as plain values."""
    name = str(data.get("id") or "")
    try:
        question = _QUESTION.validate_python(data)
    except ValidationError as error:
        nowhere = LineIndex(None)
        found = [problem_of(detail, QuestionBase, nowhere) for detail in error.errors()]
        faults = tuple(
            Message("%(key)s %(fault)s", {"key": p.key.rpartition(".")[2], "fault": p.message})
            for p in found
        )
        return ReadRow(line, name, None, faults)
    faults = tuple(
        Message("%(key)s %(fault)s", {"key": key, "fault": fault})
        for key, fault in faults_of(question)
    )
    return ReadRow(line, name, None if faults else question, faults)


def unique_ids(rows: Iterable[ReadRow]) -> list[ReadRow]:
    """The rows as they are, a later one with an id that stood before marked as faulty."""
    seen: dict[str, int] = {}
    result = []
    for row in rows:
        first = seen.setdefault(row.name, row.line) if row.question else row.line
        if row.question and first != row.line:
            advice = N_("%(text)s stands in line %(line)s already; keep one of the two")
            fault = Message(advice, {"text": row.name, "line": first})
            result.append(ReadRow(row.line, row.name, None, (fault,)))
        else:
            result.append(row)
    return result
