"""A library of any size: shipped articles, and synthetic ones of the same sentences, resampled.

Everything is drawn from fixed seeds: the library of 1,000 passages is the beginning of the one of
10,000, and both are the same on every machine.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.passages import passages_of
from kb.documents import Field, LibraryDocument, Section
from kb.library.content_folder import Content, read_content
from kb.library.front_matter import Document, validate
from kb.library.index_feed import to_index_document

CONTENT = Path(__file__).parents[2] / "content"
SHIPPED_SHARE = 0.3  # of the passages; the rest is synthetic
SEED = 20261201
_SENTENCE = re.compile(r"(?<=[。！？；])|(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Material:
    """What articles in one language are made of."""

    sentences: tuple[str, ...]
    customer: tuple[str, ...]
    headings: tuple[str, ...]
    titles: tuple[str, ...]
    tags: tuple[str, ...]


def read_shipped() -> Content:
    """The shipped library."""
    return read_content(CONTENT)


def library(content: Content, passages: int) -> list[Document]:
    """Articles with ``passages`` passages in all, or a few more to finish the last one."""
    chooser = random.Random(SEED)
    shipped = [file.document for file in content.files]
    chooser.shuffle(shipped)
    chosen: list[Document] = []
    count = 0
    for document in shipped:
        if count >= passages * SHIPPED_SHARE:
            break
        chosen.append(document)
        count += passage_count(document)
    for document in synthetic(content):
        if count >= passages:
            return chosen
        chosen.append(document)
        count += passage_count(document)
    return chosen


def passage_count(document: Document) -> int:
    """How many passages the index will hold of an article."""
    return len(passages_of(to_index_document(0, document, "")))


def index_documents(documents: list[Document]) -> list[LibraryDocument]:
    """The articles as the index sees them."""
    return [to_index_document(number, one, "") for number, one in enumerate(documents, 1)]


def synthetic(content: Content) -> Iterator[Document]:
    """Articles without end. Their slugs, titles and tags say that they are synthetic."""
    material = {lang: _material(content, lang) for lang in ("zh", "en")}
    chinese = sum(file.document.meta.lang == "zh" for file in content.files) / len(content.files)
    number = 0
    while True:
        number += 1
        draw = random.Random(SEED + number)
        lang = "zh" if draw.random() < chinese else "en"
        yield _article(number, lang, material[lang], draw)


def phrasings(content: Content, lang: str, count: int) -> list[str]:
    """What people will type: pieces of what customers say, at least half of each, all different."""
    draw = random.Random(SEED)
    sayings = list(_material(content, lang).customer)
    draw.shuffle(sayings)
    found: dict[str, None] = {}
    for saying in sayings * 3:
        if len(found) == count:
            break
        units = list(saying) if lang == "zh" else saying.split(" ")
        length = draw.randint((len(units) + 1) // 2, len(units))
        start = draw.randint(0, len(units) - length)
        piece = ("" if lang == "zh" else " ").join(units[start : start + length])
        found.setdefault(piece.strip(" ，。？！,.?!"), None)
    return [text for text in found if text]


def _material(content: Content, lang: str) -> Material:
    documents = [file.document for file in content.files if file.document.meta.lang == lang]
    sections = [s for one in documents for s in to_index_document(0, one, "").sections]
    return Material(
        sentences=tuple(dict.fromkeys(_sentences(sections))),
        customer=tuple(dict.fromkeys(s.text for s in sections if s.field is Field.CUSTOMER)),
        headings=tuple(dict.fromkeys(s.headings[-1] for s in sections if s.headings)),
        titles=tuple(one.meta.title for one in documents),
        tags=tuple(dict.fromkeys(tag for one in documents for tag in one.meta.tags)),
    )


def _sentences(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        if section.field is not Field.CUSTOMER:
            for sentence in _SENTENCE.split(section.text):
                if 6 <= len(sentence.strip()) <= 280:
                    yield sentence.strip()


def _article(number: int, lang: str, material: Material, draw: random.Random) -> Document:
    glue = "" if lang == "zh" else " "

    def sentences(least: int, most: int) -> str:
        return glue.join(draw.sample(material.sentences, draw.randint(least, most)))

    title = draw.choice(material.titles)[:60]
    customer = draw.sample(material.customer, draw.randint(3, 5))
    body = [
        f"## {heading}\n\n{sentences(2, 4)}\n\n{sentences(1, 3)}\n"
        for heading in draw.sample(material.headings, draw.randint(3, 6))
    ]
    meta, problems = validate(
        {
            "kind": "faq",
            "lang": lang,
            "slug": f"synthetic-{number:05}",
            "title": f"{title} (synthetic {number})",
            "summary": sentences(1, 1)[:300],
            "stage": draw.sample(["lead", "discovery", "proposal", "negotiation", "care"], 2),
            "tier": draw.sample(["A", "B", "C"], 2),
            "tags": ["synthetic", *draw.sample(material.tags, 2)],
            "question": customer[0],
            "also_asked": customer[1:],
            "answer": sentences(2, 4),
        }
    )
    assert meta is not None, problems
    return Document(meta, "\n".join(body))
