"""The calendar feed of a person's paths, behind an address that nobody can guess."""

import hmac

from flask import Blueprint, Response, redirect, render_template, url_for
from flask_babel import force_locale
from werkzeug.wrappers import Response as BaseResponse

from kb.accounts.models import Person
from kb.learning.enrolments import enrolments_of
from kb.learning.feed import calendar_text, feed_serial, feed_token, renew_feed
from kb.learning.progress import standings
from kb.learning.step_titles import step_titles
from kb.permissions import Capability, found
from web.context import reader, reading, services, writing
from web.learn.moment import moment
from web.rights import allows, public

pages = Blueprint("feed", __name__, url_prefix="/learn/calendar")


@pages.get("")
@allows(Capability.READ)
def page() -> str:
    """The address to subscribe to, and a button that makes it invalid."""
    address = url_for(
        ".calendar", person_id=reader().person_id, token=_token(reader().person_id), _external=True
    )
    return render_template("learn/feed.html", address=address)


@pages.post("")
@allows(Capability.READ)
def renew() -> BaseResponse:
    """Make a new address; the old one stops working."""
    with writing() as db:
        renew_feed(db, reader().person_id, moment().at)
    return redirect(url_for(".page"))


@pages.get("/<int(max=2147483647):person_id>-<token>.ics")
@public
def calendar(person_id: int, token: str) -> Response:
    """The feed itself; a phone's calendar cannot sign in, so the address is the key."""
    db = reading()
    person = db.get(Person, person_id)
    right = hmac.compare_digest(token.encode(), _token(person_id).encode())
    person = found(person if right and person and person.active else None)
    lang = person.lang or services().settings.lang
    with force_locale(lang):
        rows = standings(db, enrolments_of(db, person_id), moment().day)
        steps = [step for standing in rows for step in standing.path.steps()]
        titles = step_titles(db, steps, lang)
        name = "师傅 · 学习" if lang == "zh" else "Shifu · learning"
        address = url_for("learn.today", _external=True)
        body = calendar_text(rows, name, lang, lambda s: titles[s.id], moment().at, address)
    answer = Response(body, mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "inline", filename="shifu.ics")
    return answer


def _token(person_id: int) -> str:
    return feed_token(services().settings.signing_key, person_id, feed_serial(reading(), person_id))
