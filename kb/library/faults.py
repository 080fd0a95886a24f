"""Faults of a file: where they are, and in a sentence what would be right."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import yaml
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from kb.messages import N_, Message


@dataclass(frozen=True)
class Problem:
    """One fault of an article's text: where it is and what would be right."""

    line: int
    key: str
    message: Message


@dataclass(frozen=True)
class FileProblem:
    """A fault and the file it is in; ``path`` is relative to the content folder."""

    path: str
    problem: Problem


class LineIndex:
    """Finds the line of a key path such as ``("steps", 0, "say")`` in the composed YAML."""

    def __init__(self, root: yaml.Node | None, first_line: int = 1) -> None:
        self.root = root
        self.first_line = first_line  # number of the YAML's own first line in its file

    def of(self, path: Sequence[int | str]) -> int:
        """The line of the path, or of its nearest part that there is; lines count from 1."""
        node, line = self.root, 1
        for step in path:
            child = self._child(node, step)
            if child is None:
                continue  # a key that is missing, or the name of the model that was tried
            key_line, node = child
            line = key_line + self.first_line
        return line

    def spelled(self, path: Sequence[int | str]) -> str:
        """The path as its author knows it: without the names of models that were tried."""
        node, known = self.root, []
        for step in path[:-1]:
            child = self._child(node, step)
            if child is not None:
                node = child[1]
                known.append(str(step))
        return ".".join([*known, *map(str, path[-1:])])

    @staticmethod
    def _child(node: yaml.Node | None, step: int | str) -> tuple[int, yaml.Node] | None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == step:
                    return key.start_mark.line, value
        elif (
            isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value)
        ):
            value = node.value[step]
            return value.start_mark.line, value
        return None


# What would be right, by pydantic's error type. Types not named here keep pydantic's own words.
_ADVICE = {
    "missing": N_("is missing; add it"),
    "enum": N_("must be one of %(expected)s"),
    "literal_error": N_("must be one of %(expected)s"),
    "string_too_short": N_("is empty; write something or leave the key out"),
    "string_too_long": N_("is longer than %(max_length)s characters; shorten it"),
    "string_type": N_("must be text"),
    "list_type": N_("must be a list; write it as [one, two] or as lines beginning with -"),
    "too_short": N_("has %(actual_length)s entries; give at least %(min_length)s"),
    "too_long": N_("has %(actual_length)s entries; keep at most %(max_length)s"),
    "string_pattern_mismatch": N_("has a wrong form; allowed is %(pattern)s"),
    "date_from_datetime_parsing": N_("is not a date; write it as 2027-03-31"),
    "date_parsing": N_("is not a date; write it as 2027-03-31"),
    "date_type": N_("is not a date; write it as 2027-03-31"),
    "int_parsing": N_("must be a whole number"),
    "float_parsing": N_("must be a number"),
    "float_type": N_("must be a number"),
    "finite_number": N_("must be a number"),
    "model_attributes_type": N_("must be a group of keys, one a line and indented"),
    "int_type": N_("must be a whole number"),
    "int_from_float": N_("must be a whole number"),
    "string_unicode": N_("must be text"),
    "bool_type": N_("must be true or false"),
    "bool_parsing": N_("must be true or false"),
    "union_tag_invalid": N_("must be one of %(expected_tags)s"),
    "union_tag_not_found": N_("has no type; add type: and one of the known types"),
    "greater_than_equal": N_("must be at least %(ge)s"),
    "less_than_equal": N_("must be at most %(le)s"),
    "model_type": N_("must be a group of keys, one a line and indented"),
    "dict_type": N_("must be a group of keys, one a line and indented"),
}


def problem_of(detail: ErrorDetails, model: type[BaseModel], lines: LineIndex) -> Problem:
    """A fault that pydantic found, worded for its author."""
    path = detail["loc"]
    key = lines.spelled(path) if lines.root else ".".join(str(step) for step in path)
    context = detail.get("ctx") or {}
    if detail["type"] == "extra_forbidden":
        return Problem(lines.of(path), key, _unknown_key(str(path[-1]), path[:-1], model))
    if "msgid" in context:
        return Problem(lines.of(path), key, Message(context["msgid"], context["params"]))
    template = _ADVICE.get(detail["type"])
    if template is None:
        return Problem(lines.of(path), key, Message(detail["msg"].replace("%", "%%")))
    return Problem(lines.of(path), key, Message(template, context))


def _unknown_key(name: str, parents: Sequence[int | str], model: type[BaseModel]) -> Message:
    if parents:
        return Message(N_("is not a key that is known here; remove it or check its spelling"))
    close = difflib.get_close_matches(name, model.model_fields, n=1)
    if close:
        return Message(N_("is not a key of this kind; did you mean %(name)s?"), {"name": close[0]})
    known = ", ".join(model.model_fields)
    return Message(N_("is not a key of this kind; known keys are %(known)s"), {"known": known})
