"""Paths as a manager edits them: the list, the text with its faults by line, versions."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.errors import ConflictError, InvalidError
from kb.learning.path_store import (
    all_paths,
    find_path,
    save_path,
    set_archived,
    versions,
)
from kb.learning.progress import missing_steps
from kb.learning.step_titles import step_titles
from kb.messages import Message
from kb.permissions import Capability
from web.context import reader, reading, small_int, writing
from web.i18n import language
from web.learn.moment import moment
from web.rights import allows

pages = Blueprint("paths", __name__, url_prefix="/learn/paths")
EMPTY = """slug: my-path
title: {zh: 路径的名字, en: Name of the path}
summary: {zh: 一句话说明, en: What it is for}
roles: [rep]
days: 10
schedule:
  - day: 1
    title: {zh: 第一天, en: Day one}
    steps:
      - {id: d01-first, type: read, article: price-too-high, minutes: 10}
"""


@pages.get("")
@allows(Capability.READ)
def overview() -> str:
    """Every path there is, for people who look for the course of their stage."""
    archived = reader().may(Capability.MANAGE)
    return render_template("learn/paths.html", paths=all_paths(reading(), archived=archived))


@pages.get("/<slug>")
@allows(Capability.READ)
def path(slug: str) -> str:
    """What a path holds, day by day."""
    db = reading()
    stored = find_path(db, slug)
    return render_template(
        "learn/path_outline.html",
        stored=stored,
        titles=step_titles(db, stored.path.steps(), language()),
        missing=missing_steps(db, {stored.id: stored.path})[stored.id],
        lines={
            step.id: number
            for step in stored.path.steps()
            for number, line in enumerate(stored.source.splitlines(), 1)
            if f"id: {step.id}" in line
        },
        versions=versions(db, stored.row) if reader().may(Capability.MANAGE) else [],
    )


@pages.get("/new")
@allows(Capability.MANAGE)
def new() -> str:
    """A new path begins with a short example."""
    return _edit_page("", EMPTY, 0, {})


@pages.get("/<slug>/edit")
@allows(Capability.MANAGE)
def edit(slug: str) -> str:
    """The path's text."""
    stored = find_path(reading(), slug)
    return _edit_page(slug, stored.source, stored.row.version, {})


def _edit_page(
    slug: str,
    source: str,
    version: int,
    faults: dict[str, Message],
    newer: str = "",
) -> str:
    lines = [(*key.partition(":")[::2], message) for key, message in faults.items()]
    return render_template(
        "learn/path_edit.html",
        slug=slug,
        source=source,
        version=version,
        faults=lines,
        newer=newer,
    )


@pages.post("/new")
@allows(Capability.MANAGE)
def create() -> Response | tuple[str, int]:
    """Add a path."""
    return _save("")


@pages.post("/<slug>/edit")
@allows(Capability.MANAGE)
def save(slug: str) -> Response | tuple[str, int]:
    """Save a new version; people who are on the path keep what they did."""
    return _save(slug)


def _save(slug: str) -> Response | tuple[str, int]:
    source = request.form.get("source", "").replace("\r\n", "\n")
    version = request.form.get("version", 0, type=small_int)
    try:
        with writing() as db:
            row = save_path(db, source, version, reader().person_id, moment(), slug)
    except InvalidError as error:
        return _edit_page(slug, source, version, error.fields), 422
    except ConflictError:
        stored = find_path(reading(), slug)  # a path that is gone is not found
        return _edit_page(slug, source, stored.row.version, {}, newer=stored.source), 409
    flash(gettext("Saved as version %(n)s.", n=row.version))
    return redirect(url_for(".path", slug=row.slug))


@pages.post("/<slug>/archive")
@allows(Capability.MANAGE)
def archive(slug: str) -> Response:
    """Put a path away, or bring it back; who is on it goes on."""
    with writing() as db:
        stored = find_path(db, slug)
        set_archived(db, stored.row, "archive" in request.form, reader().person_id, moment().at)
    return redirect(url_for(".overview"))
