"""Phrases of a message: whether one is said, the message without it, and what of it names the thing that is wanted.

Texts are folded (`words.fold`). English words are matched at word boundaries, Chinese ones anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from index.numerals import ENGLISH, english, prices_in_digits
from index.words import content, lexicon, words

_AFTER_VERBS = frozenset({"my", "the", "a", "an", "your", "our", "me", "up", "out", "off", "down", "some", "something"})
_BREAK = re.compile(r"[,.;:?!]|\s(?:-|–)\s|\sand (?:i )?(?:need|want|would like|am looking for)\b")
_CLAUSE = re.compile(r"(?<=\w)\s+(?:(?:would|could|should|will|can|might)\b|\w+ enough\b)")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[,.'][0-9]{3})+(?![\d]|[.,]\d{3})")
_THOUSANDS = re.compile(
    r"((?:\b(?:under|below|over|above|than|to|of|max|maximum|most|least|about|around|roughly)|[$€£])\s*[$€£]?)(\d{1,3}(?:\.\d)?)k\b"
)
_AMOUNT = re.compile(r"^\s*\d+(?:[.,]\d+)?\s*(?:kg|g|l|ml|cm|mm|m|inch|foot|feet|pack|pieces?|x)?\b")


def separate(text: str) -> str:
    """Without quotes; commas stay where they part numbers or wishes, and sentences are parted by a stop alone."""
    text = re.sub(r"[，、；：]|\s*;\s*", ", ", text)
    text = re.sub(r"[。！？]", ". ", text)
    return re.sub(r"[\"“”()]+", " ", re.sub(r"[!?]+|\.(?!\d)(?=\s|$)", " . ", text))


def said(word: str, text: str) -> bool:
    return word in text and (not word.isascii() or bool(_alone(word).search(text)))


def without(text: str, word: str) -> str:
    if not word.isascii():
        return text.replace(word, " ")
    return _alone(word).sub(" ", text)


@lru_cache(maxsize=20_000)  # the lexicon's phrases and the catalogue's values: more than `re` itself keeps compiled
def _alone(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")


def take(text: str, phrases: Iterable[str]) -> tuple[bool, str]:
    """Whether one of the phrases is said, and the text without it."""
    for phrase in phrases:
        if said(phrase, text):
            return True, without(text, phrase)
    return False, text


def without_all(text: str, phrases: Iterable[str]) -> str:
    """A text without any of these phrases, the longest first."""
    for phrase in sorted(phrases, key=len, reverse=True):
        if said(phrase, text):
            text = without(text, phrase)
    return text


def take_value(text: str, mapped: Mapping[str, Any]) -> tuple[Any, str]:
    """What the longest phrase that is said stands for, and the text without it."""
    for phrase in sorted(mapped, key=len, reverse=True):
        if said(phrase, text):
            return mapped[phrase], without(text, phrase)
    return None, text


def in_digits(text: str) -> str:
    """Numbers in words from ten on in digits: "a hundred" is 100. Smaller ones may count things or be pronouns.

    Of Chinese numerals those that state a price.
    """
    return ENGLISH.sub(_digits, prices_in_digits(ungrouped(text)))


def ungrouped(text: str) -> str:
    """Numbers with a mark between their thousands, and prices in thousands, in digits alone: "1,200", "under 1.5k"."""
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    return _THOUSANDS.sub(lambda match: f"{match[1]}{float(match[2]) * 1000:g}", text)


def _digits(match: re.Match[str]) -> str:
    number = english(match[0])
    return str(number) if number >= 10 else match[0]


def wanted(text: str) -> list[str]:
    """The parts of a message that name what is wanted, without what it is for.

    "light for reading in the tent" → "light"; "trousers to climb in" → "trousers". What begins with a need
    ("carry my laptop", "listening to music") names no thing.
    """
    parts = []
    for piece in _BREAK.split(text):
        piece = _AMOUNT.sub(" ", _asking().sub(" ", f" {piece} "))
        piece = re.sub(r"^\s*(?:(?:and|or) )?(?:(?:which|what|any|some|all|one|more) of )?your\s", " ", piece)
        piece = re.sub(r"\b(?:a |the )?(?:pair|set|kind|type|sort|piece|bunch|couple|box|bottle) of\b", " ", piece)
        thing = _circumstance().split(_before_verb(piece))[0]
        for part in re.split(r"\s(?:and|or|&|nor|plus)\s", f" {thing} "):
            named = content(part)
            if named and not _is_need(words(part)):
                parts.append(" ".join(named))
    return parts


def _before_verb(piece: str) -> str:
    """What is named before it is said what that would do, or that it is enough: "tent would work", "lamp bright enough"."""
    clause = _CLAUSE.search(piece)
    return piece[: clause.start()] if clause and content(piece[: clause.start()]) else piece


def _is_need(said_words: list[str]) -> bool:
    """Whether words say what to do and not what to have."""
    first, second = said_words[0], said_words[1] if len(said_words) > 1 else ""
    known = lexicon()
    return first in known["needs"]["en"] or (first in known["acts"]["en"] and second in _AFTER_VERBS)


@cache
def _asking() -> re.Pattern[str]:
    """The words by which one asks for something."""
    phrases = sorted(lexicon()["asking"]["en"], key=len, reverse=True)
    return re.compile(r"(?<![\w'])(?:" + "|".join(re.escape(phrase) for phrase in phrases) + r")(?![\w'])")


@cache
def _circumstance() -> re.Pattern[str]:
    """The words after which a message says what something is for, or what it is like."""
    return re.compile(r"\s(?:\d+|" + "|".join(lexicon()["circumstance"]["en"]) + r")(?=\s|$)")
