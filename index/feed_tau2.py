"""A shop in one JSON document, in the format of τ²-bench's retail domain: products with variants, users, orders.

    {"products": {id: {"name", "product_id", "variants": {id: {"item_id", "options": {}, "available": bool, "price": 50.88}}}},
     "users": {…}, "orders": {…}}

A variant is a product of ours, with the product as its group, and the options as its attributes. Prices are in US
dollars, which the format does not say. The people in it are not the index's business: `assistant.shoppers.tau2`.
The document is read whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from index.feed_lines import DAMAGE, Reject, Rejected, Row, opened

NAME = "db.json"
CURRENCY = "USD"
_KEY = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*\{')


@dataclass(frozen=True)
class Document:
    """What a document states, numbers as decimals, and in which line each object that has a name begins."""

    path: Path
    stated: Mapping[str, Any]
    lines: Mapping[str, int]

    def section(self, name: str, reject: Reject) -> Iterator[tuple[int, str, Mapping[str, Any]]]:
        """(line, id, object) of each object of a section, in order; what is none is reported."""
        rows = self.stated.get(name, {})
        if not isinstance(rows, dict):
            return reject(Rejected(self.path.name, 1, f"{name} is not a JSON object"))
        for key, row in rows.items():
            line = self.lines.get(key, 1)
            if isinstance(row, dict):
                yield line, key, row
            else:
                reject(Rejected(self.path.name, line, f"{name}.{key} is not a JSON object"))


def read_document(path: Path, reject: Reject) -> Document:
    """Read a document, plain or gzipped. One that is damaged, or no JSON object, is reported, and states nothing.

    Raises:
        ShopError: it cannot be opened.
    """
    file, encoding = opened(path)
    try:
        with file:
            text = file.read().decode(encoding, errors="replace")
        stated = json.loads(text, parse_float=Decimal, parse_constant=_refuse) if text.strip() else {}
    except json.JSONDecodeError as error:
        reject(Rejected(path.name, error.lineno, f"not JSON: {error.msg}"))
    except (*DAMAGE, ValueError, RecursionError) as error:
        reject(Rejected(path.name, 1, f"cannot be read: {error}"))
    else:
        if isinstance(stated, dict):
            return Document(path, stated, _lines(text))
        reject(Rejected(path.name, 1, "not a JSON object with products, users and orders"))
    return Document(path, {}, {})


def read_tau2(path: Path, reject: Reject) -> Iterator[tuple[int, Row]]:
    """(line, row) of each variant, under the names that `feed_rows` reads.

    Raises:
        ShopError: see `read_document`.
    """
    document = read_document(path, reject)
    for line, group, product in document.section("products", reject):
        variants = product.get("variants")
        if not isinstance(variants, dict):
            reject(Rejected(path.name, line, f"product {group!r} has no variants"))
            continue
        for key, variant in variants.items():
            at = document.lines.get(key, line)
            if isinstance(variant, dict):
                yield at, _row(group, product, key, variant)
            else:
                reject(Rejected(path.name, at, f"variant {key!r} is not a JSON object"))


def _row(group: str, product: Row, key: str, variant: Row) -> Row:
    """The kind of thing is both title and type: the format has nothing else of either."""
    name, price = product.get("name"), variant.get("price")
    return {
        "id": key,
        "item_group_id": group,
        "title": name,
        "product_type": name,
        "price": f"{price:f}" if isinstance(price, Decimal) else price,
        "currency": CURRENCY,
        "availability": str(variant.get("available")).lower(),
        "attributes": variant.get("options"),
    }


def _lines(text: str) -> Mapping[str, int]:
    """The line in which an object of a name begins first."""
    found: dict[str, int] = {}
    line, upto = 1, 0
    for match in _KEY.finditer(text):
        line += text.count("\n", upto, match.start())
        upto = match.start()
        found.setdefault(match[1], line)
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
