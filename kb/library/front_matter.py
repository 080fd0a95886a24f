"""Article text to model and back: YAML front matter between ``---`` lines, then Markdown.

``parse`` never raises on bad text: every fault becomes a ``Problem`` with its line and key.
``serialise`` writes the canonical form, so an edit on the web changes only the lines it means to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml
from pydantic import ValidationError

from kb.library.faults import LineIndex, Problem, problem_of
from kb.library.kinds import MODELS, FrontMatter
from kb.library.vocabulary import Kind
from kb.messages import N_, Message

MAX_FRONT_MATTER = 100_000  # characters; a larger one is a mistake or an attack
_FENCE = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FLOW_KEYS = {"stage", "tier", "product", "tags", "roles", "teams"}


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
    node, problems = _compose(source)
    if node is None or problems:
        return None, problems
    data = _Loader(source).construct_document(node)
    meta, problems = validate(data, lines=LineIndex(node))
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
    front = yaml.dump(
        _plain(document.meta),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    body = normalise_body(document.body)
    return f"---\n{front}---\n" + (f"\n{body}" if body else "")


def _plain(meta: FrontMatter) -> dict[str, Any]:
    """Front matter as strings, lists and mappings, without values that say nothing."""
    data = meta.model_dump(mode="json", exclude_none=True)
    return {key: _scalars(value, key) for key, value in data.items() if not _says_nothing(value)}


def _says_nothing(value: Any) -> bool:
    return value in ("", [], {}) or (isinstance(value, dict) and not any(value.values()))


def _scalars(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _scalars(v, k) for k, v in value.items() if not _says_nothing(v)}
    if isinstance(value, list):
        items = [_scalars(item) for item in value]
        return _FlowList(items) if key in _FLOW_KEYS else items
    return str(value)


class _FlowList(list[Any]):
    """A short list of codes, written on one line in brackets."""


class _Dumper(yaml.SafeDumper):
    # Every scalar is a string to us, so nothing needs quotes to say so.
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as in the base class

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _write_str(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _write_str)
_Dumper.add_representer(
    _FlowList,
    lambda dumper, value: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", value, flow_style=True
    ),
)


class _Loader(yaml.BaseLoader):
    """Reads every scalar as a string, so ``no``, ``1:30`` and ``2027-01-01`` stay what was typed."""


def _compose(source: str) -> tuple[yaml.Node | None, list[Problem]]:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source, Loader=_Loader)):
            return None, [
                Problem(2, "", Message(N_("uses YAML aliases (*name); write the value out")))
            ]
        node = yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        reason = error.problem or "unreadable"
        return None, [
            Problem(
                line,
                "",
                Message(
                    N_("is not valid YAML (%(reason)s); check quotes, colons and indentation"),
                    {"reason": reason},
                ),
            )
        ]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [
            Problem(
                1,
                "",
                Message(
                    N_("is not valid YAML (%(reason)s); check quotes, colons and indentation"),
                    {"reason": str(error).splitlines()[0]},
                ),
            )
        ]
    if node is None:
        return None, [
            Problem(
                2,
                "",
                Message(N_("front matter is empty; it needs at least kind, lang, slug and title")),
            )
        ]
    return node, list(_repeated_keys(node))


def _repeated_keys(node: yaml.Node) -> Iterable[Problem]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield Problem(
                    key.start_mark.line + 2, str(key.value), Message(N_("stands twice; keep one"))
                )
            seen.add(key.value)
            yield from _repeated_keys(value)
