"""Pages of the room ``search``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.search.golden import pages as golden_pages
    from web.search.team_words import pages as team_words_pages
    from web.search.views import pages

    return [pages, golden_pages, team_words_pages]
