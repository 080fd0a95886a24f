"""What can be named must be documented, and what is documented must be there."""

import re
from importlib import import_module
from pathlib import Path
from typing import get_args
from urllib.parse import unquote

import click
import pytest
from pydantic import BaseModel

from kb.accounts.demo import _PEOPLE
from kb.library.kinds import MODELS, FrontMatter
from kb.library.slots import SLOTS
from kb.library.vocabulary import Kind
from kb.search.query_language import _FILTERS, _VALUES
from kb.settings import Settings
from web.cli import _COMMANDS

ROOT = Path(__file__).parent.parent
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
OTHERS = [ROOT / name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
DOCUMENTS = [*READMES, *OTHERS, ROOT / "content/README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


both_readmes = pytest.mark.parametrize("readme", READMES, ids=name_of)


def commands_and_subcommands():
    for name, (module, attribute, _) in _COMMANDS.items():
        command = getattr(import_module(module), attribute)
        if isinstance(command, click.Group):
            yield from (f"shifu {name} {sub}" for sub in command.commands)
        else:
            yield f"shifu {name}"


def make_targets():
    return re.findall(r"^([a-z][a-z0-9-]*):.*##", (ROOT / "Makefile").read_text(), re.M)


def models_within(model):
    """A front-matter model and the models of its parts."""
    yield model
    for field in model.model_fields.values():
        waiting = [field.annotation]
        while waiting:
            kind = waiting.pop()
            waiting += get_args(kind)
            if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not model:
                yield from models_within(kind)


def section_of(text, heading):
    """What stands under a heading of the second level."""
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"content/README.md has no section {heading!r}"
    return found[1]


def anchors_of(path):
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", path.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@both_readmes
def test_every_setting_is_documented_with_its_default(readme):
    text = readme.read_text("utf-8")
    for name, field in Settings.model_fields.items():
        default = str(field.default)
        shown = f"`{default}`" if default else "(empty)"
        row = f"| `SHIFU_{name.upper()}` | {shown} |"
        assert row in text.replace("（空）", "(empty)"), row


@both_readmes
def test_every_documented_setting_exists(readme):
    known = {f"SHIFU_{name.upper()}" for name in Settings.model_fields} | {"SHIFU_E2E"}
    assert set(re.findall(r"SHIFU_[A-Z0-9_]+", readme.read_text("utf-8"))) <= known


@both_readmes
def test_every_command_is_documented(readme):
    text = readme.read_text("utf-8")
    missing = [name for name in commands_and_subcommands() if f"| `{name}" not in text]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_documented_command_exists(document):
    known = set(_COMMANDS) | {name.removeprefix("shifu ") for name in commands_and_subcommands()}
    groups = {name.split()[0] for name in known if " " in name}
    for name, sub in re.findall(
        r"(?:`|bin/)shifu ([a-z]+)(?: ([a-z-]+))?", document.read_text("utf-8")
    ):
        assert name in known, f"{name_of(document)}: shifu {name}"
        if name in groups and sub:
            assert f"{name} {sub}" in known, f"{name_of(document)}: shifu {name} {sub}"


@both_readmes
def test_commands_with_json_are_marked_and_no_others(readme):
    text = readme.read_text("utf-8")
    for name in commands_and_subcommands():
        command = getattr(
            import_module(_COMMANDS[name.split()[1]][0]), _COMMANDS[name.split()[1]][1]
        )
        if isinstance(command, click.Group):
            command = command.commands[name.split()[2]]
        speaks_json = any("--json" in parameter.opts for parameter in command.params)
        row = re.search(rf"^\| `{name}[ `][^|]*\|", text, re.M)
        assert row, name
        assert ("⁑" in row[0]) == speaks_json, name


@both_readmes
def test_every_make_target_is_documented(readme):
    text = readme.read_text("utf-8")
    assert not [name for name in make_targets() if f"| `make {name}` |" not in text]


@both_readmes
def test_the_demos_people_are_listed(readme):
    text = readme.read_text("utf-8")
    assert not [login for login, name, *_ in _PEOPLE if f"| `{login}` | {name} |" not in text]


@both_readmes
def test_every_filter_and_value_of_the_search_language_is_documented(readme):
    section = readme.read_text("utf-8")
    words = {*_FILTERS, *(word for values in _VALUES.values() for word in values)} - {"a", "b", "c"}
    assert not [word for word in words if word not in section]


@pytest.mark.parametrize("kind", Kind)
def test_every_key_of_a_kind_is_documented(kind):
    text = (ROOT / "content/README.md").read_text("utf-8")
    common = section_of(text, "Keys of every kind")
    own = section_of(text, kind.value)
    for name in FrontMatter.model_fields:
        assert f"| `{name}` |" in common, name
    for model in models_within(MODELS[kind]):
        for name in model.model_fields:
            if name not in FrontMatter.model_fields:
                assert f"`{name}" in own or f"`{name}" in common, f"{kind}: {name}"


def test_every_documented_key_exists():
    text = (ROOT / "content/README.md").read_text("utf-8")
    for kind in Kind:
        keys = re.findall(r"^\| `(\w+)` \|", section_of(text, kind.value), re.M)
        assert set(keys) == set(MODELS[kind].model_fields) - set(FrontMatter.model_fields)


def test_every_slot_is_documented():
    text = section_of((ROOT / "content/README.md").read_text("utf-8"), "Slots")
    assert not [zh for zh, en in SLOTS.values() if f"`{{{zh}}}/{{{en}}}`" not in text]


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(document):
    text = _FENCE.sub("", document.read_text("utf-8"))
    for target in (first or second for first, second in _LINK.findall(text)):
        if re.match(r"[a-z]+:", target) or target == "images/name.svg":
            continue
        path, _, anchor = unquote(target).partition("#")
        if path.startswith("docs/screenshots/") and not (ROOT / "docs/screenshots").is_dir():
            continue
        wanted = (document.parent / path).resolve() if path else document
        assert wanted.exists(), f"{name_of(document)}: {target}"
        assert not anchor or anchor in anchors_of(wanted), f"{name_of(document)}: {target}"


def test_every_decision_has_the_same_parts():
    for path in sorted((ROOT / "docs/adr").glob("*.md")):
        text = path.read_text("utf-8")
        assert re.match(rf"# {int(path.name[:4])}\. ", text), path.name
        assert all(f"**{part}.**" in text for part in ("Context", "Decision", "Given up")), (
            path.name
        )
