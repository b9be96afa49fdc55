"""Purchase histories for the recommender's benchmark: what is known, what is held out to tune by, and to test by.

Three forms are read, by what lies in the folder: `sequences.txt` (a shopper a line, user and items, 1-based, the last for
testing, the one before for tuning), `train.inter` beside `valid.inter` and `test.inter` (user, history, next item), and a
shop with events (split by time).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.shoppers.feed import EventRow, find, read_rows
from assistant.taste.fitting import Examples
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.orders import Orders
from assistant.taste.popularity import counts
from index.errors import ShopError
from index.feeds import Rejected

TUNED_FROM = datetime(2011, 10, 1, tzinfo=UTC)  # of a shop split by time: what is tuned by …
TESTED_FROM = datetime(2011, 11, 1, tzinfo=UTC)  # … and what is tested by
DAY = 86_400.0


@dataclass(frozen=True)
class Purchases:
    """A data set.

    Args:
        texts: of each item, title and tags: what is embedded.
        titles: of each item.
        categories: of each item, the widest first; empty where none are known.
        brands: of each item, "" where it is not known; empty where none are.
        lately: where time passes between tuning and testing, what was known before testing.
        week: popularity of the last seven days before each test example; None where no times are known.
        orders: of a shop, all of its events.
    """

    name: str
    texts: Sequence[str]
    titles: Sequence[str]
    known: Histories
    tuning: Examples
    testing: Examples
    lately: Histories | None = None
    week: Callable[[Ints], Floats] | None = None
    categories: Sequence[Sequence[str]] = ()
    brands: Sequence[str] = ()
    orders: Orders | None = None


def read_purchases(folder: Path) -> Purchases:
    """The data set in a folder.

    Raises:
        ShopError: it has none of the three forms.
    """
    if (folder / "sequences.txt").is_file():
        return _sequences(folder)
    if (folder / "train.inter").is_file():
        return _interactions(folder)
    if find(folder, "events.jsonl") is not None:
        return _events(folder)
    raise ShopError(f"{folder}: no purchases: neither sequences.txt, train.inter nor events.jsonl is there.")


def _sequences(folder: Path) -> Purchases:
    items = list(_json_lines(folder / "items.jsonl"))
    texts = [" ".join([item["title"], *item["attributes"]]) for item in items]
    lines = (folder / "sequences.txt").read_text().splitlines()
    rows = [[int(number) - 1 for number in line.split()[1:]] for line in lines]
    return replace(
        _left_out(folder.name, texts, [(row[:-2], row[-2], row[:-1], row[-1]) for row in rows]),
        titles=[item["title"] for item in items],
        categories=[item["attributes"][1:] for item in items],
        brands=["" if item["attributes"][0] == "Unknown" else item["attributes"][0] for item in items],
    )


def _interactions(folder: Path) -> Purchases:
    items = list(_json_lines(folder / "items.jsonl"))
    texts = [str(item.get("text") or item.get("title") or "") for item in items]
    tuning, testing = (
        {user: (history, item) for user, history, item in _inter(folder / f"{part}.inter")}
        for part in ("valid", "test")
    )
    return replace(
        _left_out(folder.name, texts, [(*tuning[user], *testing[user]) for user in testing if user in tuning]),
        titles=[str(item.get("title") or texts[number]) for number, item in enumerate(items)],
        categories=[item.get("categories") or () for item in items],
        brands=[str(item.get("brand") or "") for item in items],
    )


def _left_out(name: str, texts: Sequence[str], rows: Sequence[tuple[list[int], int, list[int], int]]) -> Purchases:
    """The last item for testing, the one before for tuning; counts are of what lies before both."""
    known = Histories.of([row[0] for row in rows], len(texts))
    later = Histories.of([row[2] for row in rows], len(texts))
    popular = counts(known.items, known.size)
    tuning = Examples(known, [np.array([row[1]]) for row in rows], lambda numbers: popular)
    testing = Examples(later, [np.array([row[3]]) for row in rows], lambda numbers: popular)
    return Purchases(name, texts, texts, known, tuning, testing)


def _inter(path: Path) -> Iterator[tuple[str, list[int], int]]:
    for line in path.read_text().splitlines()[1:]:
        user, history, item = line.split("\t")
        yield user, [int(number) for number in history.split()], int(item)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _events(folder: Path) -> Purchases:
    """A shop: what was known before a day, and every order after it of those who had ordered before."""
    products = list(_json_lines(folder / "products.jsonl"))
    row = {product["id"]: number for number, product in enumerate(products)}
    rejected: list[Rejected] = []
    path = find(folder, "events.jsonl")
    assert path is not None
    found = [event for event in read_rows(path, EventRow, rejected) if event.product_id in row]
    found.sort(key=lambda event: (event.shopper_id, event.at, event.order_id or ""))
    shoppers = {name: number for number, name in enumerate(dict.fromkeys(event.shopper_id for event in found))}
    orders = Orders(
        np.array([row[event.product_id] for event in found]),
        np.array([event.at.timestamp() / DAY for event in found]),
        np.array([shoppers[event.shopper_id] for event in found]),
        np.ones(len(found), dtype=np.float32),
        len(products),
    )
    return split(folder.name, [product["title"] for product in products], orders, orders, orders)


def split(name: str, titles: Sequence[str], orders: Orders, taught: Orders, tested: Orders) -> Purchases:
    """A shop's orders by time.

    Args:
        orders: of all shoppers, which are what sells.
        taught: of those who are learned from.
        tested: of those on whom it is tested.
    """
    first, last = (moment.timestamp() / DAY for moment in (TUNED_FROM, TESTED_FROM))
    testing, mornings = tested.next_orders(last, np.inf, orders)

    @lru_cache
    def week(day: float) -> Floats:
        lately = (orders.days < day) & (orders.days >= day - 7)
        return np.bincount(orders.items[lately], minlength=orders.size).astype(np.float32)

    return Purchases(
        name,
        titles,
        titles,
        taught.before(first),
        taught.next_orders(first, last, orders)[0],
        testing,
        taught.before(last),
        lambda numbers: np.stack([week(float(day)) for day in mornings[numbers]]),
        orders=orders,
    )
