"""A question in Chinese as English words, for looking up what an English catalogue states."""

from __future__ import annotations

import re
from functools import cache

from assistant.grounding.vocabulary import chinese
from index.words import lexicon

MOST = 2  # English phrases of one Chinese word: further ones lead away from what is asked


def gloss(text: str) -> str:
    """The English for what a Chinese question asks, in its order: "能保温多久？" → "keep hot warm how long".

    Words that nobody here knows are left out; a text without Chinese gives nothing.
    """
    words = [_table()[match[0]] for match in _pattern().finditer(text)]
    return " ".join(dict.fromkeys(words))


@cache
def _table() -> dict[str, str]:
    """Chinese → English: the words that questions are made of, and those that claim something of a product."""
    claims = {word: " ".join(phrases[:MOST]) for word, phrases in chinese().items() if phrases}
    asked: dict[str, str] = lexicon()["asked"]["zh"]
    return claims | asked


@cache
def _pattern() -> re.Pattern[str]:
    longest = sorted(_table(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest)))
