"""Videos: the file with ranges, its captions, where one stopped, and uploading a new one."""

import re

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from kb.errors import InvalidError
from kb.library.articles import Origin, create_article, document_of, find_visible
from kb.library.front_matter import Document
from kb.library.kinds import SLUG_PATTERN, Cue, Video
from kb.library.models import Article
from kb.library.vocabulary import Lang, Status
from kb.media.subtitles import as_webvtt, read_subtitles
from kb.media.video_files import TYPES, keep_video, video_path
from kb.media.watching import remember_position
from kb.messages import N_, Message
from kb.permissions import Capability, found
from web.context import now, reader, reading, services, small_int, writing
from web.i18n import language
from web.rights import allows, large_upload

pages = Blueprint("media", __name__)


def _video(lang: str, slug: str) -> Video:
    """The front matter of a video that the reader may see. Raises NotFoundError."""
    db = reading()
    meta = document_of(db, find_visible(db, reader(), slug, lang)).meta
    return found(meta if isinstance(meta, Video) else None)


@pages.get("/library/<any(zh, en):lang>/<slug>/video")
@allows(Capability.READ)
def file(lang: str, slug: str) -> Response:
    """The video's bytes; a browser asks for the ranges that it needs."""
    path = found(video_path(services().settings.uploads_dir.resolve(), _video(lang, slug)))
    mimetype = TYPES[path.suffix[1:]]
    return send_file(path, mimetype=mimetype, conditional=True, max_age=3600)


@pages.get("/library/<any(zh, en):lang>/<slug>/captions.vtt")
@allows(Capability.READ)
def captions(lang: str, slug: str) -> Response:
    """The transcript as captions."""
    return Response(as_webvtt(_video(lang, slug).transcript), mimetype="text/vtt")


@pages.post("/api/videos/<int(max=2147483647):article_id>/position")
@allows(Capability.READ)
def position(article_id: int) -> Response:
    """Remember where somebody is in a video."""
    row = found(reading().get(Article, article_id))
    find_visible(reading(), reader(), row.slug, row.lang)
    seconds = request.form.get("seconds", 0, type=small_int)
    with writing() as db:
        remember_position(db, reader(), article_id, seconds, now())
    return jsonify(kept=seconds)


@pages.get("/videos/new")
@allows(Capability.AUTHOR)
def new() -> str:
    """Choose a video and its subtitles."""
    return _form({}, {})


def _form(typed: dict[str, str], faults: dict[str, Message]) -> str:
    limit = services().settings.max_video_mb
    return render_template("library/video_new.html", typed=typed, faults=faults, limit=limit)


@pages.post("/videos/new")
@allows(Capability.AUTHOR)
@large_upload
def create() -> BaseResponse | tuple[str, int]:
    """Store the video and make a draft of it, which its author opens for editing."""
    typed = request.form.to_dict()
    try:
        meta = _read_form(typed)
        with writing() as db:
            article = create_article(
                db, Document(meta, ""), Origin(reader().person_id, "web"), now()
            )
    except InvalidError as error:
        return _form(typed, error.fields), 422
    flash(gettext("Uploaded. Check the transcript, then publish."))
    return redirect(url_for("editor.edit", lang=article.lang, slug=article.slug))


def _read_form(typed: dict[str, str]) -> Video:
    title, slug = typed.get("title", "").strip(), typed.get("slug", "").strip()
    lang = typed.get("lang", language())
    faults: dict[str, Message] = {}
    if not 1 <= len(title) <= 80:
        faults["title"] = Message(N_("Write a title of 1 to 80 characters."))
    if not re.match(SLUG_PATTERN, slug) or len(slug) > 60:
        faults["slug"] = Message(N_("Use lower-case words joined by hyphens, such as first-call."))
    video, subtitles = request.files.get("file"), request.files.get("subtitles")
    if video is None or not video.filename:
        faults["file"] = Message(N_("Choose a video that ends in .mp4 or .webm."))
    if faults or video is None or lang not in tuple(Lang):
        raise InvalidError(faults)
    cues: list[Cue] = []
    if subtitles and subtitles.filename:
        cues = read_subtitles(subtitles.filename, subtitles.read())
    settings = services().settings
    media = keep_video(
        settings.uploads_dir, f"{slug}-{lang}", video.filename or "", video.stream,
        settings.max_video_mb,
    )  # fmt: skip
    return Video.model_validate(
        {
            "kind": "video", "lang": lang, "slug": slug, "title": title, "media": media,
            "status": Status.DRAFT, "transcript": cues, "owner": reader().login,
        }
    )  # fmt: skip
