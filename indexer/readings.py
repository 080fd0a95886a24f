"""Other ways to read a query: in pinyin, with a letter wrong, by a team synonym, in another script.

Only words that the library does not have are read otherwise, so that what is there is found as it
is written.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import dataclass

from indexer.segmentation import clean, latin_term, normalise
from indexer.tokens import has_chinese
from indexer.traditional import to_simplified
from kb.documents import Reading, Reason

_LATIN_WORD = re.compile(r"[A-Za-z]+(?:['’ ]+[A-Za-z]+)*")
_SHORTEST_MISSPELT = 4  # letters: one edit makes almost any shorter word out of another
_MOST_SYNONYMS = 5
_MOST_PHRASES = 3  # that letters are read as


@dataclass(frozen=True)
class Lexicon:
    """What the readings ask of an index."""

    knows: Callable[[str], bool]  # whether a Latin term stands in the index
    near: Callable[[str], str | None]  # the commonest term that is one edit away
    phrases: Callable[[str], list[str]]  # Chinese phrases said like these letters


@dataclass(frozen=True)
class QueryReadings:
    """``text`` is what meaning is asked for; ``others`` are searched for beside the query."""

    text: str
    others: tuple[Reading, ...]
    scripts: tuple[Reading, ...]  # the same words in another script: nothing more to search


def readings_of(text: str, synonyms: Collection[str], lexicon: Lexicon) -> QueryReadings:
    """All readings of a query, which is shown to people as it was typed."""
    others: list[Reading] = []
    meant = clean(text)
    for match in _LATIN_WORD.finditer(meant):
        run = match.group()
        unknown = [word for word in run.split() if not lexicon.knows(latin_term(word.lower()))]
        if not unknown:
            continue
        others += [
            Reading(_replaced(meant, old, new), reason)
            for old, new, reason in _read_otherwise(run, unknown, lexicon)
        ]
    found = [Reading(words, Reason.SYNONYM) for words in list(synonyms)[:_MOST_SYNONYMS]]
    replaced = others[0].text if others else meant
    return QueryReadings(replaced, (*others, *found), _scripts(text))


def language_of(text: str) -> str:
    """The language that a query is in, or "" where one Latin word, a name perhaps, tells none."""
    if has_chinese(text):
        return "zh"
    return "en" if len(text.split()) > 1 else ""


def _read_otherwise(
    run: str, unknown: list[str], lexicon: Lexicon
) -> list[tuple[str, str, Reason]]:
    """Replacements for a run of Latin words: the whole as pinyin, else each word by itself."""
    if len(unknown) == len(run.split()):
        letters = re.sub(r"['’ ]", "", run).lower()
        phrases = lexicon.phrases(letters)[:_MOST_PHRASES]
        if phrases:
            return [(run, phrase, Reason.PINYIN) for phrase in phrases]
    found: list[tuple[str, str, Reason]] = []
    for word in unknown:
        phrases = lexicon.phrases(word.lower())[:_MOST_PHRASES]
        near = None if phrases or len(word) < _SHORTEST_MISSPELT else lexicon.near(word.lower())
        found += [(word, phrase, Reason.PINYIN) for phrase in phrases]
        found += [(word, near, Reason.SPELLING)] if near else []
    return found


def _replaced(text: str, old: str, new: str) -> str:
    """``new`` in the place of the whole Latin word or run ``old``, not of a part of another."""
    return re.sub(rf"(?<![A-Za-z]){re.escape(old)}(?![A-Za-z])", lambda _: new, text)


def _scripts(text: str) -> tuple[Reading, ...]:
    found: list[Reading] = []
    plain = normalise(text)
    if to_simplified(text) != text:
        found.append(Reading(plain, Reason.TRADITIONAL))
    wide = any("\uff10" <= char <= "\uff5a" and char.isalnum() for char in text)
    if wide and unicodedata.normalize("NFKC", text) != text:
        found.append(Reading(plain, Reason.FULL_WIDTH))
    return tuple(found)
