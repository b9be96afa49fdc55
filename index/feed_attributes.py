"""What a row says of its product beyond the fields that all products have: a mapping from name to values.

A column of its own becomes an attribute when it describes the product. Columns about advertising, shipping, taxes, the
shop's costs and the like do not, and some of them are no shopper's business.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from index.cleaning import clean, field_name, quoted

_LONGEST = 500  # characters of an attribute's value, where it comes from a column; longer is no property
_MOST = 50  # values of one column; more is data for machines
# A column with one of these words in its name; Google's specification and private notes.
_TELLS_NOTHING = frozenset((
    "ads", "adult", "at", "author", "barcode", "category", "certification", "cogs", "cost", "created", "custom",
    "date", "destination", "ean", "email", "excluded", "gtin", "guid", "handling", "identifier", "id", "image",
    "included", "installment", "internal", "isbn", "link", "loyalty", "margin", "mpn", "note", "notes", "paid",
    "pause", "pickup", "policy", "price", "pricing", "profit", "promotion", "pubdate", "purchase", "seller",
    "shipping", "ships", "sku", "store", "subscription", "supplier", "tax", "template", "title", "updated", "upc",
    "url", "vendor", "warehouse", "wholesale",
))  # fmt: skip


def stated(value: object) -> dict[str, tuple[str, ...]]:
    """The field `attributes`: an object of name and value or values, or that as JSON text.

    Raises:
        ValueError: something else; the message names the attribute.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ValueError("attributes is not a JSON object") from error
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("attributes is not an object of name and values")
    found = {clean(name): values_of(items, f"attributes.{quoted(name)}") for name, items in value.items()}
    return {name: items for name, items in found.items() if name and items}


def described(columns: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The columns, by field name, that describe the product; Google's product_detail under the names it states."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in columns.items():
        if name == "product_detail":
            found |= dict(_details(value))
        elif not _TELLS_NOTHING.intersection(name.split("_")) and _is_property(value):
            values = values_of(value, name)
            if values and not any(len(text) > _LONGEST or text.startswith(("http:", "https:")) for text in values):
                found[name] = values
    return found


def values_of(value: object, name: str) -> tuple[str, ...]:
    """Cleaned values of one value or a list; `name` is for the message.

    Raises:
        ValueError: there is an object or list among them.
    """
    if isinstance(value, str):
        text = clean(value)
        return (text,) if text else ()
    texts = (clean(_scalar(item, name)) for item in (value if isinstance(value, list) else [value]))
    return tuple(dict.fromkeys(text for text in texts if text))


def _scalar(value: object, name: str) -> object:
    if isinstance(value, (dict, list)):
        raise ValueError(f"{name} is neither a value nor a list of values")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if not math.isfinite(value) else int(value) if value.is_integer() else value
    return "" if value is None else value


def _is_property(value: object) -> bool:
    values = value if isinstance(value, list) else [value]
    return len(values) <= _MOST and not any(isinstance(item, (dict, list)) for item in values)


def _details(value: object) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Google's "section:name:value", several of them separated by commas; in XML, elements."""
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            pairs = [(item.get("attribute_name"), item.get("attribute_value"))]
        else:
            pieces = (piece.split(":", 2) for piece in re.split(r",(?=[^,:]*:[^,:]*:)", str(item)))
            pairs = [(piece[1], piece[2]) for piece in pieces if len(piece) == 3]
        for name, text in pairs:
            if name and text and _is_property(text):
                yield field_name(str(name)), values_of(text, "product_detail")
