"""Signing in and out, passwords, reset links."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.accounts import people
from kb.accounts import sign_in as gate
from kb.accounts.models import Person
from kb.errors import InvalidError, ShifuError
from kb.messages import N_, Message
from web.context import current_reader, now, reader, reading, services, writing
from web.errors import status_of
from web.rights import public, signed_in
from web.security import safe_next

pages = Blueprint("account", __name__)
_MISMATCH = N_("The two new passwords differ; type the same one twice.")


@pages.get("/sign-in")
@public
def sign_in() -> str | Response:
    """The sign-in page; somebody who is signed in goes on."""
    if current_reader():
        return redirect(safe_next(request.args.get("next")))
    return render_template("sign_in.html", login="", next=request.args.get("next", ""))


@pages.post("/sign-in")
@public
def do_sign_in() -> Response | tuple[str, int]:
    """Check the throttle, then the password, then open a session under a new id."""
    login = request.form.get("login", "").strip().lower()[:60]
    password = request.form.get("password", "")[:1000]
    address = request.remote_addr or ""
    try:
        person = _prove(login, password, address)
    except ShifuError as error:
        page = render_template(
            "sign_in.html", login=login, next=request.form.get("next", ""), fault=error.message
        )
        return page, status_of(error)
    _start_session(person)
    if person.must_change_password:
        return redirect(url_for("account.password"))
    return redirect(safe_next(request.form.get("next")))


def _prove(login: str, password: str, address: str) -> Person:
    gate.check_throttle(reading(), login, address, now())
    person = gate.person_by_password(reading(), login, password)
    if person is None:
        with writing() as db:
            gate.note_failure(db, login, address, now())
        raise gate.WrongPasswordError
    return person


def _start_session(person: Person) -> None:
    """A fresh cookie for a fresh session: nothing of the time before the sign-in stays."""
    kept = {name: session[name] for name in ("lang", "theme") if name in session}
    session.clear()
    session.update(kept)
    session.permanent = True
    with writing() as db:
        days = services().settings.session_days
        session["token"] = gate.open_session(db, db.get_one(Person, person.id), now(), days).token


@pages.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End the session on the server, too, so that a copied cookie is dead."""
    with writing() as db:
        gate.close_session(db, session["token"], now())
    session.clear()
    return redirect(url_for("account.sign_in"))


@pages.get("/account/password")
@signed_in
def password() -> str:
    """Change one's own password."""
    return render_template("password.html", faults={}, must=reader().must_change_password)


@pages.post("/account/password")
@signed_in
def change_password() -> Response | tuple[str, int]:
    """Change it; all sessions end and this browser gets a new one."""
    form = request.form
    try:
        if form.get("password") != form.get("again"):
            raise InvalidError({"again": Message(_MISMATCH)})
        with writing() as db:
            person = gate.change_password(
                db, reader().person_id, form.get("current", ""), form.get("password", ""), now()
            )
    except InvalidError as error:
        page = render_template(
            "password.html", faults=error.fields, must=reader().must_change_password
        )
        return page, 422
    _start_session(person)
    flash(gettext("Your password is changed. Other devices are signed out."))
    return redirect("/")


@pages.get("/reset/<token>")
@public
def reset(token: str) -> str:
    """The page behind a reset link."""
    person = people.person_of_reset_link(reading(), token, now())
    return render_template("reset.html", person=person, token=token, faults={})


@pages.post("/reset/<token>")
@public
def do_reset(token: str) -> Response | tuple[str, int]:
    """Set a new password by a link and sign in with it."""
    form = request.form
    try:
        if form.get("password") != form.get("again"):
            raise InvalidError({"again": Message(_MISMATCH)})
        with writing() as db:
            person = people.use_reset_link(db, token, form.get("password", ""), now())
    except InvalidError as error:
        owner = people.person_of_reset_link(reading(), token, now())
        return render_template("reset.html", person=owner, token=token, faults=error.fields), 422
    _start_session(person)
    flash(gettext("Your password is set. Welcome."))
    return redirect("/")
