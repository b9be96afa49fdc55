"""What a question in Chinese about the shop's rules is about: holds a model's translation to what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from assistant.prompts import FOLDER
from index.words import stem, words


def in_english(text: str, translation: str) -> str:
    """A translation of a question, if it is about what the question is about; else a plain question about that.

    Where no topic is known in the question, the translation stands.
    """
    topics = [topic for topic in _topics() if any(word in text for word in topic["said"])]
    have = {stem(word) for word in words(translation)}
    if topics and not any(
        have & {stem(word) for phrase in topic["words"] for word in words(phrase)} for topic in topics
    ):
        asked: str = topics[0]["ask"]
        return asked
    return translation


@cache
def _topics() -> list[Mapping[str, Any]]:
    loaded: list[Mapping[str, Any]] = yaml.safe_load((FOLDER / "topics.yaml").read_text(encoding="utf-8"))["zh"]
    return loaded
