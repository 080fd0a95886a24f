"""Writing: new articles, edits with preview, autosave, conflicts; restore and status."""

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb import audit
from kb.accounts.people import list_teams
from kb.errors import ConflictError, ForbiddenError, InvalidError
from kb.impact.changes import note_meaning_change
from kb.library import browse
from kb.library.articles import (
    Origin,
    create_article,
    document_of,
    find_visible,
    restore_revision,
    set_status,
    update_article,
)
from kb.library.drafts import forget_form, keep_form, kept_form
from kb.library.front_matter import Document, serialise
from kb.library.kinds import MODELS
from kb.library.models import Article
from kb.library.vocabulary import Kind, Lang, Role, Scope, Status
from kb.messages import Message
from kb.permissions import Capability, found, require_edit
from web.context import now, reader, reading, small_int, writing
from web.i18n import language
from web.library.forms import COMMON, document_typed, fields_of, form_of, group_count
from web.library.views import line_changes
from web.rights import allows
from web.templating import render_body

pages = Blueprint("editor", __name__)
Form = dict[str, list[str]]


@pages.get(
    "/write/<any(objection_card, talk_track, playbook, faq, lesson, case_review, competitor_brief, video):kind>"
)
@allows(Capability.AUTHOR)
def new(kind: str) -> str:
    """An empty form, or what was typed into it before."""
    kept = kept_form(reading(), reader().person_id, f"new:{kind}")
    start: Form = {
        "lang": [request.args.get("lang", language())],
        "slug": [request.args.get("slug", "")],
        "owner": [reader().login],
        "status": [Status.DRAFT],
        "scope": [Scope.GENERAL],
    }
    return _page(kind, kept.fields if kept else start, kept=bool(kept))


@pages.post(
    "/write/<any(objection_card, talk_track, playbook, faq, lesson, case_review, competitor_brief, video):kind>"
)
@allows(Capability.AUTHOR)
def create(kind: str) -> Response | tuple[str, int]:
    """Save a new article."""
    form = _typed()
    document, faults = document_typed(kind, form)
    if document is None:
        return _page(kind, form, faults=faults), 422
    try:
        _require_may_set(document, None)
        with writing() as db:
            row = create_article(db, document, _origin(), now())
            forget_form(db, reader().person_id, f"new:{kind}")
    except InvalidError as error:
        return _page(kind, form, faults=error.fields), 422
    flash(gettext("Saved."))
    return redirect(url_for("library.article", lang=row.lang, slug=row.slug))


@pages.get("/library/<any(zh, en):lang>/<slug>/edit")
@allows(Capability.AUTHOR)
def edit(lang: str, slug: str) -> str:
    """An article's form, or what was typed into it before."""
    row = find_visible(reading(), reader(), slug, lang)
    require_edit(reader(), row)
    kept = kept_form(reading(), reader().person_id, f"article:{row.id}")
    if kept:
        return _page(row.kind, kept.fields, row, base=kept.base_revision, kept=True)
    return _page(row.kind, form_of(document_of(reading(), row)), row, base=row.revision)


@pages.post("/library/<any(zh, en):lang>/<slug>/edit")
@allows(Capability.AUTHOR)
def save(lang: str, slug: str) -> Response | tuple[str, int]:
    """Save an edit; a conflict shows both versions and keeps what was typed."""
    form = _typed()
    base = request.form.get("base_revision", 0, type=small_int)
    row = find_visible(reading(), reader(), slug, lang)
    require_edit(reader(), row)
    document, faults = document_typed(row.kind, {**form, "lang": [row.lang], "slug": [row.slug]})
    if document is None:
        return _page(row.kind, form, row, base=base, faults=faults), 422
    try:
        _require_may_set(document, row)
        with writing() as db:
            fresh = find_visible(db, reader(), slug, lang)
            note = request.form.get("note", "")
            before = fresh.revision
            update_article(db, fresh, document, base, _origin(note), now())
            change = None
            if request.form.get("change") == "meaning" and fresh.revision > before:
                change = note_meaning_change(db, fresh, reader().person_id, note, now())
            forget_form(db, reader().person_id, f"article:{row.id}")
    except ConflictError as error:
        newest = find_visible(reading(), reader(), slug, lang)
        theirs = serialise(document_of(reading(), newest))
        changes = line_changes(theirs, serialise(document))
        page = _page(
            row.kind, form, newest, base=newest.revision, conflict=error.message, changes=changes
        )
        return page, 409
    except InvalidError as error:
        return _page(row.kind, form, row, base=base, faults=error.fields), 422
    if change is not None:
        flash(gettext("Saved. This is what stands on the article; look through it."))
        return redirect(url_for("impact.change", change_id=change.id))
    flash(gettext("Saved. Search finds the new text within seconds."))
    return redirect(url_for("library.article", lang=lang, slug=slug))


def _require_may_set(document: Document, row: Article | None) -> None:
    """Authors write drafts; publishing and archiving is for editors."""
    before = row.status if row else Status.DRAFT
    if document.meta.status != before and not reader().may(Capability.PUBLISH):
        raise ForbiddenError


@pages.post("/library/<any(zh, en):lang>/<slug>/restore")
@allows(Capability.AUTHOR)
def restore(lang: str, slug: str) -> Response:
    """Make an old revision the newest again."""
    with writing() as db:
        row = find_visible(db, reader(), slug, lang)
        require_edit(reader(), row)
        number = request.form.get("number", 0, type=small_int)
        base = request.form.get("base_revision", 0, type=small_int)
        note = gettext("Restored revision %(n)s", n=number)
        restore_revision(db, row, number, base, Origin(reader().person_id, "restore", note), now())
    flash(gettext("Revision %(n)s is the newest again.", n=number))
    return redirect(url_for("library.article", lang=lang, slug=slug))


@pages.post("/library/<any(zh, en):lang>/<slug>/status")
@allows(Capability.PUBLISH)
def change_status(lang: str, slug: str) -> Response:
    """Publish, archive or take back."""
    wanted = request.form.get("status", "")
    status = found(Status(wanted) if wanted in list(Status) else None)
    with writing() as db:
        row = find_visible(db, reader(), slug, lang)
        set_status(db, row, status, _origin(), now())
    flash(gettext("Saved."))
    return redirect(url_for("library.article", lang=lang, slug=slug))


@pages.post("/api/draft")
@allows(Capability.AUTHOR)
def autosave() -> Response:
    """Keep what is typed right now; the key names the form."""
    key = _own_key(request.form.get("draft_key", ""))
    base = request.form.get("base_revision", 0, type=small_int)
    with writing() as db:
        keep_form(db, reader().person_id, key, _typed(), base, now())
        audit.record(db, now(), reader().person_id, "autosave", key)
    return jsonify(kept=True)


@pages.post("/draft/discard")
@allows(Capability.AUTHOR)
def discard() -> Response:
    """Drop the kept form and open the saved text again."""
    key = _own_key(request.form.get("draft_key", ""))
    with writing() as db:
        forget_form(db, reader().person_id, key)
        audit.record(db, now(), reader().person_id, "discard_draft", key)
        row = db.get(Article, int(key.split(":")[1])) if key.startswith("article:") else None
    if row:
        return redirect(url_for(".edit", lang=row.lang, slug=row.slug))
    return redirect(url_for(".new", kind=key.split(":")[1]))


def _own_key(key: str) -> str:
    """A key that this person may use: a kind's new form, or an article they may edit."""
    door, _, name = key.partition(":")
    if door == "new" and name in list(Kind):
        return key
    article = (
        reading().get(Article, int(name))
        if door == "article" and name.isdigit() and len(name) < 12
        else None
    )
    article = found(article)
    require_edit(reader(), find_visible(reading(), reader(), article.slug, article.lang))
    return key


@pages.post("/api/preview")
@allows(Capability.AUTHOR)
def preview() -> Response:
    """A body's Markdown as the page will show it."""
    rendered = render_body(request.form.get("body", "")[:200_000], request.form.get("lang", "zh"))
    return jsonify(html=rendered.html)


def _typed() -> Form:
    ours = {"csrf_token", "base_revision", "draft_key", "note"}
    return {key: request.form.getlist(key) for key in request.form if key not in ours}


def _origin(note: str = "") -> Origin:
    return Origin(reader().person_id, "web", note.strip()[:200])


def _page(
    kind: str,
    form: Form,
    row: Article | None = None,
    *,
    base: int = 0,
    kept: bool = False,
    faults: dict[str, Message] | None = None,
    conflict: Message | None = None,
    changes: list[tuple[str, str]] | None = None,
) -> str:
    fields = fields_of(MODELS[Kind(kind)])
    return render_template(
        "library/editor.html",
        kind=kind,
        article=row,
        form=form,
        common=[one for one in fields if one.name in COMMON],
        own=[one for one in fields if one.name not in COMMON],
        group_count=group_count,
        base=base,
        kept=kept,
        faults=faults or {},
        conflict=conflict,
        changes=changes or [],
        draft_key=f"article:{row.id}" if row else f"new:{kind}",
        preview=render_body((form.get("body") or [""])[0], (form.get("lang") or ["zh"])[0]).html,
        choices={"roles": list(Role), "teams": list_teams(reading()), "lang": list(Lang)},
        products=browse.product_lines(reading(), language()),
    )
