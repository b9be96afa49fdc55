"""Purchase histories for the recommender's benchmark: what is known, what is held out to tune by, and to test by.

Three forms are read, by what lies in the folder: `sequences.txt` (a shopper a line, user and items, 1-based, the last for
testing, the one before for tuning), `train.inter` beside `valid.inter` and `test.inter` (user, history, next item), and a
shop with events (split by time).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.shoppers.feed import EventRow, find, read_rows
from assistant.taste.fitting import Examples
from assistant.taste.histories import Floats, Histories, Ints
from assistant.taste.popularity import counts, popularity
from index.errors import ShopError
from index.feeds import Rejected

TUNED_FROM = datetime(2011, 10, 1, tzinfo=UTC)  # of a shop split by time: what is tuned by …
TESTED_FROM = datetime(2011, 11, 1, tzinfo=UTC)  # … and what is tested by
DAY = 86_400.0

Days = NDArray[np.float64]


@dataclass(frozen=True)
class Purchases:
    """A data set.

    Args:
        texts: of each item, title and tags.
        lately: where time passes between tuning and testing, what was known before testing.
        week: popularity of the last seven days before each test example; None where no times are known.
    """

    name: str
    texts: Sequence[str]
    known: Histories
    tuning: Examples
    testing: Examples
    lately: Histories | None = None
    week: Any = None


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
    return _left_out(folder.name, texts, [(row[:-2], row[-2], row[:-1], row[-1]) for row in rows])


def _interactions(folder: Path) -> Purchases:
    texts = [str(item.get("text") or item.get("title") or "") for item in _json_lines(folder / "items.jsonl")]
    tuning, testing = (
        {user: (history, item) for user, history, item in _inter(folder / f"{part}.inter")}
        for part in ("valid", "test")
    )
    return _left_out(folder.name, texts, [(*tuning[user], *testing[user]) for user in testing if user in tuning])


def _left_out(name: str, texts: Sequence[str], rows: Sequence[tuple[list[int], int, list[int], int]]) -> Purchases:
    """The last item for testing, the one before for tuning; counts are of what lies before both."""
    known = Histories.of([row[0] for row in rows], len(texts))
    later = Histories.of([row[2] for row in rows], len(texts))
    popular = counts(known.items, known.size)
    tuning = Examples(known, [np.array([row[1]]) for row in rows], lambda numbers: popular)
    return Purchases(
        name, texts, known, tuning, Examples(later, [np.array([r[3]]) for r in rows], lambda numbers: popular)
    )


def _inter(path: Path) -> Iterator[tuple[str, list[int], int]]:
    for line in path.read_text().splitlines()[1:]:
        user, history, item = line.split("\t")
        yield user, [int(number) for number in history.split()], int(item)


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


@dataclass(frozen=True)
class _Orders:
    """Purchases in columns, by shopper and then oldest first; an order is one shopper's at one time."""

    items: Ints
    days: Days  # since the epoch
    shoppers: Ints
    size: int


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
    orders = _Orders(
        np.array([row[event.product_id] for event in found]),
        np.array([event.at.timestamp() / DAY for event in found]),
        np.array([shoppers[event.shopper_id] for event in found]),
        len(products),
    )
    tuned, tested = (moment.timestamp() / DAY for moment in (TUNED_FROM, TESTED_FROM))
    testing, moments = _next_orders(orders, tested, np.inf)

    @lru_cache
    def week(day: float) -> Floats:
        lately = (orders.days < day) & (orders.days >= day - 7)
        return np.bincount(orders.items[lately], minlength=orders.size).astype(np.float32)

    return Purchases(
        folder.name,
        [product["title"] for product in products],
        _before(orders, tuned),
        _next_orders(orders, tuned, tested)[0],
        testing,
        _before(orders, tested),
        lambda numbers: np.stack([week(float(day)) for day in moments[numbers]]),
    )


def _before(orders: _Orders, day: float) -> Histories:
    """The history of everybody who bought before a day."""
    return _histories(
        [np.flatnonzero((orders.shoppers == s) & (orders.days < day)) for s in np.unique(orders.shoppers)], orders
    )


def _next_orders(orders: _Orders, start: float, end: float) -> tuple[Examples, Days]:
    """Every order from one day to another, of those who had ordered before the first: what came before it, and the order.

    What sold is counted up to the morning of the order. Returns the mornings too.
    """
    before, targets, mornings = [], [], []
    for shopper in np.unique(orders.shoppers):
        own = np.flatnonzero(orders.shoppers == shopper)
        days = orders.days[own]
        if days[0] >= start:
            continue
        for moment in np.unique(days[(days >= start) & (days < end)]):
            before.append(own[days < moment])
            targets.append(np.unique(orders.items[own[days == moment]]))
            mornings.append(np.floor(moment))
    days = np.array(mornings)

    @lru_cache
    def sold(day: float) -> Mapping[str, Floats]:
        return popularity(orders.items, orders.days, day, orders.size)

    def popular(numbers: Ints) -> Mapping[str, Floats]:
        each = [sold(float(day)) for day in days[numbers]]
        return {name: np.concatenate([one[name] for one in each]) for name in each[0]}

    return Examples(_histories(before, orders), targets, popular), days


def _histories(parts: Sequence[Ints], orders: _Orders) -> Histories:
    """Histories of events by number; those of one time are one moment."""
    filled = [part for part in parts if len(part)]
    moments = [np.unique(orders.days[part], return_inverse=True)[1] for part in filled]
    at = np.concatenate(filled)
    ends = np.concatenate([[0], np.cumsum([len(part) for part in filled])])
    return Histories(orders.items[at], ends, np.concatenate(moments), np.ones(len(at), dtype=np.float32), orders.size)
