"""Reads a shop folder: settings, products, reviews and policies. Bad rows are reported and skipped, never fatal.

Shoppers, events and orders of the folder are none of the index's business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from index.catalogue import Catalogue, Product
from index.errors import ShopError
from index.feeds import Rejected, find_feed, read_jsonl, read_products

__all__ = ["Policy", "Rejected", "Review", "Shop", "ShopSettings", "read_shop"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Personalization(_Strict):
    strength: float = Field(0.5, ge=0, le=1)


class Campaign(_Strict):
    """Products that somebody pays for to be shown, among those that match, always labelled."""

    id: str
    products: list[str]
    start: str | None = Field(None, alias="from")
    end: str | None = Field(None, alias="to")
    daily_cap: int | None = Field(None, ge=0)


class ShopSettings(_Strict):
    """`shop.yaml`; everything is optional."""

    name: str = ""
    assistant: str = "Vera"
    currency: str | None = None
    locales: list[str] = Field(default_factory=lambda: ["en"])
    timezone: str = "UTC"
    opening_hours: str | dict[str, str] | None = None
    voice: str | None = None
    personalization: Personalization = Field(default_factory=lambda: Personalization(strength=0.5))
    sensitive: list[str] = Field(default_factory=list)
    campaigns: list[Campaign] = Field(default_factory=list)
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    group_id: str
    author: str
    title: str
    text: str
    rating: int


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy file; `source` is its path in the shop folder."""

    source: str
    text: str


@dataclass(frozen=True)
class Shop:
    """A shop as its folder states it."""

    folder: Path
    settings: ShopSettings
    catalogue: Catalogue
    reviews: Mapping[str, tuple[Review, ...]]
    policies: tuple[Policy, ...]
    rejected: tuple[Rejected, ...]
    rows: int  # rows read from the feed, good and bad

    @property
    def name(self) -> str:
        return self.settings.name or self.folder.resolve().name.replace("-", " ").title()

    @cached_property
    def key(self) -> str:
        """Names the shop's state on disk: readable, and unique to the folder."""
        path = str(self.folder.resolve())
        return f"{self.folder.resolve().name}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def read_shop(folder: Path) -> Shop:
    """Read and check a shop folder.

    Raises:
        ShopError: no such folder, no product feed in it, no good row, or a wrong `shop.yaml`.
    """
    if not folder.is_dir():
        raise ShopError(f"{folder}: no such folder. Name a shop folder with --shop or ONEVOICE_SHOP.")
    settings = _settings(folder / "shop.yaml")
    rejected: list[Rejected] = []
    feed = find_feed(folder)
    products: dict[str, Product] = {}
    for line, product in read_products(feed, settings.currency, rejected.append):
        if product.id in products:
            reason = f"id {product.id!r} is there already, in line {products[product.id].line}"
            rejected.append(Rejected(feed.name, line, reason))
        elif products and product.price.currency != next(iter(products.values())).price.currency:
            rejected.append(
                Rejected(
                    feed.name,
                    line,
                    f"price in {product.price.currency}: one currency a shop, none is converted",
                )
            )
        else:
            products[product.id] = product
    if not products:
        hint = f" The first problem: line {rejected[0].line}: {rejected[0].reason}." if rejected else ""
        raise ShopError(f"{feed}: no product could be read.{hint} Each needs at least id, title and price.")
    reviews = _reviews(folder / "reviews.jsonl", products, rejected)
    products = {key: _rated(product, reviews) for key, product in products.items()}
    policies = tuple(
        Policy(f"policies/{path.name}", path.read_text(encoding="utf-8", errors="replace"))
        for path in sorted((folder / "policies").glob("*.md"))
    )
    bad = sum(1 for row in rejected if row.file == feed.name)
    return Shop(
        folder,
        settings,
        Catalogue(products.values()),
        reviews,
        policies,
        tuple(rejected),
        len(products) + bad,
    )


def _settings(path: Path) -> ShopSettings:
    if not path.is_file():
        return ShopSettings()
    try:
        return ShopSettings.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise ShopError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)}).") from error
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'the file'}: {item['msg']}" for item in error.errors()
        )
        raise ShopError(f"{path}: {problems}.") from error


def _reviews(path: Path, products: Mapping[str, Product], rejected: list[Rejected]) -> Mapping[str, tuple[Review, ...]]:
    if not path.is_file():
        return {}
    groups = {product.group_id for product in products.values()}
    found: dict[str, list[Review]] = {}
    for line, row in read_jsonl(path, rejected.append):
        key = str(row.get("item_group_id") or "")
        if not key and str(row.get("id")) in products:
            key = products[str(row["id"])].group_id
        rating = row.get("rating")
        if key not in groups:
            rejected.append(Rejected(path.name, line, f"no product {row.get('item_group_id') or row.get('id')!r}"))
        elif not isinstance(rating, int) or not 1 <= rating <= 5:
            rejected.append(Rejected(path.name, line, f"rating {rating!r} is not a whole number from 1 to 5"))
        else:
            author, title, text = (str(row.get(name) or "") for name in ("author", "title", "text"))
            found.setdefault(key, []).append(Review(key, author, title, text, rating))
    return {key: tuple(rows) for key, rows in found.items()}


def _rated(product: Product, reviews: Mapping[str, tuple[Review, ...]]) -> Product:
    """The rating from the reviews, to one decimal, where the feed has none."""
    rows = reviews.get(product.group_id)
    if not rows or product.rating is not None:
        return product
    mean = (Decimal(sum(row.rating for row in rows)) / len(rows)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return replace(product, rating=mean, review_count=len(rows))
