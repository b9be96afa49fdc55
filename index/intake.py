"""Takes a shop's feed and reviews into a store, row by row: memory does not grow with the feed.

A row that cannot be used is reported with its line and skipped; so is a second row of one id.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update
from tqdm import tqdm

from index.catalogue import Catalogue, Product, Review
from index.errors import ShopError
from index.feeds import Rejected, find_feed, read_products
from index.shop import Shop, read_reviews
from index.store import Store, batches, chunks, groups, products, reviews

REPORTED = 50  # rejected rows that a report carries; all of them are in the file

Reject = Callable[[Rejected], None]


class RejectedFile:
    """All rejected rows, in a file; it replaces the last one when the intake is through."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._draft = path.with_suffix(".draft")
        self._out = self._draft.open("w", encoding="utf-8")
        self.first: list[Rejected] = []
        self.count = 0

    def add(self, row: Rejected) -> None:
        self.count += 1
        if len(self.first) < REPORTED:
            self.first.append(row)
        self._out.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")

    def take_up(self) -> None:
        self.close()
        os.replace(self._draft, self._path)

    def close(self) -> None:
        self._out.close()


class Intake:
    """What was read of a feed, and what was not taken."""

    def __init__(self, store: Store, shop: Shop, report: Reject, *, progress: bool = False) -> None:
        self._store = store
        self._shop = shop
        self._report = report
        self._progress = progress
        self.read = 0  # rows of the feed, good and bad
        self.taken = 0
        self.currency = ""

    def run(self) -> None:
        """Take everything in: products, their groups, reviews, and the ratings that follow from these."""
        feed = find_feed(self._shop.folder)
        with tqdm(desc="reading", unit="row", disable=not self._progress) as bar:
            for part in batches(read_products(feed, self._shop.settings.currency, self._reject)):
                with self._store.engine.begin() as db:
                    self._take(db, part, feed.name)
                bar.update(len(part))
        with self._store.engine.begin() as db:
            db.execute(_NUMBER_GROUPS)
        for rows in batches(read_reviews(self._shop.folder, self._report)):
            with self._store.engine.begin() as db:
                self._take_reviews(db, rows)
        with self._store.engine.begin() as db:
            _rate(db)

    def nothing_taken(self, rejected: Sequence[Rejected]) -> str:
        """Why a feed gave no product, with the first problem."""
        feed = find_feed(self._shop.folder)
        hint = f" The first problem: line {rejected[0].line}: {rejected[0].reason}." if rejected else ""
        return f"{feed}: no product could be read.{hint} Each needs at least id, title and price."

    def _reject(self, row: Rejected) -> None:
        self.read += 1
        self._report(row)

    def _take(self, db: Connection, rows: Sequence[tuple[int, Product]], file: str) -> None:
        known: dict[str, tuple[int, Mapping[str, Any]]] = {
            row.id: (row.line, json.loads(row.data))
            for row in db.execute(
                select(products.c.id, products.c.line, products.c.data).where(
                    products.c.id.in_([product.id for _, product in rows])
                )
            )
        }
        taken = []
        for line, product in rows:
            self.read += 1
            self.currency = self.currency or product.price.currency
            stated = product.to_json()
            if product.price.currency != self.currency:
                self._report(Rejected(file, line, other_currency(product, self.currency)))
            elif product.id in known:
                self._report(Rejected(file, line, repeated(product.id, stated, *known[product.id])))
            else:
                known[product.id] = (line, stated)
                taken.append(
                    {
                        "no": self.taken,
                        "id": product.id,
                        "folded": product.id.lower(),
                        "group_id": product.group_id,
                        "line": line,
                        "structure": product.structure,
                        "data": json.dumps(stated, ensure_ascii=False),
                    }
                )
                self.taken += 1
        if taken:
            db.execute(insert(products), taken)

    def _take_reviews(self, db: Connection, rows: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        named = [str(row["item_group_id"] or "") for _, row in rows]
        ids = [str(row["id"] or "") for _, row in rows]
        by_product = dict(
            db.execute(select(products.c.id, products.c.group_id).where(products.c.id.in_(ids))).tuples().all()
        )
        known = {*db.execute(select(groups.c.id).where(groups.c.id.in_(named))).scalars(), *by_product.values()}
        first = db.execute(select(func.coalesce(func.max(reviews.c.no) + 1, 0))).scalar_one()
        taken: list[dict[str, Any]] = []
        for line, row in rows:
            group = str(row["item_group_id"] or "") or by_product.get(str(row["id"]), "")
            if group in known:
                found = {name: row[name] for name in ("author", "title", "text", "rating")}
                taken.append({"no": first + len(taken), "group_id": group, **found})
            else:
                self._report(Rejected("reviews.jsonl", line, no_product(row)))
        if taken:
            db.execute(insert(reviews), taken)


def read_catalogue(shop: Shop, reject: Reject) -> Catalogue:
    """The whole catalogue in memory, as the folder states it now: for those who judge, and for small shops.

    Raises:
        ShopError: no row could be read.
    """
    feed = find_feed(shop.folder)
    held: dict[str, Product] = {}
    for line, product in read_products(feed, shop.settings.currency, reject):
        first = next(iter(held.values()), product)
        if product.id in held:
            before = held[product.id]
            reject(Rejected(feed.name, line, repeated(product.id, product.to_json(), before.line, before.to_json())))
        elif product.price.currency != first.price.currency:
            reject(Rejected(feed.name, line, other_currency(product, first.price.currency)))
        else:
            held[product.id] = product
    if not held:
        raise ShopError(f"{feed}: no product could be read.")
    by_group: dict[str, list[Review]] = {}
    known = {product.group_id for product in held.values()}
    for line, row in read_reviews(shop.folder, reject):
        group = row["item_group_id"] or (held[row["id"]].group_id if row["id"] in held else "")
        if group in known:
            by_group.setdefault(group, []).append(
                Review(group, row["author"], row["title"], row["text"], row["rating"])
            )
        else:
            reject(Rejected("reviews.jsonl", line, no_product(row)))
    rated = (_rated(product, by_group.get(product.group_id, ())) for product in held.values())
    return Catalogue.of(rated, {key: tuple(rows) for key, rows in by_group.items()})


def other_currency(product: Product, currency: str) -> str:
    return f"price in {product.price.currency}: one currency a shop ({currency}), none is converted"


def no_product(row: Mapping[str, Any]) -> str:
    return f"no product {row['item_group_id'] or row['id']!r}"


def mean_rating(total: int, count: int) -> Decimal:
    """To one decimal."""
    return (Decimal(total) / count).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _rated(product: Product, rows: Sequence[Review]) -> Product:
    if not rows or product.rating is not None:
        return product
    return replace(product, rating=mean_rating(sum(row.rating for row in rows), len(rows)), review_count=len(rows))


def repeated(product_id: str, stated: Mapping[str, Any], line: int, before: Mapping[str, Any]) -> str:
    """Why a second row of one id is not taken; names what it states otherwise."""
    differing = [name for name in {**before, **stated} if before.get(name) != stated.get(name)]
    also = f", and states another {', '.join(differing)}" if differing else ""
    return f"id {product_id!r} is there already, in line {line}{also}"


_NUMBER_GROUPS = insert(groups).from_select(
    ["no", "id", "folded", "title", "text_hash"],
    select(
        func.row_number().over(order_by=func.min(products.c.no)) - 1,
        products.c.group_id,
        literal(""),
        literal(""),
        literal(""),
    ).group_by(products.c.group_id),
)


def _rate(db: Connection) -> None:
    """The rating from the reviews, to one decimal, where the feed has none."""
    query = select(reviews.c.group_id, func.count(), func.sum(reviews.c.rating)).group_by(reviews.c.group_id)
    for part in chunks(db.execute(query).all()):
        means = {key: (str(mean_rating(int(total), count)), count) for key, count, total in part}
        rows = db.execute(
            select(products.c.no, products.c.group_id, products.c.data).where(products.c.group_id.in_(list(means)))
        ).all()
        rated = []
        for no, key, data in rows:
            stated = json.loads(data)
            if "rating" not in stated:
                stated["rating"], stated["review_count"] = means[key]
                rated.append({"number": no, "stated": json.dumps(stated, ensure_ascii=False)})
        if rated:
            db.execute(
                update(products).where(products.c.no == bindparam("number")).values(data=bindparam("stated")), rated
            )
