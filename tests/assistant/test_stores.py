"""Carts, conversations, shoppers, orders: on a real SQLite, and on PostgreSQL where there is one."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from assistant.conversation import Conversations, Identity
from assistant.shoppers.seed import seed
from assistant.shoppers.store import Shoppers
from assistant.support.cart import BadQuantity, Carts, OutOfStock
from assistant.support.orders import Orders
from index.intake import read_catalogue
from index.shop import read_shop

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def carts(engine: Engine, shop_folder: Path) -> Carts:
    return Carts(engine, read_catalogue(read_shop(shop_folder), print).products.get)


def test_a_cart_adds_sets_and_removes(carts):
    assert carts.update("g", "M1", 2, "add") == {"M1": 2}
    assert carts.update("g", "M1", 1, "add") == {"M1": 3}
    assert carts.update("g", "M1", 5, "set") == {"M1": 5}
    assert carts.update("g", "M1", 1, "remove") == {"M1": 4}
    assert carts.update("g", "M1", 0, "remove") == {}
    assert carts.view("other") == {}


def test_a_cart_never_holds_more_than_the_stock(carts):
    carts.update("g", "W1", 2, "add")
    with pytest.raises(OutOfStock) as refused:
        carts.update("g", "W1", 2, "add")
    assert refused.value.available == 3
    assert carts.view("g") == {"W1": 2}
    with pytest.raises(OutOfStock):
        carts.update("g", "J3", 1, "add")


@pytest.mark.parametrize(("quantity", "mode"), [(-3, "add"), (0, "add"), (-1, "set"), (10**6, "set"), (-1, "remove")])
def test_bad_quantities_change_nothing(carts, quantity, mode):
    carts.update("g", "M1", 1, "add")
    with pytest.raises(BadQuantity):
        carts.update("g", "M1", quantity, mode)
    assert carts.view("g") == {"M1": 1}


def test_two_buyers_at_once_lose_nothing(carts):
    threads = [threading.Thread(target=carts.update, args=("g", "M1", 1, "add")) for _ in range(8)]
    carts.update("g", "M1", 1, "add")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert carts.view("g") == {"M1": 9}


def test_a_guests_cart_goes_along_up_to_the_stock(carts):
    carts.update("guest", "W1", 2, "add")
    carts.update("ada", "W1", 2, "add")
    carts.merge("guest", "ada")
    assert carts.view("ada") == {"W1": 3}
    assert carts.view("guest") == {}


def test_conversations_keep_their_turns_and_their_owner(engine):
    store = Conversations(engine, lambda: NOW)
    key = store.start(Identity())
    store.append(key, "hi", {"reply": "Hello"}, {"shown": ["M1"]})
    store.append(key, "bye", {"reply": "Bye"}, {"shown": []})
    assert [turn.text for turn in store.turns(key)] == ["hi", "bye"]
    assert store.last_state(key) == {"shown": []}
    mine = store.start(Identity("shopper", "ada"))
    assert store.get(mine).identity == Identity("shopper", "ada")
    assert store.get(key).identity == Identity()
    assert store.get("unknown") is None


def test_seeding_reads_once_and_reports_bad_rows(engine, shop_folder: Path):
    (shop_folder / "events.jsonl").open("a").write('{"shopper_id": "ada", "type": "stared"}\n')
    rejected = seed(engine, shop_folder)
    assert [(row.file, row.line) for row in rejected] == [("events.jsonl", 3)]
    shoppers = Shoppers(engine, lambda: NOW)
    shoppers.remember("ada", "avoids", "wool")
    assert seed(engine, shop_folder) == []
    assert shoppers.get("ada").preferences == {"size": "M", "prefers": [], "avoids": ["wool"]}
    assert len(shoppers.events("ada")) == 1


def test_preferences_and_consent(engine, shop_folder: Path):
    seed(engine, shop_folder)
    shoppers = Shoppers(engine, lambda: NOW)
    shoppers.remember("ada", "personalization", "false")
    assert shoppers.get("ada").personalization is False
    shoppers.record("ada", "view", "M1")
    assert len(shoppers.events("ada")) == 1
    assert shoppers.forget("ben", "avoids", "Wool") is True
    assert shoppers.forget("ben", "avoids", "wool") is False


def test_orders_are_known_by_their_purchases(engine, shop_folder: Path):
    seed(engine, shop_folder)
    orders = Orders(engine)
    assert [(order.id, order.status) for order in orders.of("ada")] == [("T100", None)]
    assert orders.find("T200").shopper_id == "kit"
    assert orders.find("nope") is None
