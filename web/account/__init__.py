"""Pages of the room ``account``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.account.views import pages

    return [pages]
