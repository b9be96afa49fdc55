"""The shoppers and orders of a shop in one document (`index.feed_tau2`), as the rows of our own files.

A user is a shopper with an address and ways to pay. An order has no date in that format, and its items are lines of one
piece each. A bad row is reported and skipped, as those of our own files are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.shoppers.feed import OrderRow, Reading, ShopperRow, reason
from index.feed_tau2 import CURRENCY, Document, read_document
from index.feeds import Rejected

STATUS = {  # of the format → ours, and whether the items were changed once
    "pending": ("pending", False),
    "pending (item modified)": ("pending", True),
    "processed": ("processed", False),
    "delivered": ("delivered", False),
    "cancelled": ("cancelled", False),
    "return requested": ("returning", False),
    "exchange requested": ("exchanging", False),
}
R = TypeVar("R", bound=BaseModel)
Json = Mapping[str, Any]


def read_shoppers(document: Document, reject: Callable[[Rejected], None]) -> Iterator[ShopperRow]:
    """The good users in order."""
    return _rows(document, "users", ShopperRow, _shopper, reject)


def read_orders(document: Document, reject: Callable[[Rejected], None]) -> Iterator[OrderRow]:
    """The good orders in order."""
    return _rows(document, "orders", OrderRow, _order, reject)


def about(path: Path, shopper_id: str) -> tuple[int, list[ShopperRow], list[OrderRow]]:
    """What a document says of one shopper: how many of its objects, and those that can be read."""
    document = read_document(path, _unheard)
    users, orders = (
        {key: row for _, key, row in document.section(name, _unheard) if row.get("user_id", key) == shopper_id}
        for name in ("users", "orders")
    )
    theirs = Document(path, {"users": users, "orders": orders}, document.lines)
    return len(users) + len(orders), list(read_shoppers(theirs, _unheard)), list(read_orders(theirs, _unheard))


def _unheard(row: Rejected) -> None:
    """Whoever took the shop in has heard of it."""


def _rows(
    document: Document,
    section: str,
    model: type[R],
    as_ours: Callable[[str, Json], Json],
    reject: Callable[[Rejected], None],
) -> Iterator[R]:
    for line, key, row in document.section(section, reject):
        try:
            yield model.model_validate(as_ours(key, row), context=Reading())
        except ValidationError as error:
            reject(Rejected(document.path.name, line, f"{section}: {reason(error)}"))
        except (AttributeError, KeyError, TypeError) as error:  # something is missing, or of another kind
            reject(Rejected(document.path.name, line, f"{section}: not in this format ({type(error).__name__})"))


def _shopper(key: str, user: Json) -> Json:
    return {
        "id": key,
        "name": f"{user['name']['first_name']} {user['name']['last_name']}",
        "email": user["email"],
        "zip": user["address"]["zip"],
        "address": user["address"],
        "payment_methods": [
            {**method, **({"balance": _money(method["balance"])} if "balance" in method else {})}
            for method in user["payment_methods"].values()
        ],
    }


def _order(key: str, order: Json) -> Json:
    status, items_changed = STATUS.get(order["status"], (order["status"], False))
    row = {
        "id": key,
        "shopper_id": order["user_id"],
        "at": None,
        "status": status,
        "items_changed": items_changed,
        "address": order["address"],
        "lines": [{"product_id": item["item_id"], "price": _money(item["price"])} for item in order["items"]],
        "payments": [
            {"method": paid["payment_method_id"], "amount": _money(paid["amount"]), "kind": paid["transaction_type"]}
            for paid in order["payment_history"]
        ],
        "fulfilments": [
            {"tracking": parcel["tracking_id"], "lines": parcel["item_ids"]} for parcel in order["fulfillments"]
        ],
        "cancel_reason": order.get("cancel_reason"),
    }
    if order.get("return_items") is not None:
        row["returned"] = {"items": order["return_items"], "method": order["return_payment_method_id"]}
    if order.get("exchange_items") is not None:
        difference = order["exchange_price_difference"]
        row["exchanged"] = {
            "items": order["exchange_items"],
            "new_items": order["exchange_new_items"],
            "method": order["exchange_payment_method_id"],
            "difference": _money(abs(difference)),
            "kind": "payment" if difference > 0 else "refund",
        }
    return row


def _money(amount: Any) -> str:
    """As our files write it. The format has sums of floats, such as 12.340000000000003: what is beyond a millionth is
    noise of these. An amount that is finer than a cent is refused later."""
    return f"{amount:.6f} {CURRENCY}" if isinstance(amount, Decimal) else f"{amount} {CURRENCY}"
