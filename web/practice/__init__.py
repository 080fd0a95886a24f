"""Pages of the room ``practice``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.practice.views import pages

    return [pages]
