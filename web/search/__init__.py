"""Pages of the room ``search``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.search.views import pages

    return [pages]
