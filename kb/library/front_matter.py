"""Article text to model and back: YAML front matter between ``---`` lines, then Markdown.

``parse`` never raises on bad text: every fault becomes a ``Problem`` with its line and key.
``serialise`` writes the canonical form, so an edit on the web changes only the lines it means to.
"""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from kb.library.faults import LineIndex, Problem, problem_of
from kb.library.kinds import MODELS, FrontMatter
from kb.library.vocabulary import Kind
from kb.library.yaml_text import compose, construct, dump_yaml
from kb.messages import N_, Message

MAX_FRONT_MATTER = 100_000  # characters; a larger one is a mistake or an attack
_FENCE = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Document:
    """A parsed article: its front matter and its Markdown body (ends with a newline or empty)."""

    meta: FrontMatter
    body: str
    body_line: int = 1


def parse(text: str) -> tuple[Document | None, list[Problem]]:
    """Read an article. Returns the document, or None and the problems in line order."""
    text = text.replace("\r\n", "\n")
    if text.startswith("\ufeff"):
        return None, [
            Problem(
                1, "", Message(N_("starts with a byte order mark; save it as UTF-8 without BOM"))
            )
        ]
    match = _FENCE.match(text)
    if not match:
        return None, [
            Problem(
                1,
                "",
                Message(N_("has no front matter; begin with a line of --- and close it with ---")),
            )
        ]
    source, body = match.group(1), text[match.end() :]
    if len(source) > MAX_FRONT_MATTER:
        return None, [
            Problem(
                1,
                "",
                Message(
                    N_("front matter is longer than %(n)s characters; move prose into the body"),
                    {"n": MAX_FRONT_MATTER},
                ),
            )
        ]
    node, problems = compose(source, first_line=2)  # the fence is line 1
    if node is None or problems:
        return None, problems
    meta, problems = validate(construct(node), lines=LineIndex(node, first_line=2))
    if meta is None:
        return None, problems
    stripped = len(body) - len(body.lstrip("\n"))
    body_line = text[: match.end() + stripped].count("\n") + 1
    return Document(meta, normalise_body(body), body_line), []


def normalise_body(body: str) -> str:
    """One trailing newline, no blank lines around, Unix line ends."""
    body = body.replace("\r\n", "\n").strip("\n").rstrip()
    return body + "\n" if body else ""


def validate(
    data: Any, lines: "LineIndex | None" = None
) -> tuple[FrontMatter | None, list[Problem]]:
    """Check front matter given as a mapping of plain values (strings are coerced)."""
    lines = lines or LineIndex(None)
    if not isinstance(data, dict):
        return None, [
            Problem(
                2,
                "",
                Message(N_("front matter is not a list of keys; write lines such as title: …")),
            )
        ]
    try:
        model = MODELS[Kind(data.get("kind", ""))]
    except ValueError:
        return None, [
            Problem(
                lines.of(("kind",)),
                "kind",
                Message(N_("must be one of %(allowed)s"), {"allowed": ", ".join(Kind)}),
            )
        ]
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        problems = [problem_of(detail, model, lines) for detail in error.errors()]
        return None, sorted(problems, key=lambda p: (p.line, p.key))


def serialise(document: Document) -> str:
    """The canonical text of an article; ``parse`` gives the same document back."""
    body = normalise_body(document.body)
    return f"---\n{dump_yaml(document.meta)}---\n" + (f"\n{body}" if body else "")
