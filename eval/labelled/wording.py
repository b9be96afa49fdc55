"""Numbers, amounts and lists in words, in the forms that people write, in English and Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_DIGITS_ZH = "零一二三四五六七八九"


def number_en(value: int) -> str:
    """0 to 999 in words: "forty-five", "one hundred and twelve"."""
    if value < 20:
        return _SMALL[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    hundreds, rest = divmod(value, 100)
    return f"{_SMALL[hundreds]} hundred" + (f" and {number_en(rest)}" if rest else "")


def number_zh(value: int) -> str:
    """0 to 999 in characters: 四十五, 一百一十二."""
    if value < 10:
        return _DIGITS_ZH[value]
    if value < 100:
        tens, ones = divmod(value, 10)
        return ("" if tens == 1 else _DIGITS_ZH[tens]) + "十" + (_DIGITS_ZH[ones] if ones else "")
    hundreds, rest = divmod(value, 100)
    if not rest:
        return f"{_DIGITS_ZH[hundreds]}百"
    if rest < 10:
        return f"{_DIGITS_ZH[hundreds]}百零{_DIGITS_ZH[rest]}"
    return f"{_DIGITS_ZH[hundreds]}百{'一' if rest < 20 else ''}{number_zh(rest)}"


def count_zh(value: int) -> str:
    """A number before a measure word: 两 for two."""
    return "两" if value == 2 else number_zh(value)


def money(value: Decimal, language: str, rng: Random) -> str:
    """An amount of dollars, in one of the ways that it is written."""
    if value != value.to_integral_value():
        exact = f"{value:,.2f}" if rng.random() < 0.3 else f"{value:.2f}"
        forms = [f"${exact}", f"${exact}", f"{exact} USD", f"{exact} dollars"]
        chinese = [f"{exact}美元", f"{exact}美元", f"${exact}", f"{exact} USD"]
        return rng.choice(forms if language == "en" else chinese)
    whole = int(value)
    forms = [f"${whole}", f"${whole}", f"${whole}.00", f"{whole} dollars", f"{whole}.00 USD", f"USD {whole}"]
    chinese = [f"{whole}美元", f"{whole}美元", f"{whole}.00美元", f"${whole}", f"{whole}.00 USD"]
    if whole < 200:
        forms.append(f"{number_en(whole)} dollar{'s' if whole > 1 else ''}")
        chinese.append(f"{number_zh(whole)}美元" if whole != 2 else "两美元")
    if whole == 1:
        forms = [form for form in forms if form != "1 dollars"]
    return rng.choice(forms if language == "en" else chinese)


def listing(values: Sequence[str], language: str) -> str:
    """ "black, blue and red", 黑色、蓝色和红色."""
    if len(values) < 2:
        return "".join(values)
    if language == "zh":
        return "、".join(values[:-1]) + "和" + values[-1]
    return ", ".join(values[:-1]) + " and " + values[-1]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
