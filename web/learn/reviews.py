"""What waits for a mentor: evidence to judge and steps to sign."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.errors import InvalidError
from kb.learning.judging import judge
from kb.learning.mentor_queue import load_queue
from kb.learning.step_titles import step_titles
from kb.messages import Message
from kb.permissions import Capability
from kb.quizzes.judging import answers_to_judge, without_attempts
from kb.scenarios.playing import plays_to_review
from kb.scenarios.scenario_file import read_scenario
from web.context import reader, reading, writing
from web.i18n import language
from web.learn.moment import moment
from web.rights import allows

pages = Blueprint("reviews", __name__, url_prefix="/learn/reviews")


@pages.get("")
@allows(Capability.COACH)
def queue() -> str:
    """Evidence and sign-offs that wait, oldest first, and how each person stands."""
    return queue_page()


def queue_page(
    at_fault: int = 0,
    comment: str = "",
    faults: dict[str, Message] | None = None,
    judged: dict[tuple[int, int], dict[str, object]] | None = None,
) -> str:
    """The page; ``judged`` holds what was typed to a free answer by attempt and position."""
    plays = plays_to_review(reading(), reader())
    waiting = load_queue(reading(), reader(), moment().day)
    steps = {step.id: step for one in waiting.people for step in one.standing.path.steps()}
    return render_template(
        "learn/reviews.html",
        waiting=waiting,
        answers=answers_to_judge(reading(), reader()),
        plays=plays,
        stuck=without_attempts(reading(), reader()),
        titles=step_titles(reading(), steps.values(), language()),
        at_fault=at_fault,
        comment=comment,
        faults=faults or {},
        judged=judged or {},
        play_titles={play.id: read_scenario(play.body).title for play, _ in plays},
    )


@pages.post("/<int(max=2147483647):submission_id>")
@allows(Capability.COACH)
def decide(submission_id: int) -> Response | tuple[str, int]:
    """Accept evidence, or give it back with a word on what is missing."""
    accepted, comment = "accept" in request.form, request.form.get("comment", "")
    try:
        with writing() as db:
            judge(db, reader(), submission_id, accepted, comment, moment())
    except InvalidError as error:
        return queue_page(submission_id, comment, error.fields), 422
    flash(gettext("Accepted.") if accepted else gettext("Given back with your comment."))
    return redirect(url_for(".queue"))
