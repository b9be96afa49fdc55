"""The demo shop is whole: counts, references, pictures, and sources that the feed files follow from."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.db import open_engine
from assistant.shoppers.feed import EventRow, OrderRow, ShopperRow, read_rows
from assistant.shoppers.seed import seed
from assistant.support import ordering
from index.intake import read_catalogue
from index.shop import read_shop

SHOP = Path(__file__).resolve().parents[2] / "shops" / "demo"
WRITTEN = {f"H300{n}" for n in range(1, 8)}  # of orders.yaml
AWAY = ordering.Address("Hafenstrasse 1", "Bremen", "28195", "Germany")
POSSIBLE = [
    ("sofie", "H3001", ordering.Cancel("no longer needed")),
    ("sofie", "H3001", ordering.ChangeAddress(AWAY)),
    ("sofie", "H3001", ordering.ChangeItems((ordering.Swap("HT16-SLATE-BLUE", "HT16-MOSS-GREEN"),))),
    ("sofie", "H3001", ordering.ChangePayment("sofie-paypal")),
    ("sofie", "H3002", ordering.Return(("HT11-CREAM-WHITE",))),
    ("nils", "H3003", ordering.ChangeItems((ordering.Swap("HT03-SLATE-BLUE-M", "HT03-SLATE-BLUE-L"),))),
    ("nils", "H3003", ordering.ChangePayment("nils-gift")),
    ("nils", "H3004", ordering.Exchange((ordering.Swap("HS01-CHARCOAL-GRAY-40-43", "HS01-CHARCOAL-GRAY-44-47"),))),
    ("lin", "H3005", ordering.Cancel("ordered by mistake")),
    ("lin", "H3005", ordering.ChangePayment("lin-gift")),
    ("lin", "H3006", ordering.Exchange((ordering.Swap("HR01-SLATE-BLUE", "HR01-MOSS-GREEN"),))),
    ("lin", "H3006", ordering.Return(("HR01-SLATE-BLUE",), "lin-gift")),
    ("mila", "H3007", ordering.ChangeItems((ordering.Swap("HT10-MOSS-GREEN", "HT10-RUST-RED"),))),
    ("mila", "H3007", ordering.Cancel("no longer needed")),
    ("mila", None, ordering.ChangeDefaultAddress(AWAY)),
]


@pytest.fixture(scope="module")
def shop():
    return read_shop(SHOP)


@pytest.fixture(scope="module")
def rejected():
    return []


@pytest.fixture(scope="module")
def catalogue(shop, rejected):
    return read_catalogue(shop, rejected.append)


def lines(name):
    return [json.loads(line) for line in (SHOP / name).read_text(encoding="utf-8").splitlines()]


def test_it_is_read_without_a_complaint_and_is_large_enough(shop, catalogue, rejected):
    assert rejected == []
    assert len(catalogue.products) >= 400
    assert len(catalogue.groups) >= 120
    assert len({product.path[0] for product in catalogue.products.values()}) >= 8
    assert sum(len(rows) for rows in catalogue.reviews.values()) >= 300
    assert len(shop.policies) >= 6
    assert len(shop.settings.campaigns) == 2
    assert any(not product.in_stock for product in catalogue.products.values())


def test_every_reference_leads_somewhere(shop, catalogue):
    products = catalogue.products
    shoppers = {row["id"] for row in lines("shoppers.jsonl")}
    purchases = Counter()
    for event in lines("events.jsonl"):
        assert event["product_id"] in products
        assert event["shopper_id"] in shoppers
        if event["type"] == "purchase":
            purchases[event["order_id"], event["shopper_id"], event["product_id"], event["price"]] += 1
    orders = Counter(
        (order["id"], order["shopper_id"], line["product_id"], line["price"])
        for order in lines("orders.jsonl")
        for line in order["lines"]
    )
    written = {order["id"]: order for order in lines("orders.jsonl") if order["id"] in WRITTEN}
    assert purchases == Counter({key: many for key, many in orders.items() if key[0] not in written})
    people = {row["id"]: row for row in lines("shoppers.jsonl")}
    for order in written.values():
        assert {line["product_id"] for line in order["lines"]} <= set(products)
        assert order["address"] == people[order["shopper_id"]]["address"]
        assert {paid["method"] for paid in order["payments"]} <= {
            m["id"] for m in people[order["shopper_id"]]["payment_methods"]
        }
    for campaign in shop.settings.campaigns:
        assert set(campaign.products) <= set(products)


def test_histories_span_six_months_with_newcomers_and_some_who_opted_out():
    shoppers, events = lines("shoppers.jsonl"), lines("events.jsonl")
    active = {event["shopper_id"] for event in events}
    assert len(shoppers) >= 30
    assert len([s for s in shoppers if s["id"] not in active]) >= 3
    assert any(not s["personalization"] for s in shoppers)
    assert events[0]["at"] < "2026-05-20"
    assert events[-1]["at"] > "2026-10-15"
    for model, name in ((ShopperRow, "shoppers"), (EventRow, "events"), (OrderRow, "orders")):
        rejected = []
        assert list(read_rows(SHOP / f"{name}.jsonl", model, rejected, now=datetime.now(UTC)))
        assert rejected == []


@pytest.mark.parametrize("year", [2026, 2031])
def test_everything_can_be_done_about_its_orders_whenever_it_is_opened(shop, catalogue, year):
    now, engine = datetime(year, 11, 30, 12, tzinfo=UTC), open_engine("sqlite://")
    assert seed(engine, SHOP, shop.zone, now=now) == []
    actions = ordering.OrderActions(engine, catalogue.products.get, shop.settings.orders, lambda: now, shop.zone)
    proposals = [actions.propose(order_id, action, ordering.Who.shopper(who)) for who, order_id, action in POSSIBLE]
    last = {proposal.order_id: proposal for proposal in proposals}
    assert set(last) == WRITTEN | {None}
    for proposal in last.values():
        assert actions.carry_out(proposal, proposal.asked_by).action == proposal.action
    assert all(len(ordering.Accounts(engine).get(who).methods) == 2 for who, _, _ in POSSIBLE)
    engine.dispose()


def test_every_picture_is_there_and_the_folder_is_small(shop, catalogue):
    for product in catalogue.products.values():
        assert (SHOP / product.image_link).is_file()
    assert sum(path.stat().st_size for path in SHOP.rglob("*") if path.is_file()) < 15_000_000


def test_the_feed_files_follow_from_their_sources():
    assert subprocess.run([sys.executable, str(SHOP / "source" / "build.py"), "--check"]).returncode == 0
