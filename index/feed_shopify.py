"""Shopify's product CSV as rows of Merchant names: the rows of a handle are the variants of one product.

Both of its headers are known: the older ("Handle", "Variant SKU", "Body (HTML)") and the one since 2025 ("URL handle",
"SKU", "Description"). Names are compared as `field_name` writes them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from index.cleaning import field_name, plain
from index.feed_lines import Reject, Rejected, Row

_OLDER = {  # newer name → older name
    "url_handle": "handle", "description": "body_html", "sku": "variant_sku", "price": "variant_price",
    "compare_at_price": "variant_compare_at_price", "inventory_tracker": "variant_inventory_tracker",
    "inventory_quantity": "variant_inventory_qty", "product_image_url": "image_src",
    "continue_selling_when_out_of_stock": "variant_inventory_policy", "variant_image_url": "variant_image",
    "published_on_online_store": "published",
}  # fmt: skip
_OF_THE_PRODUCT = frozenset((  # stated in a product's first row only
    "handle", "title", "body_html", "vendor", "type", "product_category", "tags", "status", "published", "image_src",
    "option1_name", "option2_name", "option3_name",
))  # fmt: skip
_OPTIONS = {
    **dict.fromkeys(("color", "colour", "farbe", "couleur", "kleur", "colore"), "color"),
    **dict.fromkeys(("size", "größe", "grösse", "groesse", "taille", "talla", "maat", "taglia"), "size"),
    **dict.fromkeys(("material", "matériau", "materiale", "materiaal"), "material"),
}
_METAFIELD = re.compile(r"(.+)_product_metafields_shopify_.+")  # of Shopify's taxonomy; others may be private notes
_ADS = "google_shopping_"


def is_shopify(header: Collection[str]) -> bool:
    """Whether a table with these field names is an export of Shopify."""
    names = {_OLDER.get(name, name) for name in header}
    return "handle" in names and "id" not in names and bool(names & {"variant_price", "option1_name"})


def variants(
    file: str, header: Collection[str], rows: Iterator[tuple[int, Row]], reject: Reject
) -> Iterator[tuple[int, Row]]:
    """(line, row) of each variant on sale. Rows that only add an image are passed over; hidden products are reported."""
    product: dict[str, str] = {}
    untracked = "variant_inventory_tracker" in {_OLDER.get(name, name) for name in header}  # where a row names none
    for line, values in rows:
        row = {_OLDER.get(name, name): _one(value) for name, value in values.items()}
        if row.get("handle") != product.get("handle"):
            product = {name: value for name, value in row.items() if _is_of_the_product(name)}
        row = product | row
        if "image_src" in row and not row.keys() & {"variant_sku", "variant_price", "option1_value"}:
            continue
        hidden = _hidden(row)
        if hidden:
            reject(Rejected(file, line, hidden))
        else:
            yield line, _merchant(row, tracked="variant_inventory_tracker" in row or not untracked)


def _one(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)


def _is_of_the_product(name: str) -> bool:
    return name in _OF_THE_PRODUCT or name.startswith(_ADS) or bool(_METAFIELD.fullmatch(name))


def _hidden(row: Mapping[str, str]) -> str:
    """Why the product is not on sale; "" if it is."""
    status = row.get("status", "active").strip().lower()
    if status != "active":
        return f"not on sale: its status is {status[:20]}"
    if row.get("published", "true").strip().lower() in ("false", "no", "0"):
        return "not on sale: it is not published"
    return ""


def _merchant(row: Mapping[str, str], tracked: bool) -> Row:
    """A variant by Merchant names. Without an SKU its id is the handle and its options."""
    handle = plain(row.get("handle", ""))
    options = [(row.get(f"option{n}_name", ""), row.get(f"option{n}_value", "")) for n in (1, 2, 3)]
    options = [(field_name(name), value) for name, value in options if name and value and value != "Default Title"]
    attributes: dict[str, list[str]] = {"tags": row.get("tags", "").split(",")}
    for name, value in row.items():
        if match := _METAFIELD.fullmatch(name):
            attributes[match[1]] = value.split(";")
    attributes |= {name: [value] for name, value in options if name not in _OPTIONS}
    return {
        "id": row.get("variant_sku", "").lstrip("'") or "-".join([handle, *(value for _, value in options)]),
        "item_group_id": handle,
        "title": row.get("title"),
        "description": row.get("body_html"),
        "brand": row.get("vendor"),
        "product_type": row.get("type") or row.get("product_category"),
        "price": row.get("variant_price"),
        "compare_at_price": row.get("variant_compare_at_price"),
        "image_link": row.get("variant_image") or row.get("image_src"),
        **_stock(row, tracked),
        **{name.removeprefix(_ADS): value for name, value in row.items() if name.startswith(_ADS)},
        **{_OPTIONS[name]: value for name, value in options if name in _OPTIONS},
        "attributes": attributes,
    }


def _stock(row: Mapping[str, str], tracked: bool) -> Row:
    """Counted stock; below zero is oversold. What sells on without stock is a back order, what is not counted is there."""
    quantity = row.get("variant_inventory_qty", "").strip()
    if not tracked or not quantity:
        return {}
    empty = quantity.startswith("-") or not quantity.strip("0.")
    if empty and row.get("variant_inventory_policy", "").strip().lower() in ("continue", "true"):
        return {"availability": "backorder"}
    return {"availability": "out_of_stock", "quantity": 0} if empty else {"quantity": quantity}
