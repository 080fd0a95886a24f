"""The team's words: synonyms row by row, and the words that stay whole."""

from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from kb import outbox
from kb.errors import InvalidError
from kb.messages import Message
from kb.permissions import Capability
from kb.search.synonyms import (
    SynonymsChangedError,
    list_synonyms,
    remove_synonyms,
    save_synonyms,
)
from kb.search.team_words import save_team_words, team_words
from kb.search.team_words_file import Synonyms, normalised
from web.context import now, reader, reading, writing
from web.i18n import language
from web.rights import allows

pages = Blueprint("team_words", __name__, url_prefix="/library/words")


@dataclass(frozen=True)
class Row:
    """A row of the table: what is saved (None: a new one), what the fields hold, what is wrong."""

    saved: Synonyms | None
    target: str
    phrases: str
    faults: dict[str, Message] = field(default_factory=dict)
    conflict: SynonymsChangedError | None = None


@pages.get("")
@allows(Capability.PUBLISH)
def overview() -> str:
    """The table, narrowed down to rows that hold what was typed, and the words."""
    return _page()


@pages.post("/synonyms")
@allows(Capability.PUBLISH)
def save() -> Response | tuple[str, int]:
    """Add, change or remove one row."""
    form, seen = request.form, _seen()
    target, phrases = form.get("target", ""), form.get("phrases", "")
    try:
        with writing() as db:
            if "remove" not in form:
                save_synonyms(db, reader().person_id, seen, target, phrases, now())
            elif seen:
                remove_synonyms(db, reader().person_id, seen, now())
    except InvalidError as error:
        return _page(Row(seen, target, phrases, faults=error.fields)), 422
    except SynonymsChangedError as error:
        return _page(Row(error.current, target, phrases, conflict=error)), 409
    flash(gettext("Removed.") if "remove" in form else gettext("Saved."))
    return redirect(url_for(".overview", filter=form.get("filter") or None))


@pages.post("/whole")
@allows(Capability.PUBLISH)
def save_words() -> Response | tuple[str, int]:
    """Save the words that stay whole; what somebody else added meanwhile is kept."""
    text, seen = request.form.get("words", ""), request.form.get("seen_words", "").split()
    try:
        with writing() as db:
            save_team_words(db, reader().person_id, seen, text, now())
    except InvalidError as error:
        return _page(words=text, seen_words=seen, word_faults=error.fields), 422
    flash(gettext("Saved."))
    return redirect(url_for(".overview") + "#whole")


def _seen() -> Synonyms | None:
    """The row as the form showed it."""
    target = request.form.get("seen_target", "")
    phrases = request.form.get("seen_phrases", "").splitlines()
    return Synonyms(target, tuple(phrases)) if target else None


def _page(
    edited: Row | None = None,
    *,
    words: str | None = None,
    seen_words: list[str] | None = None,
    word_faults: dict[str, Message] | None = None,
) -> str:
    """The page; ``edited`` stands in the place of its row, with what was typed."""
    db = reading()
    wanted = request.values.get("filter", "").strip()
    groups = list_synonyms(db)
    all_rows = [_row(group, edited) for group in groups]
    rows = [row for row in all_rows if row is edited or _fits(row, wanted)]
    new = edited if edited and not any(row is edited for row in rows) else Row(None, "", "")
    now_words = team_words(db)
    return render_template(
        "search/team_words.html",
        rows=rows,
        new=new,
        edited=edited,
        total=len(groups),
        wanted=wanted,
        words="\n".join(now_words) if words is None else words,
        seen_words=now_words if seen_words is None else seen_words,
        word_faults=word_faults or {},
        joined=_joined,
        renewing=bool(outbox.pending(db, outbox.TEAM_WORDS, 1)),
    )


def _row(group: Synonyms, edited: Row | None) -> Row:
    if edited and edited.saved and edited.saved.target == group.target:
        return edited
    return Row(group, group.target, _joined(group.phrases))


def _fits(row: Row, wanted: str) -> bool:
    return normalised(wanted) in f"{normalised(row.target)}\n{normalised(row.phrases)}"


def _joined(phrases: tuple[str, ...]) -> str:
    return ("、" if language() == "zh" else ", ").join(phrases)
