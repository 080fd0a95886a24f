"""What commands print: sentences in the site's language, and JSON."""

import json
import os
from dataclasses import asdict, is_dataclass
from functools import lru_cache
from pathlib import Path

import click
from babel.support import NullTranslations, Translations

from kb.messages import Message


@lru_cache(maxsize=1)
def _catalogue() -> NullTranslations:
    """Chinese where the terminal or SHIFU_LANG asks for it, else English."""
    wanted = os.environ.get("SHIFU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    if not wanted.startswith("zh"):
        return NullTranslations()
    return Translations.load(Path(__file__).parent.parent / "translations", ["zh"])


def sentence(message: Message) -> str:
    """A message in the terminal's language."""
    template = _catalogue().gettext(message.template)
    return template % dict(message.params) if message.params else template


def say(template: str, **params: object) -> None:
    """Print a sentence."""
    click.echo(sentence(Message(template, params)))


def fail(message: Message) -> None:
    """Print a sentence to the error stream."""
    click.echo(sentence(message), err=True)


def print_json(data: object) -> None:
    """Print data as JSON; dataclasses become objects."""
    plain = asdict(data) if is_dataclass(data) and not isinstance(data, type) else data
    click.echo(json.dumps(plain, ensure_ascii=False, indent=1, default=str))
