"""The request's moment, by the application's clock and time zone."""

from kb.learning.moment import Moment
from web.context import now, services


def moment() -> Moment:
    """Now, and the day that it is where the team works."""
    return Moment.of(now(), services().settings.time_zone)
