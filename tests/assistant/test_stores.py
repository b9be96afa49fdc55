"""Carts, conversations, shoppers, orders: on a real SQLite, and on PostgreSQL where there is one."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update

from assistant.conversation import Conversations, Identity
from assistant.db import order_audit, orders
from assistant.shoppers.seed import seed
from assistant.shoppers.store import Shoppers
from assistant.support.cart import BadQuantity, Carts, OutOfStock
from assistant.support.orders import Orders
from index.intake import read_catalogue
from index.shop import read_shop
from tests.conftest import write_jsonl

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


def test_what_the_shop_has_done_with_an_order_is_taken_up_unless_it_was_changed_here(engine, shop_folder: Path):
    def written(status, name="Ada"):
        for key in ("A1", "A2"):
            parcel = {"tracking": "x", "lines": [0], "at": "-P3D"}
            yield {"id": key, "shopper_id": "ada", "at": "2026-10-01T10:00:00Z", "status": status, "fulfilments": [parcel],
                   "lines": [{"product_id": "M1", "quantity": 1, "price": "12.00 EUR"}]}  # fmt: skip

    stored = Orders(engine)
    write_jsonl(shop_folder / "orders.jsonl", list(written("pending")))
    seed(engine, shop_folder, now=NOW)
    parcel = stored.find("A1").details["fulfilments"]
    with engine.begin() as db:  # as an action leaves it
        row = dict.fromkeys(("asked_role", "asked_id", "confirmed_role", "confirmed_id"), "shopper")
        maps = {name: {} for name in ("action", "terms", "before", "after")}
        db.execute(
            insert(order_audit).values(
                key="k", shopper_id="ada", order_id="A2", at=NOW.replace(tzinfo=None), **row, **maps
            )
        )
        db.execute(update(orders).where(orders.c.id == "A2").values(status="cancelled"))
    (shop_folder / "orders.jsonl").open("a").write("\n")
    seed(engine, shop_folder, now=NOW + timedelta(days=9))
    assert stored.find("A1").details["fulfilments"] == parcel  # told in days back, a date is of the first reading
    write_jsonl(shop_folder / "orders.jsonl", list(written("delivered")))
    write_jsonl(shop_folder / "shoppers.jsonl", [{"id": "ada", "name": "Ada Lee", "email": "new@example.com"}])
    people = Shoppers(engine, lambda: NOW)
    people.remember("ada", "avoids", "wool")
    seed(engine, shop_folder, now=NOW)
    assert (stored.find("A1").status, stored.find("A2").status) == ("delivered", "cancelled")
    ada = people.get("ada")
    assert (ada.name, ada.email, "wool" in ada.preferences["avoids"]) == ("Ada Lee", "new@example.com", True)


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
