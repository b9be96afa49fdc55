"""What staff see of a shopper beside a conversation: as much as their role may, and no more than the shopper consents to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.conversation import Clock
from assistant.events import iso
from assistant.shoppers.store import Shoppers
from assistant.support.desk.rights import Near, Staff, may
from assistant.support.orders import Order, Orders

LATEST_ORDERS, LATEST_EVENTS = 10, 15


class Panel:
    """Reads a shopper.

    Args:
        title: of a product id, as the catalogue has it now.
    """

    def __init__(self, shoppers: Shoppers, orders: Orders, clock: Clock, title: Callable[[str], str]) -> None:
        self._shoppers = shoppers
        self._orders = orders
        self._clock = clock
        self._title = title

    def of(self, shopper_id: str | None, staff: Staff, near: Near) -> dict[str, Any] | None:
        """The panel; None of a guest. What they may not see has no key at all.

        `name`, `email`, `orders` (latest first), `consent`, `preferences`, `events` (latest first). Of one who has
        opted out neither preferences nor events are shown to anybody: they are not to be used.
        """
        shopper = self._shoppers.get(shopper_id) if shopper_id else None
        if shopper is None:
            return None
        panel: dict[str, Any] = {}
        if may(staff, "name", near):
            panel["name"] = shopper.name
        if may(staff, "contact", near):
            panel["email"] = shopper.email
        if may(staff, "orders", near):
            contact = may(staff, "contact", near)
            panel["orders"] = [self._order(order, contact) for order in self._orders.of(shopper.id)[:LATEST_ORDERS]]
        if may(staff, "preferences", near):
            panel["consent"] = shopper.personalization
            if shopper.personalization:
                panel["preferences"] = dict(shopper.preferences)
        if may(staff, "events", near) and shopper.personalization:
            history = self._shoppers.history(shopper.id, self._clock(), LATEST_EVENTS)
            panel["events"] = [
                {"type": event.type, "title": self._title(event.product_id), "at": iso(event.at)}
                for event in reversed(history.events)
            ]
        return panel

    def _order(self, order: Order, contact: bool) -> dict[str, Any]:
        lines = [
            {"title": self._title(line.product_id), "quantity": line.quantity, "price": line.price}
            for line in order.lines
        ]
        told: dict[str, Any] = {
            "id": order.id,
            "at": iso(order.at) if order.at else None,
            "status": order.status,
            "lines": lines,
        }
        if contact and order.details.get("address"):
            told["address"] = order.details["address"]
        return told
