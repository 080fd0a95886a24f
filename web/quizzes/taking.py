"""Taking a quiz: the list, the form, keeping, handing in, the result; the mentor's judgement."""

import json
import secrets
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.errors import InvalidError
from kb.permissions import Capability, found
from kb.quizzes.attempts import (
    AlreadySubmittedError,
    AskedItem,
    AttemptView,
    NewerAnswersError,
    TimeIsUpError,
    attempts_left,
    attempts_of,
    begin,
    best_marks,
    close_if_over,
    keep,
    submit,
    view_attempt,
)
from kb.quizzes.grading import Answer
from kb.quizzes.judging import allow_another, judge_answer
from kb.quizzes.models import Attempt
from kb.quizzes.quiz_store import all_quizzes, find_quiz
from kb.quizzes.wording import right_answer
from web.context import reader, reading, services, small_int, writing
from web.i18n import language, local_time, translate
from web.learn.moment import moment
from web.learn.reviews import queue_page
from web.quizzes.forms import answers_typed, given_answer, shown_item, why_wrong
from web.rights import allows

pages = Blueprint("quizzes", __name__, url_prefix="/quizzes")
_RANDOM = secrets.SystemRandom()


@pages.get("")
@allows(Capability.READ)
def overview() -> str:
    """Every quiz with one's best mark."""
    db = reading()
    return render_template(
        "quizzes/list.html",
        quizzes=[row for row, _ in all_quizzes(db)],
        best=best_marks(db, reader().person_id),
    )


@pages.get("/<slug>")
@allows(Capability.READ)
def quiz(slug: str) -> str:
    """What a quiz asks for, one's attempts, and the button that begins."""
    return _quiz_page(slug)


def _quiz_page(slug: str) -> str:
    db, who = reading(), reader()
    row, definition = find_quiz(db, slug)
    found(None if row.retired else row)
    return render_template(
        "quizzes/quiz.html",
        row=row,
        quiz=definition,
        count=sum(draw.count for draw in definition.draw),
        attempts=attempts_of(db, slug, who.person_id),
        left=attempts_left(db, definition, who.person_id),
        now=moment().at,
    )


@pages.post("/<slug>/begin")
@allows(Capability.READ)
def start(slug: str) -> Response:
    """Begin an attempt, or go on with the open one: a double click is one attempt."""
    with writing() as db:
        attempt = begin(db, reader(), slug, language(), services().similarity, _RANDOM, moment())
    return redirect(url_for(".attempt", attempt_id=attempt.id))


@pages.get("/a/<int(max=2147483647):attempt_id>")
@allows(Capability.READ)
def attempt(attempt_id: int) -> str:
    """The form while the attempt is open, the result afterwards."""
    row = view_attempt(reading(), reader(), attempt_id).attempt
    with_clock = row.submitted_at is None and row.deadline is not None
    if with_clock:
        with writing() as db:
            close_if_over(db, db.get_one(Attempt, attempt_id), services().similarity, moment())
    return _attempt_page(attempt_id)


def _attempt_page(attempt_id: int, typed: dict[int, Answer] | None = None, notice: str = "") -> str:
    view = view_attempt(reading(), reader(), attempt_id)
    if not view.open:
        return _result_page(view, notice)
    return render_template(
        "quizzes/form.html",
        view=view,
        items=[shown_item(item, (typed or {}).get(item.row.position)) for item in view.items],
        kept={i.row.position: shown_item(i) for i in view.items} if typed else {},
        seconds=_seconds_left(view.attempt.deadline),
        notice=notice,
    )


def _seconds_left(deadline: datetime | None) -> int | None:
    return None if deadline is None else max(0, int((deadline - moment().at).total_seconds()))


def _result_page(view: AttemptView, notice: str = "") -> str:
    late = json.loads(view.attempt.late_answers) if view.attempt.late_answers else {}
    left = attempts_left(reading(), view.quiz, reader().person_id)
    return render_template(
        "quizzes/result.html",
        view=view,
        notice=notice,
        left=left,
        results=[
            {
                "item": item,
                "given": given_answer(item),
                "right": right_answer(item.question),
                "why": why_wrong(item),
                "met": json.loads(item.row.met) if item.row.met else [],
                "late": _late(item, late.get(str(item.row.position))),
            }
            for item in view.items
        ],
    )


def _late(item: AskedItem, answer: Answer | None) -> list[str]:
    """What was answered after the deadline, in words."""
    if answer in ("true", "false"):
        return [gettext("True") if answer == "true" else gettext("False")]
    return given_answer(replace(item, answer=answer))


@pages.post("/a/<int(max=2147483647):attempt_id>/keep")
@allows(Capability.READ)
def keep_answers(attempt_id: int) -> tuple[Response, int]:
    """Keep what is typed so far; called by the page itself."""
    try:
        with writing() as db:
            view = view_attempt(db, reader(), attempt_id)
            answers = answers_typed(view.items, _form())
            revision = keep(
                db, reader(), attempt_id, answers, _revision(), services().similarity, moment()
            )
    except (AlreadySubmittedError, NewerAnswersError) as error:
        return jsonify(error=translate(error.message)), 409
    if revision < 0:
        return jsonify(error=_time_is_up(attempt_id)), 409
    return jsonify(revision=revision), 200


@pages.post("/a/<int(max=2147483647):attempt_id>")
@allows(Capability.READ)
def hand_in(attempt_id: int) -> Response | tuple[str, int]:
    """Hand the attempt in, once."""
    answers: dict[int, Answer] = {}
    try:
        with writing() as db:
            view = view_attempt(db, reader(), attempt_id)
            answers = answers_typed(view.items, _form())
            late = submit(
                db, reader(), attempt_id, answers, _revision(), services().similarity, moment()
            )
    except AlreadySubmittedError as error:
        return _attempt_page(attempt_id, notice=translate(error.message)), 409
    except NewerAnswersError as error:
        return _attempt_page(attempt_id, answers, translate(error.message)), 409
    if late.late_answers:
        return _attempt_page(attempt_id, notice=_time_is_up(attempt_id)), 409
    return redirect(url_for(".attempt", attempt_id=attempt_id))


def _time_is_up(attempt_id: int) -> str:
    deadline = view_attempt(reading(), reader(), attempt_id).attempt.deadline
    shown = local_time(deadline)[11:] if deadline else ""
    return translate(TimeIsUpError(time=shown).message)


def _form() -> dict[str, list[str]]:
    return {key: request.form.getlist(key) for key in request.form}


def _revision() -> int:
    return request.form.get("revision", -1, type=small_int)


@pages.post("/judge/<int(max=2147483647):attempt_id>/<int(max=2147483647):position>")
@allows(Capability.COACH)
def judge(attempt_id: int, position: int) -> Response | tuple[str, int]:
    """The mentor decides which key points a free answer meets."""
    met = [int(value) for value in request.form.getlist("met") if value in "0123456789"]
    comment = request.form.get("comment", "")
    try:
        with writing() as db:
            judge_answer(db, reader(), attempt_id, position, met, comment, moment())
    except InvalidError as error:
        typed = {"met": met, "comment": comment, "faults": error.fields}
        return queue_page(judged={(attempt_id, position): typed}), 422
    flash(gettext("Judged."))
    return redirect(url_for("reviews.queue"))


@pages.post("/<slug>/allow/<int(max=2147483647):person_id>")
@allows(Capability.COACH)
def allow(slug: str, person_id: int) -> Response:
    """Allow somebody one more attempt."""
    with writing() as db:
        allow_another(db, reader(), slug, person_id, moment())
    flash(gettext("One more attempt is allowed."))
    return redirect(url_for("reviews.queue"))
