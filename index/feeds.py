"""Product feeds, row by row: JSONL and CSV with the Google Merchant names. A bad row is reported with its line."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from index.catalogue import Product
from index.errors import ShopError
from index.money import Money

FEEDS = ("products.jsonl", "products.csv")
AVAILABILITY = ("in_stock", "out_of_stock", "preorder", "backorder")
MAX_TEXT = 20_000  # characters of one field; longer is no product text
_TAG = re.compile(r"<[^<>]{0,500}>")
_GENDERS = {
    "men": "Men", "male": "Men", "man": "Men", "mens": "Men",
    "women": "Women", "female": "Women", "woman": "Women", "womens": "Women", "ladies": "Women",
    "boys": "Boys", "girls": "Girls", "unisex": "Unisex",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was skipped, and why."""

    file: str
    line: int
    reason: str


def find_feed(folder: Path) -> Path:
    """The shop's product feed.

    Raises:
        ShopError: there is none.
    """
    for name in FEEDS:
        if (folder / name).is_file():
            return folder / name
    raise ShopError(f"{folder}: no products. Put one of {', '.join(FEEDS)} into the folder.")


def read_jsonl(path: Path, reject: Callable[[Rejected], None]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(line, object) of each good line of a JSONL file."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                reject(Rejected(path.name, number, f"not JSON: {error}"))
                continue
            if isinstance(row, dict):
                yield number, row
            else:
                reject(Rejected(path.name, number, "not a JSON object"))


def _read_csv(path: Path, reject: Callable[[Rejected], None]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        reader = csv.DictReader(lines)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                reject(Rejected(path.name, reader.line_num, f"not CSV: {error}"))
                continue
            yield reader.line_num, {key: value for key, value in row.items() if key and value}


def read_products(
    feed: Path, currency: str | None, reject: Callable[[Rejected], None]
) -> Iterator[tuple[int, Product]]:
    """(line, product) of each good row; the others are added to `rejected`."""
    read = read_jsonl if feed.suffix == ".jsonl" else _read_csv
    for line, row in read(feed, reject):
        try:
            yield line, parse_product(row, currency, line)
        except ValueError as error:
            reject(Rejected(feed.name, line, str(error)))


def parse_product(row: Mapping[str, Any], currency: str | None = None, line: int = 0) -> Product:
    """One row as a product. Fields that are absent are read from `attributes`.

    Raises:
        ValueError: a required field is missing, or one cannot be read; the message names the field.
    """
    attributes = _attributes(row.get("attributes"))
    key, title = _text(row, "id"), _text(row, "title")
    if not key:
        raise ValueError("id is missing")
    if not title:
        raise ValueError("title is missing")
    price = _money(row, "price", currency)
    if price is None:
        raise ValueError("price is missing")
    sale = _money(row, "sale_price", currency)
    if sale is not None and (sale.currency != price.currency or sale.minor > price.minor):
        raise ValueError(f"sale_price {sale} does not go with price {price}")
    availability = (_text(row, "availability") or "in_stock").lower().replace(" ", "_")
    if availability not in AVAILABILITY:
        raise ValueError(f"availability {availability!r} is none of {', '.join(AVAILABILITY)}")
    product_type = _text(row, "product_type")
    return Product(
        id=key,
        group_id=_text(row, "item_group_id") or key,
        title=title,
        price=price,
        description=_text(row, "description"),
        brand=_text(row, "brand") or _first(attributes, "brand"),
        product_type=" > ".join(p.strip() for p in product_type.split(">") if p.strip()) or None,
        sale_price=sale,
        availability=availability,
        quantity=_count(row, "quantity"),
        color=_text(row, "color") or _first(attributes, "color"),
        size=_text(row, "size") or _first(attributes, "size"),
        material=_list(row.get("material")) or attributes.get("material", ()),
        gender=_genders(_list(row.get("gender")) or attributes.get("gender", ()), product_type),
        image_link=_text(row, "image_link") or None,
        link=_text(row, "link") or None,
        rating=_rating(row),
        review_count=_count(row, "review_count") or 0,
        attributes=attributes,
        line=line,
    )


def clean(value: object) -> str:
    """Text without markup: entities resolved, tags and control characters removed, white space folded."""
    text = html.unescape(str(value))
    text = _TAG.sub(" ", text)
    text = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(text.split())


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise ValueError(f"{name} is not text")
    text = clean(value)
    if len(text) > MAX_TEXT:
        raise ValueError(f"{name} is longer than {MAX_TEXT} characters")
    return text


def _money(row: Mapping[str, Any], name: str, currency: str | None) -> Money | None:
    text = _text(row, name)
    if not text:
        return None
    try:
        if currency and re.fullmatch(r"[\d.]+", text):
            text = f"{text} {currency}"
        return Money.parse(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _count(row: Mapping[str, Any], name: str) -> int | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    try:
        number = int(str(value))
    except ValueError as error:
        raise ValueError(f"{name} {value!r} is not a whole number") from error
    if not 0 <= number <= 10**9:
        raise ValueError(f"{name} {value!r} is out of range")
    return number


def _rating(row: Mapping[str, Any]) -> Decimal | None:
    value = row.get("rating")
    if value is None or value == "":
        return None
    try:
        rating = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"rating {value!r} is not a number") from error
    if not 0 <= rating <= 5:
        raise ValueError(f"rating {value!r} is not between 0 and 5")
    return rating


def _list(value: object) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    values = value if isinstance(value, list) else str(value).split("/")
    return tuple(text for text in (clean(item) for item in values) if text)


def _attributes(value: object) -> dict[str, tuple[str, ...]]:
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise ValueError("attributes is not a JSON object") from error
    if not isinstance(value, dict):
        raise ValueError("attributes is not an object of name and values")
    cleaned = {clean(name): _list(items if isinstance(items, list) else [items]) for name, items in value.items()}
    return {name: items for name, items in cleaned.items() if name and items}


def _first(attributes: Mapping[str, tuple[str, ...]], name: str) -> str | None:
    values = attributes.get(name)
    return values[0] if values else None


def _genders(values: tuple[str, ...], product_type: str) -> tuple[str, ...]:
    """Normalized genders; where none is stated, the product type's own words decide ("Men > Tops")."""
    found = [_GENDERS.get(value.lower().replace("'", ""), value) for value in values]
    if not found:
        parts = (part.strip().lower().replace("'", "") for part in product_type.split(">"))
        found = [_GENDERS[part] for part in parts if part in _GENDERS]
    return tuple(dict.fromkeys(found))
