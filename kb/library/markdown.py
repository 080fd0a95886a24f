"""Markdown to safe HTML: CommonMark with tables, footnotes, task lists, admonitions, anchors.

Whatever the parser produces passes through nh3's allow-list, so nothing an author types or a
file brings can run in a reader's browser.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.anchors import anchors_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

_NOT_IN_ANCHOR = re.compile(r"[^\w\u4e00-\u9fff]+")
_SCHEMES = {"http", "https", "mailto", "tel"}
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "figure",
    "figcaption", "label", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "kbd", "li", "mark",
    "ol", "p", "pre", "s", "section", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"class", "id"},
    "a": {"href", "title", "class", "id", "aria-label"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"type", "checked", "disabled", "class"},
    "td": {"class"},
    "th": {"class", "scope"},
    "ol": {"start", "class"},
}
# Classes the parser itself writes; an author's own HTML cannot borrow the look of the application.
_CLASSES = {
    "admonition", "admonition-title", "note", "tip", "warning", "danger", "important", "example",
    "footnotes", "footnotes-list", "footnotes-sep", "footnote-ref", "footnote-item",
    "footnote-backref", "contains-task-list", "task-list-item", "task-list-item-checkbox",
    "header-anchor", "text-start", "text-center", "text-end",
}  # fmt: skip


@dataclass(frozen=True)
class Heading:
    """One heading of a rendered body; ``level`` is 2 to 6, ``anchor`` its id in the page."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True)
class Rendered:
    """Safe HTML and the headings for a table of contents."""

    html: str
    headings: tuple[Heading, ...]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Raw HTML is off: it is shown as text, which is also the most useful message to an author.
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(admon_plugin)
    parser.use(
        tasklists_plugin, label=True
    )  # a box without a label says nothing to a screen reader
    parser.use(anchors_plugin, min_level=1, max_level=6, slug_func=anchor_of, permalink=False)
    return parser


def anchor_of(title: str) -> str:
    """The id of a heading: its words joined by hyphens, Chinese kept, never empty."""
    return "h-" + (_NOT_IN_ANCHOR.sub("-", title.lower()).strip("-") or "part")


def parse_tokens(body: str) -> list[Token]:
    """The block tokens of a Markdown body."""
    return _parser().parse(body)


def headings_of(tokens: list[Token]) -> tuple[Heading, ...]:
    """The headings among block tokens; a first-level heading counts as a second."""
    found = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open":
            text = "".join(child.content for child in inline.children or [])
            found.append(Heading(max(2, int(token.tag[1])), text, str(token.attrs.get("id", ""))))
    return tuple(found)


def _as_it_is(href: str) -> str:
    return href


def render(body: str, resolve: Callable[[str], str] = _as_it_is) -> Rendered:
    """Render a body. ``resolve`` turns the target of each link or picture into a URL."""
    env: dict[str, object] = {}
    tokens = _parser().parse(body, env)
    headings = headings_of(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"  # the page's own title is the only first-level heading
        _align_by_class(token)
        for child in token.children or []:
            for attribute in ("href", "src"):
                if attribute in child.attrs:
                    child.attrs[attribute] = resolve(str(child.attrs[attribute]))
    html = str(_parser().renderer.render(tokens, _parser().options, env))
    return Rendered(_sanitise(html), headings)


def _align_by_class(token: Token) -> None:
    """Tables align by inline style, which the content security policy forbids."""
    style = str(token.attrs.pop("style", "")) if token.type in ("td_open", "th_open") else ""
    side = {"text-align:center": "text-center", "text-align:right": "text-end"}.get(style)
    if side:
        token.attrs["class"] = side


def _sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        attribute_filter=_keep_attribute,
        link_rel="noopener noreferrer",
    )


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "class":
        return " ".join(word for word in value.split() if word in _CLASSES) or None
    if tag == "input" and name == "type":
        return "checkbox" if value == "checkbox" else None
    return value
