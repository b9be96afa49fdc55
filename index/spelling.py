"""Slips of the pen in the words that state a wish: "blak", "undr 50". Words of the catalogue are mended where it is searched."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from rapidfuzz.distance import OSA

from index.words import is_english, lexicon

_SHORTEST = 4  # letters: of shorter words too many others are one letter away
_WORD = re.compile(r"(?<![\w'-])[a-z]+(?![\w'-])")
_BOUNDING = (
    "under",
    "below",
    "over",
    "above",
    "less",
    "than",
    "more",
    "between",
    "around",
    "maximum",
    "without",
    "size",
)


def mended(text: str, known: Callable[[str], bool]) -> str:
    """A folded text with what is one slip (a letter more, less, other or swapped) from a stating word spelt as that.

    Args:
        known: whether the catalogue has a word, which then is no slip. English words are none either.
    """
    return _WORD.sub(lambda match: _mended(match[0], known), text)


def _mended(word: str, known: Callable[[str], bool]) -> str:
    if len(word) < _SHORTEST or word in _stating() or known(word) or is_english(word):
        return word
    near = (other for other in _stating() if other[0] == word[0] and OSA.distance(word, other, score_cutoff=1) == 1)
    return next(near, word)


@cache
def _stating() -> tuple[str, ...]:
    """The words of colours, materials, people and bounds, those in every message first."""
    read = lexicon()
    listed = [
        *_BOUNDING,
        *read["colors"]["en"],
        *read["materials"]["en"],
        *read["genders"]["en"],
        *read["people"]["en"],
    ]
    return tuple(word for word in dict.fromkeys(listed) if word.isalpha() and len(word) >= _SHORTEST)
