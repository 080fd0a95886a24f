"""Home, language and theme, health."""

from datetime import date

from flask import Blueprint, jsonify, redirect, render_template, request, session
from sqlmodel import select
from werkzeug.wrappers import Response

from kb import audit
from kb.accounts.models import Person
from kb.errors import ShifuError
from kb.impact.changes import open_changes, to_read
from kb.learning.enrolments import enrolments_of
from kb.library import browse, shelf
from kb.library.vocabulary import Role
from kb.permissions import Capability
from web.context import current_reader, now, reader, reading, services, writing
from web.i18n import LANGUAGES, language, local_day
from web.rights import allows, public
from web.security import safe_next

pages = Blueprint("home", __name__)
FIRST_DAYS = (
    "company-culture",
    "cold-call-opening",
    "discovery-questions",
    "price-too-high",
    "mentoring-program",
)


@pages.get("/")
@allows(Capability.READ)
def home() -> str:
    """The search box, and under it what matters to this person."""
    who, db = reader(), reading()
    today = date.fromisoformat(local_day(now()))
    own_paths = enrolments_of(db, who.person_id)
    unled = Role.NEW_HIRE in who.roles and not own_paths
    return render_template(
        "home.html",
        # only what this library has: a site may have begun without the shipped articles
        first_days=browse.by_slugs(db, who, FIRST_DAYS, language()) if unled else [],
        on_path=bool(own_paths),
        to_read=to_read(db, who),
        changes=len(open_changes(db, who)) if who.may(Capability.AUTHOR) else 0,
        favourites=shelf.favourites(db, who),
        recent=shelf.recent(db, who),
        overdue=browse.overdue_articles(db, who, today) if who.may(Capability.AUTHOR) else [],
        drafts=browse.drafts_of(db, who) if who.may(Capability.AUTHOR) else [],
        kinds=browse.facet_counts(db, who, {})["kind"],
        state=services().engine.state(),
    )


@pages.post("/language/<code>")
@public
def set_language(code: str) -> Response:
    """Switch the language and stay on the page."""
    if code in LANGUAGES:
        session["lang"] = code
        _remember(lang=code)
    return redirect(safe_next(request.form.get("next")))


@pages.post("/theme/<name>")
@public
def set_theme(name: str) -> Response:
    """Choose light, dark or what the device prefers, and stay on the page."""
    if name in ("light", "dark", "auto"):
        session["theme"] = name
        _remember(theme=name)
    return redirect(safe_next(request.form.get("next")))


def _remember(**columns: str) -> None:
    who = current_reader()
    if who is None:
        return
    with writing() as db:
        person = db.get_one(Person, who.person_id)
        for name, value in columns.items():
            setattr(person, name, value)
            audit.record(
                db, now(), who.person_id, f"set_{name}", f"person:{who.person_id}", to=value
            )
        db.add(person)


@pages.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """Whether the process is up."""
    return jsonify(status="ok"), 200


@pages.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Whether database and keyword index answer."""
    try:
        reading().exec(select(Person.id).limit(1)).first()
        database = "ok"
    except Exception:
        database = "failed"
    try:
        state = services().engine.state()
        generation, model = state.generation, state.model
    except ShifuError:
        generation, model = 0, "off"
    ready = database == "ok" and generation > 0
    body = {"database": database, "index_generation": generation, "model": model}
    return jsonify(body), 200 if ready else 503
