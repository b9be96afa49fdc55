"""What a shop folder states, read plainly for making statements that it contradicts; nothing of the look-up's reading."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cached_property

from index.catalogue import Catalogue, Group, Product
from index.money import Money
from index.shop import Shop

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


class Folder:
    """A shop's catalogue and policies."""

    def __init__(self, shop: Shop, catalogue: Catalogue) -> None:
        self.shop = shop
        self.catalogue = catalogue
        self._texts: dict[str, str] = {}

    @cached_property
    def groups(self) -> list[Group]:
        return list(self.catalogue.groups.values())

    def text(self, group: Group) -> str:
        """All that is stated of a product and its variants, reviews too, in small letters."""
        if group.id not in self._texts:
            parts: list[str] = []
            for variant in group.variants:
                parts += [variant.title, variant.description, variant.product_type or "", variant.brand or ""]
                parts += [variant.color or "", variant.size or "", *variant.material, *variant.gender]
                parts += [f"{name.replace('_', ' ')} {' '.join(held)}" for name, held in variant.attributes.items()]
            parts += [f"{review.title} {review.text}" for review in self.catalogue.reviews.get(group.id, ())]
            self._texts[group.id] = " ".join(dict.fromkeys(parts)).lower()
        return self._texts[group.id]

    @cached_property
    def policies(self) -> str:
        """All policies and the opening hours."""
        return " ".join([*(policy.text for policy in self.shop.policies), str(self.shop.settings.opening_hours or "")])

    @cached_property
    def numbers(self) -> frozenset[Decimal]:
        """Every number of the folder: of products, prices, stock, reviews and policies."""
        texts = [self.policies, *(self.text(group) for group in self.groups)]
        found = {value for text in texts for value in numbers(text)}
        for product in self.catalogue.products.values():
            found |= {product.price.amount, product.current_price.amount, Decimal(product.quantity or 0)}
            found |= {Decimal(product.review_count), product.rating or Decimal(0)}
        return frozenset(found)

    def free_number(self, start: int, *taken: str) -> int:
        """The first whole number from `start` that neither the folder nor the texts have, in whole or in part."""
        heard = " ".join(taken)
        return next(
            n for n in range(start, start + 10**6) if Decimal(n) not in self.numbers and not re.search(str(n), heard)
        )

    @cached_property
    def prices(self) -> list[Money]:
        return list(dict.fromkeys(product.current_price for product in self.catalogue.products.values()))


def numbers(text: str) -> set[Decimal]:
    """The numbers of a text, by value; "1,350" is read in both ways."""
    found: set[Decimal] = set()
    for raw in NUMBER.findall(text):
        for plain in (raw.replace(",", ""), raw.replace(",", ".")):
            if plain.count(".") < 2:
                found.add(Decimal(plain))
        found |= {Decimal(part) for part in re.split("[.,]", raw)}
    return found


def amounts(text: str) -> set[str]:
    """The numbers of a text as they are written."""
    return set(NUMBER.findall(text))


def own_prices(group: Group) -> set[Decimal]:
    """What its variants cost, now or before a sale."""
    return {price.amount for variant in group.variants for price in (variant.price, variant.current_price)}


def naming(product: Product | Group, *, begins: bool = False) -> str:
    """A product's name within an English sentence, or at the beginning of one; "The Slow Loaf" has its article."""
    if product.title.lower().startswith(("the ", "a ", "an ")):
        return product.title
    return f"{'The' if begins else 'the'} {product.title}"
