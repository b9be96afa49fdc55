"""What a shopper would call a product: its kind, and words of the title that come to mind. Decided by rule.

The kind is the product type where there is one, else a word of the title that names a thing ("Lunch Bag Spaceboy
Design": lunch bag). No part of the assistant reads here, so that a shopper does not speak as the assistant understands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from eval.documents import Strict
from index.catalogue import Product
from index.loading import read_yaml
from index.words import fold, stem, stopwords

_WORD = re.compile(r"[a-z][a-z'-]*[a-z]|[a-z]")
_NUMBER = re.compile(r"\b(?:s|set)/\d+\b|\d+[a-z]*")
DETAILS = 6  # of a long title: nobody remembers more
RARE, KNOWN = 3, 5  # titles: a thing in fewer may be none, and one in so many is one
TOGETHER = 5  # titles in which a thing and the word before it stand together: "t-light holder"


class Lists(Strict):
    """`words.yaml`."""

    ends: frozenset[str]
    counts: frozenset[str]
    prints: frozenset[str]
    unsaid: frozenset[str]
    no_things: frozenset[str]


@cache
def lists() -> Lists:
    return Lists.model_validate(read_yaml(Path(__file__).with_name("words.yaml")))


@dataclass(frozen=True)
class Spoken:
    """A product in a shopper's words.

    Args:
        kind: what it is; "" where the title names no thing.
        details: its brand and the other words of its title, in the title's order.
    """

    kind: str
    details: tuple[str, ...]

    @property
    def most(self) -> int:
        """How many of the details may be said: never all, for nobody says a title in full."""
        return min(DETAILS, max(len(self.details) - 1, 0))


class Vocabulary:
    """What the things of a shop are called, by its titles."""

    def __init__(self, products: Iterable[Product]) -> None:
        titles = [product.title for product in products]
        self._things = Counter(_last_thing(title) for title in titles)
        self._pairs = Counter(pair for title in titles for pair in set(pairwise(_head(title))))

    def spoken(self, product: Product) -> Spoken:
        """The words for a product."""
        kind = self._kind(product)
        brand = product.brand.lower() if product.brand else ""
        told = {stem(word) for word in (*_words(kind), *_words(brand))}
        left_out = lists().unsaid | lists().prints | stopwords()
        words = dict.fromkeys(
            word for word in _uncounted(product.title)
            if len(word) > 1 and word not in left_out and stem(word) not in told
        )  # fmt: skip
        return Spoken(kind, (*filter(None, [brand]), *words))

    def _kind(self, product: Product) -> str:
        if product.product_type:
            return product.product_type.rsplit(">", 1)[-1].strip().lower()
        words, thing = _head(product.title), _last_thing(product.title)
        if self._things[thing] < RARE:
            others = [word for word in words if self._things[word] >= KNOWN and word not in lists().no_things]
            thing = others[-1] if others else thing
        place = words.index(thing) if thing in words else 0
        if place and words[place - 1] not in lists().no_things and self._pairs[words[place - 1], thing] >= TOGETHER:
            return f"{words[place - 1]} {thing}"
        return thing


def stands_in(said: str, product: Product) -> bool:
    """Whether all words stand in what the shop says of a product."""
    text = " ".join(filter(None, [product.title, product.brand, product.product_type, product.description]))
    there = {stem(word) for word in _words(text)}
    return all(stem(word) in there for word in _words(said))


def _words(text: str) -> list[str]:
    return _WORD.findall(_NUMBER.sub(" ", fold(text)))


def _uncounted(title: str) -> list[str]:
    """The words of a title without "set of" before them."""
    words = _words(title)
    if len(words) > 1 and words[0] in lists().counts:
        return words[2:] if words[1] == "of" else words[1:]
    return words


def _head(title: str) -> list[str]:
    """The words of a title up to where it no longer says what the thing is."""
    head: list[str] = []
    for word in _uncounted(title):
        if word in lists().ends and head:
            break
        head.append(word)
    return head


def _last_thing(title: str) -> str:
    """The last word of a title that may be a thing: the best guess without the other titles; "" where there is none."""
    found, head = lists(), _head(title)
    printed = {place for place, (_, after) in enumerate(pairwise(head)) if after in found.prints}
    no_words = found.prints | found.unsaid | found.ends
    told = [w for place, w in enumerate(head) if place not in printed and w not in no_words and len(w) > 2]
    return ([word for word in told if word not in found.no_things] or told or [""])[-1]
