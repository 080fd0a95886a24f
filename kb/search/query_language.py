"""What people type into the search box: words, "phrases", -not, kind: stage: tier: product: tag: lang:

Parsing never fails: an unknown filter or an unknown value is searched as the words it is.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from kb.documents import SearchRequest
from kb.library.vocabulary import Kind, Lang, Stage, Tier

MAX_LENGTH = 300  # characters of a query that are read; nobody types more on the phone

# Names people use for a filter and its values; both languages work in both.
_FILTERS = {
    "kind": "kinds", "类型": "kinds",
    "stage": "stages", "阶段": "stages",
    "tier": "tiers", "分级": "tiers",
    "product": "products", "产品": "products",
    "tag": "tags", "标签": "tags",
    "lang": "langs", "语言": "langs",
}  # fmt: skip
_VALUES: dict[str, dict[str, str]] = {
    "kinds": {kind.value: kind.value for kind in Kind}
    | {
        "card": "objection_card", "异议卡": "objection_card", "异议": "objection_card",
        "track": "talk_track", "话术": "talk_track",
        "手册": "playbook", "常见问题": "faq", "课程": "lesson",
        "case": "case_review", "案例": "case_review", "案例复盘": "case_review",
        "brief": "competitor_brief", "竞品": "competitor_brief", "竞品简报": "competitor_brief",
        "视频": "video",
    },
    "stages": {stage.value: stage.value for stage in Stage}
    | {
        "线索": "lead", "需求挖掘": "discovery", "方案设计": "proposal", "商务谈判": "negotiation",
        "签约": "signing", "签约交付": "signing", "售后": "care", "售后维护": "care",
    },
    "tiers": {tier.value.lower(): tier.value for tier in Tier},
    "langs": {lang.value: lang.value for lang in Lang} | {"中文": "zh", "英文": "en"},
}  # fmt: skip
_TOKEN = re.compile(r'(?P<minus>-?)(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


@dataclass
class ParsedQuery:
    """A query taken apart; ``text`` holds the free words."""

    text: str = ""
    phrases: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)
    tiers: list[str] = field(default_factory=list)
    products: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    langs: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not any(vars(self).values())

    def as_request(self, audience: tuple[str, ...] | None) -> SearchRequest:
        """What the index is asked for a reader with these audience tokens; None sees everything."""
        return SearchRequest(
            text=self.text,
            phrases=tuple(self.phrases),
            excluded=tuple(self.excluded),
            kinds=tuple(self.kinds),
            stages=tuple(self.stages),
            tiers=tuple(self.tiers),
            products=tuple(self.products),
            tags=tuple(self.tags),
            langs=tuple(self.langs),
            audience=audience,
        )


def parse_query(typed: str) -> ParsedQuery:
    """Read a query as typed; anything beyond MAX_LENGTH characters is left out."""
    query, words = ParsedQuery(), []
    for match in _TOKEN.finditer(_clean(typed)):
        phrase, word = match["phrase"], match["word"]
        text = (phrase if phrase is not None else word).strip()
        if not text or not any(char.isalnum() for char in text):
            continue
        if match["minus"]:
            query.excluded.append(text)
        elif phrase is not None:
            query.phrases.append(text)
        elif not _take_filter(query, text):
            words.append(text)
    query.text = " ".join(words)
    return query


def _clean(typed: str) -> str:
    text = unicodedata.normalize("NFKC", typed[: MAX_LENGTH * 4])
    text = text.replace("“", '"').replace("”", '"')
    return "".join(char if char.isprintable() else " " for char in text)[:MAX_LENGTH]


def _take_filter(query: ParsedQuery, word: str) -> bool:
    name, colon, value = word.partition(":")
    attribute = _FILTERS.get(name.lower())
    if not colon or not value or attribute is None:
        return False
    known = _VALUES.get(attribute)
    chosen = known.get(value.lower()) if known else value
    if chosen is None:
        return False
    getattr(query, attribute).append(chosen)
    return True
