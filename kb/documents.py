"""The frozen types that pass between the library, search and the index.

The index sees documents and requests, never database rows or people: who may read what arrives
as plain audience tokens (``all``, ``role:rep``, ``team:east-1``).
"""

from dataclasses import dataclass
from enum import StrEnum

EVERYONE = "all"


class Field(StrEnum):
    """Where in an article a passage stands; keyword search weighs them differently."""

    TITLE = "title"
    CUSTOMER = "customer"  # one way in which a customer says it, or a question as it is asked
    WORDS = "words"  # words to say
    BODY = "body"


@dataclass(frozen=True)
class Section:
    """A piece of an article as plain text, before it is cut to size.

    ``headings`` is the path of headings above it (outermost first, the article's title left out),
    ``anchor`` the id of the place in the article's page.
    """

    field: Field
    headings: tuple[str, ...]
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class LibraryDocument:
    """A published article as the index sees it. ``fingerprint`` changes when anything in it does."""

    article_id: int
    slug: str
    kind: str
    lang: str
    title: str
    tags: tuple[str, ...]
    stages: tuple[str, ...]
    tiers: tuple[str, ...]
    products: tuple[str, ...]
    audience: tuple[str, ...]
    sections: tuple[Section, ...]
    fingerprint: str


class Mode(StrEnum):
    """Which halves of the search take part."""

    HYBRID = "hybrid"
    KEYWORD = "keyword"
    SEMANTIC = "semantic"


class Reason(StrEnum):
    """Why an article was found."""

    TITLE = "title"
    CUSTOMER = "customer"
    KEYWORD = "keyword"
    TAG = "tag"
    MEANING = "meaning"
    SYNONYM = "synonym"  # the team says that it is another word for what was typed
    PINYIN = "pinyin"  # typed in Latin letters, whole syllables or initials
    TRADITIONAL = "traditional"  # typed in traditional characters
    FULL_WIDTH = "full_width"  # typed in full-width letters or digits
    SPELLING = "spelling"  # one letter away from a word of the library


@dataclass(frozen=True)
class Reading:
    """Another way to read what was typed, and why: ``text`` is searched for beside it."""

    text: str
    reason: Reason


class Semantic(StrEnum):
    """What the semantic half did for one search."""

    USED = "used"
    LOADING = "loading"  # the model is still starting
    OFF = "off"  # no model, or the mode does not ask for it
    UNKNOWN_WORDS = "unknown_words"  # the model knows too few of the query's words
    FAILED = "failed"  # the model could not be loaded or the vectors do not fit it


@dataclass(frozen=True)
class SearchRequest:
    """A search, already parsed. Empty tuples do not limit; ``audience`` None means no limit."""

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()  # what the team also calls what ``text`` says
    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    audience: tuple[str, ...] | None = None
    mode: Mode = Mode.HYBRID
    limit: int = 20  # articles
    prefer: str = ""  # the language whose version of an article comes before its other one


@dataclass(frozen=True)
class Hit:
    """One article's best passage. Scores are comparable within one result only."""

    article_id: int
    passage_id: int
    slug: str
    kind: str
    lang: str
    title: str
    field: Field
    headings: tuple[str, ...]
    anchor: str
    text: str
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class SearchResult:
    """Hits, best first. ``terms`` are the words to highlight, ``readings`` how else it was read."""

    hits: tuple[Hit, ...]
    semantic: Semantic
    terms: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class IndexState:
    """What a reader of the index can say about it. ``generation`` 0 means there is none yet."""

    generation: int
    articles: int
    passages: int
    model: str  # "loading", "ready", "off"
