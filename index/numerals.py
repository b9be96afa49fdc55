"""Numerals as numbers. Chinese: 十二 is 12, 两百 200, 一百二十 120, 三千五 3,500, 二五 (digit by digit) 25. English: words."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_GREAT = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
NUMERAL = f"[{''.join((*_DIGITS, *_GREAT))}]+"
_PRICE = re.compile(
    rf"(?:(?<=不超过)|(?<=低于)|(?<=少于)|(?<=最多)|(?<=不到)|(?<=小于)|(?<=预算)|(?<=预算是)|(?<=高于)|(?<=超过)|(?<=至少)){NUMERAL}|"
    rf"{NUMERAL}(?=\s*(?:元|块|美元|美金|欧|英镑|镑|以下|以内|之内|左右|以上|封顶))|"
    rf"{NUMERAL}(?=\s*[到至]\s*{NUMERAL}\s*(?:元|块|欧|镑|之间))|(?<=[到至]){NUMERAL}(?=\s*之间)"
)
_UNITS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SMALL = {**_UNITS, **_TEENS, **_TENS}
_MULTIPLES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
NUMBER_WORDS = (*_SMALL, *(word for word in _MULTIPLES if word != "dozen"))


def _any(names: Iterable[str]) -> str:
    return f"(?:{'|'.join(names)})"


_GAP = r"[\s-]+"
_BELOW_100 = rf"(?:{_any(_TENS)}(?:{_GAP}{_any(_UNITS)}\b)?|{_any(_TEENS)}|{_any(_UNITS)})\b"
# "one hundred and two" ends where "two hundred" begins: a number on its own is no rest of the one before it
_REST = rf"(?:{_GAP}(?:and{_GAP})?{_BELOW_100}(?!{_GAP}{_any((*_UNITS, *_MULTIPLES))}\b))?"
_BELOW_1000 = rf"(?:(?:(?:{_BELOW_100}|a){_GAP})?hundred\b{_REST}|{_BELOW_100})"
_GREAT_ONES = _any(("thousand", "million", "billion"))
ENGLISH = re.compile(
    rf"\b(?:(?:(?:{_BELOW_1000}|a){_GAP})?{_GREAT_ONES}\b(?:{_GAP}(?:and{_GAP})?{_BELOW_1000})?|"
    rf"{_BELOW_1000}(?:{_GAP}dozen\b)?)"
)


def english(numeral: str) -> int:
    """The number that words write: "two hundred and fifty" is 250, "two dozen" 24; `numeral` matches `ENGLISH`."""
    total, current = 0, 0
    for word in re.findall(r"[a-z]+", numeral):
        if word in _SMALL:
            current += _SMALL[word]
        elif word in _MULTIPLES:
            current = max(current, 1) * _MULTIPLES[word]
            if current >= 1_000:
                total, current = total + current, 0
    return total + current


def number_of(numeral: str) -> int:
    """The number that a numeral writes; `numeral` matches `NUMERAL`."""
    if not any(char in _GREAT for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total, section, digit, unit = 0, 0, 0, 1
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
            unit = 1 if digit == 0 else unit
        elif char == "万":
            total, section, digit, unit = (total + section + digit or 1) * 10_000, 0, 0, 10_000
        else:
            unit = _GREAT[char]
            section, digit = section + (digit or 1) * unit, 0
    return total + section + digit * (unit // 10 if unit >= 100 else 1)  # 三百五 is 350


def prices_in_digits(text: str) -> str:
    """A text with its numerals in digits where they state a price: "五十元以下" is "50元以下"; "十分" stays."""
    return _PRICE.sub(lambda match: str(number_of(match[0])), text)
