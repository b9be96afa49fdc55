"""Hidden goals of simulated shoppers: a product that a real shopper really bought next, in a shop that knows what came before.

A data set becomes a shop folder with the events of everybody up to one moment. A shop's own events are cut at the day from
which it is tested (`eval.purchases`), and each shopper's goal is a product of their first order after it, drawn at random;
of sequences it is the last product. So nothing in the shop's store, and nothing that the recommender was fitted on, is
later than the moment at which the simulated shopper speaks. That all come at once is simpler than life: who really came
five weeks later meets a shop that knows as little of those weeks as of their purchase.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from assistant.shoppers.feed import EventRow, find, naive, read_rows
from eval.conversation import NOW
from eval.purchases import TESTED_FROM, Purchases
from index.feeds import Rejected

STREAM = 1  # of the random numbers that draw goals; a simulated shopper draws from others


@dataclass(frozen=True)
class Goal:
    """What one shopper is after, hidden from the assistant.

    Args:
        shopper: the id of the real shopper whose history the assistant may know.
        product: the id of what they really bought next.
        repeated: they had bought it before.
        paid: the price of one, in the shop's currency; None where prices are not real.
    """

    shopper: str
    product: str
    repeated: bool
    paid: Decimal | None = None


@dataclass(frozen=True)
class Market:
    """A data set as a shop.

    Args:
        folder: its products and settings.
        ids: of the products, in the order of the data set's rows.
        people: the folder of `events.jsonl`, all before `now`.
        now: when simulated shoppers speak.
        goals: one for each shopper there is, in an order drawn at random.
        currency: of real prices; None where they are made up.
    """

    name: str
    folder: Path
    ids: tuple[str, ...]
    people: Path
    now: datetime
    goals: tuple[Goal, ...]
    currency: str | None


def open_market(data: Purchases, source: Path, kept: Path, seed: int) -> Market:
    """The shop of a data set, written into a folder.

    Args:
        source: the folder that `data` was read from.
        seed: of the goals and their order.

    Raises:
        ShopError: the data set's products cannot be read.
    """
    rng = np.random.default_rng([seed, STREAM])
    people = kept / "people"
    people.mkdir(parents=True, exist_ok=True)
    folder = kept / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shop.yaml").write_text(f"name: {data.name}\n", encoding="utf-8")
    if data.orders is None:
        _write(folder / "products.jsonl", _products(data))
        found = _of_sequences(data, people, rng)
        ids = tuple(str(row) for row in range(len(data.titles)))
        return Market(data.name, folder, ids, people, NOW, _shuffled(found, rng), None)
    shutil.copyfile(source / "products.jsonl", folder / "products.jsonl")
    found, currency = _of_orders(source, people, rng)
    with (folder / "products.jsonl").open(encoding="utf-8") as lines:
        ids = tuple(json.loads(line)["id"] for line in lines)
    return Market(data.name, folder, ids, people, TESTED_FROM, _shuffled(found, rng), currency)


def _shuffled(goals: Sequence[Goal], rng: np.random.Generator) -> tuple[Goal, ...]:
    return tuple(goals[place] for place in rng.permutation(len(goals)).tolist())


def _products(data: Purchases) -> Iterator[dict[str, Any]]:
    """The products of sequences, by their rows; every price is made up."""
    for row, title in enumerate(data.titles):
        path, brand = data.categories[row] if data.categories else (), data.brands[row] if data.brands else ""
        product = {"id": str(row), "title": title, "price": "1.00 USD", "quantity": 1}
        yield product | {"product_type": " > ".join(path) or None, "brand": brand or None}


def _of_sequences(data: Purchases, people: Path, rng: np.random.Generator) -> list[Goal]:
    """Histories a minute apart, the last just before now: a data set without times has an order alone."""
    goals, rows = [], []
    for number, targets in enumerate(data.testing.targets):
        history = data.testing.histories.row(number).tolist()
        for place, item in enumerate(history):
            at = NOW - timedelta(minutes=len(history) - place)
            rows.append({"shopper_id": str(number), "type": "purchase", "product_id": str(item), "at": at.isoformat()})
        target = int(rng.choice(targets))
        goals.append(Goal(str(number), str(target), target in history))
    _write(people / "events.jsonl", rows)
    return goals


def _of_orders(source: Path, people: Path, rng: np.random.Generator) -> tuple[list[Goal], str | None]:
    rejected: list[Rejected] = []
    path = find(source, "events.jsonl")
    assert path is not None
    cut = naive(TESTED_FROM)
    events = sorted(read_rows(path, EventRow, rejected), key=lambda event: (event.shopper_id, event.at))
    goals = []
    for shopper, own in groupby(events, key=lambda event: event.shopper_id):
        theirs = list(own)
        before = {event.product_id for event in theirs if event.at < cut}
        after = [event for event in theirs if event.at >= cut and event.type == "purchase"]
        if not before or not after:
            continue
        order = [event for event in after if event.at == after[0].at]
        bought = order[int(rng.integers(len(order)))]
        goals.append(Goal(shopper, bought.product_id, bought.product_id in before, _amount(bought.price)))
    _write(people / "events.jsonl", (_row(event) for event in events if event.at < cut))
    priced = next((event.price for event in events if event.price), None)
    return goals, priced.split()[-1] if priced else None


def _row(event: EventRow) -> dict[str, Any]:
    return event.model_dump(exclude_none=True) | {"at": event.at.replace(tzinfo=UTC).isoformat()}


def _amount(price: str | None) -> Decimal | None:
    try:
        return Decimal(price.split()[0]) if price else None
    except InvalidOperation:
        return None


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    def lines() -> Iterator[str]:
        for row in rows:
            yield json.dumps(row) + "\n"

    with path.open("w", encoding="utf-8") as out:
        out.writelines(lines())
