"""The catalogue: products as the shop states them, grouped by `item_group_id`. Values only; no search, no shopper."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from index.money import Money
from index.words import fold, stem, words

ARRANGEMENT = ("collections", "promoted", "featured")  # attributes by which a shop arranges its goods: no properties
FACTS = ("price", "sale_price", "availability", "quantity", "rating", "review_count", "image_link", "link")
_NO_PROPERTY = ("with", "other", "daily", "style", "sports", "made", "from", "good", "more")  # words of values


@dataclass(frozen=True, slots=True)
class Product:
    """One variant (SKU). The price that counts is `sale_price` if there is one."""

    id: str
    group_id: str
    title: str
    price: Money
    description: str = ""
    brand: str | None = None
    product_type: str | None = None  # "Women > Tops > Tees"
    sale_price: Money | None = None
    availability: str = "in_stock"
    quantity: int | None = None
    color: str | None = None
    size: str | None = None
    material: tuple[str, ...] = ()
    gender: tuple[str, ...] = ()  # Men, Women, Boys, Girls, Unisex; empty: not stated
    image_link: str | None = None
    link: str | None = None
    rating: Decimal | None = None
    review_count: int = 0
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    line: int = 0  # where it stands in the feed

    @property
    def current_price(self) -> Money:
        return self.sale_price or self.price

    @property
    def in_stock(self) -> bool:
        return self.availability == "in_stock" and self.quantity != 0

    @property
    def offered(self) -> str:
        """The availability that counts: what is counted out is out of stock, whatever its label says."""
        return "out_of_stock" if self.availability == "in_stock" and not self.in_stock else self.availability

    @property
    def path(self) -> tuple[str, ...]:
        """The product type from the widest to the narrowest."""
        return tuple(part.strip() for part in (self.product_type or "").split(">") if part.strip())

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a facet by its name: brand, color, size, gender, material or an attribute's."""
        if name in ("brand", "color", "size", "product_type"):
            value = getattr(self, name)
            return (value,) if value else ()
        if name in ("gender", "material"):
            return self.gender if name == "gender" else self.material
        return self.attributes.get(name, ())

    @property
    def facet_names(self) -> tuple[str, ...]:
        """The facets that it may have values of."""
        named = ("product_type", "brand", "color", "size", "gender", "material")
        return (*named, *(name for name in self.attributes if name not in named))

    def to_json(self) -> dict[str, Any]:
        """What is stated of it, in a form that `of_json` reads; the line is left out, since it is no property."""
        found: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if name != "line" and value not in (None, "", (), {}):
                found[name] = str(value) if isinstance(value, (Money, Decimal)) else value
        return found

    @classmethod
    def of_json(cls, stored: Mapping[str, Any], line: int) -> Product:
        """The inverse of `to_json`."""
        values = dict(stored)
        for name in ("price", "sale_price"):
            if name in values:
                values[name] = Money.parse(values[name])
        if "rating" in values:
            values["rating"] = Decimal(values["rating"])
        for name in ("material", "gender"):
            values[name] = tuple(values.get(name, ()))
        values["attributes"] = {name: tuple(held) for name, held in values.get("attributes", {}).items()}
        return cls(**values, line=line)

    @property
    def structure(self) -> str:
        """Changes when the index must be built again: a digest of all that is stated but the facts that change daily."""
        lasting = {name: value for name, value in self.to_json().items() if name not in FACTS}
        return hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Review:
    group_id: str
    author: str
    title: str
    text: str
    rating: int


@dataclass(frozen=True)
class Group:
    """Variants of one product, in the order of the feed."""

    id: str
    variants: tuple[Product, ...]

    @property
    def title(self) -> str:
        return self.variants[0].title

    @cached_property
    def text(self) -> str:
        """What is embedded and read for search: everything that describes, nothing that changes daily."""
        first = self.variants[0]
        words = " ".join(first.description.split()[:120])
        facts = "; ".join(f"{name.replace('_', ' ')}: {', '.join(v)}" for name, v in first.attributes.items())
        parts = [
            first.title,
            (first.product_type or "").replace(">", ","),
            first.brand or "",
            ", ".join(first.material),
            ", ".join(dict.fromkeys(v.color for v in self.variants if v.color)),
            facts,
            words,
        ]
        return ". ".join(part for part in parts if part)

    @cached_property
    def text_hash(self) -> str:
        """Changes when the group must be embedded again."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Catalogue:
    """A shop's products by id and by group, their reviews, and the values that exist of each facet.

    The mappings may read what they are asked for from a store; `Catalogue.of` holds everything in memory.

    Args:
        titles: group id → title.
        facets: facet → value → number of groups; `product_type` counts every prefix of a path.
    """

    def __init__(
        self,
        products: Mapping[str, Product],
        groups: Mapping[str, Group],
        reviews: Mapping[str, tuple[Review, ...]],
        titles: Mapping[str, str],
        facets: Mapping[str, Mapping[str, int]],
        currency: str,
    ) -> None:
        self.products = products
        self.groups = groups
        self.reviews = reviews
        self.titles = titles
        self.facets = facets
        self.currency = currency

    @classmethod
    def of(cls, products: Iterable[Product], reviews: Mapping[str, tuple[Review, ...]] | None = None) -> Catalogue:
        """A catalogue of one or more products, in memory."""
        held = {product.id: product for product in products}
        grouped: dict[str, list[Product]] = {}
        for product in held.values():
            grouped.setdefault(product.group_id, []).append(product)
        groups = {key: Group(key, tuple(rows)) for key, rows in grouped.items()}
        currency = next(iter(held.values())).price.currency
        titles = {key: group.title for key, group in groups.items()}
        return cls(held, groups, reviews or {}, titles, count_facets(groups.values()), currency)

    @cached_property
    def folded_titles(self) -> frozenset[str]:
        """The titles that cannot be taken for common words: folded, of more than one word."""
        titles = (fold(title) for title in self.titles.values())
        return frozenset(title for title in titles if len(title) > 7 and " " in title)

    @cached_property
    def folded_brands(self) -> tuple[str, ...]:
        """The brands, folded."""
        return tuple(dict.fromkeys(fold(brand) for brand in self.facets.get("brand", {})))

    @cached_property
    def property_stems(self) -> frozenset[str]:
        """Stems of the words of materials, colours and attribute values: what a sentence may claim of a product."""
        other = ("product_type", "brand", "size", "gender", "aliases", *ARRANGEMENT)
        values = (value for name, listed in self.facets.items() if name not in other for value in listed)
        found = {stem(word) for value in values if len(value) < 40 for word in words(value) if len(word) > 3}
        return frozenset(found - {stem(word) for word in _NO_PROPERTY})


def prefixes(path: tuple[str, ...]) -> list[str]:
    """A product type and all that it is part of: "Women", "Women > Tops", "Women > Tops > Tees"."""
    return [" > ".join(path[:depth]) for depth in range(1, len(path) + 1)]


def count_facets(groups: Iterable[Group]) -> Mapping[str, Mapping[str, int]]:
    """Facet → value → number of groups that have it."""
    counts: dict[str, Counter[str]] = {}
    for group in groups:
        seen: set[tuple[str, str]] = set()
        for product in group.variants:
            for name in product.facet_names:
                values = prefixes(product.path) if name == "product_type" else product.values(name)
                seen.update((name, value) for value in values)
        for name, value in seen:
            counts.setdefault(name, Counter())[value] += 1
    return counts
