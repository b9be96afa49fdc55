"""Whom a message is about: somebody else or the one who asks, men or women, children. English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index.loading import read_yaml
from index.numerals import ENGLISH, english
from index.phrases import said, without
from index.words import lexicon, mapped

_CHILDREN = r"\b(?:kids?|child(?:ren)?(?:'s)?|toddlers?|bab(?:y|ies)|infants?)\b|儿童|小孩|宝宝|婴儿"
_AGED = re.compile(
    r"\b(?:he|she|who|son|daughter|boy|girl|grandson|granddaughter|niece|nephew|\w+)(?: is|'s| turns| turned| will be) (?:only |just |about )?(?:[1-9]|1[0-2])\b(?! ?(?:cm|kg|m|ft|%|in))|"
    r"\b(?:[1-9]|1[0-2])[- ](?:years?|yrs?)[- ]olds?\b|(?<!\d)(?:[1-9]|1[0-2]|[一二两三四五六七八九十])岁"
)
_FILE = Path(__file__).with_name("people.yaml")


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a message wants a product for.

    `someone_else` and `oneself` are never both; most messages say neither. `gender` is somebody else's, where the word
    for them has one.
    """

    someone_else: bool = False
    oneself: bool = False
    gender: str = ""


def whom(text: str) -> tuple[Whom, str]:
    """Whom a folded message wants a product for, and the message without somebody else."""
    heard = text
    for pattern in _patterns("aside"):
        heard = pattern.sub(" · ", heard)
    if not _says("for_others", heard) and (_says("own_need", text) or not _says("spoken_of", heard)):
        return Whom(oneself=_says("for_oneself", text)), text
    gender = next((gender for gender, word in _genders() if word.search(heard)), "")
    for pattern in _patterns("people"):
        text = pattern.sub(" ", text)
    return Whom(someone_else=True, gender=gender), text


def genders(text: str) -> tuple[tuple[str, ...], str]:
    """The genders that a message says, of the one who asks or of the thing; and the text without them."""
    found: list[str] = []
    text = re.sub(r"\b(?:i'm|im|i am) (?:a |an )?(?:girl|lady|woman|female)\b", " women ", text)
    text = re.sub(r"\b(?:i'm|im|i am) (?:a |an )?(?:guy|boy|man|dude|male)\b", " men ", text)
    text = re.sub(r"男(?=[鞋裤袜帽包表衫])", " men ", re.sub(r"女(?=[鞋裤袜帽包表衫])", " women ", text))
    text = re.sub(r"\bfor her\b", " women ", re.sub(r"\bfor him\b", " men ", text))
    for word, gender in sorted(mapped("genders").items(), key=lambda item: -len(item[0])):
        if said(word, text):
            found.append(gender)
            text = without(text, word)
    return tuple(dict.fromkeys(found)), text


def for_children(text: str) -> bool:
    """Whether a folded message speaks of children."""
    return bool(re.search(_CHILDREN, text))


def is_small(text: str) -> bool:
    """Whether a folded message gives the age of a child: "she is 4", "a six year old"."""
    plain = ENGLISH.sub(lambda match: str(english(match[0])), text)
    return bool(_AGED.search(plain))


def _says(meaning: str, text: str) -> bool:
    return any(pattern.search(text) for pattern in _patterns(meaning))


@cache
def _loaded() -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = read_yaml(_FILE)
    return loaded


@cache
def _parts() -> Mapping[str, str]:
    """What the names in braces stand for: the people of the lexicon, and the file's own parts."""
    people = lexicon()["people"]
    english, chinese = (
        "|".join(re.escape(word) for word in sorted(people[language], key=len, reverse=True))
        for language in ("en", "zh")
    )
    parts = {"relation": f"(?:(?:{english})s?)", "kin": f"(?:{chinese})"}
    for name, pattern in _loaded()["parts"].items():
        parts[name] = _filled(pattern, parts)
    return parts


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z_]+)\}", lambda match: parts[match[1]], pattern)  # "{0,3}" is no name


@cache
def _patterns(meaning: str) -> tuple[re.Pattern[str], ...]:
    """The patterns for a meaning, of both languages. A message is in one, and the other's find nothing in it."""
    found = _loaded()[meaning]
    return tuple(re.compile(_filled(pattern, _parts())) for language in ("en", "zh") for pattern in found[language])


@cache
def _genders() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The gender that follows from a word for a person, the longest word first: "sister-in-law", then "sister"."""
    words = sorted(mapped("people").items(), key=lambda item: -len(item[0]))
    return tuple(
        (gender, re.compile(rf"\b{re.escape(word)}s?\b" if word.isascii() else re.escape(word)))
        for word, gender in words
        if gender
    )
