"""Text to tokens, the same way for the index and for queries.

Chinese is cut into words by jieba; bigrams and single characters are kept beside the words in
fields of their own, so that a word jieba does not know and a one-character query are found, too.
The only file that imports jieba.
"""

import logging
import re
import tempfile
import unicodedata
from functools import lru_cache
from typing import Any

NAME = "jieba"
VERSION = "0.42.1/2"  # of jieba, and of the rules below; a change asks for a rebuild

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[a-z0-9]+(?:[.'%][a-z0-9]+)*%?")
# Words that carry no content of their own. They count only when a query has nothing else.
STOP_WORDS = frozenset(
    "的 了 吗 呢 吧 啊 我 你 您 他 她 它 我们 你们 他们 是 在 和 与 就 都 也 还 这 那 这个 那个 一个 怎么 怎么办 什么 "
    "a an the is are am be to of in on for and or it its i you he she we they my your our this that do does did "
    "with at by from as".split()
)


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba  # type: ignore[import-untyped]  # noqa: PLC0415 - 1 s, and only when text is cut

    jieba.setLogLevel(logging.WARNING)
    jieba.dt.tmp_dir = tempfile.gettempdir()
    jieba.initialize()
    return jieba


def warm_up() -> None:
    """Load the dictionary now rather than at the first query."""
    _jieba()


def normalise(text: str) -> str:
    """NFKC (full-width becomes half-width), lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def words(text: str) -> list[str]:
    """Words of normalised text: jieba's for Chinese, letters and digits otherwise, plurals cut."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        run = match[0]
        if _HAN.match(run):
            found += (word for word in _jieba().cut_for_search(run))
        else:
            found.append(_singular(run))
    return found


def _singular(word: str) -> str:
    """``suppliers`` and ``supplier`` meet; enough stemming for titles and short questions."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters."""
    return [run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)]


def characters(text: str) -> list[str]:
    """Single Chinese characters."""
    return [char for run in _HAN.findall(text) for char in run]


def content_words(text: str) -> list[str]:
    """Words of a query without stop words, unless it has no others; each once, in order."""
    every = list(dict.fromkeys(words(text)))
    content = [word for word in every if word not in STOP_WORDS]
    return content or every
