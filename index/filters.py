"""Hard filters: what a product must or must not be. They hold exactly, on a variant, all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from index.catalogue import Product
from index.fields import affirmed
from index.words import lexicon

VALUED = ("product_type", "brand", "color", "size", "gender", "material")


@dataclass(frozen=True, slots=True)
class Filters:
    """Each tuple lists alternatives, empty is any; prices are in the shop's currency and include their bound.

    `exclude` has the same keys, "text": words that no part of a product may have, and "title": words that its title
    may not have.
    """

    product_type: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    color: tuple[str, ...] = ()
    size: tuple[str, ...] = ()
    gender: tuple[str, ...] = ()
    material: tuple[str, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool | None = None

    def __bool__(self) -> bool:
        return bool(self.stated())

    def stated(self) -> tuple[str, ...]:
        """The names of the filters that restrict anything."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) not in ((), {}, None))

    def to_json(self) -> dict[str, Any]:
        """Only what is stated; prices as strings, tuples as lists."""
        return {name: _plain(getattr(self, name)) for name in self.stated()}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Filters:
        """The inverse of `to_json`."""
        values = {name: _frozen(value) for name, value in stored.items()}
        for name in ("min_price", "max_price"):
            if name in values:
                values[name] = Decimal(values[name])
        return cls(**values)

    def without(self, *names: str) -> Filters:
        """The same with some filters dropped."""
        empty = Filters()
        return replace(self, **{name: getattr(empty, name) for name in names})

    def updated(self, other: Filters) -> Filters:
        """These filters, overridden by what another states; exclusions add up."""
        changes: dict[str, Any] = {name: getattr(other, name) for name in other.stated() if name != "exclude"}
        exclude = {key: tuple(values) for key, values in self.exclude.items()}
        for key, values in other.exclude.items():
            exclude[key] = tuple(dict.fromkeys((*exclude.get(key, ()), *values)))
        for key in VALUED:  # "any but black" after "in black", and the other way round
            if key in changes and key in exclude:
                exclude[key] = tuple(v for v in exclude[key] if v not in changes[key])
        return replace(self, **changes, exclude={key: values for key, values in exclude.items() if values})

    def met_by(self, product: Product) -> bool:
        """Whether one variant meets all of it."""
        price = product.current_price.amount
        if self.max_price is not None and price > self.max_price:
            return False
        if self.min_price is not None and price < self.min_price:
            return False
        if self.in_stock and not product.in_stock:
            return False
        for name in VALUED:
            wanted = getattr(self, name)
            if wanted and not matches(product, name, wanted):
                return False
        if any(wanted and not matches(product, name, wanted) for name, wanted in self.attributes.items()):
            return False
        return not any(values and _has(product, name, values) for name, values in self.exclude.items())


def matches(product: Product, name: str, wanted: Iterable[str]) -> bool:
    """Whether a product has one of the wanted values. One that states no gender suits anybody."""
    held = product.values(name)
    return (name == "gender" and not held) or any(accepts(name, value, wanted) for value in held)


def accepts(name: str, value: str, wanted: Iterable[str]) -> bool:
    """Whether a value of a facet is one of the wanted.

    Product types and materials match from the start of a word, others are equal, without case. What is for everybody
    (Unisex) suits men and women.
    """
    if name in ("product_type", "material"):
        return any(starts_word(value, want) for want in wanted)
    low = value.lower()
    return any(low == want.lower() for want in wanted) or (name == "gender" and low == "unisex")


def starts_word(value: str, want: str) -> bool:
    """Whether `want` occurs in `value` from the start of a word, without case: "Men" is not in "Women"; nothing is."""
    want = want.strip()
    return bool(want) and re.search(rf"(?<!\w){re.escape(want)}", value, re.I) is not None


def is_color(phrase: str) -> bool:
    return phrase.strip().lower() in lexicon()["colors"]["en"]


def says(text: str, phrase: str) -> bool:
    """Whether a text has a phrase, or words that begin so; a colour only as it is: "red" is not in "redefined"."""
    if not is_color(phrase):
        return starts_word(text, phrase)
    return bool(re.search(rf"(?<!\w){re.escape(phrase.strip())}(?:e?s)?(?!\w)", text, re.I))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(held) for key, held in value.items()}
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Decimal) else value


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _frozen(held) for key, held in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _has(product: Product, name: str, values: Iterable[str]) -> bool:
    if name == "title":
        return any(says(product.title, value) for value in values)
    if name == "text":
        text = " ".join((product.title, affirmed(product.description), *product.material)).lower()
        return any(says(text, value) for value in values)
    if name == "gender":
        held = {value.lower() for value in product.values(name)}
        return bool(held) and held <= {value.lower() for value in values}
    return matches(product, name, values)
