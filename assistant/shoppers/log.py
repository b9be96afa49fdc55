"""Everybody's events in columns: what a recommender is trained on. Those who opted out are not in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, String, cast, collate, select

from assistant.db import events, shoppers
from assistant.shoppers.feed import naive
from index.sql import reading


@dataclass(frozen=True)
class EventLog:
    """Events in columns of one length: by shopper (in the order of code points), then oldest first."""

    shopper_id: tuple[str, ...]
    product_id: tuple[str, ...]
    type: tuple[str, ...]
    at: NDArray[np.datetime64]  # UTC, datetime64[s]; what is left of a second is cut off
    quantity: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.shopper_id)


def read_log(engine: Engine, until: datetime | None = None) -> EventLog:
    """The events up to `until` of all shoppers who have not opted out."""
    opted_out = select(shoppers.c.id).where(shoppers.c.personalization.is_(False))
    order = collate(events.c.shopper_id, "C" if engine.dialect.name == "postgresql" else "BINARY")
    query = (
        # times as text: numpy reads them ten times as fast as a datetime is made of each
        select(events.c.shopper_id, events.c.product_id, events.c.type, cast(events.c.at, String), events.c.quantity)
        .where(events.c.shopper_id.not_in(opted_out))
        .order_by(order, events.c.at, events.c.n)
    )
    if until is not None:
        query = query.where(events.c.at <= naive(until))
    with reading(engine) as db:
        rows = db.execute(query).all()
    who, what, kinds, times, quantities = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    at = np.array(times, dtype="datetime64[us]").astype("datetime64[s]")
    return EventLog(who, what, kinds, at, np.array(quantities, dtype=np.int64))
