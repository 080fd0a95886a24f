"""Traditional characters to simplified ones. The one file with OpenCC."""

from functools import cache

_RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))


@cache
def _table() -> dict[int, str]:
    """Character by character, so that a text keeps its length and can be highlighted."""
    from opencc import OpenCC

    characters = [chr(code) for first, end in _RANGES for code in range(first, end)]
    simplified = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, simplified, strict=True)
    return {ord(old): new for old, new in pairs if old != new and len(new) == 1}


def to_simplified(text: str) -> str:
    """The text in simplified characters, of the same length."""
    return text.translate(_table())
