"""Product feeds: a shop's catalogue in the format it already has, row by row. A bad row is reported with its line.

    products.jsonl                   Google Merchant's names, one object a line                 feed_lines.py
    products.csv, products.tsv       the same in columns, Google's TSV, Shopify's product CSV   feed_tables.py, feed_shopify.py
    products.xml                     Google Merchant's RSS or Atom                              feed_xml.py
    db.json                          a whole shop in one document, as τ²-bench retail has it    feed_tau2.py
    any of them with .gz

Everything but that document streams: memory does not grow with the feed. `feed_rows.py` makes the products.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from index.catalogue import Product
from index.cleaning import clean
from index.errors import ShopError
from index.feed_lines import Reject, Rejected, Row, read_jsonl
from index.feed_rows import parse_product
from index.feed_tables import read_table
from index.feed_tau2 import read_tau2
from index.feed_xml import read_xml

__all__ = ["FEEDS", "Reject", "Rejected", "clean", "find_feed", "parse_product", "read_jsonl", "read_products"]

_READERS: dict[str, Callable[[Path, Reject], Iterator[tuple[int, Row]]]] = {
    "products.jsonl": read_jsonl,
    "products.csv": read_table,
    "products.tsv": read_table,
    "products.xml": read_xml,
    "db.json": read_tau2,
}
FEEDS = tuple(name + packed for name in _READERS for packed in ("", ".gz"))


def find_feed(folder: Path) -> Path:
    """The shop's product feed.

    Raises:
        ShopError: there is none, or more than one.
    """
    found = [name for name in FEEDS if (folder / name).is_file()]
    if not found:
        raise ShopError(f"{folder}: no products. Put one of {', '.join(_READERS)} into the folder, or one with .gz.")
    if len(found) > 1:
        raise ShopError(f"{folder}: {' and '.join(found)}. Which one counts? Leave one in the folder.")
    return folder / found[0]


def read_products(feed: Path, currency: str | None, reject: Reject) -> Iterator[tuple[int, Product]]:
    """(line, product) of each good row, in order; each other one goes to `reject`. `currency` is that of bare numbers.

    Raises:
        ShopError: the file has no feed's name, or cannot be opened.
    """
    reader = _READERS.get(feed.name.removesuffix(".gz"))
    if reader is None:
        raise ShopError(f"{feed}: not a feed's name; it is one of {', '.join(FEEDS)}.")
    for line, row in reader(feed, reject):
        try:
            product = parse_product(row, currency, line)
        except ValueError as error:
            reject(Rejected(feed.name, line, str(error)))
        else:
            yield line, product
