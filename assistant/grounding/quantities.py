"""Numbers with their units, in digits and in words, as sentences and product records write them. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from index.numerals import ENGLISH, NUMERAL, english, number_of

_UNITS = {
    "inch": r"inch(?:es)?|in(?=[.)]|$)|\"|”|''|英寸|寸",
    "foot": r"f(?:oo|ee)t|ft|英尺",
    "cm": r"cm|centimet(?:er|re)s?|厘米|公分",
    "mm": r"mm|millimet(?:er|re)s?|毫米",
    "m": r"m(?![a-z])|met(?:er|re)s?|米",
    "kg": r"kgs?|kilos?|kilograms?|公斤|千克",
    "g": r"g(?![a-z])|gr(?:am)?s?|克",
    "lb": r"lbs?|磅",
    "oz": r"oz|ounces?|盎司",
    "l": r"l(?![a-z])|lit(?:er|re)s?|升",
    "ml": r"ml|millilit(?:er|re)s?|毫升",
    "hour": r"h(?![a-z])|hrs?|hours?|小时",
    "minute": r"min(?:ute)?s?(?![a-z])|分钟",
    "day": r"days?|天|日",
    "week": r"weeks?|周",
    "month": r"months?|个月",
    "year": r"years?|yrs?|年",
    "w": r"w(?![a-z])|watts?|瓦",
    "v": r"v(?![a-z])|volts?|伏",
    "gb": r"gb|gigabytes?",
    "mp": r"mp|megapixels?|万像素",
    "degree": r"°\s*[cf]?|degrees?|度",
    "k": r"k(?![a-z])",
}
# Dimension → the units that it is measured in, and how many of the first each holds.
SCALES: dict[str, dict[str, Decimal]] = {
    "mass": {"g": Decimal(1), "kg": Decimal(1000), "lb": Decimal("453.592"), "oz": Decimal("28.3495")},
    "volume": {"ml": Decimal(1), "l": Decimal(1000)},
    "length": {
        "mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "inch": Decimal("25.4"), "foot": Decimal("304.8")
    },
    "time": {"day": Decimal(1), "week": Decimal(7), "month": Decimal(30), "year": Decimal(365)},
}  # fmt: skip
_UNIT = re.compile("|".join(f"(?P<{name}>{forms})" for name, forms in _UNITS.items()), re.I)
_DIGITS = re.compile(r"(?<![a-z0-9.,])(?<!\d/)\d+(?:[.,]\d+)*(?!/\d)", re.I)
_COMPOUND = re.compile(r"-(?:quarter|fold|tone|way|in-one|piece|layer|sided)|\s+(?:and a )?half\b")
_FIXED = {"half a dozen": 6, "a dozen": 12, "dozen": 12, "a couple": 2, "a trio": 3, "zero": 0}
_SPELLED = re.compile(rf"\b(?:{'|'.join(_FIXED)})\b(?: of)?|{ENGLISH.pattern}")
_CHINESE_NUMBER = re.compile(NUMERAL)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number where it stands in a text; `unit` is "" where none is written, and `spelled` if it is in words."""

    value: Decimal
    unit: str
    start: int
    end: int
    spelled: bool = False


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a folded text, in its order. Chinese numerals count before a measure word only; see reading.py."""
    found = []
    for match in _DIGITS.finditer(text):
        value = decimal_of(match[0])
        if value is not None:
            unit, end = unit_at(text, match.end())
            found.append(Quantity(value, unit, match.start(), end))
    for match in _SPELLED.finditer(text):
        if _COMPOUND.match(text, match.end()):
            continue  # "three-quarter", "two-tone"
        number = _spelled(match[0])
        if match[0] == "one" and unit_at(text, match.end())[0]:
            number = 1  # "a one-year warranty"
        if number is not None:
            unit, end = unit_at(text, match.end())
            found.append(Quantity(Decimal(number), unit, match.start(), end, spelled=True))
    yield from sorted(found, key=lambda quantity: quantity.start)


def chinese_number(text: str, place: int) -> tuple[int, int] | None:
    """(value, end) of the Chinese numeral at a place: 三, 十二, 四十五."""
    match = _CHINESE_NUMBER.match(text, place)
    return (number_of(match[0]), match.end()) if match else None


def unit_at(text: str, place: int) -> tuple[str, int]:
    """The unit that is written at a place of a text, and where it ends; ("", place) if there is none."""
    gap = re.compile(r"[\s-]?").match(text, place)
    start = gap.end() if gap else place
    match = _UNIT.match(text, start)
    if not match or (
        match[0][-1:].isalpha()
        and text[match.end() : match.end() + 1].isascii()
        and text[match.end() : match.end() + 1].isalpha()
    ):
        return "", place
    return str(match.lastgroup), match.end()


def decimal_of(written: str) -> Decimal | None:
    """A number in digits: "1,299.99", "45,5" and "42.00" (which is 42)."""
    thousands = re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", written)
    try:
        return Decimal(written.replace(",", "" if thousands else ".")).normalize()
    except InvalidOperation:
        return None


def _spelled(text: str) -> int | None:
    """A number in words: "forty-five", "one hundred and twenty", "a dozen"; None for "one" alone, which is a pronoun."""
    plain = text.removesuffix(" of")
    return _FIXED[plain] if plain in _FIXED else None if plain == "one" else english(plain)
