"""Practice: what is due, one card after the other, one's limits, the team's drill."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from kb.accounts.people import list_teams
from kb.errors import InvalidError
from kb.learning.steps_elsewhere import cards_asked
from kb.library import browse
from kb.library.vocabulary import Kind
from kb.messages import Message
from kb.permissions import Capability, found
from kb.practice.deck import add_card, deck_size, forecast, limits_of, set_limits, todays_cards
from kb.practice.drill import drills_of, set_drill
from kb.practice.faces import face_of
from kb.practice.reviewing import (
    GradedAlreadyError,
    advice,
    grade_card,
    next_card,
    own_card,
    suspend,
)
from kb.practice.scheduling import outcomes
from web.context import reader, reading, services, small_int, writing
from web.i18n import language, translate
from web.learn.moment import moment
from web.rights import allows

pages = Blueprint("practice", __name__, url_prefix="/practice")


@pages.get("")
@allows(Capability.READ)
def overview() -> str:
    """What is due today, the days ahead, the team's drill, one's limits."""
    return _overview({}, {})


def _overview(typed: dict[str, str], faults: dict[str, Message]) -> str:
    db, who, at = reading(), reader(), moment()
    limits = limits_of(db, who.person_id)
    drills = drills_of(db, who, at)
    slugs = [slug for drill in drills for slug in drill.slugs]
    ahead = forecast(db, who.person_id, at, services().settings.time_zone)
    return render_template(
        "practice/overview.html",
        today=todays_cards(db, who, at),
        size=deck_size(db, who.person_id),
        ahead=[(at.day + timedelta(days=n), count) for n, count in enumerate(ahead)],
        drills=drills,
        asked=cards_asked(db, who.person_id, at),
        titles={a.slug: a for a in browse.by_slugs(db, who, slugs, language())},
        typed=typed or {"cards": str(limits.cards), "new_cards": str(limits.new_cards)},
        faults=faults,
    )


@pages.get("/next")
@allows(Capability.READ)
def next_up() -> str | Response:
    """The front of the next card."""
    with writing() as db:
        shown = next_card(db, reader(), language(), moment())
    if shown is None:
        flash(gettext("That was all for today. Well practised."))
        return redirect(url_for(".overview"))
    return render_template("practice/front.html", shown=shown)


@pages.post("/<int(max=2147483647):card_id>/turn")
@allows(Capability.READ)
def turn(card_id: int) -> str:
    """The back of a card, beside what was typed, with advice and the four grades."""
    typed = request.form.get("typed", "")[:2000]
    return _back(card_id, typed)


def _back(card_id: int, typed: str) -> str:
    db, at = reading(), moment()
    card = own_card(db, reader(), card_id)
    face = found(face_of(db, card, language()))
    return render_template(
        "practice/back.html",
        card=card,
        face=face,
        typed=typed,
        advice=advice(face, typed, services().similarity),
        outcomes={rating: _span(span) for rating, span in outcomes(card.schedule, at.at).items()},
    )


def _span(span: timedelta) -> str:
    """How long until a card comes again, in words."""
    days = round(span.total_seconds() / 86_400)
    if days >= 1:
        return str(ngettext("in %(num)s day", "in %(num)s days", days))
    return str(gettext("in %(n)s minutes", n=max(1, round(span.total_seconds() / 60))))


@pages.post("/<int(max=2147483647):card_id>/grade")
@allows(Capability.READ)
def grade(card_id: int) -> Response:
    """Grade oneself, once; then the next card."""
    rating = request.form.get("rating", 0, type=small_int)
    reviews = request.form.get("reviews", -1, type=small_int)
    try:
        with writing() as db:
            grade_card(db, reader(), card_id, rating, reviews, moment())
    except GradedAlreadyError as error:
        flash(translate(error.message))
    return redirect(url_for(".next_up"))


@pages.post("/<int(max=2147483647):card_id>/suspend")
@allows(Capability.READ)
def put_aside(card_id: int) -> Response:
    """Take a card out of one's deck."""
    with writing() as db:
        suspend(db, reader(), card_id, moment())
    flash(gettext("Taken out of your deck."))
    return redirect(url_for(".next_up"))


@pages.post("/add/<slug>")
@allows(Capability.READ)
def add(slug: str) -> Response:
    """Put an objection card into one's deck."""
    articles = browse.by_slugs(reading(), reader(), [slug], language())
    found(articles[0] if articles and articles[0].kind == Kind.OBJECTION_CARD else None)
    with writing() as db:
        add_card(db, reader().person_id, "objection", slug, moment())
    flash(gettext("It is in your deck and comes up today."))
    return redirect(url_for("library.article_in_any_language", slug=slug))


@pages.post("/limits")
@allows(Capability.READ)
def limits() -> Response | tuple[str, int]:
    """Change how many cards a day."""
    typed = request.form.to_dict()
    try:
        with writing() as db:
            set_limits(
                db, reader().person_id, _number(typed.get("cards", "")),
                _number(typed.get("new_cards", "")), moment().at,
            )  # fmt: skip
    except InvalidError as error:
        return _overview(typed, error.fields), 422
    flash(gettext("Saved."))
    return redirect(url_for(".overview"))


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else None


@pages.get("/drill")
@allows(Capability.MANAGE)
def drill() -> str:
    """Choose the week's objections for one's teams."""
    return _drill_page({})


def _drill_page(faults: dict[str, Message]) -> str:
    db, who = reading(), reader()
    chosen = {one.team.code: one.slugs for one in drills_of(db, who, moment())}
    page = browse.browse(db, who, {"kind": Kind.OBJECTION_CARD, "lang": language()})
    articles = list(page.articles)
    for number in range(2, page.pages + 1):
        more = {"kind": Kind.OBJECTION_CARD, "lang": language()}
        articles += browse.browse(db, who, more, number).articles
    return render_template(
        "practice/drill.html",
        teams=[team for team in list_teams(db) if team.code in who.teams],
        chosen=chosen,
        articles=articles,
        faults=faults,
        typed=request.form.getlist("slugs"),
        team=request.values.get("team", ""),
    )


@pages.post("/drill")
@allows(Capability.MANAGE)
def change_drill() -> Response | tuple[str, int]:
    """Save the week's objections; they come into every member's deck."""
    try:
        with writing() as db:
            slugs = request.form.getlist("slugs")
            set_drill(db, reader(), request.form.get("team", ""), slugs, moment())
    except InvalidError as error:
        return _drill_page(error.fields), 422
    flash(gettext("Saved. The cards are in every member's deck today."))
    return redirect(url_for(".overview"))
