"""YAML as our files use it: every scalar is a string, faults name their line, one canonical form."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kb.library.faults import LineIndex, Problem, problem_of
from kb.messages import N_, Message

Model = TypeVar("Model", bound=BaseModel)
MAX_DEPTH = 40  # levels of lists and groups of keys
MAX_FILE = 2_000_000  # characters; a larger one is a mistake or an attack
_FLOW_KEYS = {
    "stage",
    "tier",
    "product",
    "tags",
    "roles",
    "teams",
    "needs",
    "topics",
    "evidence_kinds",
    "meets",
    "breaks",
}
_INVALID = N_("is not valid YAML (%(reason)s); check quotes, colons and indentation")


# Reads every scalar as a string, so ``no``, ``1:30`` and ``2027-01-01`` stay what was typed.
# LibYAML's reader, where PyYAML was built with it, is about eight times as fast.
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """A file's model, or None and its faults in line order; ``lines`` finds a key's line."""

    model: Model | None
    problems: list[Problem]
    lines: LineIndex


def load_yaml(
    text: str, model: type[Model], skip: tuple[str, Collection[int]] | None = None
) -> Loaded[Model]:
    """Read a file that is one model. Never raises. ``skip``: a list's key and entries to leave out."""
    nowhere = LineIndex(None)
    text = text.replace("\r\n", "\n")
    if len(text) > MAX_FILE:
        advice = Message(N_("is longer than %(n)s characters; split it"), {"n": MAX_FILE})
        return Loaded(None, [Problem(1, "", advice)], nowhere)
    node, problems = compose(text)
    if node is None or problems:
        return Loaded(None, problems, nowhere)
    lines = LineIndex(node)
    data = construct(node)
    if skip:
        key, numbers = skip
        data[key] = [one for n, one in enumerate(data[key]) if n not in numbers]
    try:
        return Loaded(model.model_validate(data), [], lines)
    except ValidationError as error:
        problems = [problem_of(detail, model, lines) for detail in error.errors()]
        return Loaded(None, sorted(problems, key=lambda p: (p.line, p.key)), lines)


def compose(source: str, first_line: int = 1) -> tuple[yaml.Node | None, list[Problem]]:
    """The tree of a YAML text whose first line has this number in its file, or the faults."""
    try:
        if advice := _refused(source):
            return None, [Problem(first_line, "", advice)]
        node = yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + first_line if mark else 1
        return None, [
            Problem(line, "", Message(_INVALID, {"reason": error.problem or "unreadable"}))
        ]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [Problem(1, "", Message(_INVALID, {"reason": str(error).splitlines()[0]}))]
    if node is None:
        advice = Message(
            N_("front matter is empty; it needs at least kind, lang, slug and title")
            if first_line > 1
            else N_("is empty; write at least one key")
        )
        return None, [Problem(first_line, "", advice)]
    return node, list(_repeated_keys(node, first_line))


def _refused(source: str) -> Message | None:
    """Why a text is not even composed: aliases multiply it, deep nesting ends in a crash."""
    depth = 0
    for event in yaml.parse(source, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            return Message(N_("uses YAML aliases (*name); write the value out"))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH:
            advice = N_("is nested deeper than %(n)s levels; nothing of ours is")
            return Message(advice, {"n": MAX_DEPTH})
    return None


def construct(node: yaml.Node) -> Any:
    """The tree as dictionaries, lists and strings."""
    return _Loader("").construct_document(node)


def dump_yaml(model: BaseModel, *, defaults: bool = True) -> str:
    """The canonical text of a model, with or without keys that hold what they hold anyway.

    Reading it gives the same model back.
    """
    data = model.model_dump(
        mode="json", by_alias=True, exclude_none=True, exclude_defaults=not defaults
    )
    plain = {key: _scalars(value, key) for key, value in data.items() if not _says_nothing(value)}
    return yaml.dump(
        plain,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )


def _says_nothing(value: Any) -> bool:
    return value in ("", [], {}) or (isinstance(value, dict) and not any(value.values()))


def _scalars(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {k: _scalars(v, k) for k, v in value.items() if not _says_nothing(v)}
    if isinstance(value, list):
        items = [_scalars(item) for item in value]
        return _FlowList(items) if key in _FLOW_KEYS else items
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
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


def _repeated_keys(node: yaml.Node, first_line: int) -> Iterable[Problem]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item, first_line)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + first_line
                yield Problem(line, str(key.value), Message(N_("stands twice; keep one")))
            seen.add(key.value)
            yield from _repeated_keys(value, first_line)
