"""From text to search terms, the same way for the index and for a query.

Terms of Chinese text are jieba's words (long ones with the words inside them), every pair of
neighbouring characters, and each run's last character with an end mark, so that all texts with a
character can be found by the prefix of their terms without indexing every character again.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indexer.jieba_dictionary import jieba_with_dictionary
from indexer.stop_words import STOP_WORDS
from indexer.traditional import to_simplified

NAME = "jieba"
RULES = 2  # raise it when the terms of a text change: all indexes are then out of date
END = "$"  # marks a run's last character

_CJK = "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff"
_LATIN = rf"\d+(?:[.,]\d+)+|[^\W_{_CJK}]+(?:['’][^\W\d_{_CJK}]+)*"
_RUN = re.compile(rf"([{_CJK}]+)|({_LATIN})|(\s+)|(.)", re.DOTALL)
# 太贵 is one word of jieba's, but who asks for 贵 means it.
_DEGREE = frozenset("太很最更挺真不嫌")
# 贵公司 is a polite address and has nothing to do with 贵; jieba would cut it in two.
_POLITE = "公司 司 方 厂 店 处 校 行 院 所 单位 部门 集团 企业 工厂 团队 仓库 姓 宾 客 州"


_TEAM_WORD_COUNT = 1_000_000  # above what any parts of a word could count together


class TermKind(StrEnum):
    """What a query's term is; they weigh differently."""

    WORD = "word"
    PAIR = "pair"  # two characters that are no word, such as the middle of an unknown name
    CHARACTER = "character"  # a character wherever it stands


@dataclass(frozen=True)
class QueryTerm:
    """One term of a query."""

    text: str
    kind: TermKind


class _Jieba:
    """jieba's dictionary, read once per process at first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokenizer: Any = None
        self.cache_folder: Path | None = None
        self.team_words: tuple[str, ...] = ()
        self._total = 0
        self._before: dict[str, int] = {}  # what team words counted before they were the team's

    def words(self, run: str, inner: bool) -> list[str]:
        tokenizer = self._tokenizer or self._load()
        # HMM guesses new words from their neighbours, so index and query would cut differently.
        cut = tokenizer.cut_for_search if inner else tokenizer.cut
        return list(cut(run, HMM=False))

    def use_words(self, words: tuple[str, ...]) -> None:
        """Keep these whole, and no longer the ones given before."""
        with self._lock:
            if self._tokenizer is not None:
                self._set_words(self._tokenizer, words)
            self.team_words = words

    def _set_words(self, tokenizer: Any, words: tuple[str, ...]) -> None:
        for word, count in self._before.items():
            tokenizer.add_word(word, freq=count)
        self._before = {word: tokenizer.FREQ.get(word) or 0 for word in words}
        for word in words:
            tokenizer.add_word(word, freq=_TEAM_WORD_COUNT)
        # add_word only ever adds to the total, so that cuts would depend on a process's history.
        tokenizer.total = self._total

    def knows(self, word: str) -> bool:
        tokenizer = self._tokenizer or self._load()
        return bool(tokenizer.FREQ.get(word)) and not word.isascii()

    def _load(self) -> Any:
        with self._lock:
            if self._tokenizer is None:
                tokenizer = jieba_with_dictionary(self.cache_folder)
                for rest in _POLITE.split():
                    tokenizer.add_word("贵" + rest, freq=20_000)
                self._total = tokenizer.total
                self._set_words(tokenizer, self.team_words)
                self._tokenizer = tokenizer
        return self._tokenizer


_jieba = _Jieba()


def use_cache(folder: Path) -> None:
    """Keep a parsed dictionary in ``folder``, which halves the time of the next start.

    Made if it can be; one that cannot be written is no error. Only counts before the first text.
    """
    _jieba.cache_folder = folder


def use_words(words: Iterable[str]) -> None:
    """Keep the team's words whole in all texts from now on, in this process.

    They are a part of ``fingerprint``: an index that was cut with others is out of date.
    """
    chosen = tuple(sorted({normalise(word).strip() for word in words} - {""}))
    if chosen != _jieba.team_words:
        _jieba.use_words(chosen)


def team_words() -> tuple[str, ...]:
    """The words that ``use_words`` was given last."""
    return _jieba.team_words


def load() -> None:
    """Read the dictionary now (about a second) rather than at the first text."""
    _jieba.words("师傅", inner=False)


def fingerprint() -> str:
    """Name and version for the manifest: an index is only asked in the way it was written."""
    label = f"{NAME} {version('jieba')}, rules {RULES}"
    if _jieba.team_words:
        label += f", words {sha256(chr(10).join(_jieba.team_words).encode()).hexdigest()[:8]}"
    return label


def clean(text: str) -> str:
    """NFKC (full width to half), with a space for each control character and half surrogate."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(char if char.isprintable() else " " for char in text)


def normalise(text: str) -> str:
    """Clean, lower case and simplified: the form in which texts are compared."""
    return to_simplified(clean(text).lower())


def index_terms(text: str) -> list[str]:
    """All terms of a text, as often as they stand in it."""
    terms: list[str] = []
    for run, latin, _, _ in _RUN.findall(normalise(text)):
        if latin:
            terms.append(latin_term(latin))
        elif run:
            words = list(_run_words(run))
            terms += words
            terms += _pairs(run, {word for word in words if len(word) == 2})
            terms.append(run[-1] + END)
    return terms


def query_terms(text: str) -> list[QueryTerm]:
    """The terms of a query, each once; without function words unless there is nothing else."""
    words: dict[str, TermKind] = {}
    pairs: list[str] = []
    characters: list[str] = []
    for run, latin, _, _ in _RUN.findall(normalise(text)):
        if latin:
            words[latin_term(latin)] = TermKind.WORD
        elif run:
            words |= dict.fromkeys(_run_words(run), TermKind.WORD)
            pairs += _pairs(run, set())
            characters += [run] if len(run) == 1 else []
    telling = {word: kind for word, kind in words.items() if word not in STOP_WORDS} or words
    found = [QueryTerm(word, kind) for word, kind in telling.items()]
    for pair in dict.fromkeys(pairs):
        if pair not in words and not (pair[0] in STOP_WORDS or pair[1] in STOP_WORDS):
            found.append(QueryTerm(pair, TermKind.PAIR))
    found += [QueryTerm(c, TermKind.CHARACTER) for c in dict.fromkeys(characters) if c in telling]
    return found


def phrase_form(text: str) -> str:
    """Text as a string in which an exact phrase is a substring, at word borders only.

    Each Chinese character, Latin word and run of punctuation is a unit between two U+0000.
    """
    units: list[str] = []
    for run, latin, space, _ in _RUN.findall(normalise(text)):
        if run:
            units += run
        elif latin:
            units.append(latin_term(latin))
        elif not space and units and units[-1] != ",":
            units.append(",")
    if units and units[-1] == ",":
        units.pop()
    return "\0" + "\0".join(units) + "\0" if units else ""


def phrase_terms(phrase: str) -> tuple[list[str], list[str]]:
    """Terms that every text with the phrase has, and single characters that stand alone in it."""
    terms: list[str] = []
    characters: list[str] = []
    for run, latin, _, _ in _RUN.findall(normalise(phrase)):
        if latin:
            terms.append(latin_term(latin))
        elif len(run) == 1:
            characters.append(run)
        elif run:
            terms += _pairs(run, set())
    return terms, characters


def pieces(text: str) -> list[str]:
    """The text taken apart at word borders; joined, the pieces are the text again."""
    found: list[str] = []
    for run, latin, space, other in _RUN.findall(text):
        found += _jieba.words(run, inner=False) if run else [latin or space or other]
    return found


def is_chinese_word(term: str) -> bool:
    """Whether a term of an index is a word of the dictionary, not an accidental pair."""
    return _jieba.knows(term)


def _run_words(run: str) -> Iterator[str]:
    for word in _jieba.words(run, inner=True):
        yield word
        if len(word) == 2 and word[0] in _DEGREE:
            yield word[1]


def _pairs(run: str, known: set[str]) -> list[str]:
    pairs = (run[at : at + 2] for at in range(len(run) - 1))
    return [pair for pair in pairs if pair not in known]


def latin_term(word: str) -> str:
    """A word, in lower case, without plural ending and apostrophe, a number without thousands separators."""
    if word[0].isdigit():
        return re.sub(r",(?=\d{3}(?!\d))", "", word)
    word = re.sub(r"['’]s$", "", word).replace("'", "").replace("’", "")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and word[-2] not in "su":
        return word[:-1]
    return word
