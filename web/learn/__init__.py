"""Pages of the room ``learn``."""

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints to register; imported here so that importing the package costs nothing."""
    from web.learn import certificates, cohort, feed, paths, reviews, today

    return [
        certificates.pages,
        today.pages,
        reviews.pages,
        cohort.pages,
        paths.pages,
        feed.pages,
    ]
