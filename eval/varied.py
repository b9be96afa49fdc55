"""A catalogue of any size from a small one: varied copies of its products, the same for the same shop and size.

They measure what size costs. They are no shop: how well search ranks them says little.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from index.catalogue import Catalogue, Product
from index.intake import read_catalogue
from index.money import Money
from index.shop import Shop, fingerprint

RECIPE = 1  # of `_varied`: another one makes other shops
SPREAD = 0.4  # of prices, up and down
SOLD_OUT = 0.1  # share of copies
SWAPPED = 0.5  # share of a title's words that another product of its type lends


def write_copies(shop: Shop, size: int, folder: Path, *, progress: bool = True) -> Path:
    """Write a shop folder with `size` products, each a group of its own, below `folder`; returns it.

    A folder that is there already, of the same shop and size, is kept.
    """
    place = folder / f"{shop.folder.resolve().name}-{size}-{fingerprint(shop)[:8]}-{RECIPE}"
    feed = place / "products.jsonl"
    if feed.is_file():
        return place
    place.mkdir(parents=True, exist_ok=True)
    (place / "shop.yaml").write_text(json.dumps({"name": f"{size} varied copies of {shop.name}"}), encoding="utf-8")
    copies = _Copies(read_catalogue(shop, lambda row: None))
    draft = feed.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as out:
        for number in tqdm(range(size), desc="varied copies", unit="product", disable=not progress):
            out.write(json.dumps(copies.row(number), ensure_ascii=False) + "\n")
    os.replace(draft, feed)
    return place


class _Copies:
    """Copies by number: each lends title words, sentences and a colour from products of its own type."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._products = list(catalogue.products.values())
        random.Random(0).shuffle(self._products)
        self._same: dict[str, list[Product]] = {}
        for group in catalogue.groups.values():
            self._same.setdefault(group.variants[0].product_type or "", []).append(group.variants[0])
        self._colors = sorted({product.color for product in self._products if product.color})

    def row(self, number: int) -> Mapping[str, Any]:
        """The feed's row of a copy; the same for the same number, whatever the size."""
        chance = random.Random(number)
        product = self._products[number % len(self._products)]
        same = self._same[product.product_type or ""] or [product]
        stated = product.to_json()
        for name in ("group_id", "sale_price", "image_link", "link"):
            stated.pop(name, None)
        price = round(product.current_price.minor * chance.uniform(1 - SPREAD, 1 + SPREAD))
        return stated | {
            "id": f"C{number:07}",
            "title": _title(product.title, [chance.choice(same).title for _ in range(3)], chance),
            "description": _description(product.description, chance.choice(same).description, chance),
            "price": str(Money(max(1, price), product.price.currency)),
            "quantity": 0 if chance.random() < SOLD_OUT else chance.randint(1, 60),
            "availability": "in_stock",
            **self._color(stated, chance),
        }

    def _color(self, stated: Mapping[str, Any], chance: random.Random) -> dict[str, Any]:
        """Another colour, where the product has one; also among its attributes."""
        if not stated.get("color"):
            return {}
        color = chance.choice(self._colors)
        attributes = dict(stated.get("attributes", {}))
        return {"color": color, "attributes": attributes | ({"color": [color]} if "color" in attributes else {})}


def _title(title: str, others: Sequence[str], chance: random.Random) -> str:
    """Its words, some of them swapped for those at the same place of other titles, counted from the end."""
    words = title.split()
    for place in range(1, len(words) + 1):
        lent = chance.choice(others).split()
        if place <= len(lent) and chance.random() < SWAPPED:
            words[-place] = lent[-place]
    return " ".join(words)


def _description(own: str, other: str, chance: random.Random) -> str:
    """As many sentences as its own, drawn from its own and another's."""
    sentences = re.split(r"(?<=[.!?])\s+", own)
    drawn = sentences + re.split(r"(?<=[.!?])\s+", other)
    return " ".join(chance.sample(drawn, len(sentences)))
