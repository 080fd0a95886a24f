"""A search by a person: rights, engine, hydration, highlight, log."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from kb.documents import Hit, Mode, Reading, SearchRequest, SearchResult, Semantic
from kb.errors import InvalidError
from kb.library.models import Article
from kb.messages import N_, Message
from kb.permissions import Reader, visible_to
from kb.ports import SearchEngine
from kb.search.highlight import Part, highlight
from kb.search.models import Question, SearchLog
from kb.search.query_language import ParsedQuery, parse_query
from kb.search.synonyms import synonyms_for

DEFAULT_LIMIT = 20
MAX_QUESTION = 1000


@dataclass(frozen=True)
class Found:
    """One result as it is shown: the article, its best passage, and why."""

    article: Article
    hit: Hit
    title: tuple[Part, ...]
    passage: tuple[Part, ...]


@dataclass(frozen=True)
class Answer:
    """The results of a search and what the semantic half did for them."""

    query: ParsedQuery
    results: tuple[Found, ...]
    semantic: Semantic
    nearest: tuple[Found, ...] = ()  # where nothing fits all that was asked
    readings: tuple[Reading, ...] = ()  # how else the query was read


def search(
    session: Session,
    engine: SearchEngine,
    reader: Reader,
    typed: str,
    mode: Mode = Mode.HYBRID,
    limit: int = DEFAULT_LIMIT,
    prefer: str = "",
) -> Answer:
    """Answer what a person typed. Nothing that they may not see is in the answer.

    Of an article's two versions the one in the language ``prefer`` comes first.
    """
    query = parse_query(typed)
    if query.is_empty:
        return Answer(query, (), Semantic.OFF)
    synonyms = synonyms_for(session, query.text)
    request = _request(query, synonyms, reader, mode, limit)
    result = engine.search(replace(request, prefer=prefer))
    results = _hydrate(session, reader, result, limit)
    nearest: tuple[Found, ...] = ()
    if not results and _words(query):
        relaxed = ParsedQuery(text=_words(query))
        near = engine.search(_request(relaxed, synonyms, reader, mode, 5))
        nearest = _hydrate(session, reader, near, 5)
    return Answer(query, results, result.semantic, nearest, result.readings)


def _words(query: ParsedQuery) -> str:
    return " ".join([query.text, *query.phrases]).strip()


def _request(
    query: ParsedQuery, synonyms: tuple[str, ...], reader: Reader, mode: Mode, limit: int
) -> SearchRequest:
    request = query.as_request(reader.audience())
    return replace(request, synonyms=synonyms, mode=mode, limit=limit)


def _hydrate(
    session: Session, reader: Reader, result: SearchResult, limit: int
) -> tuple[Found, ...]:
    """Rows for hits. The database has the last word: the index may be a moment behind it."""
    ids = [hit.article_id for hit in result.hits]
    rows = select(Article).where(
        col(Article.id).in_(ids), visible_to(reader), Article.status == "published"
    )
    articles = {article.id: article for article in session.exec(rows)}
    found = []
    for hit in result.hits[:limit]:
        article = articles.get(hit.article_id)
        if article is not None:
            title = tuple(highlight(article.title, result.terms))
            found.append(Found(article, hit, title, tuple(highlight(hit.text, result.terms))))
    return tuple(found)


def log_search(session: Session, person_id: int, typed: str, answer: Answer, now: datetime) -> None:
    """Remember what was searched and how much was found."""
    session.add(
        SearchLog(
            at=now,
            person_id=person_id,
            query=typed[:300],
            semantic=answer.semantic,
            found=len(answer.results),
        )
    )


def ask(session: Session, person_id: int, text: str, lang: str, now: datetime) -> Question:
    """Store a question that the library did not answer. Raises InvalidError."""
    text = text.strip()
    if not text:
        raise InvalidError({"text": Message(N_("Write your question first."))})
    if len(text) > MAX_QUESTION:
        raise InvalidError(
            {"text": Message(N_("Shorten the question to %(n)s characters."), {"n": MAX_QUESTION})}
        )
    question = Question(at=now, person_id=person_id, text=text, lang=lang)
    session.add(question)
    session.flush()
    return question
