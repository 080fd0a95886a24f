"""From an article to the sections that are indexed: structured fields one by one, prose by heading."""

from collections.abc import Iterator

from markdown_it.token import Token

from kb.documents import Field, Section
from kb.library.front_matter import Document
from kb.library.kinds import (
    CaseReview,
    CompetitorBrief,
    Faq,
    FrontMatter,
    Lesson,
    ObjectionCard,
    Playbook,
    TalkTrack,
    Video,
)
from kb.library.markdown import Heading, headings_of, parse_tokens


def sections_of(document: Document) -> tuple[Section, ...]:
    """Every piece of an article that can be found, in the order of its page."""
    return (*_structured(document.meta), *_prose(document.body))


def _structured(meta: FrontMatter) -> Iterator[Section]:
    if meta.summary:
        yield Section(Field.BODY, (), meta.summary)
    if isinstance(meta, ObjectionCard):
        yield from _objection_card(meta)
    elif isinstance(meta, TalkTrack):
        yield from _talk_track(meta)
    elif isinstance(meta, Faq):
        for question in (meta.question, *meta.also_asked):
            yield Section(Field.CUSTOMER, (), question, "question")
        yield Section(Field.WORDS, (), meta.answer, "words")
    elif isinstance(meta, Playbook):
        for standard in meta.standards:
            yield Section(Field.BODY, (), f"{standard.action}: {standard.measure}", "standards")
    elif isinstance(meta, Lesson):
        yield from (Section(Field.BODY, (), line, "objectives") for line in meta.objectives)
    elif isinstance(meta, CaseReview):
        yield from _case_review(meta)
    elif isinstance(meta, CompetitorBrief):
        for claim in meta.claims:
            yield Section(Field.BODY, (meta.competitor,), claim.claim, "claims")
        for line in (*meta.we_win, *meta.we_lose):
            yield Section(Field.BODY, (meta.competitor,), line, "battle")
    elif isinstance(meta, Video):
        for cue in meta.transcript:
            yield Section(Field.BODY, (cue.at,), cue.text, "t-" + cue.at.replace(":", "-"))


def _objection_card(meta: ObjectionCard) -> Iterator[Section]:
    for words in meta.customer_says:
        yield Section(Field.CUSTOMER, (), words, "customer")
    yield Section(Field.WORDS, (), meta.response, "words")
    yield Section(Field.WORDS, (), meta.follow_up, "follow-up")
    yield Section(Field.BODY, (), meta.concern, "concern")
    for evidence in meta.evidence:
        yield Section(Field.BODY, (), f"{evidence.claim} ({evidence.source})", "evidence")


def _talk_track(meta: TalkTrack) -> Iterator[Section]:
    yield Section(Field.BODY, (), meta.situation, "situation")
    yield Section(Field.BODY, (), meta.goal, "situation")
    for number, step in enumerate(meta.steps, 1):
        yield Section(Field.WORDS, (step.cue,), step.say, f"step-{number}")
        if step.tip:
            yield Section(Field.BODY, (step.cue,), step.tip, f"step-{number}")
    for reply in meta.replies:
        yield Section(Field.CUSTOMER, (), reply.customer, "replies")
        yield Section(Field.WORDS, (reply.customer,), reply.say, "replies")


def _case_review(meta: CaseReview) -> Iterator[Section]:
    story = "\n".join(f"{moment.when} {moment.what}" for moment in meta.timeline)
    yield Section(Field.BODY, (meta.customer,), story, "timeline")
    for line in (*meta.decisive_moves, *meta.root_causes, meta.lesson):
        yield Section(Field.BODY, (meta.customer,), line, "lesson")
    for words in meta.reusable_words:
        yield Section(Field.WORDS, (meta.customer,), words, "words")


def _prose(body: str) -> Iterator[Section]:
    """The body cut at its headings, as plain text with one blank line between paragraphs."""
    tokens = parse_tokens(body)
    headings = iter(headings_of(tokens))
    path: list[Heading] = []
    texts: list[str] = []
    row: list[str] | None = None  # cells of the table row at hand
    in_heading = False
    for token in tokens:
        if token.type == "heading_open":
            yield from _finished(path, texts)
            heading, texts, in_heading = next(headings), [], True
            path = [step for step in path if step.level < heading.level] + [heading]
        elif token.type == "heading_close":
            in_heading = False
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            texts.append(" · ".join(filter(None, row or [])))
            row = None
        elif row is not None:
            row.append(_plain(token))
        elif not in_heading:  # the heading's own words travel in the path
            texts.append(_plain(token))
    yield from _finished(path, texts)


def _finished(path: list[Heading], texts: list[str]) -> Iterator[Section]:
    text = "\n\n".join(filter(None, texts))
    if text:
        anchor = path[-1].anchor if path else ""
        yield Section(Field.BODY, tuple(heading.text for heading in path), text, anchor)


def _plain(token: Token) -> str:
    """The words of a block token, without marks, link targets and pictures' addresses."""
    if token.type in ("fence", "code_block"):
        return token.content.strip()
    if token.type != "inline":
        return ""
    parts = []
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
    return "".join(parts).strip()
