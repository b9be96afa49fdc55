"""The facts of a shop as the sentences are made from them: one item a product group, with all that is stated of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from index.catalogue import Product, Review
from index.feeds import Rejected
from index.intake import read_catalogue
from index.shop import read_shop

SIZES = ("XS", "S", "M", "L", "XL")
HELD_OUT_SHARE = 35  # percent of the products, for the sentences that decide
_GARBLED = re.compile(r"xE9|xF1|u2014|u2019")  # letters that the feed lost


@dataclass(frozen=True, eq=False)
class Item:
    """A product group: its variants in the order of the feed, and its reviews."""

    shop: str
    variants: tuple[Product, ...]
    reviews: tuple[Review, ...]

    @property
    def key(self) -> str:
        return self.first.group_id

    @property
    def first(self) -> Product:
        return self.variants[0]

    @property
    def title(self) -> str:
        return self.first.title

    @property
    def price(self) -> Decimal:
        """In dollars; both shops have one price a group, and none reduced."""
        return Decimal(self.first.current_price.minor) / 100

    @cached_property
    def colors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(v.color for v in self.variants if v.color))

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """From small to large."""
        held = dict.fromkeys(v.size for v in self.variants if v.size)
        return tuple(sorted(held, key=lambda s: SIZES.index(s) if s in SIZES else int(s)))

    @property
    def rating(self) -> Decimal | None:
        return self.first.rating

    @cached_property
    def leaf(self) -> str:
        """The narrowest product type."""
        return self.first.path[-1]

    @cached_property
    def top(self) -> str:
        """The widest product type."""
        return self.first.path[0]

    @property
    def wear(self) -> bool:
        return self.top in ("Men", "Women", "apparel", "footwear")

    @cached_property
    def stated(self) -> str:
        """What the shop states of it in words, in lower case; no reviews."""
        values = [value for listed in self.first.attributes.values() for value in listed]
        parts = [self.title, self.first.description, *self.first.path, *values, *self.colors, *self.first.material]
        return " . ".join(parts).lower()

    @cached_property
    def text(self) -> str:
        """All that is said of it, reviews too, in lower case."""
        said = [part for review in self.reviews for part in (review.title, review.text)]
        return " . ".join([self.stated, *said]).lower()

    def says(self, pattern: str) -> bool:
        """Whether anything said of it, by the shop or by customers, fits a pattern."""
        return re.search(pattern, self.text) is not None

    def states(self, pattern: str) -> bool:
        """Whether what the shop states of it fits a pattern."""
        return re.search(pattern, self.stated) is not None

    def values(self, name: str) -> tuple[str, ...]:
        return self.first.attributes.get(name, ())

    @property
    def held_out(self) -> bool:
        digest = hashlib.sha256(f"{self.shop} {self.key}".encode()).digest()
        return digest[0] * 100 // 256 < HELD_OUT_SHARE


@dataclass(frozen=True)
class World:
    """A shop's items, and what they are compared by."""

    shop: str
    items: tuple[Item, ...]
    first_words: Counter[str]  # how many titles of the whole shop begin with a word

    @cached_property
    def _by_type(self) -> dict[str, list[Item]]:
        """Items by their narrowest type, and by their widest."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            for name in {f"narrow {item.leaf}", f"wide {item.top}"}:
                found[name].append(item)
        return found

    def half(self, held_out: bool) -> World:
        """The items that are kept for decisions, or the others."""
        kept = tuple(item for item in self.items if item.held_out == held_out)
        return World(self.shop, kept, self.first_words)

    def like(self, item: Item) -> Sequence[Item]:
        """The items of its narrowest type, itself among them."""
        return self._by_type[f"narrow {item.leaf}"]

    def around(self, item: Item) -> Sequence[Item]:
        """The items of its widest type, itself among them."""
        return self._by_type[f"wide {item.top}"]


def read_world(shops: Path, name: str) -> World:
    """The items of a shop below `shops`: those with a title of their own and a text that the feed has not garbled.

    Raises:
        ShopError: the folder is no shop.
    """
    rejected: list[Rejected] = []
    catalogue = read_catalogue(read_shop(shops / name), rejected.append)
    titles = Counter(group.title.lower() for group in catalogue.groups.values())
    found = [
        Item(name, group.variants, tuple(catalogue.reviews.get(key, ())))
        for key, group in catalogue.groups.items()
        if titles[group.title.lower()] == 1 and not _GARBLED.search(group.variants[0].description)
    ]
    first_words = Counter(item.title.split()[0] for item in found)
    return World(name, tuple(sorted(found, key=lambda item: item.key)), first_words)
