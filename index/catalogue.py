"""The catalogue: products as the shop states them, grouped by `item_group_id`. Values only; no search, no shopper."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from index.money import Money
from index.words import fold, stem, words

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
    """All products of a shop, by id and by group, with the values that exist of each facet."""

    def __init__(self, products: Iterable[Product]) -> None:
        self.products: Mapping[str, Product] = {product.id: product for product in products}
        grouped: dict[str, list[Product]] = {}
        for product in self.products.values():
            grouped.setdefault(product.group_id, []).append(product)
        self.groups: Mapping[str, Group] = {key: Group(key, tuple(rows)) for key, rows in grouped.items()}

    @cached_property
    def currency(self) -> str:
        return next(iter(self.products.values())).price.currency

    @cached_property
    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """Facet → value → number of groups; `product_type` counts every prefix of a path."""
        counts: dict[str, Counter[str]] = {}
        for group in self.groups.values():
            seen: set[tuple[str, str]] = set()
            for product in group.variants:
                for name in ("brand", "color", "size", "gender", "material", *product.attributes):
                    seen.update((name, value) for value in product.values(name))
                path = product.path
                seen.update(("product_type", " > ".join(path[:depth])) for depth in range(1, len(path) + 1))
            for name, value in seen:
                counts.setdefault(name, Counter())[value] += 1
        return counts

    @cached_property
    def folded_titles(self) -> frozenset[str]:
        """The titles that cannot be taken for common words: folded, of more than one word."""
        titles = (fold(group.title) for group in self.groups.values())
        return frozenset(title for title in titles if len(title) > 7 and " " in title)

    @cached_property
    def property_stems(self) -> frozenset[str]:
        """Stems of the words of materials, colours and attribute values: what a sentence may claim of a product."""
        other = ("product_type", "brand", "size", "gender", "aliases")
        values = (value for name, listed in self.facets.items() if name not in other for value in listed)
        found = {stem(word) for value in values if len(value) < 40 for word in words(value) if len(word) > 3}
        return frozenset(found - {stem(word) for word in _NO_PROPERTY})
