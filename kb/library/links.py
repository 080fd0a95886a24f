"""Links and pictures in an article's Markdown: ``article:slug`` and ``images/name``."""

from collections.abc import Iterator

from markdown_it.token import Token

from kb.library.markdown import parse_tokens

ARTICLE_SCHEME = "article:"
IMAGE_FOLDER = "images/"


def split_article_href(href: str) -> tuple[str, str]:
    """``article:slug#part`` to ``("slug", "#part")``; the part may be empty."""
    slug, mark, part = href.removeprefix(ARTICLE_SCHEME).partition("#")
    return slug, mark + part


def article_links(body: str) -> list[tuple[int, str]]:
    """``(zero-based line, slug)`` of every link to an article in a Markdown body."""
    return [
        (line, split_article_href(str(token.attrs["href"]))[0])
        for line, token in _inline_tokens(body)
        if token.type == "link_open" and str(token.attrs.get("href", "")).startswith(ARTICLE_SCHEME)
    ]


def image_links(body: str) -> list[tuple[int, str]]:
    """``(zero-based line, source)`` of every picture in a Markdown body."""
    return [
        (line, str(token.attrs["src"]))
        for line, token in _inline_tokens(body)
        if token.type == "image"
    ]


def _inline_tokens(body: str) -> Iterator[tuple[int, Token]]:
    for block in parse_tokens(body):
        line = block.map[0] if block.map else 0
        for token in block.children or []:
            yield line, token
