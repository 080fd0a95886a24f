"""Sentences for people, kept apart from the language they are finally shown in.

A ``Message`` is an English template (the message id) and its parameters. The edge, that is the
web page or the command line, translates the template and then fills it in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, object] = MappingProxyType({})


def N_(template: str) -> str:  # noqa: N802 - the name that gettext tools look for
    """Mark ``template`` for translation without translating it here."""
    return template


@dataclass(frozen=True)
class Message:
    """A template with ``%(name)s`` places and the values that go into them."""

    template: str
    params: Mapping[str, object] = field(default_factory=lambda: _NOTHING)

    def __str__(self) -> str:
        return self.template % dict(self.params) if self.params else self.template
