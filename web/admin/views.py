"""People: the list, new ones, changes, shutting out and letting in, reset links."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.accounts import people
from kb.accounts.models import Person
from kb.accounts.people import LastAdminError, PersonForm, PersonSummary
from kb.errors import InvalidError
from kb.library.vocabulary import Role
from kb.messages import Message
from kb.permissions import Capability, found
from web.context import now, reader, reading, services, writing
from web.errors import status_of
from web.i18n import ROLES
from web.rights import allows

pages = Blueprint("admin", __name__, url_prefix="/admin")
PAGE_SIZE = 100


@pages.get("/")
@allows(Capability.ADMINISTER)
def start() -> Response:
    """The room begins with its people."""
    return redirect(url_for(".people_list"))


@pages.get("/people")
@allows(Capability.ADMINISTER)
def people_list() -> str:
    """Everyone, or those in whom the typed words are found."""
    text = request.args.get("q", "").strip()
    everyone = people.list_people(reading())
    teams = _team_names()
    shown = [one for one in everyone if _matches(one, teams, text)]
    count = max(1, -(-len(shown) // PAGE_SIZE))
    number = min(max(1, request.args.get("page", 1, type=int)), count)
    return render_template(
        "admin/people.html",
        people=shown[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
        total=len(shown), teams=teams, q=text, number=number, count=count,
    )  # fmt: skip


@pages.get("/people/new")
@allows(Capability.ADMINISTER)
def new_person() -> str:
    """An empty form."""
    return _new_page(PersonForm("", ""), {})


@pages.post("/people/new")
@allows(Capability.ADMINISTER)
def create_person() -> str | tuple[str, int]:
    """Add somebody. The password is on the answer itself: neither an address nor a cookie holds it."""
    form = _typed()
    try:
        with writing() as db:
            person, password = people.create_person(db, form, reader().person_id, now())
    except InvalidError as error:
        return _new_page(form, error.fields), 422
    return render_template("admin/person_added.html", person=person, password=password)


@pages.get("/people/<int(max=2147483647):person_id>")
@allows(Capability.ADMINISTER)
def edit_person(person_id: int) -> str:
    """A person's form, and what else can be done for them."""
    return _edit_page(person_id, _stored(person_id))


@pages.post("/people/<int(max=2147483647):person_id>")
@allows(Capability.ADMINISTER)
def update_person(person_id: int) -> Response | tuple[str, int]:
    """Save a person's form."""
    form = _typed()
    try:
        with writing() as db:
            people.update_person(db, person_id, form, reader().person_id, now())
    except InvalidError as error:
        return _edit_page(person_id, form, error.fields), 422
    except LastAdminError as error:
        return _edit_page(person_id, form, sentence=error.message), status_of(error)
    flash(gettext("Saved."))
    return redirect(url_for(".people_list"))


@pages.post("/people/<int(max=2147483647):person_id>/<any(activate, deactivate):act>")
@allows(Capability.ADMINISTER)
def set_active(person_id: int, act: str) -> Response | tuple[str, int]:
    """Let somebody in again, or shut them out at once."""
    try:
        with writing() as db:
            people.set_active(db, person_id, act == "activate", reader().person_id, now())
    except LastAdminError as error:
        return _edit_page(person_id, _stored(person_id), sentence=error.message), status_of(error)
    done = (
        gettext("The account is active again.")
        if act == "activate"
        else gettext("The account is deactivated.")
    )
    flash(done)
    return redirect(url_for(".edit_person", person_id=person_id))


@pages.post("/people/<int(max=2147483647):person_id>/reset-link")
@allows(Capability.ADMINISTER)
def make_reset_link(person_id: int) -> str:
    """A link for a new password, shown on this answer and nowhere else."""
    with writing() as db:
        token = people.make_reset_link(db, person_id, reader().person_id, now())
    site = services().settings.base_url or request.host_url.rstrip("/")
    link = site + url_for("account.reset", token=token)
    person = found(reading().get(Person, person_id))
    return render_template(
        "admin/reset_link.html", person=person, link=link, hours=people.RESET_HOURS
    )


def _typed() -> PersonForm:
    form = request.form
    return PersonForm(
        login=form.get("login", "").strip().lower(),
        name=form.get("name", "").strip(),
        email=form.get("email", "").strip(),
        phone=form.get("phone", "").strip(),
        roles=frozenset(Role(role) for role in form.getlist("roles") if role in set(Role)),
        teams=frozenset(form.getlist("teams")),
    )


def _stored(person_id: int) -> PersonForm:
    person = found(reading().get(Person, person_id))
    roles, teams = people.roles_and_teams(reading(), [person_id])[person_id]
    return PersonForm(
        person.login,
        person.name,
        person.email,
        person.phone,
        frozenset(map(Role, roles)),
        frozenset(teams),
    )


def _new_page(form: PersonForm, faults: dict[str, Message]) -> str:
    return render_template("admin/person_new.html", form=form, faults=faults, teams=_team_names())


def _edit_page(
    person_id: int,
    form: PersonForm,
    faults: dict[str, Message] | None = None,
    sentence: Message | None = None,
) -> str:
    person = found(reading().get(Person, person_id))
    return render_template(
        "admin/person.html",
        person=person,
        form=form,
        faults=faults or {},
        sentence=sentence,
        teams=_team_names(),
    )


def _team_names() -> dict[str, str]:
    return {team.code: team.name for team in people.list_teams(reading())}


def _matches(summary: PersonSummary, teams: dict[str, str], text: str) -> bool:
    """Whether every typed word is in a person's data; as shown, so roles and teams by name, too."""
    person = summary.person
    data = [person.login, person.name, person.email, person.phone, *summary.roles, *summary.teams]
    data += [str(ROLES[role]) for role in summary.roles] + [
        teams.get(code, "") for code in summary.teams
    ]
    haystack = "\n".join(data).casefold()
    return all(word in haystack for word in text.casefold().split())
