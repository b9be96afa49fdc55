"""Bounds on what products measure: "less than a litre", "at least 30 litres", 不超过2公斤.

A bound is read as the catalogue's own values that meet it, of the one attribute that it can mean, so that it filters as
any other value does. As for prices, a bound includes its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from index.words import content, stem, words

# Unit, as messages and catalogues write it → dimension and how many of the dimension's base unit it is.
_UNITS: Mapping[str, tuple[str, str]] = {
    r"kg|kilos?|kilograms?|公斤|千克": ("mass", "1000"),
    r"g|grams?|克": ("mass", "1"),
    r"lbs?|pounds? (?:of )?weight": ("mass", "453.592"),
    r"oz|ounces?|盎司": ("mass", "28.3495"),
    r"ml|millilit(?:re|er)s?|毫升": ("volume", "1"),
    r"l|lit(?:re|er)s?|公升|升": ("volume", "1000"),
    r"mm|millimet(?:re|er)s?|毫米": ("length", "1"),
    r"cm|centimet(?:re|er)s?|厘米|公分": ("length", "10"),
    r"m|met(?:re|er)s?|米": ("length", "1000"),
    r"inch(?:es)?|英寸|寸": ("length", "25.4"),
    r"feet|foot|ft|英尺": ("length", "304.8"),
    r"h|hrs?|hours?|小时": ("hours", "1"),
    r"years?|年": ("years", "1"),
    r"w|watts?|瓦": ("power", "1"),
    r"lumens?|lm|流明": ("light", "1"),
    r"pages?|页": ("pages", "1"),
    r"seasons?|季": ("seasons", "1"),
    r"people|persons?|men|man|adults|sleepers|人": ("people", "1"),
}
_UNIT = "|".join(f"(?P<u{place}>{forms})" for place, forms in enumerate(_UNITS))
_WORDS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "eight": 8,
    "六": 6,
    "五": 5,
    "四": 4,
    "三": 3,
    "两": 2,
}
_NUMBER = rf"(?P<n>\d+(?:[.,]\d+)?|half an?(?= )|an?(?= )|{'|'.join(_WORDS)})"
_HELD = re.compile(rf"{_NUMBER}\s*(?:{_UNIT})(?![a-z\d/])", re.I)
_AMOUNT = rf"{_NUMBER}\s*-?(?:{_UNIT})(?![a-z])"
_MAX = (
    r"(?:(?:not |no |nothing )?(?:any )?(?:less|lighter|shorter|smaller|narrower|lower|thinner|fewer) than|under|below|at most|"
    r"(?:no|not) (?:more|heavier|longer|bigger|larger|taller|wider) than|up to|max(?:imum)?(?: of)?|within|不超过|不到|少于|小于|低于|轻于|短于|最多)"
)
_MIN = (
    r"(?:(?:more|heavier|longer|bigger|larger|taller|wider|brighter|higher) than|over|above|at least|min(?:imum)?(?: of)?|"
    r"(?:no|not) less than|超过|大于|高于|多于|长于|至少|不少于|不低于)"
)
_BEFORE = re.compile(rf"(?P<about>(?!))?(?:(?P<max>{_MAX})|(?P<min>{_MIN}))\s*(?:about |around )?{_AMOUNT}", re.I)
_AFTER = re.compile(
    rf"(?P<about>(?!))?{_AMOUNT}\s*(?:(?P<max>or (?:less|under|below|lighter|shorter|smaller)|at (?:the )?most|max(?:imum)?\b|tops\b|以下|以内|之内)|"
    r"(?P<min>or (?:more|over|above|longer|bigger|larger|up)|and (?:up|more|over)|at least|minimum\b|\+|以上|起))",
    re.I,
)
_ABOUT = re.compile(
    rf"(?P<max>)(?P<min>)(?P<about>about|around|roughly|approximately|circa|ca\.?|大约|大概|约)\s*{_AMOUNT}", re.I
)
_DENIED = re.compile(r"(?:\bnot|\bno|\bnever|\bnothing|n['’]?t)\b[^.,;!?]{0,32}$")
NEARLY = Decimal("0.2")  # to either side of what is only about so, as for prices
_EXACTLY = re.compile(rf"(?P<about>(?!))?(?P<max>(?P<min>)){_NUMBER}[\s-]*(?:{_UNIT})(?![a-z])", re.I)
_MINUS = re.compile(
    r"(?:\b(?:down to|at|to|for|until|below) )?(?:\bminus |(?<![\w-])[-−]|零下)\s?(\d{1,2})(\s*(?:degrees?|°\s?c?|celsius|c\b|度))?(?![\w-])"
)
_COLD = re.compile(
    r"\b(?:winter|camp\w*|cold|freez\w*|frost\w*|snow\w*|sleep\w*|overnight|nights?)\b|冬|露营|睡袋|冷|雪"
)
_UP_TO = re.compile(r"^(?:up to|max\.?|maximum) ", re.I)
_DEGREES = re.compile(r"([-−]?\d{1,3})\s?°?\s?C")
EXACT = ("seasons",)  # what is meant exactly where no bound is said: "a four season tent"
AT_LEAST = ("people",)  # what is meant as a minimum: "a tent for 6 people"
# What a dimension is where a message does not say which of several, by a part of an attribute's name.
_USUAL: Mapping[str, tuple[str, ...]] = {
    "mass": ("weight",), "volume": ("capacity", "volume"), "length": ("length",), "hours": ("burn", "battery", "runtime", "keeps"),
    "years": ("warranty", "guarantee"), "power": ("power",), "light": ("brightness",), "pages": ("pages",), "seasons": ("season",), "people": (),
}  # fmt: skip
# Words by which a message says which attribute it means, where they are not its name.
_MEANT: Mapping[str, tuple[str, ...]] = {
    "weight": ("weigh", "weighs", "weighing", "heavy", "heavier", "light", "lighter", "重"),
    "capacity": ("hold", "holds", "holding", "fit", "fits", "装", "容量"),
    "load": ("bear", "bears", "support", "supports", "load", "承重"),
    "warranty": ("guarantee", "guaranteed", "保修"),
    "length": ("long", "longer", "长"), "height": ("tall", "taller", "high", "higher", "高"), "width": ("wide", "wider", "宽"),
    "thickness": ("thick", "thicker", "厚"), "diameter": ("across",), "burn": ("last", "lasts", "burn", "burns", "续航"),
    "sleeps": ("tent", "tents", "sleep", "sleeps", "shelter", "shelters", "帐篷"), "brightness": ("bright", "brighter", "亮"), "blade": ("blade", "刀刃"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bound:
    dimension: str
    low: Decimal | None
    high: Decimal | None
    said: str

    def met_by(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def measured(text: str, facets: Mapping[str, Mapping[str, int]]) -> tuple[dict[str, tuple[str, ...]], str]:
    """The bounds of a folded message as attribute → values that meet it, and the message without them.

    A bound that no value meets is kept as it was said: nothing meets it. One that no attribute of the catalogue can mean,
    or several alike, is left in the text.

    Args:
        facets: facet → value → number of groups.
    """
    found: dict[str, tuple[str, ...]] = {}
    for pattern in (_ABOUT, _AFTER, _BEFORE, _EXACTLY):
        for match in list(pattern.finditer(text)):
            bound = _bound(match, denied=bool(_DENIED.search(text[: match.start()])))
            if pattern is _EXACTLY:
                holds = _holding(bound, text, facets)
                if bound.dimension not in (*EXACT, *AT_LEAST) and holds is None:
                    continue
                bound = replace(bound, high=None if bound.dimension in AT_LEAST or holds else bound.high)
            name = _attribute(bound, text, facets)
            if name is None:
                continue
            held = [value for value in facets[name] if (size := _size(value, bound.dimension)) and bound.met_by(size)]
            found[name] = tuple(held) or (bound.said,)
            text = text.replace(match[0], " ", 1)
    if cold := _freezing(text, facets):
        found[cold[0]], text = cold[1], text.replace(cold[2], " ", 1)
    return found, text


def _holding(bound: _Bound, text: str, facets: Mapping[str, Mapping[str, int]]) -> str | None:
    """The attribute that states up to what it holds of what the message names: "a 16 inch laptop" in "up to 16 inch"."""
    heard = {stem(word) for word in words(text)}
    return next(
        (
            name
            for name, held in facets.items()
            if {stem(word) for word in words(name)} & heard
            and any(_UP_TO.match(value) and _size(value, bound.dimension) for value in held)
        ),
        None,
    )


def _freezing(text: str, facets: Mapping[str, Mapping[str, int]]) -> tuple[str, tuple[str, ...], str] | None:
    """(attribute, values, words) for "down to minus 5": what states a temperature at least as low."""
    match = _MINUS.search(text)
    if match is None or not (match[2] or _COLD.search(text)):
        return None
    wanted = -int(match[1])
    for name, held in facets.items():
        degrees = {value: int(said[1]) for value in held if (said := _DEGREES.fullmatch(value.strip()))}
        if degrees and min(degrees.values()) < 0:
            return name, tuple(v for v, n in degrees.items() if n <= wanted) or (match[0].strip(),), match[0]
    return None


def _bound(match: re.Match[str], *, denied: bool) -> _Bound:
    """The bound that a match states; one that is denied is the other way round: "I don't want to carry more than 2 kg"."""
    dimension, size = _read(match)
    if match["about"] is not None:
        return _Bound(dimension, size * (1 - NEARLY), size * (1 + NEARLY), match[0].strip())
    low = size if match["min"] is not None else None
    high = size if match["max"] is not None else None
    if denied and (low is None) != (high is None):
        low, high = high, low
    return _Bound(dimension, low, high, match[0].strip())


def _read(match: re.Match[str]) -> tuple[str, Decimal]:
    """A measure's dimension, and its size in the dimension's base unit."""
    unit = next(_UNITS[forms] for place, forms in enumerate(_UNITS) if match[f"u{place}"])
    said = match["n"].lower()
    words_for_one = {"a": Decimal(1), "an": Decimal(1), "half a": Decimal("0.5"), "half an": Decimal("0.5")}
    number = words_for_one.get(said) or Decimal(_WORDS.get(said) or said.replace(",", "."))
    return unit[0], number * Decimal(unit[1])


def _size(value: str, dimension: str) -> Decimal | None:
    """What a catalogue's value measures in a dimension; None where it is no such measure."""
    match = _HELD.fullmatch(_UP_TO.sub("", value.strip()))
    if match is None:
        return None
    held, size = _read(match)
    return size if held == dimension else None


def _attribute(bound: _Bound, text: str, facets: Mapping[str, Mapping[str, int]]) -> str | None:
    """The attribute that a bound means: the one that the message names, else the usual one, else the only one."""
    able = [name for name, values in facets.items() if any(_size(value, bound.dimension) for value in values)]
    heard = {stem(word) for word in words(text)}
    named = [name for name in able if {stem(word) for word in content(name.replace("_", " "))} & heard]
    hinted = [
        name
        for name in able
        if any(part in name and any(_says(word, text, heard) for word in told) for part, told in _MEANT.items())
    ]
    usual = [name for part in _USUAL[bound.dimension] for name in able if part in name]
    only = able if len(able) == 1 and _USUAL[bound.dimension] else []
    return next((names[0] for names in (named, hinted, usual, only) if names), None)


def _says(word: str, text: str, heard: set[str]) -> bool:
    return stem(word) in heard if word.isascii() else word in text
