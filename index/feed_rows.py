"""A feed's row as a product, whatever the format: Google Merchant's names, cleaned values, or the reason why not."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from index import feed_values
from index.catalogue import Product
from index.cleaning import clean, field_name, plain, quoted
from index.feed_attributes import described, stated, values_of
from index.money import Money

_MAX_DESCRIPTION = 20_000  # characters; longer is no product text
_MAX_FIELD = 2_000  # of any other field
_MAX_ID = 200  # of an id: databases index no long text
_MAX_RAW = 200_000  # before cleaning: much markup may hold little text
_FIELDS = frozenset((
    "id", "item_group_id", "title", "description", "brand", "product_type", "google_product_category", "price",
    "sale_price", "compare_at_price", "availability", "quantity", "color", "size", "material", "gender",
    "image_link", "link", "rating", "review_count", "currency",
))  # fmt: skip
_ALIASES = {
    "colour": "color", "inventory": "quantity", "quantity_to_sell_on_facebook": "quantity",
    "average_rating": "rating", "rating_count": "review_count",
}  # fmt: skip
_SEVERAL = ("color", "size", "product_type")  # text fields that may be a list
T = TypeVar("T")


def parse_product(row: Mapping[str, Any], currency: str | None = None, line: int = 0) -> Product:
    """One row as a product. Fields that are absent are read from `attributes`.

    `compare_at_price`, where above the price, is the price, and the price the sale price. A sale price of zero or not
    below the price is none. `google_product_category` stands in for the product type.

    Raises:
        ValueError: a required field is missing, or one cannot be read; the message names the field.
    """
    named: dict[str, Any] = {}
    for name, value in row.items():
        if value is not None and value != "" and value != []:
            field = field_name(name)
            named.setdefault(_ALIASES.get(field, field), value)
    attributes = stated(named.pop("attributes", None))
    extra = {name: value for name, value in named.items() if name not in _FIELDS}
    fields = {name: list(attributes[name]) for name in _FIELDS & attributes.keys()} | {
        name: value for name, value in named.items() if name in _FIELDS
    }
    attributes = described(extra) | attributes

    key, title = _required(fields, "id", plain), _required(fields, "title", clean)
    price, sale = _prices(fields, currency)
    product_type = _read(fields, "product_type", feed_values.product_type)
    product_type = product_type or _read(fields, "google_product_category", feed_values.product_type)
    return Product(
        id=key,
        group_id=_text(fields, "item_group_id", plain, _MAX_ID) or key,
        title=title,
        price=price,
        description=_text(fields, "description", limit=_MAX_DESCRIPTION),
        brand=_text(fields, "brand") or None,
        product_type=product_type,
        sale_price=sale,
        availability=_read(fields, "availability", feed_values.availability) or "in_stock",
        quantity=_read(fields, "quantity", feed_values.count),
        color=_text(fields, "color") or None,
        size=_text(fields, "size") or None,
        material=_list(fields, "material"),
        gender=feed_values.genders(_list(fields, "gender"), product_type),
        image_link=_read(fields, "image_link", feed_values.address, plain),
        link=_read(fields, "link", feed_values.address, plain),
        rating=_read(fields, "rating", feed_values.rating) or None,
        review_count=_read(fields, "review_count", feed_values.count) or 0,
        attributes=attributes,
        line=line,
    )


def _text(
    fields: Mapping[str, Any], name: str, cleaned: Callable[[object], str] = clean, limit: int = _MAX_FIELD
) -> str:
    """A field's text; "" where it is absent."""
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, list) and (len(value) == 1 or name in _SEVERAL):
        value = value[0] if len(value) == 1 or name == "product_type" else "/".join(values_of(value, name))
    if isinstance(value, (dict, list)):
        raise ValueError(f"{name} is not text")
    text = str(value)
    if len(text) <= _MAX_RAW:
        text = cleaned(text)
    limit = _MAX_ID if name == "id" else limit
    if len(text) > limit:
        raise ValueError(f"{name} is longer than {limit:,} characters")
    return text


def _required(fields: Mapping[str, Any], name: str, cleaned: Callable[[object], str]) -> str:
    text = _text(fields, name, cleaned)
    if not text:
        raise ValueError(f"{name} is missing")
    if "\ufffd" in text:  # elsewhere it only looks bad; here it would name another product, or none
        raise ValueError(f"{name} {quoted(text)} has broken characters; save the feed as UTF-8")
    return text


def _read(
    fields: Mapping[str, Any], name: str, read: Callable[[str], T], cleaned: Callable[[object], str] = clean
) -> T | None:
    """A field's value as `read` reads it; None where it is absent."""
    text = _text(fields, name, cleaned)
    try:
        return read(text) if text else None
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith(name) else f"{name} {error}") from error


def _list(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Google's "cotton/wool", or a list."""
    value = fields.get(name)
    return values_of(value if isinstance(value, list) else _text(fields, name).split("/"), name)


def _prices(fields: Mapping[str, Any], currency: str | None) -> tuple[Money, Money | None]:
    """(price, sale price). A column `currency` counts before the shop's."""
    currency = _text(fields, "currency") or currency
    if currency and not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError(f"currency {quoted(currency)} is no code like USD")
    price, sale = _money(fields, "price", currency), _money(fields, "sale_price", currency)
    before = _money(fields, "compare_at_price", currency)
    if price is None:
        raise ValueError("price is missing")
    if before and not sale and before.currency == price.currency and before.minor > price.minor:
        price, sale = before, price
    if sale and (sale.currency != price.currency or sale.minor > price.minor):
        raise ValueError(f"sale_price {sale} does not go with price {price}")
    return price, sale if sale and 0 < sale.minor < price.minor else None


def _money(fields: Mapping[str, Any], name: str, currency: str | None) -> Money | None:
    value = fields.get(name)
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return _of_number(value, currency)
        text = _text(fields, name)
        return Money.parse(text, currency) if text else None
    except ValueError as error:
        raise ValueError(str(error) if str(error).startswith(name) else f"{name}: {error}") from error


def _of_number(value: float, currency: str | None) -> Money:
    """A JSON number, in the shop's currency. What sums of binary fractions leave behind (19.990000000000002) is cut."""
    if not currency:
        raise ValueError(
            f'{quoted(value)} does not say its currency; write it like "45.00 USD" or set currency in shop.yaml'
        )
    if abs(value) >= 10**12 or not math.isfinite(value):
        raise ValueError(f"{quoted(value)} is no price")
    return Money.of(round(Decimal(repr(value)), 6), currency)
