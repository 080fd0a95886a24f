"""Pages of the room ``library``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.library.editor import pages as editor
    from web.library.impact import pages as impact_pages
    from web.library.views import pages

    return [pages, impact_pages, editor]
