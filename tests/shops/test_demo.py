"""The demo shop is whole: counts, references, pictures, and sources that the feed files follow from."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from assistant.shoppers.feed import EventRow, OrderRow, ShopperRow, read_rows
from index.intake import read_catalogue
from index.shop import read_shop

SHOP = Path(__file__).resolve().parents[2] / "shops" / "demo"


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
    assert purchases == orders
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
        assert list(read_rows(SHOP / f"{name}.jsonl", model, rejected))
        assert rejected == []


def test_every_picture_is_there_and_the_folder_is_small(shop, catalogue):
    for product in catalogue.products.values():
        assert (SHOP / product.image_link).is_file()
    assert sum(path.stat().st_size for path in SHOP.rglob("*") if path.is_file()) < 15_000_000


def test_the_feed_files_follow_from_their_sources():
    assert subprocess.run([sys.executable, str(SHOP / "source" / "build.py"), "--check"]).returncode == 0
