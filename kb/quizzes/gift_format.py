"""Questions in GIFT, the text format of Moodle (https://docs.moodle.org/en/GIFT_format).

What GIFT has no word for stands in comments that other programs pass over: ``// topic: …``,
``// source: …``, ``// unit: …`` and, for a free answer, ``// point: … | other wording``. Items to be put in
order have no form in GIFT; they are left out, and the report says so.
"""

import re
from collections.abc import Sequence
from typing import Any

from kb.messages import N_, Message
from kb.quizzes.questions import (
    BLANK,
    Fill,
    Free,
    Match,
    Multiple,
    Number,
    Question,
    Single,
    TrueFalse,
)
from kb.quizzes.rows import ReadRow, read_row, unique_ids

_ESCAPED = re.compile(r"([~=#{}:\\])")
_TITLE = re.compile(r"^::((?:\\.|[^:\\]|:(?!:))*)::\s*", re.S)
_ANSWER = re.compile(r"(?<!\\)([=~])")
_WEIGHT = re.compile(r"^%(-?\d+(?:\.\d+)?)%")
_MARKUP = re.compile(r"^\[(?:html|moodle|plain|markdown)\]\s*")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")


def write_gift(questions: Sequence[Question]) -> tuple[str, list[str]]:
    """The text, and the ids of questions that GIFT cannot hold."""
    parts: list[str] = []
    left_out: list[str] = []
    for question in questions:
        body = _body(question)
        if body is None:
            left_out.append(question.id)
            continue
        comments = [f"// topic: {question.topic}"]
        comments += [f"// source: {question.source}"] if question.source else []
        if isinstance(question, Number) and question.unit:
            comments.append(f"// unit: {question.unit}")
        if isinstance(question, Free):
            comments += [f"// point: {' | '.join((p.point, *p.also))}" for p in question.key_points]
        feedback = question.explanation
        if isinstance(question, Free):
            feedback = question.model_answer
            comments += [f"// explanation: {question.explanation}"] if question.explanation else []
        tail = f"####{_escape(feedback)}" if feedback else ""
        prompt = _escape(question.prompt)
        answers = f"{{{body}{tail}}}"
        text = prompt.replace(BLANK, answers) if isinstance(question, Fill) else prompt + answers
        parts.append("\n".join([*comments, f"::{_escape(question.id)}::{text}"]))
    return "\n\n".join(parts) + "\n", left_out


def _body(question: Question) -> str | None:
    if isinstance(question, Single):
        return "".join(
            f"\n{'=' if o.right else '~'}{_escape(o.text)}{_why(o.why)}" for o in question.options
        )
    if isinstance(question, Multiple):
        right = sum(option.right for option in question.options)
        wrong = len(question.options) - right
        return "".join(
            f"\n~%{_weight(100 / right) if o.right else _weight(-100 / wrong)}%"
            f"{_escape(o.text)}{_why(o.why)}"
            for o in question.options
        )
    if isinstance(question, TrueFalse):
        return "TRUE" if question.answer else "FALSE"
    if isinstance(question, Fill):
        return " ".join(f"={_escape(text)}" for text in question.accepted)
    if isinstance(question, Number):
        return f"#{question.answer:.10g}:{question.tolerance:.10g}"
    if isinstance(question, Match):
        pairs = [f"\n={_escape(p.left)} -> {_escape(p.right)}" for p in question.pairs]
        return "".join([*pairs, *(f"\n= -> {_escape(right)}" for right in question.extra)])
    return "" if isinstance(question, Free) else None


def _weight(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _why(text: str) -> str:
    return f"#{_escape(text)}" if text else ""


def _escape(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", text).replace("\n", r"\n")


def _plain(text: str) -> str:
    text = re.sub(r"\\n", "\n", text)
    return re.sub(r"\\([~=#{}:\\])", r"\1", text).strip()


def read_gift(text: str, topic: str) -> list[ReadRow]:
    """Every question of a GIFT text; ``topic`` is that of questions which name none."""
    rows: list[ReadRow] = []
    for number, (line, comments, block) in enumerate(_blocks(text), 1):
        rows.append(_read_block(line, comments, block, topic, number))
    return unique_ids(rows)


def _blocks(text: str) -> list[tuple[int, dict[str, list[str]], str]]:
    """Questions are separated by blank lines: (first line, comments by name, text)."""
    blocks: list[tuple[int, dict[str, list[str]], str]] = []
    comments: dict[str, list[str]] = {}
    lines: list[str] = []
    start = 0

    def finish() -> None:
        nonlocal comments, lines
        if lines:
            blocks.append((start, comments, "\n".join(lines).strip()))
            comments, lines = {}, []

    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            name, _, value = stripped[2:].strip().partition(":")
            comments.setdefault(name.strip(), []).append(value.strip())
        elif stripped.startswith("$CATEGORY:"):
            comments = {}
        elif stripped or _is_open("\n".join(lines)):
            start = start if lines else number
            lines.append(line)
        else:
            finish()
    finish()
    return blocks


def _is_open(text: str) -> bool:
    """Whether a brace is open: a blank line inside braces does not end a question."""
    bare = re.sub(r"\\.", "", text)
    return bare.count("{") > bare.count("}")


def _read_block(
    line: int, comments: dict[str, list[str]], block: str, topic: str, number: int
) -> ReadRow:
    title = _TITLE.match(block)
    name = _plain(title[1]) if title else ""
    rest = block[title.end() :] if title else block
    bare = re.sub(r"\\.", "xx", rest)
    opened, closed = bare.find("{"), bare.rfind("}")
    if opened < 0 or closed < opened:
        advice = N_("has no answers in braces { }, or a brace is not closed")
        return ReadRow(line, name, None, (Message(advice),))
    before = _MARKUP.sub("", rest[:opened].lstrip())
    inside, after = rest[opened + 1 : closed].strip(), rest[closed + 1 :]
    slug = _NOT_IN_ID.sub("-", name.lower()).strip("-")[:60] or f"gift-{number}"
    data: dict[str, Any] = {
        "id": slug,
        "topic": (comments.get("topic") or [topic])[0],
        "prompt": _plain(before),
    }
    if comments.get("source"):
        data["source"] = comments["source"][0]
    body, _, feedback = _split_feedback(inside)
    if feedback:
        data["explanation"] = _plain(feedback)
    data |= _answers(body.strip(), comments, feedback)
    if data["type"] == "fill":  # the answers stand where the word is missing
        data["prompt"] = _plain(f"{before}{BLANK}{after}")
    return read_row(line, data)


def _split_feedback(inside: str) -> tuple[str, str, str]:
    match = re.search(r"(?<!\\)####", inside)
    if not match:
        return inside, "", ""
    return inside[: match.start()], "####", inside[match.end() :]


def _answers(body: str, comments: dict[str, list[str]], feedback: str) -> dict[str, Any]:
    if body.upper() in ("T", "TRUE", "F", "FALSE"):
        return {"type": "true_false", "answer": "true" if body.upper()[0] == "T" else "false"}
    if not body:
        points = [[part.strip() for part in text.split("|")] for text in comments.get("point", [])]
        return {
            "type": "free",
            "key_points": [{"point": p[0], "also": p[1:]} for p in points],
            "model_answer": _plain(feedback),
            "explanation": (comments.get("explanation") or [""])[0],
        }
    if body.startswith("#"):
        return _number(body[1:].strip(), comments)
    marks = _split_answers(body)
    if all(mark == "=" for mark, _ in marks) and any(" -> " in f" {text}" for _, text in marks):
        halves = [[_plain(half) for half in re.split(r"\s*->\s*", text, maxsplit=1)]
                  for _, text in marks]  # fmt: skip
        return {
            "type": "match",
            "pairs": [{"left": h[0], "right": h[-1]} for h in halves if h[0]],
            "extra": [h[-1] for h in halves if not h[0]],
        }
    if all(mark == "=" for mark, _ in marks):
        accepted = [_plain(_split_why(text)[0]) for _, text in marks]
        return {"type": "fill", "accepted": accepted}
    return _choice(marks)


def _number(body: str, comments: dict[str, list[str]]) -> dict[str, Any]:
    first = body.lstrip("=").split("=")[0].strip()
    value, _, tolerance = first.partition(":")
    if ".." in first:
        low, _, high = first.partition("..")
        try:
            middle = (float(low) + float(high)) / 2
        except ValueError:
            return {"type": "number", "answer": first}
        value, tolerance = f"{middle:.10g}", f"{float(high) - middle:.10g}"
    return {
        "type": "number",
        "answer": value.strip(),
        "tolerance": tolerance.strip() or "0",
        "unit": (comments.get("unit") or [""])[0],
    }


def _split_answers(body: str) -> list[tuple[str, str]]:
    pieces = _ANSWER.split(body)
    return [(pieces[at], pieces[at + 1].strip()) for at in range(1, len(pieces) - 1, 2)]


def _split_why(text: str) -> tuple[str, str]:
    match = re.search(r"(?<!\\)#", text)
    return (text[: match.start()], text[match.end() :]) if match else (text, "")


def _choice(marks: list[tuple[str, str]]) -> dict[str, Any]:
    options, weighted = [], False
    for mark, text in marks:
        weight = _WEIGHT.match(text)
        weighted |= weight is not None
        words, why = _split_why(text[weight.end() :] if weight else text)
        right = float(weight[1]) > 0 if weight else mark == "="
        option: dict[str, Any] = {"text": _plain(words), "right": right}
        options.append(option | ({"why": _plain(why)} if why.strip() else {}))
    several = weighted or sum(option["right"] for option in options) > 1
    return {"type": "multiple" if several else "single", "options": options}
