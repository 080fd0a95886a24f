"""The Chinese words of the model and the vectors they begin with."""

import gzip
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.tokens import has_chinese

Floats = NDArray[np.float32]

NEUTRAL = "-"  # a gloss that says: this word carries no meaning of its own
_ENTRY = re.compile(r"^(\S+) (\S+) \[([^\]]*)\] /(.*)/\s*$")
_CHINESE_ONLY = re.compile("^[\u3400-\u4dbf\u4e00-\u9fff]+$")
_NOTE = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\u3400-\u9fff|]+")
_IDLE = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "be",
        "in",
        "on",
        "for",
        "at",
        "by",
        "with",
        "and",
        "or",
        "sb",
        "sth",
        "one's",
        "one",
        "as",
        "etc",
        "s",
        "'",
    ]
)
_IDLE_WEIGHT = 0.1
_LATER_GLOSS = 0.7  # each further gloss of a word counts this much of the one before
_POINTERS = ("variant of", "old variant", "see ", "also written", "used in", "erhua variant")
_RARE_SENSE = (
    "surname",
    "abbr.",
    "(bird species",
    "county in",
    "district of",
    "(old)",
    "(archaic)",
)


@dataclass(frozen=True)
class Word:
    """A word, its glosses with their weights, and how often it is used."""

    text: str
    glosses: tuple[tuple[str, float], ...]
    log_probability: float


def read_cedict(path: Path) -> dict[str, list[tuple[str, float]]]:
    """Simplified words of CC-CEDICT with weighted glosses, the best first."""
    found: dict[str, list[tuple[str, float]]] = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            entry = _ENTRY.match(line)
            if entry and _CHINESE_ONLY.match(entry[2]):
                found.setdefault(entry[2], []).extend(_glosses(entry[4], entry[3]))
    return {word: sorted(senses, key=lambda one: -one[1]) for word, senses in found.items()}


def _glosses(text: str, pinyin: str) -> Iterable[tuple[str, float]]:
    weight = 0.4 if pinyin[:1].isupper() else 1.0  # a name beside a plain word
    for sense in text.split("/"):
        if sense.startswith("CL:") or sense.startswith(_POINTERS):
            continue
        rare = 0.2 if any(mark in sense for mark in _RARE_SENSE) else 1.0
        for part in sense.split(";"):
            gloss = " ".join(_NOTE.sub(" ", part).split())
            if gloss and re.search("[a-zA-Z0-9]", gloss):
                yield gloss, weight * rare
                weight *= _LATER_GLOSS


def read_glosses(path: Path) -> dict[str, list[tuple[str, float]]]:
    """Our own glosses: ``word ⇥ gloss ⇥ gloss …``, the best first."""
    found: dict[str, list[tuple[str, float]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, *glosses = (part.strip() for part in line.split("\t"))
        if word and glosses and not word.startswith("#"):
            found[word] = [(g, _LATER_GLOSS**at) for at, g in enumerate(filter(None, glosses))]
    return found


def build_words(
    cedict: dict[str, list[tuple[str, float]]],
    own: dict[str, list[tuple[str, float]]],
    frequency: dict[str, int],
    most: int = 56_000,
) -> list[Word]:
    """Words that are in use, by how often: ours, single characters, and jieba's that have a gloss.

    ``frequency`` is jieba's dictionary: counts by word. Ours overrule the dictionary's glosses.
    """
    total = sum(frequency.values())
    chosen = [word for word in cedict if word in frequency or len(word) == 1]
    ours = [word for word in own if has_chinese(word) and _CHINESE_ONLY.match(word)]
    chosen.sort(key=lambda word: (len(word) > 1, -frequency.get(word, 0)))
    kept = list(dict.fromkeys([*ours, *chosen]))[:most]
    return [
        Word(
            word,
            tuple(own.get(word) or cedict[word]),
            round(math.log(_count(word, frequency, word in own) / total), 3),
        )
        for word in kept
        if own.get(word) or cedict.get(word)
    ]


def _count(word: str, frequency: dict[str, int], ours: bool) -> float:
    """A word of ours that jieba does not know must still win against its parts."""
    known = frequency.get(word, 0)
    if ours and len(word) > 1 and known == 0:
        parts = math.prod(max(frequency.get(char, 1), 1) / 6e7 for char in word)
        return max(100.0, parts * 6e7)
    return float(max(known, 1))


def initial_vectors(words: list[Word], tokenizer: Any, table: Floats) -> Floats:
    """Each word's vector, shape (n, d): the weighted mean of its glosses' token vectors.

    ``table`` holds the English token vectors, ``tokenizer`` turns text into its row numbers. A
    mean of many vectors is short; it is stretched to the length that its tokens have.
    """
    lengths = np.linalg.norm(table, axis=1)
    rows = np.zeros((len(words), table.shape[1]), np.float32)
    for at, word in enumerate(words):
        ids: list[int] = []
        weights: list[float] = []
        for gloss, weight in word.glosses[:8]:
            text = "," if gloss == NEUTRAL else re.sub(r"^to ", "", gloss)
            encoded = tokenizer.encode(text, add_special_tokens=False)
            share = [_IDLE_WEIGHT if t in _IDLE else 1.0 for t in encoded.tokens]
            scale = weight / max(sum(share), 1e-6)
            ids += encoded.ids
            weights += [scale * one for one in share]
        mass = np.array(weights, np.float32)
        mass /= max(float(mass.sum()), 1e-6)
        mean = mass @ table[ids]
        norm = float(np.linalg.norm(mean))
        rows[at] = mean * (float(mass @ lengths[ids]) / norm if norm else 1.0)
    return rows
