"""A deterministic embedder that downloads nothing, and documents to index."""

from dataclasses import replace
from hashlib import blake2b

import numpy as np

from indexer.embedding import Progress, Vectors
from kb.documents import EVERYONE, Field, LibraryDocument, Section

DIMENSION = 64


class FakeEmbedder:
    """Hashed pairs of characters, so that texts with parts in common are near each other.

    ``encoded`` holds every text that was encoded; ``known`` is what ``known_share`` answers.
    """

    def __init__(self, fingerprint: str = "fake-1", known: float = 1.0) -> None:
        self.name = "fake"
        self.dimension = DIMENSION
        self.fingerprint = fingerprint
        self.known = known
        self.encoded: list[str] = []

    def encode(self, texts: list[str], progress: Progress | None = None) -> Vectors:
        self.encoded += texts
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for row, text in enumerate(texts):
            for at in range(max(1, len(text) - 1)):
                pair = text[at : at + 2].encode("utf-8", "replace")
                digest = blake2b(pair, digest_size=8).digest()
                vectors[row, digest[0] % DIMENSION] += 1 if digest[1] % 2 else -1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if progress:
            progress(len(texts), len(texts))
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0)

    def known_share(self, text: str) -> float:
        return self.known


def document(
    article_id: int, title: str, *sections: tuple[Field, str], **facts: object
) -> LibraryDocument:
    """A document for everyone; ``facts`` replace any of its fields."""
    plain = LibraryDocument(
        article_id=article_id,
        slug=f"article-{article_id}",
        kind="faq",
        lang="zh",
        title=title,
        tags=(),
        stages=(),
        tiers=(),
        products=(),
        audience=(EVERYONE,),
        sections=tuple(Section(field, (), text) for field, text in sections),
        fingerprint=f"{article_id}-1",
    )
    return replace(plain, **facts)


def library() -> list[LibraryDocument]:
    """Four articles with a bit of everything."""
    return [
        document(
            1,
            "嫌报价高",
            (Field.CUSTOMER, "太贵了"),
            (Field.CUSTOMER, "能不能便宜一点"),
            (Field.WORDS, "您觉得高，是跟别家比，还是跟今年的预算比？"),
            (Field.BODY, "报价发出后的第一通电话，先让客户说完。"),
            kind="objection_card",
            tags=("价格", "报价"),
            stages=("negotiation",),
            tiers=("A", "B"),
            products=("wms",),
        ),
        document(
            2,
            "拜访开场",
            (Field.WORDS, "贵公司的仓库有多大？贵公司一年发多少单？"),
            (Field.BODY, "先去仓库走一圈，再坐下谈。"),
            kind="talk_track",
            stages=("discovery",),
            tags=("拜访",),
        ),
        document(
            3,
            "Price is too high",
            (Field.CUSTOMER, "Your systems are too expensive"),
            (Field.WORDS, "Compared with what: another offer, or this year's budget?"),
            kind="objection_card",
            lang="en",
        ),
        document(
            4,
            "经理的折扣底线",
            (Field.BODY, "报价最多让到九折，再低要主管批。"),
            kind="playbook",
            audience=("role:manager", "team:east-1"),
        ),
    ]
