"""What of a passage goes into which field of the keyword index: no index library."""

from indexer import bm25
from indexer.passages import Passage
from indexer.segmentation import index_terms, normalise
from kb.documents import Field


def row_of(passage: Passage) -> dict[str, object]:
    """Terms by field, and the facts that searches are limited by; fields without any are left out."""
    terms = index_terms(passage.text)
    row: dict[str, object] = {
        "article": str(passage.article_id),
        "passage_id": passage.passage_id,
        "article_id": passage.article_id,
        "length": len(terms),
        "field": bm25.MAIN.index(passage.field.value),
        passage.field.value: terms,
        "kind": [passage.kind],
        "lang": [passage.lang],
        "stage": list(passage.stages),
        "tier": list(passage.tiers),
        "product": list(passage.products),
        "tag": [tag_term(tag) for tag in passage.tags],
        "audience": list(passage.audience),
    }
    if passage.field is Field.TITLE:
        row[bm25.TAGS] = index_terms(" ".join(passage.tags))
    else:
        row[bm25.CONTEXT] = index_terms("\n".join((passage.title, *passage.headings)))
    return {name: value for name, value in row.items() if value != []}


def tag_term(tag: str) -> str:
    """A tag as the one term that it is found by."""
    return " ".join(normalise(tag).split())
