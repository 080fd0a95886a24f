"""Pages of the room ``home``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.home.views import pages

    return [pages]
