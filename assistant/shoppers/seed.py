"""Takes a shop folder's shoppers, events and orders into the store, and what has changed of them. What happened live is
never overwritten, and what was forgotten is not taken in again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from tqdm import tqdm

from assistant.db import accounts, events, lock, order_audit, orders, seeds, shoppers
from assistant.shoppers.feed import EventRow, OrderRow, ShopperRow, find, read_rows
from assistant.shoppers.tau2 import read_orders, read_shoppers
from assistant.shoppers.tombstones import Tombstones
from index.feed_tau2 import NAME as TAU2
from index.feed_tau2 import read_document
from index.feeds import Rejected

BATCH = 5_000
QUICK_S = 1.0  # what takes no longer shows no progress
T = TypeVar("T")


def seed(
    engine: Engine, folder: Path, zone: tzinfo = UTC, *, now: datetime | None = None, progress: bool = False
) -> list[Rejected]:
    """Read what is new or changed in the shop folder, in one transaction. Returns the rows that were skipped.

    Args:
        zone: the shop's clock, by which times that name no zone are read.
        now: by which a parcel that came some days ago has its date; it keeps that when the folder is read again.
        progress: show a bar on stderr where it takes a while.
    """
    rejected: list[Rejected] = []
    with engine.begin() as db:
        lock(db, "seed")  # of several workers that start together one reads
        for name, take in (
            ("shoppers.jsonl", _shoppers),
            ("events.jsonl", _events),
            ("orders.jsonl", _orders),
            (TAU2, _document),
        ):
            path = find(folder, name)
            if path is None:
                continue
            fingerprint = _fingerprint(path, zone)
            known = db.execute(select(seeds.c.fingerprint).where(seeds.c.file == name)).scalar()
            if known == fingerprint:
                continue
            with tqdm(
                total=path.stat().st_size,
                desc=path.name,
                unit="B",
                unit_scale=True,
                delay=QUICK_S,
                disable=not progress,
            ) as bar:
                take(_Source(db, path, zone, now, rejected, bar))
            if known is None:
                db.execute(insert(seeds).values(file=name, fingerprint=fingerprint))
            else:
                db.execute(update(seeds).where(seeds.c.file == name).values(fingerprint=fingerprint))
    return rejected


@dataclass
class _Source:
    """A file, and what it is read with."""

    db: Connection
    path: Path
    zone: tzinfo
    now: datetime | None
    rejected: list[Rejected]
    bar: Any
    buried: Tombstones = field(init=False)

    def __post_init__(self) -> None:
        self.buried = Tombstones(self.db, many=True)

    def rows(self, model: type[Any]) -> Iterator[Any]:
        def seen(at: int) -> None:
            self.bar.update(at - self.bar.n)

        return read_rows(self.path, model, self.rejected, self.zone, seen, self.now)


def _shoppers(source: _Source) -> None:
    _take_shoppers(source, source.rows(ShopperRow))


def _orders(source: _Source) -> None:
    _take_orders(source, source.rows(OrderRow))


def _document(source: _Source) -> None:
    document = read_document(source.path, source.rejected.append)
    _take_shoppers(source, read_shoppers(document, source.rejected.append))
    _take_orders(source, read_orders(document, source.rejected.append))


def _take_shoppers(source: _Source, found: Iterable[ShopperRow]) -> None:
    for part in _batches(row for row in found if not source.buried.is_shopper(row.id)):
        profiles = (
            {
                "id": row.id,
                "name": row.name or row.id,
                "email": row.email,
                "zip": row.zip,
                "preferences": row.preferences.model_dump(exclude_none=True),
                "personalization": row.personalization,
            }
            for row in part
        )
        _take_rows(source.db, shoppers, profiles, follow=("name", "email", "zip"))
        held = (
            {
                "shopper_id": row.id,
                "address": row.address,
                "methods": [method.model_dump(exclude_none=True) for method in row.payment_methods],
                "version": 0,
            }
            for row in part
            if row.address or row.payment_methods
        )
        _take_rows(source.db, accounts, held)


def _take_orders(source: _Source, found: Iterable[OrderRow]) -> None:
    rows = (
        {"id": row.id, "shopper_id": row.shopper_id, "at": row.at, "status": row.status, "details": row.details}
        for row in found
        if not source.buried.is_shopper(row.shopper_id)
    )
    lock(source.db, "orders")
    done = set(source.db.execute(select(order_audit.c.order_id)).scalars())  # their course is ours now
    _take_rows(source.db, orders, rows, follow=("status", "details"), but=done)


def _events(source: _Source) -> None:
    source.db.execute(delete(events).where(events.c.live.is_(False)))
    rows = (
        {
            "shopper_id": row.shopper_id,
            "type": row.type,
            "product_id": row.product_id,
            "order_id": row.order_id,
            "at": row.at,
            "quantity": row.quantity,
            "price": row.price,
            "live": False,
        }
        for row in source.rows(EventRow)
        if not source.buried.is_event(row.shopper_id, row.type, row.product_id, row.at)
    )
    for batch in _batches(rows):
        source.db.execute(insert(events), batch)


def _take_rows(
    db: Connection,
    table: Table,
    rows: Iterable[dict[str, Any]],
    *,
    follow: Sequence[str] = (),
    but: Collection[str] = (),
) -> None:
    """Insert the rows whose id is not there yet; of the others only `follow` is taken: nothing that was done since is undone.

    Args:
        follow: columns that are the file's alone, so that those which are there take over what it says of them now.
        but: ids of rows that no longer do.
    """
    (key,) = table.primary_key
    for batch in _batches(rows):
        stated = {row[key.name]: row for row in batch}
        held = db.execute(select(key, *(table.c[name] for name in follow)).where(key.in_(stated)))
        known = {row[0]: dict(zip(follow, row[1:], strict=True)) for row in held}
        fresh = [row for which, row in stated.items() if which not in known]
        if fresh:
            db.execute(insert(table), fresh)
        for which, before in known.items():
            now = {name: stated[which][name] for name in follow}
            if which not in but and _dateless(now) != _dateless(before):
                db.execute(update(table).where(key == which).values(now))


def _dateless(values: dict[str, Any]) -> dict[str, Any]:
    """The same without when parcels came: told in days back, that is another date at every reading."""
    details = values.get("details")
    if not isinstance(details, dict):
        return values
    parcels = [{**parcel, "at": None} for parcel in details.get("fulfilments", [])]
    return {**values, "details": {**details, "fulfilments": parcels}}


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch


def _fingerprint(path: Path, zone: tzinfo) -> str:
    """Changes with what is read, and with the clock it is read by."""
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256")
    digest.update(str(zone).encode())
    return digest.hexdigest()
