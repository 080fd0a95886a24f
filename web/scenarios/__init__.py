"""Pages of the room ``scenarios``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.scenarios.views import pages

    return [pages]
