"""Our store in the reference's format, and when two states in that format are the same.

Amounts are decimals with us and sums of floats there (12.340000000000003): amounts are the same to the cent. A user's
orders are the same in any order. All else must be equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from assistant.db import accounts, orders, shoppers
from assistant.shoppers.tau2 import STATUS
from assistant.support.ordering.accounts import Account, Method, read_account
from assistant.support.orders import Order, as_order, money
from eval.tau2.leniency import options_of
from index.catalogue import Catalogue, Group, Product
from index.money import Money

_STATUS = {ours: theirs for theirs, ours in STATUS.items()}


def document_of(db: Connection, catalogue: Catalogue) -> dict[str, Any]:
    """The whole store."""
    held: dict[str, list[str]] = {}
    ordered = {}
    for order in map(as_order, db.execute(select(orders))):
        held.setdefault(order.shopper_id, []).append(order.id)
        ordered[order.id] = order_document(order, catalogue.products)
    people = db.execute(select(shoppers, accounts).join(accounts, accounts.c.shopper_id == shoppers.c.id)).mappings()
    return {
        "products": {group.id: product_document(group) for group in catalogue.groups.values()},
        "users": {
            row["id"]: user_document(row["name"], row["email"], _account(row), held.get(row["id"], []))
            for row in people
        },
        "orders": ordered,
    }


def one_user(db: Connection, shopper_id: str) -> dict[str, Any] | None:
    """One user; None where there is none."""
    row = db.execute(select(shoppers).where(shoppers.c.id == shopper_id)).first()
    if row is None:
        return None
    theirs = db.execute(select(orders.c.id).where(orders.c.shopper_id == shopper_id)).scalars()
    return user_document(row.name, row.email, read_account(db, shopper_id), list(theirs))


def user_document(name: str, email: str | None, account: Account, held: list[str]) -> dict[str, Any]:
    """A user. Of a name, what stands before the first space is the first name."""
    first, _, last = name.partition(" ")
    return {
        "user_id": account.shopper_id,
        "name": {"first_name": first, "last_name": last},
        "address": account.address,
        "email": email,
        "payment_methods": {method.id: _method(method) for method in account.methods},
        "orders": held,
    }


def order_document(order: Order, products: Mapping[str, Product]) -> dict[str, Any]:
    """An order, with what was done to it where something was."""
    details = order.details
    found: dict[str, Any] = {
        "order_id": order.id,
        "user_id": order.shopper_id,
        "address": details.get("address"),
        "items": [_item(line, products[line["product_id"]]) for line in details["lines"]],
        "status": _STATUS[order.status or "", bool(details.get("items_changed"))],
        "fulfillments": [
            {"tracking_id": parcel["tracking"], "item_ids": parcel["lines"]} for parcel in details["fulfilments"]
        ],
        "payment_history": [
            {"transaction_type": entry.kind, "amount": _number(entry.amount), "payment_method_id": entry.method}
            for entry in order.payments
        ],
    }
    if reason := details.get("cancel_reason"):
        found["cancel_reason"] = reason
    if (back := details.get("returned")) is not None:
        found |= {"return_items": sorted(back["items"]), "return_payment_method_id": back["method"]}
    if (swapped := details.get("exchanged")) is not None:
        difference = _number(money(swapped["difference"]))
        found |= {
            "exchange_items": sorted(swapped["items"]),
            "exchange_new_items": sorted(swapped["new_items"]),
            "exchange_payment_method_id": swapped["method"],
            "exchange_price_difference": difference if swapped["kind"] == "payment" else -difference,
        }
    return found


def product_document(group: Group) -> dict[str, Any]:
    """A product with its variants."""
    return {
        "name": group.title,
        "product_id": group.id,
        "variants": {variant.id: variant_document(variant) for variant in group.variants},
    }


def variant_document(variant: Product) -> dict[str, Any]:
    """A variant."""
    return {
        "item_id": variant.id,
        "options": options_of(variant),
        "available": variant.in_stock,
        "price": _number(variant.current_price),
    }


def canonical(value: Any, name: str = "") -> Any:
    """A value in a form in which equal ones are equal."""
    if isinstance(value, dict):
        return {key: canonical(held, key) for key, held in value.items()}
    if isinstance(value, list):
        held = [canonical(item) for item in value]
        return sorted(held) if name == "orders" else held
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value + 0.0:.2f}".replace("-0.00", "0.00")
    return value


def _account(row: Any) -> Account:
    methods = tuple(Method.of_json(stored) for stored in row["methods"])
    return Account(row["shopper_id"], row["address"], methods, row["version"])


def _method(method: Method) -> dict[str, Any]:
    balance = {} if method.balance is None else {"balance": _number(method.balance)}
    return {"source": method.source, "id": method.id, **method.details, **balance}


def _item(line: Mapping[str, Any], product: Product) -> dict[str, Any]:
    return {
        "name": product.title,
        "product_id": product.group_id,
        "item_id": product.id,
        "price": _number(money(line["price"])),
        "options": line.get("options") or options_of(product),
    }


def _number(amount: Money | None) -> float:
    assert amount is not None
    return float(amount.amount)
