"""Words: folding, stems and the lexicon. One place, so that what is read and what is searched agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import snowballstemmer

from index.loading import read_yaml

_WORD = re.compile(r"[a-z0-9][a-z0-9'’®™-]*")
_CJK = re.compile(r"[\u3400-\u9fff]")
_stemmer = snowballstemmer.stemmer("english")


@cache
def lexicon() -> Mapping[str, Any]:
    """`lexicon.yaml`: meaning → language → words."""
    loaded: Mapping[str, Any] = read_yaml(Path(__file__).with_name("lexicon.yaml"))
    return loaded


def fold(text: str) -> str:
    """Lower case, without accents, with plain quotes and full-width forms made narrow."""
    if text.isascii():  # nothing to undo, and most texts are
        return text.lower()
    text = unicodedata.normalize("NFKD", text.lower().replace("’", "'").replace("‘", "'"))
    return "".join(char for char in text if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The Latin words of a text, folded, in order; a hyphenated word counts as one and as its parts' neighbours do."""
    return [word.strip("'-®™") for word in _WORD.findall(fold(text)) if word.strip("'-®™")]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The English stem; "rainy" and "rain" share theirs."""
    word = word.removesuffix("'s").rstrip("'")
    word = lexicon()["plurals"]["en"].get(word, word)
    stemmed: str = _stemmer.stemWord(word)
    if len(stemmed) > 3 and stemmed.endswith("i"):  # raini, hoodi: as the singular's
        stemmed = stemmed[:-1]
    return stemmed[:-1] if len(stemmed) > 4 and stemmed.endswith("e") else stemmed


@cache
def stopwords() -> frozenset[str]:
    return frozenset(fold(str(word)) for word in lexicon()["stopwords"]["en"])


@cache
def phrases_of(key: str) -> tuple[str, ...]:
    """All phrases that the lexicon has for a meaning, over its languages."""
    return tuple(phrase for listed in lexicon()[key].values() for phrase in listed)


@cache
def mapped(key: str) -> Mapping[str, str]:
    """What the lexicon's phrases for a meaning stand for, over its languages."""
    return {phrase: value for held in lexicon()[key].values() for phrase, value in held.items()}


@cache
def _alike() -> Mapping[str, tuple[str, ...]]:
    """Stemmed phrase → all phrases that mean the same in a shop."""
    found: dict[str, list[str]] = {}
    for listed in lexicon()["alike"]:
        for phrase in listed:
            found.setdefault(_stemmed(phrase), []).extend(listed)
    for phrase, others in lexicon()["synonyms"]["en"].items():
        found.setdefault(_stemmed(phrase), []).extend(others)
    return {phrase: tuple(dict.fromkeys(others)) for phrase, others in found.items()}


def alike(phrase: str) -> list[str]:
    """A word or phrase, and what other shops call it."""
    return list(dict.fromkeys([phrase, *_alike().get(_stemmed(phrase), ())]))


def known_words() -> frozenset[str]:
    """The words that shops have for things, whether this one has them or not."""
    return frozenset(
        word for listed in lexicon()["alike"] for phrase in listed for word in words(phrase) if len(word) > 3
    )


def _stemmed(phrase: str) -> str:
    return " ".join(stem(word) for word in words(phrase))


def content(text: str) -> list[str]:
    """The words of a text that say something, in order, each once."""
    return list(dict.fromkeys(w for w in words(text) if w not in stopwords() and (len(w) > 1 or w.isdigit())))


@lru_cache(maxsize=4_096)
def meanings(term: str) -> frozenset[str]:
    """The stem of a word of a question, and those of the words that an answer may say instead."""
    others = (*lexicon()["answered"]["en"].get(term, ()), *lexicon()["synonyms"]["en"].get(term, ()))
    return frozenset(stem(other) for other in (term, *others))


COMMON = 4e-8  # frequency from which a word is English and no slip of the pen


@cache
def _english() -> Any:
    from spellchecker import SpellChecker  # its dictionary takes half a second to load

    return SpellChecker(language="en")


def is_english(word: str) -> bool:
    """Whether a word is one that English has, whatever the catalogue says."""
    frequency: float = _english().word_usage_frequency(word)
    return frequency > COMMON


def is_chinese(text: str) -> bool:
    """Whether a text is Chinese, whatever Latin names are in it: two characters or more, for two Latin words one."""
    han = len(_CJK.findall(text))
    return han >= 2 and 2 * han > len(words(text))
