"""Text to token numbers for the shipped model: English by WordPiece, Chinese by whole words.

The English half is the tokenizer that the transformer was trained with, untouched: a text without
a Chinese character gives the very numbers it always gave. A run of Chinese is cut by a unigram
model over the shipped words, so that a word outside falls back to its longest known parts; its
numbers follow those of the English vocabulary. The one file with ``tokenizers``.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from indexer.segmentation import clean
from indexer.traditional import to_simplified

CLS, SEP, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
MAX_TOKENS = 256  # the transformer was trained on no more

_CHINESE = re.compile("([\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]+)")


def has_chinese(text: str) -> bool:
    """Whether a text has a Chinese character, in which case it is read in the Chinese way."""
    return _CHINESE.search(text) is not None


class BilingualTokenizer:
    """Two vocabularies, one row of numbers.

    ``wordpiece`` is the packaged model's ``tokenizer.json``; ``words`` are Chinese words with
    their log probabilities, in the order of their vectors. Numbers below ``offset`` are
    WordPiece's; ``offset + n`` is the n-th Chinese word.
    """

    def __init__(self, wordpiece: Path, words: Sequence[tuple[str, float]]) -> None:
        from tokenizers import Tokenizer, models

        self.wordpiece: Any = Tokenizer.from_file(str(wordpiece))
        self.wordpiece.no_padding()
        self.wordpiece.no_truncation()
        self.offset = int(self.wordpiece.get_vocab_size())
        special: dict[str, int] = self.wordpiece.get_vocab()
        self._cls, self._sep, self._unknown = special[CLS], special[SEP], special[UNKNOWN]
        # Unigram wants its unknown token among the pieces: number 0, shifted away below.
        floor = min((score for _, score in words), default=0.0)
        pieces = [(UNKNOWN, floor), *words]
        self._chinese: Any = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=False))

    def tokens(self, text: str) -> list[int]:
        """Numbers between [CLS] and [SEP], at most ``MAX_TOKENS`` with them."""
        return [self._cls, *self.inner(text)[: MAX_TOKENS - 2], self._sep]

    def inner(self, text: str) -> list[int]:
        """All numbers of a text without its frame."""
        if not has_chinese(text):
            return list(self.wordpiece.encode(text, add_special_tokens=False).ids)
        found: list[int] = []
        for run in _CHINESE.split(to_simplified(clean(text))):
            if not run.strip():
                continue
            if _CHINESE.match(run):
                found += self._words(run)
            else:
                found += self.wordpiece.encode(run, add_special_tokens=False).ids
        return found

    def known_share(self, text: str) -> float:
        """The share, 0 to 1, of a text's tokens that are in a vocabulary; 0 without any."""
        numbers = self.inner(text)
        if not numbers:
            return 0.0
        return 1.0 - sum(number == self._unknown for number in numbers) / len(numbers)

    def _words(self, run: str) -> list[int]:
        ids = self._chinese.encode(run, add_special_tokens=False).ids
        return [self._unknown if number == 0 else self.offset + number - 1 for number in ids]
