"""When two short answers are the same: width, case, spaces, signs and numerals do not count."""

import re
import unicodedata

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
_CHINESE_NUMBER = re.compile("[零一二三四五六七八九〇两十百千万亿]+")
_SIGNS = re.compile(r"[\s,，。、;；:：!！?？\"“”'‘’()（）《》<>·\-—_/]+")
_DECIMAL = re.compile(r"^[-+]?\d+(\.\d+)?$")


def same_answer(typed: str, accepted: str) -> bool:
    """Whether somebody who typed one meant the other."""
    left, right = squeezed(typed), squeezed(accepted)
    return bool(left) and left == right


def squeezed(text: str) -> str:
    """What is compared: NFKC, lower case, Arabic numerals, no signs and spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = re.sub(r"(?<=\d)[,，](?=\d{3})", "", folded)
    folded = _CHINESE_NUMBER.sub(_to_digits, folded)
    return _SIGNS.sub("", folded)


def _to_digits(match: re.Match[str]) -> str:
    value = chinese_number(match[0])
    return match[0] if value is None else str(value)


MAX_DIGITS = 15  # beyond it no number is meant, and none is exact


def chinese_number(text: str) -> int | None:
    """The value of a Chinese numeral such as 三十五, 两万零八百 or 二〇二六; None if it is none.

    As in speech, a last digit without its unit counts the next lower one: 三万八 is 38,000.
    """
    if len(text) > 2 * MAX_DIGITS:
        return None
    if all(c in _DIGITS for c in text):
        return int("".join(str(_DIGITS[c]) for c in text))
    total = section = digit = 0
    below = 1  # what a digit without a unit would count
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            below = 1 if digit == 0 else below
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit, below = 0, _UNITS[char] // 10
        else:
            if section + digit == 0:
                return None  # 万 by itself is a word, no number
            total += (section + digit) * _LARGE[char]
            section, digit, below = 0, 0, _LARGE[char] // 10
    return total + section + digit * below


def number_of(text: str) -> float | None:
    """A number as people write it: full-width, 38,800, 3.88万, 三万八千八, 12%, with a unit or not."""
    folded = unicodedata.normalize("NFKC", text).strip().casefold()
    folded = re.sub(r"(?<=\d)[,，](?=\d{3})", "", folded).replace(" ", "").replace("¥", "")
    whole = re.match(r"^([-+]?\d+(?:\.\d+)?)(万|亿|k|%)?[^\d.]*$", folded)
    if whole and len(whole[1]) <= MAX_DIGITS:
        factor = {"万": 1e4, "亿": 1e8, "k": 1e3}.get(whole[2] or "", 1.0)
        return round(float(whole[1]) * factor, 6)
    chinese = re.match("^([零一二三四五六七八九〇两十百千万亿]+)[^\\d]*$", folded)
    value = chinese_number(chinese[1]) if chinese else None
    return None if value is None else float(value)
