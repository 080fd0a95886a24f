"""Sections to passages: the unit that is indexed, ranked and cited.

A customer's phrasing stays whole; words to say and prose are cut at paragraphs, then sentences.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kb.documents import Field, LibraryDocument, Section

TARGET = {"zh": 350, "en": 700}  # characters of a passage; about 120 words either way
_SENTENCE = re.compile(r"(?<=[。！？!?；;])|(?<=\.)\s+|\n+")


@dataclass(frozen=True)
class Passage:
    """One passage. ``passage_id`` depends on content alone, so an unchanged one keeps its vector."""

    passage_id: int  # 63 bits
    article_id: int
    field: Field
    headings: tuple[str, ...]
    anchor: str
    text: str
    title: str
    tags: tuple[str, ...]


def passages_of(document: LibraryDocument) -> list[Passage]:
    """All passages of a document; the first one is its title with its tags."""
    seen: Counter[tuple[str, ...]] = Counter()
    title = Section(Field.TITLE, (), document.title)
    passages = []
    for section in (title, *document.sections):
        for text in pieces(section.text, TARGET.get(document.lang, 500)):
            key = (str(document.article_id), document.title, section.field, *section.headings, text)
            seen[key] += 1
            passages.append(
                Passage(
                    passage_id=_identity((*key, str(seen[key]))),
                    article_id=document.article_id,
                    field=section.field,
                    headings=section.headings,
                    anchor=section.anchor,
                    text=text,
                    title=document.title,
                    tags=document.tags if section.field is Field.TITLE else (),
                )
            )
    return passages


def _identity(key: tuple[str, ...]) -> int:
    digest = hashlib.blake2b("\x00".join(key).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") & (2**63 - 1)


def pieces(text: str, target: int) -> list[str]:
    """``text`` cut into pieces of at most about ``target`` characters; nothing is lost but space."""
    found: list[str] = []
    buffer = ""
    for part in _small_parts(text, target):
        joined = f"{buffer}{part}"
        if buffer.strip() and len(joined.strip()) > target:
            found.append(buffer.strip())
            buffer = part
        else:
            buffer = joined
    if buffer.strip():
        found.append(buffer.strip())
    return found


def _small_parts(text: str, target: int) -> Iterator[str]:
    for paragraph in re.split(r"(\n\s*\n)", text):
        if len(paragraph) <= target:
            yield paragraph
            continue
        at = 0
        for match in [*_SENTENCE.finditer(paragraph), None]:
            end = match.end() if match else len(paragraph)
            yield from _hard_parts(paragraph[at:end], target)
            at = end


def _hard_parts(sentence: str, target: int) -> Iterator[str]:
    """A sentence longer than a passage is cut at spaces, or anywhere if it has none."""
    while len(sentence) > target:
        cut = sentence.rfind(" ", target // 2, target) + 1 or target
        yield sentence[:cut]
        sentence = sentence[cut:]
    yield sentence


def embedding_text(passage: Passage) -> str:
    """What the model reads: the title and the nearest heading give a short passage its subject."""
    if passage.field in (Field.TITLE, Field.CUSTOMER):
        return passage.text
    return "\n".join([passage.title, *passage.headings[-1:], passage.text])
