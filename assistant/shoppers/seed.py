"""Takes a shop folder's shoppers, events and orders into the store. What happened live is never overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from assistant.db import events, orders, seeds, shoppers
from assistant.shoppers.feed import EventRow, OrderRow, ShopperRow, find, naive, read_rows
from index.feeds import Rejected

BATCH = 5_000


def seed(engine: Engine, folder: Path) -> list[Rejected]:
    """Read what is new or changed in the shop folder, in one transaction. Returns the rows that were skipped."""
    rejected: list[Rejected] = []
    with engine.begin() as db:
        for name, take in (
            ("shoppers.jsonl", _shoppers),
            ("events.jsonl", _events),
            ("orders.jsonl", _orders),
        ):
            path = find(folder, name)
            if path is None:
                continue
            fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
            known = db.execute(select(seeds.c.fingerprint).where(seeds.c.file == name)).scalar()
            if known == fingerprint:
                continue
            take(db, path, rejected)
            if known is None:
                db.execute(insert(seeds).values(file=name, fingerprint=fingerprint))
            else:
                db.execute(update(seeds).where(seeds.c.file == name).values(fingerprint=fingerprint))
    return rejected


def _shoppers(db: Connection, path: Path, rejected: list[Rejected]) -> None:
    rows = (
        {
            "id": row.id,
            "name": row.name or row.id,
            "email": row.email,
            "zip": row.zip,
            "preferences": row.preferences.model_dump(exclude_none=True),
            "personalization": row.personalization,
        }
        for row in read_rows(path, ShopperRow, rejected)
    )
    _insert_new(db, shoppers, rows)


def _orders(db: Connection, path: Path, rejected: list[Rejected]) -> None:
    rows = (
        {
            "id": row.id,
            "shopper_id": row.shopper_id,
            "at": naive(row.at),
            "status": row.status,
            "details": row.model_dump(include={"lines", "address", "payments", "fulfilments"}),
        }
        for row in read_rows(path, OrderRow, rejected)
    )
    _insert_new(db, orders, rows)


def _events(db: Connection, path: Path, rejected: list[Rejected]) -> None:
    db.execute(delete(events).where(events.c.live.is_(False)))
    rows = ({**row.model_dump(), "at": naive(row.at), "live": False} for row in read_rows(path, EventRow, rejected))
    for batch in _batches(rows):
        db.execute(insert(events), batch)


def _insert_new(db: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """Insert the rows whose id is not there yet: a changed file adds, it does not undo what was done since."""
    known = set(db.execute(select(table.c.id)).scalars())
    fresh: dict[str, dict[str, Any]] = {row["id"]: row for row in rows if row["id"] not in known}
    for batch in _batches(fresh.values()):
        db.execute(insert(table), batch)


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    source = iter(rows)
    while batch := list(islice(source, BATCH)):
        yield batch
