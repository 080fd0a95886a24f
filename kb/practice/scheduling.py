"""When a card comes again: FSRS by the package ``fsrs``, as pure functions over its JSON.

Intervals are whole days once a card is known; a card that was not comes again after ten minutes.
Fuzz is off, so that the same answers give the same days.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fsrs import Scheduler

RETENTION = 0.9  # the share of cards that one should still know on their day
AGAIN_AFTER = timedelta(minutes=10)
RATINGS = {1: "again", 2: "hard", 3: "good", 4: "easy"}


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(AGAIN_AFTER,),
        relearning_steps=(AGAIN_AFTER,),
        maximum_interval=365,
        enable_fuzzing=False,
    )


def new_schedule(card_id: int, now: datetime) -> str:
    """The schedule of a card that was never seen; it is due at once."""
    from fsrs import Card

    return str(Card(card_id=card_id, due=now).to_json())


def reviewed(schedule: str, rating: int, now: datetime) -> tuple[str, datetime]:
    """The schedule after a grading from 1 (again) to 4 (easy), and when the card is due."""
    from fsrs import Card, Rating

    card, _ = _scheduler().review_card(Card.from_json(schedule), Rating(rating), now)
    return str(card.to_json()), card.due


def outcomes(schedule: str, now: datetime) -> dict[int, timedelta]:
    """For each rating, how long until the card would come again."""
    return {rating: reviewed(schedule, rating, now)[1] - now for rating in RATINGS}
