"""The search page and the palette's data."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb import audit
from kb.documents import Reading, Semantic
from kb.errors import InvalidError
from kb.library import browse, shelf
from kb.library.articles import document_of, find_visible
from kb.library.kinds import FrontMatter, ObjectionCard, TalkTrack
from kb.library.models import Article
from kb.library.slots import slot_key, slot_names
from kb.library.vocabulary import Kind
from kb.permissions import Capability, found
from kb.search.find import Answer, Found, ask, log_search, search
from kb.search.golden import pinned
from kb.search.highlight import Part
from web.context import now, reader, reading, services, writing
from web.i18n import KINDS, REASONS, language
from web.rights import allows
from web.templating import article_url

pages = Blueprint("search", __name__)
PALETTE_LIMIT = 8
FILTERS = ("kind", "stage", "tier", "product", "lang")


@pages.get("/search")
@allows(Capability.READ)
def results() -> str:
    """Results with filters, reasons and, where there are none, a way on."""
    typed = request.args.get("q", "")
    chosen = {name: request.args[name] for name in FILTERS if request.args.get(name)}
    answer = _answer(typed, chosen, limit=20)
    if typed.strip():
        with writing() as db:
            log_search(db, reader().person_id, typed, answer, now())
    return render_template(
        "search.html",
        typed=typed,
        chosen=chosen,
        answer=answer,
        note=semantic_note(answer.semantic),
        read_as=reading_note(answer.readings),
        products=browse.product_lines(reading(), language()),
        pins=pinned(reading(), typed) if reader().may(Capability.PUBLISH) else None,
    )


@pages.get("/api/search")
@allows(Capability.READ)
def palette() -> Response:
    """Results while typing; without a query, recent and favourite articles."""
    typed = request.args.get("q", "")
    db, who = reading(), reader()
    if not typed.strip():
        favourites = [_entry(article) for article in shelf.favourites(db, who, 5)]
        recent = [_entry(article) for article in shelf.recent(db, who, 5)]
        return jsonify(favourites=favourites, recent=recent)
    answer = _answer(typed, {}, PALETTE_LIMIT)
    return jsonify(
        results=[_result(one) for one in answer.results],
        nearest=[_result(one) for one in answer.nearest],
        note=semantic_note(answer.semantic) or reading_note(answer.readings),
    )


@pages.get("/api/words/<int(max=2147483647):article_id>")
@allows(Capability.READ)
def words(article_id: int) -> Response:
    """An article's words to say, with their slots, for copying from the palette."""
    db = reading()
    row = found(db.get(Article, article_id))
    article = find_visible(db, reader(), row.slug, row.lang)
    text = words_to_say(document_of(db, article).meta)
    slots = {name: slot_key(name) for name in slot_names(text)}
    return jsonify(text=text, slots=slots, url=article_url(article))


@pages.post("/api/search/used")
@allows(Capability.READ)
def used() -> Response:
    """A palette search led to something: log it once, not at every key."""
    typed = request.form.get("q", "")
    if typed.strip():
        answer = _answer(typed, {}, PALETTE_LIMIT)
        with writing() as db:
            log_search(db, reader().person_id, typed, answer, now())
    return jsonify(logged=bool(typed.strip()))


@pages.post("/ask")
@allows(Capability.READ)
def ask_question() -> Response | tuple[str, int]:
    """Store a question that found no answer."""
    text, typed = request.form.get("text", ""), request.form.get("q", "")
    try:
        with writing() as db:
            question = ask(db, reader().person_id, text, language(), now())
            audit.record(db, now(), reader().person_id, "ask", f"question:{question.id}")
    except InvalidError as error:
        answer = _answer(typed, {}, 20)
        page = render_template(
            "search.html",
            typed=typed,
            chosen={},
            answer=answer,
            note="",
            products={},
            question=text,
            fault=error.fields["text"],
        )
        return page, 422
    flash(gettext("Your question is kept. Whoever answers for the topic will see it."))
    return redirect(url_for("search.results", q=typed))


def _answer(typed: str, chosen: dict[str, str], limit: int) -> Answer:
    words = " ".join([typed, *(f"{name}:{value}" for name, value in chosen.items())])
    return search(
        reading(),
        services().engine,
        reader(),
        words if typed.strip() else "",
        limit=limit,
        prefer=language(),
    )


def semantic_note(semantic: Semantic) -> str:
    """Why meaning took no part, or an empty string where it did."""
    if semantic is Semantic.LOADING:
        return gettext("Keywords only for a moment: the language model is still starting.")
    if semantic is Semantic.UNKNOWN_WORDS:
        return gettext("Keywords only: the language model does not know enough of these words.")
    if semantic is Semantic.FAILED:
        return gettext(
            "Keywords only: the language model does not fit the index. An administrator can run shifu index build."
        )
    return ""


def reading_note(readings: tuple[Reading, ...]) -> str:
    """How else a query was read, or an empty string."""
    if not readings:
        return ""
    parts = [
        gettext("“%(words)s” (%(why)s)", words=reading.text, why=REASONS[reading.reason])
        for reading in readings
    ]
    return gettext("Also searched for: %(readings)s", readings=gettext(", ").join(parts))


def words_to_say(meta: FrontMatter) -> str:
    """What copying an article puts on the clipboard."""
    if isinstance(meta, ObjectionCard):
        return f"{meta.response}\n{meta.follow_up}"
    if isinstance(meta, TalkTrack):
        return "\n".join(step.say for step in meta.steps)
    return str(getattr(meta, "answer", ""))


def _entry(article: Article) -> dict[str, object]:
    return {
        "id": article.id,
        "title": article.title,
        "kind": str(KINDS[article.kind]),
        "lang": article.lang,
        "url": article_url(article),
        "can_copy": article.kind in (Kind.OBJECTION_CARD, Kind.TALK_TRACK, Kind.FAQ),
    }


def _result(one: Found) -> dict[str, object]:
    url = article_url(one.article) + (f"#{one.hit.anchor}" if one.hit.anchor else "")
    return _entry(one.article) | {
        "url": url,
        "title_parts": _parts(one.title),
        "passage": _parts(one.passage),
        "field": one.hit.field,
        "reasons": [str(REASONS[reason]) for reason in one.hit.reasons],
    }


def _parts(parts: tuple[Part, ...]) -> list[list[object]]:
    return [[part.text, part.marked] for part in parts]
