"""Chinese numerals as numbers: 十二 is 12, 两百 200, 一百二十 120, 三千五 3,500, 二五 (digit by digit) 25."""

from __future__ import annotations

import re

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_GREAT = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
NUMERAL = f"[{''.join((*_DIGITS, *_GREAT))}]+"
_PRICE = re.compile(
    rf"(?:(?<=不超过)|(?<=低于)|(?<=少于)|(?<=最多)|(?<=不到)|(?<=小于)|(?<=预算)|(?<=预算是)|(?<=高于)|(?<=超过)|(?<=至少)){NUMERAL}|"
    rf"{NUMERAL}(?=\s*(?:元|块|美元|美金|欧元|英镑|以下|以内|之内|左右|以上|封顶))"
)


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
