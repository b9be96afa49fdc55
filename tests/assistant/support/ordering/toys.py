"""A few products, two shoppers and their orders, to change orders with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from assistant.shoppers.seed import seed
from assistant.support.ordering import Address, OrderActions, Who
from index.catalogue import Product
from index.money import Money
from index.shop import OrderTerms
from tests.conftest import NOW, write_jsonl

ADA, BEN = Who.shopper("ada"), Who.shopper("ben")
HOME = Address("1 Oak Road", "Bonn", "53111", "Germany")
TERMS = OrderTerms(return_days=60, not_returnable=["Candles"], deliver_to=["DE"])


def product(key: str, group: str, price: str, **more: Any) -> Product:
    return Product(key, group, group.title(), Money.parse(price), **more)


PRODUCTS = {
    row.id: row
    for row in (
        product("lamp-red", "lamp", "40.00 EUR", quantity=9),
        product("lamp-blue", "lamp", "55.50 EUR", quantity=2),
        product("lamp-green", "lamp", "20.00 EUR", quantity=0),
        product("lamp-black", "lamp", "30.10 EUR"),
        product("mug-big", "mug", "15.20 EUR", sale_price=Money.parse("12.20 EUR")),
        product("mug-small", "mug", "10.00 EUR"),
        product("candle-tall", "candle", "7.00 EUR", product_type="Lights > Candles"),
        product("candle-wide", "candle", "7.00 EUR", product_type="Lights > Candles"),
        product("rug", "rug", "90.00 USD"),
        product("rug-long", "rug", "99.00 EUR"),
    )
}
SHOPPERS = [
    {"id": "ada", "name": "Ada Lee", "email": "ada@example.com", "zip": "10115",
     "address": {"address1": "7 Elm", "city": "Berlin", "zip": "10115", "country": "Germany", "name": "A. Lee"},
     "payment_methods": [{"id": "gift-1", "source": "gift_card", "balance": "30.00 EUR"},
                         {"id": "card-1", "source": "credit_card", "brand": "visa", "last_four": "1234"},
                         {"id": "paypal-1", "source": "paypal"}]},
    {"id": "ben", "name": "Ben", "payment_methods": [{"id": "card-9", "source": "credit_card"}]},
]  # fmt: skip


def order(
    key: str, who: str, status: str, lines: list[tuple[str, int, str | None]], method: str = "card-1", **more: Any
) -> dict:
    total = sum(Money.parse(price).minor * count for _, count, price in lines if price)
    return {
        "id": key, "shopper_id": who, "at": "2026-10-01T10:00:00Z", "status": status,
        "lines": [{"product_id": item, "quantity": count, "price": price} for item, count, price in lines],
        "address": {"address1": "7 Elm", "city": "Berlin", "zip": "10115", "country": "Germany", "name": "A. Lee"},
        "payments": [{"method": method, "amount": str(Money(total, "EUR"))}],
        "fulfilments": [{"tracking": f"T-{key}", "lines": [0], "at": "2026-10-20T10:00:00Z"}] if status == "delivered" else [],
        **more,
    }  # fmt: skip


LAMPS = [("lamp-red", 2, "38.00 EUR"), ("mug-small", 1, "10.00 EUR")]
ORDERS = [
    order("P1", "ada", "pending", LAMPS),
    order("P2", "ada", "pending", [("mug-small", 1, "10.00 EUR")], "gift-1"),
    order("CHANGED", "ada", "pending", LAMPS, items_changed=True),
    order("REPAID", "ada", "pending", LAMPS, payments=[
        {"method": "card-1", "amount": "86.00 EUR"}, {"method": "paypal-1", "amount": "86.00 EUR"},
        {"method": "card-1", "amount": "86.00 EUR", "kind": "refund"}]),
    order("NOPRICE", "ada", "pending", [("lamp-red", 1, None)]),
    order("DOLLARS", "ada", "pending", [("rug-long", 1, "99.00 EUR")]),
    order("SENT", "ada", "processed", LAMPS),
    order("D1", "ada", "delivered", LAMPS),
    order("OLD", "ada", "delivered", LAMPS, fulfilments=[{"lines": ["lamp-red"], "at": "2026-08-31T10:00:00Z"}]),
    order("LIMIT", "ada", "delivered", LAMPS, fulfilments=[{"lines": ["lamp-red"], "at": "2026-09-02T00:30:00Z"}]),
    order("UNDATED", "ada", "delivered", LAMPS, fulfilments=[{"tracking": "T-9"}]),
    order("CANDLES", "ada", "delivered", [("candle-tall", 1, "7.00 EUR"), ("mug-small", 1, "10.00 EUR")]),
    order("AGAIN", "ada", "delivered", LAMPS, exchanged={"items": ["mug-small"], "new_items": ["mug-big"], "method": "card-1",
                                                        "difference": "2.20 EUR", "kind": "payment"}),
    order("GONE", "ada", "cancelled", LAMPS),
    order("B1", "ben", "pending", LAMPS, "card-9"),
]  # fmt: skip


def seeded(engine: Engine, folder: Path) -> None:
    """The shoppers and orders, in the store."""
    write_jsonl(folder / "shoppers.jsonl", SHOPPERS)
    write_jsonl(folder / "orders.jsonl", ORDERS)
    write_jsonl(
        folder / "events.jsonl",
        [{"shopper_id": "ada", "type": "purchase", "product_id": "lamp-red", "order_id": "BOUGHT", "at": "2026-10-01T10:00:00Z"}],
    )  # fmt: skip
    assert seed(engine, folder) == []


def actions_of(engine: Engine, **more: Any) -> OrderActions:
    """What can be done, by the shop's terms."""
    return OrderActions(engine, more.pop("products", PRODUCTS).get, more.pop("terms", TERMS), lambda: NOW, **more)
