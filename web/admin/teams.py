"""Teams: the list with member counts, new ones, other names."""

from collections import Counter

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlmodel import Session
from werkzeug.wrappers import Response

from kb.accounts import people
from kb.accounts.models import Team
from kb.errors import InvalidError
from kb.messages import N_, Message
from kb.permissions import Capability, found
from web.context import now, reader, reading, writing
from web.rights import allows

pages = Blueprint("admin_teams", __name__, url_prefix="/admin/teams")


@pages.get("")
@allows(Capability.ADMINISTER)
def team_list() -> str:
    """All teams, and the form for a new one."""
    return _list_page("", "", {})


@pages.post("")
@allows(Capability.ADMINISTER)
def create_team() -> Response | tuple[str, int]:
    """Add a team. A code that is taken is a fault here, for saving would rename that team."""
    code, name = request.form.get("code", "").strip().lower(), request.form.get("name", "").strip()
    try:
        with writing() as db:
            if _team(db, code):
                raise InvalidError(
                    {"code": Message(N_("%(code)s is taken; choose another code."), {"code": code})}
                )
            people.save_team(db, code, name, reader().person_id, now())
    except InvalidError as error:
        return _list_page(code, name, error.fields), 422
    flash(gettext("Saved."))
    return redirect(url_for(".team_list"))


@pages.get("/<code>")
@allows(Capability.ADMINISTER)
def edit_team(code: str) -> str:
    """The form for another name, and who is in the team."""
    return _team_page(code, found(_team(reading(), code)).name, {})


@pages.post("/<code>")
@allows(Capability.ADMINISTER)
def rename_team(code: str) -> Response | tuple[str, int]:
    """Give a team another name; the code stays, for audiences name it."""
    name = request.form.get("name", "").strip()
    try:
        with writing() as db:
            found(_team(db, code))
            people.save_team(db, code, name, reader().person_id, now())
    except InvalidError as error:
        return _team_page(code, name, error.fields), 422
    flash(gettext("Saved."))
    return redirect(url_for(".team_list"))


def _team(db: Session, code: str) -> Team | None:
    return next((team for team in people.list_teams(db) if team.code == code), None)


def _list_page(code: str, name: str, faults: dict[str, Message]) -> str:
    active = (one for one in people.list_people(reading()) if one.person.active)
    members = Counter(team for one in active for team in one.teams)
    teams = people.list_teams(reading())
    return render_template(
        "admin/teams.html", teams=teams, members=members, code=code, name=name, faults=faults
    )


def _team_page(code: str, name: str, faults: dict[str, Message]) -> str:
    team = found(_team(reading(), code))
    members = [one.person for one in people.list_people(reading()) if code in one.teams]
    return render_template("admin/team.html", team=team, name=name, members=members, faults=faults)
