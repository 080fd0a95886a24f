"""Chinese typed in Latin letters: ``taiguile`` or ``jgyy``. The one file with pypinyin."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

_Read = Callable[[str, str], int]  # of the next letters, how many a syllable takes: 0 if it cannot

_MOST = 8  # phrases that are offered
_SHORTEST = 2  # letters of a whole syllable (``e`` would be half the dictionary)
_SHORTEST_INITIALS = 3  # two letters are the initials of too much


@cache
def _syllables(character: str) -> frozenset[str]:
    """All readings of a character without tones, ``ü`` as ``v``; empty for one without."""
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore", v_to_u=False)
    return frozenset(found[0]) if found else frozenset()


def _sayings(word: str) -> set[str]:
    """All ways to say a word, in Latin letters."""
    said = {""}
    for character in word:
        said = {start + syllable for start in said for syllable in _syllables(character)}
    return said


class PinyinLexicon:
    """Chinese phrases that can be found by how they are said.

    ``phrases`` are short texts of the library (titles, tags, headings, customers' words), any of
    whose parts may be meant; one that comes several times is the likelier one. ``words`` are
    single words from anywhere in it, asked only where no phrase fits.
    """

    def __init__(self, phrases: Iterable[str], words: Iterable[str] = ()) -> None:
        self._phrases = Counter(phrase for phrase in phrases if phrase)
        self._words: dict[str, list[str]] = {}
        for word in words:
            for said in _sayings(word):
                self._words.setdefault(said, []).append(word)
        self._starts: dict[str, list[tuple[str, int]]] = {}
        for phrase in self._phrases:
            for at, character in enumerate(phrase):
                self._starts.setdefault(character, []).append((phrase, at))

    def phrases_of(self, letters: str) -> list[str]:
        """What ``letters`` may stand for, the likeliest first: at most eight phrases."""
        if len(letters) < _SHORTEST or not (letters.isascii() and letters.isalpha()):
            return []
        found = self._found(letters, _whole) or self._words.get(letters, [])[:_MOST]
        if not found and len(letters) >= _SHORTEST_INITIALS:
            found = self._found(letters, _initials)
        return found

    def _found(self, letters: str, read: _Read) -> list[str]:
        votes: Counter[str] = Counter()
        for character, places in self._starts.items():
            if any(read(letters, syllable) for syllable in _syllables(character)):
                for phrase, at in places:
                    end = _end(phrase, at, letters, read)
                    if end:
                        whole = 2 if end - at == len(phrase) else 1
                        votes[phrase[at:end]] += whole * self._phrases[phrase]
        best = sorted(votes, key=lambda text: (-votes[text], text))
        return best[:_MOST]


def _whole(letters: str, syllable: str) -> int:
    return len(syllable) if letters.startswith(syllable) else 0


def _initials(letters: str, syllable: str) -> int:
    return 1 if letters[0] == syllable[0] else 0


def _end(phrase: str, start: int, letters: str, read: _Read) -> int:
    """Where the part of ``phrase`` from ``start`` ends that takes up all letters; 0 without one."""
    ends = {(start, 0)}
    while ends:
        further: set[tuple[int, int]] = set()
        for at, used in ends:
            if used == len(letters):
                return at
            if at < len(phrase):
                for syllable in _syllables(phrase[at]):
                    taken = read(letters[used:], syllable)
                    if taken:
                        further.add((at + 1, used + taken))
        ends = further
    return 0
