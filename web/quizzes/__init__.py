"""Pages of the room ``quizzes``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.quizzes import bank, taking

    return [taking.pages, bank.pages]
