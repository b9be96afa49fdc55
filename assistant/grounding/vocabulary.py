"""The audit's words: those that state nothing, Chinese ones with their English, and what is said in other words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from index.words import fold, lexicon, stem, words

_HERE = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is there


@cache
def _loaded(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = yaml.load((_HERE / name).read_text(encoding="utf-8"), Loader=_LOADER)
    return found


@cache
def plain() -> frozenset[str]:
    """English words that state nothing of a product that could be wrong."""
    return frozenset(_loaded("vocabulary.yaml")["plain"]["en"].split())


@cache
def plain_chinese() -> frozenset[str]:
    return frozenset(_loaded("vocabulary.yaml")["plain"]["zh"].split())


@cache
def chinese() -> Mapping[str, tuple[str, ...]]:
    """Chinese words that claim something → the English phrases by which a record may state it."""
    return {str(word): tuple(map(str, listed)) for word, listed in _loaded("vocabulary.yaml")["zh"].items()}


@cache
def terms() -> tuple[Mapping[tuple[str, ...], tuple[str, str]], Mapping[str, tuple[str, str]]]:
    """(English phrase as words → (kind, value), Chinese phrase → (kind, value)) of `terms.yaml`; the first kind wins."""
    english: dict[tuple[str, ...], tuple[str, str]] = {}
    han: dict[str, tuple[str, str]] = {}
    for kind, languages in _loaded("terms.yaml").items():
        for language, held in languages.items():
            for phrase in held:
                value = str(held[phrase]) if isinstance(held, dict) else str(phrase)
                if language == "zh":
                    han.setdefault(str(phrase), (kind, value))
                else:
                    english.setdefault(tuple(str(phrase).replace("-", " ").split()), (kind, value))
    return english, han


@cache
def _alike() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for listed in _loaded("vocabulary.yaml")["alike"]:
        for phrase in listed:
            found.setdefault(" ".join(stem(word) for word in words(phrase)), []).extend(listed)
    return {key: tuple(dict.fromkeys(listed)) for key, listed in found.items()}


def alike(stemmed: str) -> tuple[str, ...]:
    """What says the same as a word, by its stem, or says it and more."""
    return _alike().get(stemmed, ()) + _means().get(stemmed, ())


@cache
def _means() -> Mapping[str, tuple[str, ...]]:
    return {stem(word): tuple(listed) for word, listed in _loaded("vocabulary.yaml")["means"].items()}


@cache
def colours() -> Mapping[str, str]:
    """English and Chinese colour words → the common English colour that each is a kind of."""
    held = lexicon()["colors"]
    return {
        **held["en"],
        **held["zh"],
        **{f"{word}色": value for word, value in held["zh"].items() if not word.endswith("色")},
    }


@lru_cache(maxsize=1024)
def shades(color: str) -> frozenset[str]:
    """The words of a variant's colour, and the common colours that they are kinds of."""
    return frozenset(form for word in words(fold(color)) for form in (word, colour_family(word)))


def colour_family(word: str) -> str:
    """The common colour that a colour word is a kind of; the word itself where it is none."""
    return colours().get(word, word)
