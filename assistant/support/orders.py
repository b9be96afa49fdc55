"""Orders as the shop's records have them: looked up by their owner. Nothing here changes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select

from assistant.db import events, orders


@dataclass(frozen=True, slots=True)
class Line:
    product_id: str
    quantity: int
    price: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """`status` is None where the shop has a purchase on record but no word of how the order stands."""

    id: str
    shopper_id: str
    at: datetime
    status: str | None
    lines: tuple[Line, ...]
    details: Mapping[str, Any] = field(default_factory=dict)


class Orders:
    """The store of orders: those of `orders.jsonl`, and purchases that carry an order id."""

    SOURCE = "orders"  # of facts
    UNKNOWN = "unknown"  # the status of one of which no word is on record, as a fact

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, shopper_id: str) -> list[Order]:
        """A shopper's own orders, newest first."""
        with self._engine.connect() as db:
            known = [_recorded(row) for row in db.execute(select(orders).where(orders.c.shopper_id == shopper_id))]
            bought = select(events).where(
                events.c.shopper_id == shopper_id, events.c.type == "purchase", events.c.order_id.is_not(None)
            )
            rows = db.execute(bought.order_by(events.c.at, events.c.n)).all()
        return sorted(_with_purchases(known, rows), key=lambda order: order.at, reverse=True)

    def find(self, order_id: str) -> Order | None:
        """An order by id, whoever's it is: the caller decides who may see it."""
        with self._engine.connect() as db:
            row = db.execute(select(orders).where(orders.c.id == order_id)).first()
            if row is not None:
                return _recorded(row)
            query = select(events).where(events.c.order_id == order_id, events.c.type == "purchase")
            rows = db.execute(query.order_by(events.c.n)).all()
        found = _with_purchases([], rows)
        return found[0] if found else None


def _recorded(row: Any) -> Order:
    lines = tuple(
        Line(str(line.get("product_id")), int(line.get("quantity", 1)), line.get("price"))
        for line in row.details.get("lines", [])
    )
    return Order(row.id, row.shopper_id, row.at.replace(tzinfo=UTC), row.status, lines, row.details)


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
