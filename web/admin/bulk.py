"""Many new people from a CSV file: template, preview, then all of them in one transaction."""

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext

from kb.accounts import bulk_people
from kb.accounts.people import list_teams
from kb.errors import InvalidError
from kb.messages import Message
from kb.permissions import Capability
from web.context import now, reader, reading, writing
from web.rights import allows

pages = Blueprint("admin_bulk", __name__, url_prefix="/admin/import")


@pages.get("")
@allows(Capability.ADMINISTER)
def start() -> str:
    """Choose a file or paste its lines."""
    return _start_page("", {})


@pages.get("/template.csv")
@allows(Capability.ADMINISTER)
def template() -> Response:
    """The line of column names, with the mark by which Excel knows UTF-8."""
    answer = Response(("\ufeff" + bulk_people.TEMPLATE).encode(), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=gettext("people") + ".csv")
    return answer


@pages.post("/preview")
@allows(Capability.ADMINISTER)
def preview() -> str | tuple[str, int]:
    """What would become of each line; writes nothing."""
    text = request.form.get("text", "")
    try:
        file = request.files.get("file")
        text = bulk_people.decode(file.read()) if file and file.filename else text
        checked = bulk_people.check(reading(), bulk_people.read_lines(text))
    except InvalidError as error:
        return _start_page(text, error.fields), 422
    teams = {team.code: team.name for team in list_teams(reading())}
    return render_template("admin/bulk_preview.html", text=text, checked=checked, teams=teams)


@pages.post("")
@allows(Capability.ADMINISTER)
def create() -> str | tuple[str, int]:
    """Add everybody without a fault. The passwords are on the answer itself and nowhere else."""
    text = request.form.get("text", "")
    try:
        checked = bulk_people.check(reading(), bulk_people.read_lines(text))
        prepared = bulk_people.prepare(checked.new)  # slow, so before the write lock is held
        with writing() as db:
            added = bulk_people.add_people(db, prepared, reader().person_id, now())
    except InvalidError as error:
        return _start_page(text, error.fields), 422
    return render_template("admin/bulk_done.html", added=added, checked=checked)


def _start_page(text: str, faults: dict[str, Message]) -> str:
    return render_template(
        "admin/bulk.html",
        text=text[: bulk_people.MAX_CHARACTERS],  # more could not be sent again
        faults=faults, teams=list_teams(reading()),
        most=bulk_people.MAX_LINES, columns=bulk_people.COLUMNS, example=bulk_people.EXAMPLE,
    )  # fmt: skip
