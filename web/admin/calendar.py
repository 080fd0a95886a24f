"""The team's working days and days off, where they differ from the official calendar."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.errors import InvalidError
from kb.learning.calendar_days import calendar_days, forget_day, set_days
from kb.learning.work_calendar import known_until
from kb.messages import Message
from kb.permissions import Capability
from web.context import now, reader, reading, writing
from web.rights import allows

pages = Blueprint("admin_calendar", __name__, url_prefix="/admin/calendar")


@pages.get("")
@allows(Capability.ADMINISTER)
def overview() -> str:
    """The days that were set, and until when the official calendar is known."""
    return _page({}, {})


def _page(typed: dict[str, str], faults: dict[str, Message]) -> str:
    return render_template(
        "admin/calendar.html",
        days=calendar_days(reading()),
        known_until=known_until(),
        typed=typed,
        faults=faults,
    )


@pages.post("")
@allows(Capability.ADMINISTER)
def save() -> Response | tuple[str, int]:
    """Set days as worked or as off."""
    typed = request.form.to_dict()
    worked = typed.get("worked") == "1"
    try:
        with writing() as db:
            set_days(
                db, typed.get("days", ""), worked, typed.get("note", "").strip(),
                reader().person_id, now(),
            )  # fmt: skip
    except InvalidError as error:
        return _page(typed, error.fields), 422
    flash(gettext("Saved. Paths are planned anew."))
    return redirect(url_for(".overview"))


@pages.post("/<day>/forget")
@allows(Capability.ADMINISTER)
def forget(day: str) -> Response:
    """Follow the official calendar again."""
    try:
        chosen = date.fromisoformat(day)
    except ValueError:
        return redirect(url_for(".overview"))
    with writing() as db:
        forget_day(db, chosen, reader().person_id, now())
    flash(gettext("This day follows the official calendar again."))
    return redirect(url_for(".overview"))
