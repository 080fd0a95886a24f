"""Cutting a passage around its matching words, as parts that are marked or not."""

from collections.abc import Iterable
from dataclasses import dataclass

WINDOW = 140  # characters shown of a long passage


@dataclass(frozen=True)
class Part:
    """A run of text; ``marked`` where it matches the query."""

    text: str
    marked: bool


def highlight(text: str, terms: Iterable[str], window: int = WINDOW) -> list[Part]:
    """The part of ``text`` with the most to show, cut into marked and unmarked parts."""
    text = " ".join(text.split())
    spans = _spans(text, terms)
    start, end = _window(text, spans, window)
    parts = [Part("…", False)] if start else []
    at = start
    for span in spans:
        left, right = max(span[0], at), min(span[1], end)
        if left >= right:
            continue
        if left > at:
            parts.append(Part(text[at:left], False))
        parts.append(Part(text[left:right], True))
        at = right
    if at < end:
        parts.append(Part(text[at:end], False))
    return [*parts, Part("…", False)] if end < len(text) else parts


def _spans(text: str, terms: Iterable[str]) -> list[tuple[int, int]]:
    """Merged ``(start, end)`` of all matches, in order."""
    lowered = text.lower()
    if len(lowered) != len(text):  # some letters change length; matching is not worth an error
        lowered = text
    found = []
    for term in sorted({t.lower() for t in terms if t}, key=len, reverse=True)[:40]:
        at = lowered.find(term)
        while at >= 0:
            found.append((at, at + len(term)))
            at = lowered.find(term, at + len(term))
    merged: list[tuple[int, int]] = []
    for left, right in sorted(found):
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _window(text: str, spans: list[tuple[int, int]], window: int) -> tuple[int, int]:
    if len(text) <= window:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    start = max(0, min(first - window // 4, len(text) - window))
    return start, start + window
