"""What the domain needs from outside, named as protocols and wired once in ``web/app.py``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from kb.documents import IndexState, SearchRequest, SearchResult


class SearchEngine(Protocol):
    """Finds passages; knows documents and audience tokens, no people."""

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer one request from the current generation of the index."""
        ...

    def state(self) -> IndexState:
        """The generation that answers now, and whether the model is ready."""
        ...


class Similarity(Protocol):
    """Tells how near texts are in meaning; knows no questions and no people."""

    def cosines(self, text: str, others: Sequence[str]) -> list[float] | None:
        """The cosine of ``text`` with each other text; None while or where there is no model."""
        ...


class NoSimilarity:
    """Where there is no model."""

    def cosines(self, text: str, others: Sequence[str]) -> list[float] | None:
        """Nothing is known."""
        return None


class Clock(Protocol):
    """Tells the time, so that tests can move it."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime."""
        return datetime.now(UTC)
