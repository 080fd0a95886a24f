"""From a document to the passages that are indexed and cited.

A passage's id is a hash of all that its vector depends on: what did not change keeps its id,
and with it its vector.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from indexer.segmentation import pieces
from kb.documents import Field, LibraryDocument, Section

# A Chinese character says about as much as two Latin letters: 350 of the one, 700 of the other.
TARGET = 350.0
SPAN = 80.0  # what one vector stands for, in the same measure; ADR 12
CHINESE = "zh"
_FIRST_WIDE = "\u2e80"  # from here on, Unicode is Chinese, Japanese, Korean or at least as dense

# Where a text may be cut, the best place first. Each cut keeps all characters.
_CUTS = (
    re.compile(r"(?<=\n)(?=[^\n])(?<=\n\n)"),  # paragraphs
    re.compile(r"(?<=\n)"),
    re.compile(  # sentence ends, the closing quote included
        r"(?<=[。！？…；])(?![。！？…；”’」』）》])|(?<=[。！？…；][”’」』）》])|(?<=[.!?;])(?=\s)"
    ),
    re.compile(r"(?<=[，、：])|(?<=[,:])(?=\s)"),
)
ID_MASK = 2**63 - 1  # FAISS and SQLite ids are signed 64-bit integers


@dataclass(frozen=True)
class Passage:
    """One passage and the facts of its article. ``position`` is its place in the article."""

    passage_id: int
    article_id: int
    position: int
    field: Field
    headings: tuple[str, ...]
    anchor: str
    text: str
    slug: str
    kind: str
    lang: str
    title: str
    tags: tuple[str, ...]
    stages: tuple[str, ...]
    tiers: tuple[str, ...]
    products: tuple[str, ...]
    audience: tuple[str, ...]


def passages_of(document: LibraryDocument) -> list[Passage]:
    """The title, each way a customer says it, and the rest cut to size, in the page's order."""
    seen: Counter[tuple[object, ...]] = Counter()
    passages: list[Passage] = []
    for section, text in _texts(document):
        key = (section.field, section.headings, text)
        seen[key] += 1
        passages.append(
            Passage(
                passage_id=_passage_id(document, section, text, seen[key]),
                article_id=document.article_id,
                position=len(passages),
                field=section.field,
                headings=section.headings,
                anchor=section.anchor,
                text=text,
                slug=document.slug,
                kind=document.kind,
                lang=document.lang,
                title=document.title,
                tags=document.tags,
                stages=document.stages,
                tiers=document.tiers,
                products=document.products,
                audience=document.audience,
            )
        )
    return passages


def _texts(document: LibraryDocument) -> Iterator[tuple[Section, str]]:
    if document.title.strip():
        yield Section(Field.TITLE, (), document.title), document.title.strip()
    for section in document.sections:
        for text in cut_text(section.text):
            yield section, text


def _passage_id(document: LibraryDocument, section: Section, text: str, occurrence: int) -> int:
    """63 bits of a hash. The title and a title's tags count: they are part of the vector."""
    tags = document.tags if section.field is Field.TITLE else ()
    facts = (
        str(document.article_id), section.field.value, document.title, *tags,
        "\x1f".join(section.headings), text, str(occurrence),
    )  # fmt: skip
    digest = blake2b("\x1e".join(facts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") & ID_MASK


def embedding_texts(passage: Passage) -> list[str]:
    """What the model reads, a vector each: title, last heading and a span of the text.

    For a title, its tags as well. English is read whole: the published model was made for that.
    """
    if passage.field is Field.TITLE:
        return ["\n".join(filter(None, (passage.text, " ".join(passage.tags))))]
    heading = passage.headings[-1] if passage.headings else ""
    spans = spans_of(passage.text) if passage.lang == CHINESE else [passage.text]
    return ["\n".join(filter(None, (passage.title, heading, span))) for span in spans]


def spans_of(text: str) -> list[str]:
    """The parts of a Chinese text that get a vector each: a sentence, or a few short ones."""
    return cut_text(text, SPAN)


def width(text: str) -> float:
    """The length of a text in Chinese characters, two Latin letters for one."""
    wide = sum(char >= _FIRST_WIDE for char in text)
    return wide + (len(text) - wide) / 2


def cut_text(text: str, target: float = TARGET) -> list[str]:
    """Cut at paragraphs, then lines, sentence ends, commas, words; no word is ever cut.

    Nothing but white space at the edges is lost, so the parts together are the text. A single
    word longer than ``target`` stays whole.
    """
    parts = (part.strip() for part in _cut(text, target, 0))
    return [part for part in parts if part]


def _cut(text: str, target: float, level: int) -> list[str]:
    if width(text.strip()) <= target:
        return [text]
    if level == len(_CUTS):
        return _packed([[piece] for piece in pieces(text)], target)
    parts = _CUTS[level].split(text)
    return _packed([_cut(part, target, level + 1) for part in parts], target)


def _packed(groups: list[list[str]], target: float) -> list[str]:
    """Join neighbours as long as they fit; a group already cut in several is not glued again."""
    packed: list[str] = []
    room = 0.0  # what may still be added to the last part
    for group in groups:
        for part in group:
            size = width(part)
            if packed and size <= room and len(group) == 1:
                packed[-1] += part
                room -= size
            else:
                packed.append(part)
                room = target - size
    return packed
