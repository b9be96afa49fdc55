"""How a shopper sounds, by the words of their last messages: so that a colleague knows before the first answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Literal

from assistant.patterns import load_patterns
from index.words import fold

Mood = Literal["calm", "annoyed", "angry"]
LATEST = 3  # messages that are read: who was angry at first may have calmed down


def mood_of(messages: Sequence[str]) -> Mood:
    """The strongest mood of the last messages.

    Args:
        messages: the shopper's, oldest first.
    """
    said = [fold(message) for message in messages[-LATEST:]]
    for mood, patterns in _moods().items():
        if any(pattern.search(text) for text in said for pattern in patterns):
            return mood
    return "calm"


@cache
def _moods() -> Mapping[Mood, tuple[re.Pattern[str], ...]]:
    loaded, compiled = load_patterns("moods")
    return {mood: compiled([*by["en"], *by["zh"]]) for mood, by in loaded["moods"].items()}
