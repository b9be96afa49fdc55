"""A lasting wish of the shopper's, as the message states it: what of it, and whether liked or avoided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.turn import TurnContext
from index.words import fold, stem, stopwords, words

LONGEST, MOST = 60, 5  # characters and words of a wish: more is no wish but a text
_AVOIDS = re.compile(
    r"\b(?:never|not|no|avoid\w*|allergic|intolerant|sensitive|hates?|dislikes?|don't|dont|can't|cannot|without|vegan|vegetarian)\b|"
    r"不|别|讨厌|过敏"
)
_SIZE = re.compile(r"\b(?:sizes?|wear|i'?m an?|i am an?)\b|码|号|尺|穿")
_BUDGET = re.compile(r"\b(?:budget|spend|pay|at most|up to|maximum|under)\b|预算|最多|不超过|以内")
_SIZED = re.compile(r"(?:码|尺寸|size)\s*(?:is|是|为|:|：)?\s*([a-z0-9][a-z0-9./-]{0,5})(?![a-z0-9])")
_WORDS_ONLY = re.compile(r"[\w\s'’.,%&/-]+")
_LANGUAGES = {
    "english": "English", "chinese": "Chinese", "mandarin": "Chinese", "german": "German", "french": "French",
    "spanish": "Spanish", "italian": "Italian", "中文": "Chinese", "英文": "English", "英语": "English", "汉语": "Chinese",
}  # fmt: skip
_NAMED = {
    "size": r"\b(?:my|the) (?:\w+ )?size\b|尺码|尺寸|码数",
    "budget": r"\bbudget\b|预算",
    "language": r"\blanguage\b|语言",
    "avoids": r"\ball (?:of )?(?:my )?preferences\b|\bmy preferences\b|\beverything (?:i|you)\b|\ball i (?:said|told)\b|\bwhat i avoid\b|所有偏好|全部偏好|我的偏好",
    "prefers": r"\ball (?:of )?(?:my )?preferences\b|\bmy preferences\b|\beverything (?:i|you)\b|\ball i (?:said|told)\b|\bwhat i (?:like|prefer)\b|所有偏好|全部偏好|我的偏好",
}
# Words of asking to remember or to forget: no part of a wish.
_NO_WISH = frozenset(
    stem(word)
    for word in words(
        "remember note keep mind please forget delete remove erase clear said told about preference preferences that "
        "never always avoid avoids like likes love hate prefer allergic wear wearing size budget show ever again more "
        "longer anything something by the way not no dont my"
    )
)


@dataclass(frozen=True, slots=True)
class Wish:
    key: str
    value: str


def said_wish(context: TurnContext, key: str, value: str | None) -> Wish | None:
    """The wish that a message states; None where it states none.

    Args:
        key: what the model takes it for; the words decide where they can.
        value: the model's words for it; only those that were said count. In a language that code reads little of, a
            translation counts if it is a word of the catalogue.
    """
    text, filters = context.folded, context.said.filters
    if key == "budget" or _BUDGET.search(text):
        amount = _amount(context, value) or filters.max_price
        if amount is not None:
            return Wish("budget", f"{amount.normalize():f}")
        if key == "budget":
            return None
    language = next((name for word, name in _LANGUAGES.items() if re.search(rf"(?<![a-z]){word}", text)), None)
    if language and (key == "language" or re.search(r"\bspeak|\banswer|\blanguage|语言|回答", text)):
        return Wish("language", language)
    if _SIZE.search(text) and not _AVOIDS.search(text) and (size := _size(context, text)):
        return Wish("size", size)
    if key in ("size", "language", "personalization"):
        key = "prefers"
    said = _said(context, value)
    if said is None or not _WORDS_ONLY.fullmatch(said) or len(said.split()) > MOST:
        return None
    return Wish("avoids" if _AVOIDS.search(text) else "prefers" if key == "budget" else _polar(key, text), said)


def named_keys(text: str) -> list[str]:
    """The kinds of wishes that a message names as a whole: "forget my size", "all my preferences"."""
    return [key for key, pattern in _NAMED.items() if re.search(pattern, fold(text))]


def _size(context: TurnContext, text: str) -> str | None:
    """The size that a message states, as the catalogue writes it."""
    if context.said.filters.size:
        return context.said.filters.size[0]
    known = context.services.search.catalogue.facets.get("size", {})
    match = _SIZED.search(text)
    return next((size for size in known if match and fold(size) == match[1]), None)


def _polar(key: str, text: str) -> str:
    """A wish to avoid must be said with a word that avoids; one that is taken back may be either."""
    return (
        key
        if key == "avoids" and re.search(r"\b(?:forget|delete|remove|longer|any ?more)\b|忘|删|取消", text)
        else "prefers"
    )


def _said(context: TurnContext, value: str | None) -> str | None:
    """The model's words as far as they were said; what code reads of the message where the model gave none."""
    filters = context.said.filters
    read = [v for values in filters.exclude.values() for v in values] + [
        *filters.material,
        *filters.color,
        *filters.brand,
    ]
    if value and context.language != "en":
        return value[:LONGEST] if value.lower() in context.text.lower() or _known(context, value) else None
    if value:
        heard = {stem(word) for word in words(context.text)} - _NO_WISH
        kept = [word for word in value.split() if {stem(w) for w in words(word)} & heard]
        while kept and set(words(kept[0])) <= stopwords():
            kept.pop(0)
        if kept and any(set(words(word)) - stopwords() for word in kept):
            return " ".join(kept)[:LONGEST]
    return read[0][:LONGEST] if read else None


def _known(context: TurnContext, value: str) -> bool:
    """Whether the catalogue has a value of that name ("wool")."""
    facets = context.services.search.catalogue.facets
    return any(value.lower() == held.lower() for values in facets.values() for held in values)


def _amount(context: TurnContext, value: str | None) -> Decimal | None:
    """A budget is a number that was said."""
    said = re.findall(r"\d+(?:\.\d+)?", context.text)
    given = re.findall(r"\d+(?:\.\d+)?", value or "")
    chosen = next((number for number in given if number in said), said[0] if len(said) == 1 else None)
    return Decimal(chosen) if chosen else None
