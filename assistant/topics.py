"""What a question about the shop's rules is about: holds a translation to what was asked, and finds a policy by its name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from assistant.prompts import FOLDER
from index.loading import read_yaml
from index.words import fold, stem, words

_CLAUSES = re.compile(r"[，,；;？?。]+")
_ASKS = re.compile(r"多少|多久|几|谁|吗|呢|什么|怎么|哪|能不能|可以|要不要|是否")


def in_english(text: str, translation: str) -> str:
    """A translation of a question, if it is about what the question is about; else a plain question about that.

    Where no topic is known in the question, the translation stands.
    """
    topics = [topic for topic in _topics("zh") if any(word in text for word in topic["said"])]
    have = {stem(word) for word in words(translation)}
    if topics and not any(
        have & {stem(word) for phrase in topic["words"] for word in words(phrase)} for topic in topics
    ):
        asked: str = topics[0]["ask"]
        return asked
    return translation


def asked_about(text: str) -> list[str]:
    """The questions that a message in Chinese is about, in English: one a topic that it names."""
    return [topic["ask"] for topic in _topics("zh") if any(word in text for word in topic["said"])]


def several(text: str) -> list[str]:
    """The questions of a message in Chinese that asks more than one, in English; each in a clause of its own."""
    clauses = [asked_about(clause) for clause in _CLAUSES.split(text) if _ASKS.search(clause)]
    topics = list(dict.fromkeys(found[0] for found in clauses if found))
    return topics if len(topics) > 1 else []


def whole(text: str) -> str | None:
    """The question to look up for a message that names a policy as a whole ("sum up the return policy")."""
    return next((topic["ask"] for topic in _topics("en") if any(said in text.lower() for said in topic["said"])), None)


def plain(text: str) -> str:
    """What policies call what a question in English asks in everyday words: "the laundry" → "used or washed goods returned"."""
    said = fold(text)
    return " ".join(dict.fromkeys(words for pattern, words in _plain() if pattern.search(said)))


def instead(text: str) -> str:
    """A question in English with the words of policies in the place of everyday ones; empty where it has none of these."""
    said = fold(text)
    for row in read_yaml(FOLDER / "topics.yaml")["instead"]:
        said = re.sub(row["said"], row["words"], said)
    return said if said != fold(text) else ""


@cache
def _plain() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["said"]), row["words"]) for row in read_yaml(FOLDER / "topics.yaml")["plain"])


def _topics(language: str) -> list[Mapping[str, Any]]:
    topics: list[Mapping[str, Any]] = read_yaml(FOLDER / "topics.yaml")[language]
    return topics
