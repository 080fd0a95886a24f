"""Scenarios: the list, a play as a chat, its end with the criteria, the mentor's review, editing."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.accounts.models import Person
from kb.errors import ConflictError, InvalidError
from kb.messages import Message
from kb.permissions import Capability, found
from kb.scenarios.models import ScenarioRow
from kb.scenarios.playing import (
    MovedOnError,
    UnsureError,
    begin_play,
    best_plays,
    choose,
    plays_of,
    review,
    say,
    view_play,
)
from kb.scenarios.scenario_file import read_scenario
from kb.scenarios.store import EXAMPLE, add_scenario, all_scenarios, find_scenario, save_scenario
from web.context import now, reader, reading, services, small_int, writing
from web.i18n import language, translate
from web.learn.moment import moment
from web.rights import allows

pages = Blueprint("scenarios", __name__, url_prefix="/scenarios")


@pages.get("")
@allows(Capability.READ)
def overview() -> str:
    """Every scenario with one's best play."""
    return render_template(
        "scenarios/list.html",
        scenarios=all_scenarios(reading(), language()),
        best=best_plays(reading(), reader().person_id),
    )


@pages.get("/<slug>")
@allows(Capability.READ)
def scenario(slug: str) -> str:
    """The situation, the goal, and one's plays so far."""
    db = reading()
    row = find_scenario(db, slug, language())
    return render_template(
        "scenarios/scenario.html",
        row=row,
        scenario=read_scenario(row.body),
        plays=plays_of(db, reader().person_id, slug),
    )


@pages.post("/<slug>/begin")
@allows(Capability.READ)
def begin(slug: str) -> Response:
    """Begin, or go on with the play that is open."""
    with writing() as db:
        play = begin_play(db, reader(), slug, language(), moment())
    return redirect(url_for(".play", play_id=play.id))


@pages.get("/play/<int(max=2147483647):play_id>")
@allows(Capability.READ)
def play(play_id: int) -> str:
    """The conversation so far; at its end the score and the criteria."""
    return _play_page(play_id)


def _play_page(
    play_id: int, typed: str = "", notice: str = "", faults: dict[str, Message] | None = None
) -> str:
    db = reading()
    view = view_play(db, reader(), play_id)
    person = db.get_one(Person, view.play.person_id)
    reviewer = db.get(Person, view.play.reviewed_by) if view.play.reviewed_by else None
    own = person.id == reader().person_id
    if not own:
        found(view.play.finished_at)  # a mentor reads plays that are over
    return render_template(
        "scenarios/play.html",
        view=view,
        own=own,
        person=person,
        reviewer=reviewer,
        typed=typed,
        notice=notice,
        faults=faults or {},
    )


@pages.post("/play/<int(max=2147483647):play_id>")
@allows(Capability.READ)
def reply(play_id: int) -> Response | tuple[str, int]:
    """Reply with a choice or in one's own words."""
    typed = request.form.get("typed", "")
    moves = request.form.get("moves", -1, type=small_int)
    try:
        with writing() as db:
            if "reply" in request.form:
                choose(db, reader(), play_id, moves, request.form["reply"], moment())
            else:
                say(db, reader(), play_id, moves, typed, services().similarity, moment())
    except UnsureError as error:
        return _play_page(play_id, typed, translate(error.message)), 422
    except InvalidError as error:
        return _play_page(play_id, typed, translate(error.fields["typed"])), 422
    except MovedOnError as error:
        return _play_page(play_id, typed, translate(error.message)), 409
    return redirect(url_for(".play", play_id=play_id) + "#now")


@pages.post("/play/<int(max=2147483647):play_id>/review")
@allows(Capability.COACH)
def write_review(play_id: int) -> Response | tuple[str, int]:
    """The mentor's word on the whole and on single moves."""
    comments = {
        int(number): value
        for key, value in request.form.items()
        if (number := key.removeprefix("comment-")) != key and re.fullmatch("[0-9]{1,3}", number)
    }
    try:
        with writing() as db:
            review(db, reader(), play_id, request.form.get("word", ""), comments, moment())
    except InvalidError as error:
        return _play_page(play_id, faults=error.fields), 422
    flash(gettext("Saved. The learner sees it in the replay."))
    return redirect(url_for("reviews.queue"))


@pages.get("/new")
@allows(Capability.MANAGE)
def new() -> str:
    """A new scenario begins with the smallest one that holds."""
    return _new_page(EXAMPLE, [])


def _new_page(text: str, faults: list[tuple[str, str, Message]]) -> str:
    return render_template(
        "scenarios/edit.html", row=None, text=text, faults=faults, version=0, newer=""
    )


@pages.post("/new")
@allows(Capability.MANAGE)
def create() -> Response | tuple[str, int]:
    """Add a scenario."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        with writing() as db:
            row = add_scenario(db, text, reader().person_id, now())
    except InvalidError as error:
        return _new_page(text, _fault_lines(error)), 422
    flash(gettext("Saved."))
    return redirect(url_for(".scenario", slug=row.slug))


def _fault_lines(error: InvalidError) -> list[tuple[str, str, Message]]:
    return [
        (key.partition(":")[0], key.partition(":")[2], message)
        for key, message in error.fields.items()
    ]


@pages.get("/<slug>/edit/<any(zh, en):lang>")
@allows(Capability.MANAGE)
def edit(slug: str, lang: str) -> str:
    """A scenario's text."""
    row = found(reading().get(ScenarioRow, (slug, lang)))
    return _edit_page(row, row.body, [])


def _edit_page(
    row: ScenarioRow,
    text: str,
    faults: list[tuple[str, str, Message]],
    version: int | None = None,
    newer: str = "",
) -> str:
    return render_template(
        "scenarios/edit.html",
        row=row,
        text=text,
        faults=faults,
        version=row.version if version is None else version,
        newer=newer,
    )


@pages.post("/<slug>/edit/<any(zh, en):lang>")
@allows(Capability.MANAGE)
def save(slug: str, lang: str) -> Response | tuple[str, int]:
    """Save a scenario with every fault named by its line."""
    text = request.form.get("text", "").replace("\r\n", "\n")
    version = request.form.get("version", 0, type=small_int)
    try:
        with writing() as db:
            save_scenario(db, slug, lang, text, version, reader().person_id, now())
    except InvalidError as error:
        row = found(reading().get(ScenarioRow, (slug, lang)))
        return _edit_page(row, text, _fault_lines(error), version), 422
    except ConflictError:
        row = found(reading().get(ScenarioRow, (slug, lang)))
        return _edit_page(row, text, [], newer=row.body), 409
    flash(gettext("Saved."))
    return redirect(url_for(".scenario", slug=slug))
