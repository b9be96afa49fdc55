"""Numbers in a message: prices and order ids. English and Chinese.

A bound includes its number ("under 60" is at most 60). "Around 50" is read as at most 60 and at least 40: a fifth to
either side. A number that is a size, a quantity, a percentage or an order id is no price.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_CUR = r"(?:doll?[ae]rs?|euros?|pounds?|bucks?|quid|usd|eur|gbp|us\$|\$|€|£|美元|美金|欧元|欧(?![洲盟式])|英镑|镑|元|块钱?|块)"
_NUM = r"(\d{1,6}(?:[.,]\d{1,2})?)(?!\d)"
_AMOUNT = rf"(?:{_CUR}\s*)?{_NUM}(?!\s*%)(?:\s*{_CUR})?"
_MAX = (
    r"(?:\b(?:don'?t|do not|not|never|no|won'?t|nothing|none|neither|nowhere near)\b[a-z' ]{0,24}?\b(?:more than|over|above|beyond|exceed(?:ing)?)|under|below|less than|at most|no more than|not more than|not over|up to|max(?:imum)?(?: of)?|within|"
    r"cheaper than|cost(?:s|ing)? less than|budget(?:\s+(?:is|of|around|about))?|at or below|beneath|"
    r"stretch to|go (?:up |as high )?to|as high as|let'?s say|(?:spend|pay|paying|spending)(?: up to| no more than| at most)?|not? (?:more|dearer|pricier) than|limit(?: is| of)?|"
    r"price limit|tops?)"
)
_MIN = r"(?:over|above|more than|at least|min(?:imum)?(?: of)?|no less than|from|starting at|upwards of)"
_UNIT_AFTER = r"(?!\s*(?:kilos?|kilograms?|grams?|lbs?|ounces?|oz|feet|foot|ft|lumens?|公斤|千克|克|升|厘米|米|人|码|号|寸|岁|天|小时|cm|mm|m\b|kg|g\b|l\b|litres?|liters?|inch(?:es)?|\"|ml|h\b|hours?|w\b|watts?|°|years?|days?|people|persons?|pieces?|stars?))"
_RANGE = re.compile(rf"(?:between\s+)?{_AMOUNT}\s*(?:-|–|to|and|至|到)\s*{_AMOUNT}{_UNIT_AFTER}", re.I)
_UPPER = re.compile(rf"{_MAX}\s*(?:about\s+|around\s+)?{_AMOUNT}{_UNIT_AFTER}", re.I)
_BUDGET = re.compile(rf"\b(?:my )?budget\b[^\d.]{{0,40}}?\b(?:is|of|:)?\s*{_AMOUNT}{_UNIT_AFTER}", re.I)
_UPPER_AFTER = re.compile(
    rf"{_AMOUNT}\s*(?:or less|or under|or below|or cheaper|max\b|at most|tops\b|budget\b|or so\b|at (?:the )?(?:very )?most\b|at (?:the )?(?:very )?max(?:imum)?\b|maximum\b|is (?:all|the most|the max(?:imum)?|as much as|my (?:limit|budget|max(?:imum)?))\b|and under\b|and below\b|以下|以内|之内|封顶)",
    re.I,
)
_UPPER_ZH = re.compile(
    rf"(?:[不别没][要能想会]?超过?|不高于|不大于|低于|少于|最多|不到|小于|控制在|预算(?:是|为|在|大概|大约|只有|：)?)\s*{_AMOUNT}{_UNIT_AFTER}"
)
_LOWER = re.compile(rf"{_MIN}\s*{_AMOUNT}{_UNIT_AFTER}", re.I)
_NOT_BELOW = re.compile(
    rf"\b(?:not|nothing|none)\b[a-z' ]{{0,16}}?\b(?:under|below|less than|cheaper than)\s*{_AMOUNT}{_UNIT_AFTER}", re.I
)
_LOWER_AFTER = re.compile(rf"{_AMOUNT}\s*(?:or more|or over|or above|and up|\+|以上|起)", re.I)
_LOWER_ZH = re.compile(rf"(?:(?<![不别没要能想会])超过|高于|至少|不低于|大于)\s*{_AMOUNT}{_UNIT_AFTER}")
_AROUND = re.compile(
    rf"(?:around|about|roughly|approximately|circa)\s*(?:{_CUR}\s*{_NUM}|{_NUM}\s*{_CUR})|{_NUM}\s*{_CUR}\s*左右|"
    rf"(?:around|about|roughly|approximately|circa)\s*{_NUM}(?=\s*(?:$|[,.](?!\d)|or so))",
    re.I,
)
_ORDER = re.compile(
    r"(?:order|订单)\s*(?:number|no\.?|nr\.?|id|is|号|编号)?\s*[:#]?\s*#?([A-Za-z]{0,6}-?\d{2,14})(?![A-Za-z0-9_])"
    rf"(?!\s*{_CUR})",  # "the order is 230 dollars"
    re.I,
)
_ORDER_BARE = re.compile(r"(?<![A-Za-z0-9_-])#?([A-Z]{1,4}-?\d{3,12})(?![A-Za-z0-9_-])")  # Chinese may stand beside it
_PERCENT = re.compile(r"\d+(?:[.,]\d+)?\s*(?:%|percent|per cent)|[\d一二三四五六七八九]折", re.I)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A price range; None is open."""

    low: Decimal | None = None
    high: Decimal | None = None

    def __bool__(self) -> bool:
        return self.low is not None or self.high is not None


def price_bounds(text: str) -> tuple[Bounds, str]:
    """The price range that a message states, and the message without those words."""
    text = _PERCENT.sub(" ", text)
    if match := _AROUND.search(text):
        amount = next(_number(group) for group in match.groups() if group)
        near = Bounds(amount * Decimal("0.8"), amount * Decimal("1.2"))
        stated, text = price_bounds(_cut(text, match))  # "around 50, no more than 55"
        return Bounds(stated.low or near.low, stated.high or near.high), text
    if (match := _RANGE.search(text)) and _is_price_range(match):
        low, high = sorted((_number(match[1]), _number(match[2])))
        return Bounds(low, high), _cut(text, match)
    low = high = None  # type: ignore[assignment]
    if match := _LOWER_AFTER.search(text):  # before "spend" reads the number of "spend 100 or more"
        low, text = _number(match[1]), _cut(text, match)
    if low is None and (match := _NOT_BELOW.search(text)):  # before "below" is read as a maximum
        low, text = _number(match[1]), _cut(text, match)
    for pattern in (_UPPER_AFTER, _UPPER_ZH, _UPPER):
        if match := pattern.search(text):
            high, text = _number(match[1]), _cut(text, match)
            break
    if high is None and (match := _BUDGET.search(text)):  # "my budget for a lamp is 40": the thing stays
        high = _number(match[1])
        text = re.sub(r"\bbudget\b", " ", text.replace(match[0], re.sub(_AMOUNT, " ", match[0])))
    for pattern in (_LOWER_ZH, _LOWER):
        if low is None and (match := pattern.search(text)) and (pattern is not _LOWER or _money_like(match[0])):
            low, text = _number(match[1]), _cut(text, match)
            break
    return Bounds(low, high), text


def order_ids(text: str) -> tuple[str, ...]:
    """Order ids that a message names, as typed, without '#'."""
    found = [m[1] for m in _ORDER.finditer(text)] + [m[1] for m in _ORDER_BARE.finditer(text)]
    return tuple(dict.fromkeys(found))


def _is_price_range(match: re.Match[str]) -> bool:
    return (
        bool(re.search(_CUR, match[0], re.I)) or match[0].lower().startswith("between") or int(_number(match[2])) >= 5
    )


def _money_like(text: str) -> bool:
    """ "from 30" may be anything; "over 30 dollars" and "at least 30" are prices."""
    return not text.lower().startswith("from") or bool(re.search(_CUR, text, re.I))


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def _cut(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " + text[match.end() :]
