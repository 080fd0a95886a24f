"""Browsing, reading, the process map, favourites, history and pictures."""

import difflib

from flask import (
    Blueprint,
    jsonify,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response

from kb import audit
from kb.impact.changes import is_to_read
from kb.learning.reading_steps import reading_step
from kb.library import browse, shelf
from kb.library.articles import (
    ReadArticle,
    find_visible,
    history,
    read_article,
    revision_of,
    visible_languages,
)
from kb.library.process_map import process_map
from kb.library.vocabulary import Kind, Stage
from kb.media.watching import position_of
from kb.permissions import Capability, found, may_edit
from web.context import now, reader, reading, services, small_int, writing
from web.i18n import language
from web.rights import allows
from web.security import PICTURE_POLICY
from web.templating import render_body

pages = Blueprint("library", __name__)


@pages.get("/library")
@allows(Capability.READ)
def browse_articles() -> str:
    """Articles by kind, stage, tier, product line, tag and language."""
    names = (*browse.FACETS, *browse.COLUMNS)
    chosen = {name: request.args[name] for name in names if request.args.get(name)}
    number = request.args.get("page", 1, type=small_int)
    return render_template(
        "library/browse.html",
        page=browse.browse(reading(), reader(), chosen, number),
        counts=browse.facet_counts(reading(), reader(), chosen),
        chosen=chosen,
        products=browse.product_lines(reading(), language()),
    )


@pages.get("/process")
@allows(Capability.READ)
def process() -> str:
    """The customer's journey, stage by stage."""
    nodes = process_map(reading(), reader(), language())
    return render_template("library/process.html", nodes=nodes, stages=list(Stage))


@pages.get("/library/<slug>")
@allows(Capability.READ)
def article_in_any_language(slug: str) -> Response:
    """The article in the page's language, or in the one there is."""
    languages = visible_languages(reading(), reader(), slug)
    wanted = request.args.get("lang") or language()
    chosen = wanted if wanted in languages else found(languages[0] if languages else None)
    return redirect(url_for(".article", lang=chosen, slug=slug))


@pages.get("/library/<any(zh, en):lang>/<slug>")
@allows(Capability.READ)
def article(lang: str, slug: str) -> str:
    """One article."""
    read = read_article(reading(), reader(), slug, lang)
    page = _article_page(read)
    if shelf.view_is_news(reading(), reader(), read.article, now()):
        with writing() as db:
            shelf.note_view(db, reader(), read.article, now())
    return page


def _article_page(read: ReadArticle) -> str:
    db, row = reading(), read.article
    return render_template(
        "library/article.html",
        article=row,
        meta=read.document.meta,
        rendered=render_body(read.document.body, row.lang),
        owner=read.owner,
        twin=read.twin,
        products=browse.product_lines(db, row.lang),
        related=browse.related(db, reader(), row),
        documents=browse.by_slugs(
            db, reader(), getattr(read.document.meta, "documents", []), row.lang
        ),
        favourite=shelf.is_favourite(db, reader(), row),
        position=position_of(db, reader(), row.id or 0) if row.kind == Kind.VIDEO else 0,
        read_again=is_to_read(db, reader(), row.id or 0),
        reading_step=reading_step(db, reader().person_id, row.slug),
        editable=may_edit(reader(), row),
    )


@pages.post("/library/<any(zh, en):lang>/<slug>/favourite")
@allows(Capability.READ)
def favourite(lang: str, slug: str) -> Response:
    """Put an article on one's shelf, or take it off."""
    with writing() as db:
        row = find_visible(db, reader(), slug, lang)
        there = shelf.toggle_favourite(db, reader(), row, now())
        action = "add_favourite" if there else "remove_favourite"
        audit.record(db, now(), reader().person_id, action, f"article:{row.id}")
    if request.headers.get("Accept") == "application/json":
        return jsonify(favourite=there)
    return redirect(url_for(".article", lang=lang, slug=slug))


@pages.get("/library/<any(zh, en):lang>/<slug>/history")
@allows(Capability.AUTHOR)
def revisions(lang: str, slug: str) -> str:
    """All revisions of an article, and the difference between one and the one before it."""
    db = reading()
    row = find_visible(db, reader(), slug, lang)
    number = request.args.get("r", row.revision, type=small_int)
    chosen = revision_of(db, row, number)
    before = revision_of(db, row, number - 1).source if number > 1 else ""
    return render_template(
        "library/history.html",
        article=row,
        revisions=history(db, row),
        chosen=chosen,
        changes=line_changes(before, chosen.source),
        may_restore=may_edit(reader(), row),
    )


def line_changes(before: str, after: str) -> list[tuple[str, str]]:
    """``(sign, line)`` of a unified difference with three lines around; signs ``+ - @`` and space."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return [("@" if line.startswith("@@") else line[0], line[1:]) for line in list(lines)[2:]]


@pages.get("/pictures/<path:name>")
@allows(Capability.READ)
def picture(name: str) -> Response:
    """A picture of the library, shut off from the page that shows it."""
    folder = (services().settings.uploads_dir / "images").resolve()
    response = send_from_directory(folder, name, max_age=3600)
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
