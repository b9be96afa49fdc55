"""How a sentence relates to a number: it is that much, at most that much, above it, about it, or between two."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from eval.truth.quantities import Quantity
from eval.truth.spoken import Spoken

Relation = Literal["is", "below", "at most", "above", "at least", "about", "nearly", "budget"]

_CURRENCY = r"(?:USD|EUR|US\$|[$€£¥])?\s*"
_BEFORE: list[tuple[Relation, re.Pattern[str]]] = [
    (
        "nearly",
        re.compile(
            r"\b(?:just (?:under|below)|slightly (?:under|below|less than)|nearly|almost|close to)\s*$|(?:接近|将近)\s*$",
            re.I,
        ),
    ),
    (
        "at most",
        re.compile(
            r"\b(?:at most|no more than|not more than|up to|within|a maximum of|maximum of|not exceed|not over|not above)\s*$|(?:不超过|至多|最多|不高于)\s*$",
            re.I,
        ),
    ),
    (
        "at least",
        re.compile(
            r"\b(?:at least|no less than|not less than|not below|not under|starts? at|starting (?:at|from)|from|minimum of)\s*$|(?:至少|不低于|不少于)\s*$",
            re.I,
        ),
    ),
    (
        "below",
        re.compile(
            r"\b(?:under|below|less than|lower than|cheaper than|beneath|not reach)\s*$|(?:低于|不到|少于|小于)\s*$",
            re.I,
        ),
    ),
    (
        "above",
        re.compile(
            r"\b(?:over|above|more than|higher than|exceeds?|greater than|dearer than|beyond)\s*$|(?:超过|高于|多于|大于)\s*$",
            re.I,
        ),
    ),
    (
        "about",
        re.compile(
            r"\b(?:about|around|roughly|approximately|approx\.?|some|circa|just over)\s*$|(?:大约|大概|约)\s*$", re.I
        ),
    ),
]
_AFTER: list[tuple[Relation, re.Pattern[str]]] = [
    ("at most", re.compile(r"^\s*(?:or (?:less|under|below)\b|以下|以内|之内)", re.I)),
    ("at least", re.compile(r"^\s*(?:or (?:more|above|over)\b|and (?:up|above)\b|以上|起)", re.I)),
    ("about", re.compile(r"^\s*(?:左右|上下)")),
]
_FLIPPED: dict[Relation, Relation] = {"below": "at least", "above": "at most", "at most": "above", "at least": "below"}
_BUDGET = re.compile(r"\bbudget\b|\blimit\b|预算", re.I)
_TOO_MUCH = re.compile(
    r"\btoo (?:expensive|much|dear)\b|\b(?:over|above|beyond|exceeds?|outside|out of) (?:(?:your|the|that|this) )?(?:budget|limit)\b|超出|超过|太贵|超预算",
    re.I,
)
_FITS = re.compile(
    r"\b(?:within|in|inside|under|below|fits?|meets?|suits?) (?:(?:your|the|that|this|in|into) )*(?:budget|limit)\b|\baffordable\b|预算(?:内|之内|以内)|符合.{0,4}预算|在.{0,12}预算",
    re.I,
)
_ENOUGH = re.compile(
    r"^\s*(?:is|are|would be|will be)?\s*(not |n't )?\s*(?:be )?(?:enough|sufficient)\b|^\s*(不)?(?:就)?够", re.I
)


def relation(spoken: Spoken, quantity: Quantity) -> Relation:
    """What the sentence says of a number."""
    text = spoken.text
    before, after = text[: quantity.start], text[quantity.end :]
    if enough := _ENOUGH.search(after):
        return "above" if enough[1] or enough[2] else "at most"
    if re.search(r"(?:\bbetween|\bfrom|在|从)\s*$", before, re.I) and re.match(r"\s*(?:(?:and|to)\b|至|到|和)", after):
        return "at least"
    if re.search(r"(?:\bbetween|\bfrom|在|从)\s*[^,，]{1,20}(?:and|to|至|到|和)\s*" + _CURRENCY + "$", before, re.I):
        return "at most"
    for found, pattern in _BEFORE:
        if pattern.search(before):
            if found == "below" and re.search(r"接近|\bbut close", after):
                return "nearly"
            if found in _FLIPPED and _turned(spoken, before, pattern):
                return _FLIPPED[found]
            return found
    for found, pattern in _AFTER:
        if pattern.search(after):
            return found
    if _BUDGET.search(text) and quantity.unit == "money":
        if _TOO_MUCH.search(text):
            return "above"
        return "at most" if _FITS.search(text) else "budget"
    return "is"


def holds(said: Relation, stated: Decimal, value: Decimal) -> bool:
    """Whether what the folder states keeps to what is said of a number."""
    if said == "below":
        return stated < value
    if said in ("at most", "budget"):
        return stated <= value
    if said == "above":
        return stated > value
    if said == "at least":
        return stated >= value
    if said == "about":
        return abs(stated - value) <= abs(value) / 50
    if said == "nearly":
        return stated <= value and value - stated <= abs(value) / 20
    return stated == value


def _turned(spoken: Spoken, before: str, pattern: re.Pattern[str]) -> bool:
    """Whether the bound is negated: "none costs more than", "does not cost less than"."""
    match = pattern.search(before)
    return match is not None and spoken.negates(match.start(), match.end())
