"""Orders as the shop's records have them: looked up by their owner. Nothing here changes one; `ordering` does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, select

from assistant.db import events, orders
from index.money import Money
from index.sql import reading


@dataclass(frozen=True, slots=True)
class Line:
    """`price` is that of one."""

    product_id: str
    quantity: int
    price: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """What went from the shopper to the shop, or back. `amount` is None where the record cannot be read."""

    kind: Literal["payment", "refund"]
    method: str
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order as it stands.

    Args:
        at: when it was placed; None where that is not known.
        status: pending, processed, delivered, cancelled, returning or exchanging; None where the shop has a purchase on
            record but no word of how the order stands.
        details: `lines`, `address`, `payments`, `fulfilments` in the form of `orders.jsonl`, and what was done since:
            `cancel_reason`, `items_changed`, `returned`, `exchanged`, and `version`, how often it was changed.
    """

    id: str
    shopper_id: str
    at: datetime | None
    status: str | None
    lines: tuple[Line, ...]
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Payments and refunds, oldest first."""
        return tuple(
            Payment(row.get("kind", "payment"), str(row.get("method")), money(row.get("amount")))
            for row in self.details.get("payments", [])
        )

    @property
    def delivered_at(self) -> datetime | None:
        """When the last parcel was, as far as the records say."""
        times = [_time(row.get("at")) for row in self.details.get("fulfilments", [])]
        return max((at for at in times if at is not None), default=None)

    @property
    def fingerprint(self) -> str:
        """Changes with every change of the order."""
        stated = [self.id, self.shopper_id, self.at and self.at.isoformat(), self.status, self.details]
        return hashlib.blake2b(json.dumps(stated, sort_keys=True).encode(), digest_size=12).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """The whole order, ready for JSON."""
        at = self.at and self.at.isoformat()
        return {"id": self.id, "shopper_id": self.shopper_id, "at": at, "status": self.status, **self.details}


class Orders:
    """The store of orders: those of `orders.jsonl`, and purchases that carry an order id."""

    SOURCE = "orders"  # of facts
    UNKNOWN = "unknown"  # the status of one of which no word is on record, as a fact

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, shopper_id: str) -> list[Order]:
        """A shopper's own orders, newest first; those whose date is not known come last."""
        with reading(self._engine) as db:
            known = [as_order(row) for row in db.execute(select(orders).where(orders.c.shopper_id == shopper_id))]
            bought = select(events).where(
                events.c.shopper_id == shopper_id, events.c.type == "purchase", events.c.order_id.is_not(None)
            )
            rows = db.execute(bought.order_by(events.c.at, events.c.n)).all()
        never = datetime.min.replace(tzinfo=UTC)
        return sorted(_with_purchases(known, rows), key=lambda order: order.at or never, reverse=True)

    def find(self, order_id: str) -> Order | None:
        """An order by id, whoever's it is: the caller decides who may see it."""
        with reading(self._engine) as db:
            return find_order(db, order_id)


def status_text(texts: Callable[[str, str], str], language: str, status: str | None) -> str:
    """How an order stands, as a shopper reads it.

    Args:
        texts: the fixed texts.
    """
    return texts(language, f"order_status_{status}" if status else "order_unknown")


def find_order(db: Connection, order_id: str) -> Order | None:
    """`Orders.find` within a transaction."""
    row = db.execute(select(orders).where(orders.c.id == order_id)).first()
    if row is not None:
        return as_order(row)
    query = select(events).where(events.c.order_id == order_id, events.c.type == "purchase")
    found = _with_purchases([], db.execute(query.order_by(events.c.n)).all())
    return found[0] if found else None


def as_order(row: Any) -> Order:
    """A row of the table `orders`."""
    at = row.at and row.at.replace(tzinfo=UTC)
    return Order(row.id, row.shopper_id, at, row.status, lines_of(row.details), row.details)


def lines_of(details: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines of an order, from its details."""
    return tuple(
        Line(str(line.get("product_id")), int(line.get("quantity", 1)), line.get("price"))
        for line in details.get("lines", [])
    )


def money(text: Any) -> Money | None:
    """An amount on record; None where there is none, or it cannot be read."""
    try:
        return Money.parse(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _time(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _with_purchases(known: list[Order], rows: Any) -> list[Order]:
    """Add the orders that are known by their purchases alone."""
    recorded = {order.id for order in known}
    bought: dict[str, list[Any]] = {}
    for row in rows:
        if row.order_id not in recorded:
            bought.setdefault(row.order_id, []).append(row)
    return known + [
        Order(
            order_id,
            lines[0].shopper_id,
            lines[0].at.replace(tzinfo=UTC),
            None,
            tuple(Line(line.product_id, line.quantity, line.price) for line in lines),
        )
        for order_id, lines in bought.items()
    ]
