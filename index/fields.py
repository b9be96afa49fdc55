"""What of a group is indexed by words, and in which field: its title, what it is, its attributes, its description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from index.catalogue import Group
from index.words import fold, lexicon, stem, words

TITLE, TYPE, BRAND, ATTRIBUTES, DESCRIPTION, SKU, HEAD, STYLE = (1 << n for n in range(8))
# HEAD and STYLE mark words that are counted where they stand: what a title or a style says that the product is.
WEIGHTS = {TITLE: 8.0, TYPE: 6.0, BRAND: 4.0, ATTRIBUTES: 3.0, DESCRIPTION: 1.0, SKU: 8.0, HEAD: 0.0, STYLE: 0.0}
ALL = (1 << 8) - 1
STRONG = TITLE | TYPE | BRAND | ATTRIBUTES | SKU  # fields in which a word says something of the product itself
LONGEST = 64  # letters of a term that count: PostgreSQL indexes no long text, and no word is longer
_AFTER = re.compile(r"\s+(?:with|for|in|of|by)\s|\s[-–|]\s|[,(]|\s\d")
_DENIED = re.compile(
    r"\b(?:no|not|without|free (?:of|from)|contains? no|never any) (?!more\b|only\b|just\b|to\b|a\b|the\b|longer\b|other\b|less\b|matter\b)\w+",
    re.I,
)


def fields_of(group: Group) -> dict[int, list[str]]:
    """Field → its texts; the other variants add their ids, colours and materials, and what else their texts say."""
    first = group.variants[0]
    values = [text for name, held in first.attributes.items() for text in _stated(name, held)]
    materials = dict.fromkeys(material for v in group.variants for material in v.material)
    colors = dict.fromkeys(v.color for v in group.variants if v.color)
    return {
        TITLE: [first.title],
        HEAD: heads(first.title),
        STYLE: [head for value in _kinds(group) for head in heads(value)],
        SKU: [v.id for v in group.variants],
        TYPE: [first.product_type or "", *first.gender],
        BRAND: [first.brand or ""],
        ATTRIBUTES: [*values, *materials, *colors, *_added(v.title for v in group.variants)],
        DESCRIPTION: [affirmed(first.description), *map(affirmed, _added(v.description for v in group.variants))],
    }


def affirmed(text: str) -> str:
    """A description without what it denies: socks with "no wool in them" have no wool."""
    return _DENIED.sub(" ", text)


def heads(title: str) -> list[str]:
    """What a title says that a product is: its last words before "with", "for", a dash or a size.

    Of "Strength Band Kit" both "Kit" and "Band": a kit alone says little.
    """
    plain = _AFTER.split(title)[0] or title
    named = [word for word in words(plain) if not word[0].isdigit()]
    last = named[-1:]
    while named and stem(named[-1]) in _generic() and len(named) > 1:
        named.pop()
        last.append(named[-1])
    return last


def _stated(name: str, values: Sequence[str]) -> list[str]:
    """What an attribute states: its values; of "dishwasher_safe: Yes" its name, and of "No" nothing.

    What has a "waterproof_rating" or is "oven_safe: 260 C" is so as well.
    """
    low, said = {value.lower() for value in values}, name.replace("_", " ")
    if low <= {"no", "none", "false", "0"}:
        return []
    if low <= {"yes", "true", "1", "included"}:
        return [said]
    return [said.removesuffix(" rating"), *values] if said.endswith((" rating", " safe")) else list(values)


def _kinds(group: Group) -> list[str]:
    """Values of attributes that say what a thing is: style, category."""
    named = lexicon()["kind_attributes"]["en"]
    held = group.variants[0].attributes
    return [value for name, values in held.items() if fold(name) in named for value in values]


@cache
def _generic() -> frozenset[str]:
    return frozenset(stem(word) for word in lexicon()["generic"]["en"])


def _added(texts: Iterable[str]) -> list[str]:
    """The words of later texts that the first has not."""
    first, *others = dict.fromkeys(texts)
    said = set(words(first)) if others else set()
    return [word for word in dict.fromkeys(word for text in others for word in words(text)) if word not in said]


def terms_of(texts: Iterable[str]) -> list[str]:
    """Stems of all words; a hyphenated word joined, and also as its parts."""
    found: list[str] = []
    for text in texts:
        for word in words(text):
            found.append(stem(word).replace("-", "")[:LONGEST])
            found += [stem(part)[:LONGEST] for part in word.split("-") if "-" in word and part]
    return found
