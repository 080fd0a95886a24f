"""What every template can use: slots in words to say, article addresses, rights, navigation."""

import re
from datetime import date
from functools import lru_cache

from flask import Flask, url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from kb.library.links import ARTICLE_SCHEME, IMAGE_FOLDER, split_article_href
from kb.library.markdown import Rendered, render
from kb.library.models import Article
from kb.library.slots import slot_key
from kb.permissions import Capability
from kb.search.highlight import Part
from web.context import current_reader, now
from web.i18n import local_day

_SLOT = re.compile(r"\{([^{}\n]{1,20})\}")


def set_up_templates(app: Flask) -> None:
    """Register filters and globals."""
    app.add_template_filter(words_with_slots, "words")
    app.add_template_filter(marked, "marked")
    app.add_template_global(article_url, "article_url")
    app.add_template_global(source_url, "source_url")
    app.add_template_global(may, "may")
    app.add_template_global(trust, "trust")
    app.context_processor(lambda: {"reader": current_reader()})
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def article_url(article: Article) -> str:
    """The page of an article."""
    return url_for("library.article", lang=article.lang, slug=article.slug)


def source_url(source: str, lang: str) -> str:
    """The passage that a question or a criterion names as ``slug#anchor``."""
    slug, _, anchor = source.partition("#")
    return url_for("library.article_in_any_language", slug=slug, lang=lang, _anchor=anchor or None)


def may(capability: str) -> bool:
    """Whether the person who is asking has a capability; shows or hides what leads there."""
    reader = current_reader()
    return reader is not None and reader.may(Capability(capability))


def words_with_slots(text: str) -> Markup:
    """Words to say as paragraphs, each slot marked with its key so that the page can fill it."""
    paragraphs = []
    for line in filter(None, (line.strip() for line in text.split("\n"))):
        html, at = Markup(), 0
        for match in _SLOT.finditer(line):
            key = slot_key(match[1])
            html += escape(line[at : match.start()])
            if key:
                html += Markup('<span class="slot" data-slot="{}">{}</span>').format(key, match[0])
            else:
                html += escape(match[0])
            at = match.end()
        paragraphs.append(Markup("<p>{}</p>").format(html + escape(line[at:])))
    return Markup("\n").join(paragraphs)


def marked(parts: tuple[Part, ...]) -> Markup:
    """A highlighted passage."""
    return Markup().join(
        Markup("<mark>{}</mark>").format(part.text) if part.marked else escape(part.text)
        for part in parts
    )


@lru_cache(maxsize=512)
def render_body(body: str, lang: str) -> Rendered:
    """An article's Markdown with links to pages of this site; the same text gives the same HTML."""

    def resolve(href: str) -> str:
        if href.startswith(ARTICLE_SCHEME):
            slug, part = split_article_href(href)
            return url_for("library.article_in_any_language", slug=slug, lang=lang) + part
        if href.startswith(IMAGE_FOLDER):
            return url_for("library.picture", name=href.removeprefix(IMAGE_FOLDER))
        return href

    return render(body, resolve)


def trust(verify_by: date | None) -> tuple[str, str]:
    """An article's trust badge: a state (``ok``, ``soon``, ``late``, ``none``) and its sentence."""
    if verify_by is None:
        return "none", gettext("No date by which it is verified")
    today = date.fromisoformat(local_day(now()))
    days = (verify_by - today).days
    if days < 0:
        return "late", gettext("Overdue for verification since %(day)s", day=verify_by)
    if days <= 30:
        return "soon", gettext("To be verified by %(day)s", day=verify_by)
    return "ok", gettext("Trusted until %(day)s", day=verify_by)
