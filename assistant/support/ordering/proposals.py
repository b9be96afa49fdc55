"""What is listed to a person before they confirm, and what was done when they had. Values only, ready for JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from assistant.support.ordering.actions import Action, action_of_json, action_to_json
from assistant.support.ordering.who import Who
from index.money import Money


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that the action moves, from the shopper (payment) or to them (refund); never zero.

    Args:
        booked: with the action itself; else when the goods have come back.
        at_once: it is there at once, as on a gift card; else the bank takes its days.
    """

    kind: Literal["payment", "refund"]
    method: str
    amount: Money
    booked: bool
    at_once: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A piece that the action is about, at the price paid; and what comes instead of it, at today's price."""

    product_id: str
    price: Money
    new_product_id: str | None = None
    new_price: Money | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the person confirms: all that the action does. A new address stands in the action.

    Args:
        status, new_status: of the order; None where it is about the account alone.
        items: those that are changed, sent back or exchanged.
        method: that pays, or gets the refund.
    """

    status: str | None
    new_status: str | None
    items: tuple[Item, ...] = ()
    method: str | None = None
    movements: tuple[Movement, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "new_status": self.new_status,
            "method": self.method,
            "items": [{**asdict(i), "price": str(i.price), "new_price": i.new_price and str(i.new_price)} for i in self.items],
            "movements": [{**asdict(m), "amount": str(m.amount)} for m in self.movements],
        }  # fmt: skip

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Terms:
        """The inverse of `to_json`."""
        return cls(
            stored["status"],
            stored["new_status"],
            tuple(Item(**{**row, **_money(row, "price", "new_price")}) for row in stored["items"]),
            stored["method"],
            tuple(Movement(**{**row, **_money(row, "amount")}) for row in stored["movements"]),
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    """An action that the rules allow, on the order as it stood; nothing is written yet.

    It may be kept as JSON with the conversation, where only the server writes. Everything is judged again when it is
    carried out.

    Args:
        order_id: None where it is about the account alone.
        fingerprint: of the order, or the account, that it rests on.
    """

    order_id: str | None
    action: Action
    asked_by: Who
    fingerprint: str
    terms: Terms

    @property
    def key(self) -> str:
        """The same for the same person asking the same of the same state: what is carried out once."""
        stated = [self.order_id, action_to_json(self.action), asdict(self.asked_by), self.fingerprint]
        return hashlib.blake2b(json.dumps(stated, sort_keys=True).encode(), digest_size=16).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """With its key, which `of_json` works out again."""
        return {
            "key": self.key,
            "order_id": self.order_id,
            "action": action_to_json(self.action),
            "asked_by": asdict(self.asked_by),
            "fingerprint": self.fingerprint,
            "terms": self.terms.to_json(),
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Proposal:
        """The inverse of `to_json`."""
        return cls(
            stored["order_id"],
            action_of_json(stored["action"]),
            Who(**stored["asked_by"]),
            stored["fingerprint"],
            Terms.of_json(stored["terms"]),
        )


@dataclass(frozen=True, slots=True)
class Carried:
    """What was done: a row of the audit. `before` and `after` are the whole order, or the account."""

    key: str
    order_id: str | None
    shopper_id: str
    action: Action
    terms: Terms
    asked_by: Who
    confirmed_by: Who
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    @classmethod
    def of_row(cls, row: Any) -> Carried:
        """A row of the table `order_audit`."""
        return cls(
            row.key,
            row.order_id,
            row.shopper_id,
            action_of_json(row.action),
            Terms.of_json(row.terms),
            Who(row.asked_role, row.asked_id, row.shopper_id),
            Who(row.confirmed_role, row.confirmed_id, row.shopper_id),
            row.at.replace(tzinfo=UTC),
            row.before,
            row.after,
        )


def _money(row: Mapping[str, Any], *names: str) -> dict[str, Money | None]:
    return {name: Money.parse(row[name]) if row[name] is not None else None for name in names}
