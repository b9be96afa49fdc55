"""`lexicon.yaml`, ready to be searched for: properties, materials, colours, uses, opinions and types, EN and ZH."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from eval.truth.text import fold, phrase

KEPT = 512  # texts whose reading is kept
Strength = Literal["fact", "soft"]


@cache
def lexicon() -> Mapping[str, Any]:
    """`lexicon.yaml` as it is written."""
    loaded: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("lexicon.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Term:
    """Something that may be said of a product.

    Args:
        kind: property, material, color, use, soft, type or gender.
        said: the words by which a sentence says it.
        shown: the words by which a record shows it, those of `said` among them.
        denied: the words by which a record shows the contrary.
    """

    name: str
    kind: str
    strength: Strength
    said: tuple[str, ...]
    shown: tuple[str, ...]
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Where a sentence says it, and in which words."""

    term: Term
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Vocabulary:
    """The terms of the lexicon and of a catalogue's own values."""

    terms: tuple[Term, ...]
    _phrases: Mapping[str, Term] = field(default_factory=dict)
    _read: dict[str, tuple[Said, ...]] = field(default_factory=dict)  # a sentence is read once, and asked often
    _pattern: re.Pattern[str] = re.compile("(?!)")

    @classmethod
    def of(cls, values: Mapping[str, list[str]]) -> Vocabulary:
        """The lexicon's terms, and those of values that a catalogue has besides: kind → values."""
        terms = [*_lexicon_terms()]
        known = {fold(said) for term in terms for said in term.said}
        for kind, listed in values.items():
            for value in listed:
                if fold(value) not in known:
                    known.add(fold(value))
                    strength: Strength = "soft" if kind == "type" else "fact"
                    terms.append(Term(value, kind, strength, (value, fold(value)), (value, fold(value))))
        phrases: dict[str, Term] = {}
        for term in terms:
            for said in term.said:
                phrases.setdefault(_key(said), term)
        ordered = sorted({said for term in terms for said in term.said}, key=len, reverse=True)
        return cls(tuple(terms), phrases, _pattern=re.compile("|".join(phrase(said).pattern for said in ordered), re.I))

    def find(self, text: str) -> Iterator[Said]:
        """What a text says, in its order; of words within words the longest."""
        if text not in self._read:
            if len(self._read) >= KEPT:
                self._read.clear()
            self._read[text] = tuple(self._found(text))
        yield from self._read[text]

    def _found(self, text: str) -> Iterator[Said]:
        for match in self._pattern.finditer(text):
            term = self._term(match[0])
            if term is not None:
                yield Said(term, match.start(), match.end(), match[0])

    def _term(self, words: str) -> Term | None:
        key = _key(words)
        return (
            self._phrases.get(key)
            or self._phrases.get(key.removesuffix("s"))
            or self._phrases.get(key.removesuffix("es"))
        )


def _key(words: str) -> str:
    return re.sub(r"[\s-]+", " ", fold(words))


@cache
def _lexicon_terms() -> tuple[Term, ...]:
    held = lexicon()
    terms: list[Term] = []
    for name, row in held["properties"].items():
        strength: Strength = "soft" if row.get("soft") else "fact"
        if row.get("each"):
            terms += [Term(word, "property", strength, (word,), (word,)) for word in (*row["en"], *row.get("zh", ()))]
            continue
        said = (*row["en"], *row.get("zh", ()))
        shown = (*row["en"], *row.get("shown_by", ()))
        terms.append(Term(name, "property", strength, said, shown, tuple(row.get("denied_by", ()))))
    terms += _worded(held["materials"], "material", "fact")
    terms += _worded(held["colors"], "color", "fact")
    terms += _worded(held["uses"], "use", "soft")
    terms += _worded(held["soft"], "soft", "soft")
    for row in held["types"]:
        terms += [Term(word, "type", "soft", (word,), tuple(row["en"])) for word in (*row["en"], *row["zh"])]
    for name, row in held["genders"].items():
        terms.append(Term(name, "gender", "fact", (*row["en"], *row["zh"]), (name,)))
    return tuple(terms)


def _worded(section: Mapping[str, Any], kind: str, strength: Strength) -> Iterator[Term]:
    """Single words, the Chinese for each, and what else shows it."""
    same: Mapping[str, list[str]] = section.get("same", {})
    chinese: dict[str, list[str]] = {}
    for word, english in section.get("zh", {}).items():
        chinese.setdefault(english, []).append(word)
    for word in section["en"]:
        yield Term(word, kind, strength, (word, *chinese.pop(word, ())), (word, *same.get(word, ())))
    for word, listed in chinese.items():
        yield Term(word, kind, strength, tuple(listed), (word, *same.get(word, ())))
