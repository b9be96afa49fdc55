"""Orders and accounts as files state them: our own, and τ²-bench's document; what is malformed is named and skipped."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from assistant.conversation import Identity
from assistant.db import accounts, orders
from assistant.events import Done
from assistant.shoppers.seed import seed
from assistant.support.ordering import Accounts
from assistant.support.orders import Orders
from index.money import Money
from tests.conftest import write_jsonl
from tests.toys import plan

GOOD = {"id": "O1", "shopper_id": "ada", "at": "2026-10-01T10:00:00Z", "status": "pending"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "lost"}, "status"),
        ({"lines": [{"quantity": 1}]}, "lines.0.product_id"),
        ({"lines": [{"product_id": "M1", "quantity": 0}]}, "lines.0.quantity"),
        ({"lines": [{"product_id": "M1", "price": "12 rue Cler"}]}, "lines.0.price: Value error, no amount"),
        ({"lines": [{"product_id": "M1", "price": 12.0}]}, "lines.0.price"),
        ({"payments": [{"method": "card", "amount": "12"}]}, "payments.0.amount: Value error, no amount"),
        ({"payments": [{"amount": "12.00 EUR"}]}, "payments.0.method"),
        ({"payments": [{"method": "card", "amount": "12.00 EUR", "kind": "gift"}]}, "payments.0.kind"),
        ({"fulfilments": [{"lines": [0]}]}, "a fulfilment names a line"),
        ({"fulfilments": [{"at": "yesterday"}]}, "fulfilments.0.at"),
        ({"exchanged": {"items": ["M1"]}}, "exchanged.method"),
    ],
)
def test_a_malformed_order_is_named_with_its_line_and_skipped(engine, shop_folder, change, reason):
    write_jsonl(shop_folder / "orders.jsonl", [GOOD, {**GOOD, "id": "O2", **change}])
    (row,) = seed(engine, shop_folder)
    assert (row.file, row.line) == ("orders.jsonl", 2) and reason in row.reason
    assert "12 rue Cler" not in row.reason
    assert Orders(engine).find("O1") is not None and Orders(engine).find("O2") is None


def test_an_order_must_say_when_it_was_placed_or_that_nobody_knows(engine, shop_folder):
    silent = {key: value for key, value in GOOD.items() if key != "at"}
    write_jsonl(shop_folder / "orders.jsonl", [silent, {**GOOD, "at": None}])
    assert [row.line for row in seed(engine, shop_folder)] == [1]
    assert Orders(engine).find("O1").at is None


def test_what_an_order_states_is_kept_and_read(engine, shop_folder):
    stated = {
        **GOOD, "lines": [{"product_id": "M1", "quantity": 2, "price": "12 EUR", "note": "engraved"}],
        "payments": [{"method": "card", "amount": "24.00 EUR"}],
        "fulfilments": [{"tracking": "T1", "lines": [0], "at": "2026-10-03T12:00:00+02:00"}, {"lines": ["M1"], "at": "2026-10-02T10:00:00Z"}],
    }  # fmt: skip
    write_jsonl(shop_folder / "orders.jsonl", [stated])
    assert seed(engine, shop_folder) == []
    found = Orders(engine).find("O1")
    assert found.details["lines"] == [{"product_id": "M1", "quantity": 2, "price": "12.00 EUR", "note": "engraved"}]
    assert [(p.kind, p.method, p.amount) for p in found.payments] == [("payment", "card", Money(2400, "EUR"))]
    assert found.delivered_at == datetime(2026, 10, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "method",
    [
        {"id": "g", "source": "gift_card"},
        {"id": "c", "source": "card", "balance": "5.00 EUR"},
        {"id": "g", "source": "gift_card", "balance": 5.0},
    ],
)
def test_a_gift_card_has_a_balance_and_nothing_else_has(engine, shop_folder, method):
    write_jsonl(shop_folder / "shoppers.jsonl", [{"id": "zoe", "payment_methods": [method]}])
    (row,) = seed(engine, shop_folder)
    assert (row.file, row.line) == ("shoppers.jsonl", 1)


HOME = {"address1": "1 Oak", "address2": "", "city": "Reno", "country": "USA", "state": "NV", "zip": "89501"}
CARD = {"source": "gift_card", "id": "gift_1", "balance": 0.3}
USER = {"user_id": "ann_1", "name": {"first_name": "Ann", "last_name": "Lee"}, "address": HOME, "email": "a@example.com",
        "payment_methods": {"gift_1": CARD}, "orders": ["#W1"]}  # fmt: skip
ITEM = {"name": "Lamp", "product_id": "7", "item_id": "71", "price": 50.88, "options": {}}
ORDER = {"order_id": "#W1", "user_id": "ann_1", "address": HOME, "items": [ITEM], "status": "delivered",
         "fulfillments": [{"tracking_id": ["T1"], "item_ids": ["71"]}],
         "payment_history": [{"transaction_type": "payment", "amount": 50.88, "payment_method_id": "gift_1"}]}  # fmt: skip


def document(folder, users=None, rows=None) -> None:
    for name in ("products.jsonl", "orders.jsonl", "shoppers.jsonl", "events.jsonl"):
        (folder / name).unlink(missing_ok=True)
    stated = {"products": {}, "users": users or {"ann_1": USER}, "orders": rows or {"#W1": ORDER}}
    (folder / "db.json").write_text(json.dumps(stated, indent=1))


def test_the_people_of_a_document_are_shoppers_with_accounts_and_its_orders_are_theirs(engine, shop_folder):
    document(shop_folder)
    assert seed(engine, shop_folder) == [] == seed(engine, shop_folder)
    account = Accounts(engine).get("ann_1")
    assert (account.address, account.method("gift_1").balance) == (HOME, Money(30, "USD"))
    (found,) = Orders(engine).of("ann_1")
    assert (found.id, found.at, found.status, found.lines[0].price) == ("#W1", None, "delivered", "50.88 USD")
    with engine.connect() as db:  # never a float in the store
        held = [row.details for row in db.execute(select(orders))] + [
            row.methods for row in db.execute(select(accounts))
        ]
    assert not any(isinstance(value, float) for value in _values(held))


def test_what_was_done_before_is_known_of_a_document(engine, shop_folder):
    noise = {"transaction_type": "refund", "amount": 12.340000000000003, "payment_method_id": "gift_1"}
    document(shop_folder, rows={
        "#W1": {**ORDER, "status": "pending (item modified)", "payment_history": [*ORDER["payment_history"], noise]},
        "#W2": {**ORDER, "status": "exchange requested", "exchange_items": ["71"], "exchange_new_items": ["72"],
                "exchange_payment_method_id": "gift_1", "exchange_price_difference": -1.5},
        "#W3": {**ORDER, "status": "return requested", "return_items": ["71"], "return_payment_method_id": "gift_1"},
        "#W4": {**ORDER, "status": "cancelled", "cancel_reason": "no longer needed"},
    })  # fmt: skip
    assert seed(engine, shop_folder) == []
    one, two, three, four = (Orders(engine).find(f"#W{n}") for n in (1, 2, 3, 4))
    assert (one.status, one.details["items_changed"], one.payments[1].amount) == ("pending", True, Money(1234, "USD"))
    assert (two.status, two.details["exchanged"]["difference"], two.details["exchanged"]["kind"]) == (
        "exchanging",
        "1.50 USD",
        "refund",
    )
    assert (three.status, three.details["returned"]) == ("returning", {"items": ["71"], "method": "gift_1"})
    assert (four.status, four.details["cancel_reason"]) == ("cancelled", "no longer needed")


@pytest.mark.parametrize(
    ("users", "rows", "reason"),
    [
        ({"ann_1": {**USER, "name": "Ann"}}, None, "users: not in this format"),
        ({"ann_1": {**USER, "address": None}}, None, "users: not in this format"),
        (
            {"ann_1": {**USER, "payment_methods": {"g": {**CARD, "balance": 0.305}}}},
            None,
            "users: payment_methods.0.balance",
        ),
        ({"ann_1": 1}, None, "users.ann_1 is not a JSON object"),
        (None, {"#W1": {**ORDER, "status": "lost"}}, "orders: status"),
        (None, {"#W1": {**ORDER, "items": [{**ITEM, "price": "free"}]}}, "orders: lines.0.price"),
        (None, {"#W1": {**ORDER, "payment_history": None}}, "orders: not in this format"),
        (
            None,
            {"#W1": {**ORDER, "fulfillments": [{"tracking_id": ["T"], "item_ids": ["9"]}]}},
            "a fulfilment names a line",
        ),
    ],
)
def test_what_is_malformed_in_a_document_is_named_with_its_line(engine, shop_folder, users, rows, reason):
    document(shop_folder, users, rows)
    (row,) = seed(engine, shop_folder)
    assert row.file == "db.json" and reason in row.reason
    assert row.line == (1 if row.reason.endswith("JSON object") else row.line) and row.line > 0


def test_the_line_is_where_the_object_begins(engine, shop_folder):
    document(shop_folder, rows={"#W1": ORDER, "#W2": {**ORDER, "status": "lost"}})
    (row,) = seed(engine, shop_folder)
    text = (shop_folder / "db.json").read_text().splitlines()
    assert '"#W2": {' in text[row.line - 1]


def _values(value):
    if isinstance(value, dict):
        value = list(value.values())
    return [found for item in value for found in _values(item)] if isinstance(value, list) else [value]


def test_an_order_without_a_date_is_told_without_one(make_app, shop_folder):
    order = {**GOOD, "id": "#W77", "at": None, "lines": [{"product_id": "M1", "price": "12.00 EUR"}]}
    write_jsonl(shop_folder / "orders.jsonl", [order])
    app = make_app(plan(("order_status", {"order_id": "#W77"})))
    key = app.conversations.start(Identity("shopper", "ada"))
    reply = next(e for e in app.assistant.reply(key, "where is my order #W77?") if isinstance(e, Done)).reply
    assert (reply.text, reply.outcome) == (
        "Order #W77: 1 × Glen Mug (White), together 12.00 EUR; status: pending.",
        "answered",
    )
    assert {fact.field for fact in reply.facts} == {"status", "lines"}
