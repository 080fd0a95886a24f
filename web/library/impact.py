"""What a change of meaning touches: the list to look through, and confirming to have read it."""

import re

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb.impact.changes import change_page, confirm_reading, mark_looked, open_changes
from kb.impact.models import ImpactItem
from kb.library.articles import find_visible
from kb.permissions import Capability
from web.context import now, reader, reading, writing
from web.rights import allows

pages = Blueprint("impact", __name__)


@pages.get("/library/changes")
@allows(Capability.AUTHOR)
def overview() -> str:
    """Changes of meaning with things that nobody has looked at."""
    return render_template("library/changes.html", changes=open_changes(reading(), reader()))


@pages.get("/library/changes/<int(max=2147483647):change_id>")
@allows(Capability.AUTHOR)
def change(change_id: int) -> str:
    """What one change touches."""
    page = change_page(reading(), reader(), change_id)
    return render_template("library/change.html", page=page, address=_address)


def _address(item: ImpactItem) -> str:
    """Where a dependent thing is looked at."""
    if item.kind == "question":
        return url_for("bank.question", question_id=int(item.ref))
    lang, _, slug = item.ref.rpartition("/")
    if item.kind == "article":
        return url_for("library.article", lang=lang, slug=slug)
    if item.kind == "scenario":
        return url_for("scenarios.edit", slug=slug, lang=lang)
    if item.kind == "path":
        return url_for("paths.path", slug=slug)
    return url_for("library.article_in_any_language", slug=slug)


@pages.post("/library/changes/<int(max=2147483647):change_id>")
@allows(Capability.AUTHOR)
def looked(change_id: int) -> Response:
    """The ticked things were looked at."""
    ids = {
        int(value) for value in request.form.getlist("items") if re.fullmatch("[0-9]{1,9}", value)
    }
    with writing() as db:
        mark_looked(db, reader(), change_id, ids, now())
    return redirect(url_for(".change", change_id=change_id))


@pages.post("/library/<any(zh, en):lang>/<slug>/read-again")
@allows(Capability.READ)
def read_again(lang: str, slug: str) -> Response:
    """A certified person has read the changed article."""
    with writing() as db:
        row = find_visible(db, reader(), slug, lang)
        confirm_reading(db, reader(), row.id or 0, now())
    flash(gettext("Confirmed."))
    return redirect(url_for("library.article", lang=lang, slug=slug))
