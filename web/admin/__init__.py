"""Pages of the room ``admin``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.admin import audit_log, bulk, calendar, teams, views

    return [views.pages, teams.pages, bulk.pages, calendar.pages, audit_log.pages]
