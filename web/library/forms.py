"""Forms made from the kinds' models: which fields to show, and what was typed into them.

A field of a form is named by its path in the front matter: ``title``, ``steps.0.say``,
``audience.roles``. The same path names the fault that belongs to it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from kb.library.front_matter import Document, normalise_body, validate
from kb.library.kinds import MODELS, Audience, FrontMatter, Part
from kb.library.vocabulary import Kind
from kb.messages import Message

COMMON = tuple(FrontMatter.model_fields)
_NOT_TYPED = {"kind"}
_LONG = 600  # characters from which a text field gets several lines
SPARE_GROUPS = 1  # empty groups at the end of a repeated part, for browsers without scripts
_PATH_STEP = re.compile(r"^[a-z_]+$|^\d{1,3}$")


@dataclass(frozen=True)
class FormField:
    """One field as the template draws it."""

    name: str  # key in the front matter
    shape: str  # line, text, lines, choice, choices, date, number, groups, audience
    required: bool
    options: tuple[str, ...] = ()
    parts: tuple["FormField", ...] = field(default=())  # of one group


def fields_of(model: type[Part]) -> list[FormField]:
    """The fields of a model, in its order."""
    return [
        _field(name, info) for name, info in model.model_fields.items() if name not in _NOT_TYPED
    ]


def _field(name: str, info: FieldInfo) -> FormField:
    kind, required = _bare(info.annotation), info.is_required()
    if kind is Audience:
        return FormField(name, "audience", required)
    if get_origin(kind) is list:
        item = _bare(get_args(kind)[0])
        if isinstance(item, type) and issubclass(item, Part):
            return FormField(name, "groups", required, parts=tuple(fields_of(item)))
        options = _options(item)
        return FormField(name, "choices" if options else "lines", required, options)
    options = _options(kind)
    if options:
        return FormField(name, "choice", required, options)
    shape = {date: "date", int: "number"}.get(kind, "")
    return FormField(name, shape or ("text" if _max_length(info) >= _LONG else "line"), required)


def _bare(annotation: Any) -> Any:
    """An annotation without Annotated and without ``| None``."""
    while True:
        if hasattr(annotation, "__metadata__"):
            annotation = annotation.__origin__
            continue
        args = [arg for arg in get_args(annotation) if arg is not type(None)]
        if (
            get_origin(annotation) not in (list, None)
            and len(args) == 1
            and not isinstance(args[0], str)
        ):
            annotation = args[0]
            continue
        return annotation


def _options(kind: Any) -> tuple[str, ...]:
    if isinstance(kind, type) and hasattr(kind, "__members__"):
        return tuple(str(member) for member in kind)
    args = get_args(kind)
    return tuple(str(arg) for arg in args) if args and all(isinstance(a, str) for a in args) else ()


def _max_length(info: FieldInfo) -> int:
    return max(
        (
            getattr(item, "max_length", 0) or 0
            for item in (*info.metadata, *_constraints(info.annotation))
        ),
        default=0,
    )


def _constraints(annotation: Any) -> tuple[Any, ...]:
    found: list[Any] = []
    while hasattr(annotation, "__metadata__"):
        found += annotation.__metadata__
        annotation = annotation.__origin__
    return tuple(found)


def front_matter_typed(kind: str, form: Mapping[str, list[str]]) -> dict[str, Any]:
    """The front matter that a form holds: nested as the model is, empty values left out."""
    data: dict[str, Any] = {"kind": kind}
    for one in fields_of(MODELS[Kind(kind)]):
        value = _typed(one, one.name, form)
        if value not in ("", [], {}):
            data[one.name] = value
    return data


def _typed(one: FormField, path: str, form: Mapping[str, list[str]]) -> Any:
    values = form.get(path, [])
    if one.shape == "audience":
        parts = {key: [v for v in form.get(f"{path}.{key}", []) if v] for key in ("roles", "teams")}
        return {key: value for key, value in parts.items() if value}
    if one.shape == "groups":
        return _typed_groups(one, path, form)
    if one.shape == "choices":
        return [value for value in values if value]
    text = values[0] if values else ""
    if one.shape == "lines":
        separator = r"[,，、;；\n]" if one.name in ("tags", "product") else r"\n"
        return [
            line.strip() for line in re.split(separator, text.replace("\r", "")) if line.strip()
        ]
    return text.replace("\r\n", "\n").strip()


def _typed_groups(one: FormField, path: str, form: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    numbers = sorted(
        {
            int(key[len(path) + 1 :].split(".")[0])
            for key in form
            if key.startswith(path + ".") and key[len(path) + 1 :].split(".")[0].isdigit()
        }
    )
    groups = []
    for number in numbers[:100]:
        group = {
            part.name: _typed(part, f"{path}.{number}.{part.name}", form) for part in one.parts
        }
        group = {key: value for key, value in group.items() if value not in ("", [])}
        if any(group.get(part.name) for part in one.parts if part.shape != "choice"):
            groups.append(group)
    return groups


def document_typed(
    kind: str, form: Mapping[str, list[str]]
) -> tuple[Document | None, dict[str, Message]]:
    """The document that a form holds, or its faults by field path."""
    meta, problems = validate(front_matter_typed(kind, form))
    if meta is None:
        return None, {problem.key: problem.message for problem in problems}
    body = (form.get("body") or [""])[0]
    return Document(meta, normalise_body(body)), {}


def form_of(document: Document) -> dict[str, list[str]]:
    """The form that shows a document; ``document_typed`` gives the document back."""
    form: dict[str, list[str]] = {"body": [document.body]}
    data = document.meta.model_dump(mode="json", exclude_none=True)
    for one in fields_of(type(document.meta)):
        _fill(form, one, one.name, data.get(one.name))
    return form


def _fill(form: dict[str, list[str]], one: FormField, path: str, value: Any) -> None:
    if value is None:
        return
    if one.shape == "audience":
        for key in ("roles", "teams"):
            form[f"{path}.{key}"] = list(value.get(key, []))
    elif one.shape == "groups":
        for number, group in enumerate(value):
            for part in one.parts:
                _fill(form, part, f"{path}.{number}.{part.name}", group.get(part.name))
    elif one.shape == "choices":
        form[path] = list(value)
    elif one.shape == "lines":
        form[path] = ["\n".join(value)]
    else:
        form[path] = [str(value)]


def group_count(one: FormField, form: Mapping[str, list[str]]) -> int:
    """How many groups of a repeated part to draw: those with text, and a spare one."""
    return len(_typed_groups(one, one.name, form)) + SPARE_GROUPS
