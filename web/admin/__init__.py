"""Pages of the room ``admin``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.admin.views import pages

    return [pages]
