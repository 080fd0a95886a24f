"""Rights stand beside the view: ``@allows(Capability.READ)`` or ``@public``.

The routes × roles table is generated from these marks; a route without one stops the start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask

from kb.library.vocabulary import Role
from kb.permissions import Capability, roles_with

View = TypeVar("View", bound=Callable[..., object])
_MARK = "shifu_right"
_LARGE = "shifu_large_upload"
PUBLIC = "public"
SIGNED_IN = "signed in"


class UndeclaredRouteError(RuntimeError):
    """A view says nothing about who may use it."""


@dataclass(frozen=True)
class RouteRight:
    """Who may use one route."""

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    right: str

    def allows(self, roles: frozenset[Role] | None) -> bool:
        """Whether a person with these roles may; None is somebody who is not signed in."""
        if self.right == PUBLIC:
            return True
        if roles is None:
            return False
        return self.right == SIGNED_IN or bool(roles & roles_with(Capability(self.right)))


def allows(capability: Capability) -> Callable[[View], View]:
    """Only people with a role that has this capability may use the view."""
    return _marker(capability.value)


def signed_in(view: View) -> View:
    """Everyone who is signed in may use the view, even before changing a temporary password."""
    return _marker(SIGNED_IN)(view)


def public(view: View) -> View:
    """Anyone may use the view."""
    return _marker(PUBLIC)(view)


def large_upload(view: View) -> View:
    """The view takes files up to SHIFU_MAX_VIDEO_MB from those who may use it."""
    setattr(view, _LARGE, True)
    return view


def takes_large_uploads(app: Flask, endpoint: str | None) -> bool:
    """Whether an endpoint's view is marked so."""
    return getattr(app.view_functions.get(endpoint or ""), _LARGE, False)


def _marker(right: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, right)
        return view

    return mark


def right_of(app: Flask, endpoint: str | None) -> str | None:
    """The right that an endpoint's view declares; static files are public."""
    if endpoint is None or endpoint.endswith("static"):
        return PUBLIC
    return getattr(app.view_functions[endpoint], _MARK, None)


def route_table(app: Flask) -> list[RouteRight]:
    """All routes with their rights. Raises UndeclaredRouteError for one without."""
    table = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        right = right_of(app, rule.endpoint)
        if right is None:
            raise UndeclaredRouteError(f"{rule.rule} ({rule.endpoint}) declares no right")
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        table.append(RouteRight(rule.rule, methods, rule.endpoint, right))
    return table
