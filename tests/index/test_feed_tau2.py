"""A whole shop in one document: its products are variants of ours, what is malformed is named with its line."""

import gzip
import json
from pathlib import Path

import pytest

from index.errors import ShopError
from index.feed_tau2 import read_document
from index.feeds import find_feed, read_products
from index.shop import OrderTerms, fingerprint, read_shop

LAMP = {
    "name": "Desk Lamp",
    "product_id": "7",
    "variants": {
        "71": {"item_id": "71", "options": {"color": "blue", "power source": "USB"}, "available": True, "price": 50.88},
        "72": {"item_id": "72", "options": {"color": "red", "power source": "AC"}, "available": False, "price": 61},
    },
}


def read(folder: Path, products: object, **more) -> tuple[list, list]:
    """(products, what was rejected as (line, reason))."""
    (folder / "db.json").write_text(json.dumps({"products": products, **more}, indent=1))
    rejected: list = []
    found = [product for _, product in read_products(find_feed(folder), None, rejected.append)]
    return found, [(row.file, row.line, row.reason) for row in rejected]


def test_variants_are_products_with_their_options_as_attributes(tmp_path):
    (blue, red), rejected = read(tmp_path, {"7": LAMP}, users={"u": {}}, orders={})
    assert rejected == []
    assert (blue.id, blue.group_id, blue.title, blue.product_type) == ("71", "7", "Desk Lamp", "Desk Lamp")
    assert (str(blue.current_price), str(red.current_price)) == ("50.88 USD", "61.00 USD")
    assert (blue.in_stock, red.in_stock, blue.color) == (True, False, "blue")
    assert blue.attributes == {"color": ("blue",), "power source": ("USB",)}
    assert blue.line == 7


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"price": "free"}, "is no price"),
        ({"price": -1}, "is no amount"),
        ({"price": 50.888}, "can be read in two ways or none"),
        ({"available": "perhaps"}, "availability"),
        ({"available": None}, "availability"),
        ({"options": ["blue"]}, "attributes is not an object"),
        ({"price": None}, "price is missing"),
    ],
)
def test_a_malformed_variant_is_named_with_its_line_and_the_others_are_read(tmp_path, change, reason):
    broken = {**LAMP["variants"]["71"], **change}
    found, ((file, line, told),) = read(tmp_path, {"7": {**LAMP, "variants": {**LAMP["variants"], "71": broken}}})
    assert [product.id for product in found] == ["72"]
    assert (file, line) == ("db.json", 7) and reason in told


@pytest.mark.parametrize(
    ("products", "told"),
    [
        ([], "products is not a JSON object"),
        ({"7": 1}, "products.7 is not a JSON object"),
        ({"7": {"name": "Lamp"}}, "product '7' has no variants"),
        ({"7": {"name": "Lamp", "variants": {"71": []}}}, "variant '71' is not a JSON object"),
    ],
)
def test_what_is_no_product_is_named(tmp_path, products, told):
    assert [row[2] for row in read(tmp_path, products)[1]] == [told]


@pytest.mark.parametrize(
    ("text", "line"), [('{"products":\n {,}}', 2), ("[1]", 1), ('{"products": {"a": NaN}}', 1), ("[" * 100_000, 1)]
)
def test_what_is_no_document_is_reported_and_states_nothing(tmp_path, text, line):
    (tmp_path / "db.json").write_text(text)
    rejected: list = []
    assert read_document(tmp_path / "db.json", rejected.append).stated == {}
    assert [row.line for row in rejected] == [line]


def test_it_may_be_packed_and_stands_for_the_feed_and_its_policy_is_one_file(tmp_path):
    (tmp_path / "db.json.gz").write_bytes(gzip.compress(json.dumps({"products": {"7": LAMP}}).encode()))
    (tmp_path / "policy.md").write_text("# Returns\n\nAn order can only be returned if its status is 'delivered'.")
    shop = read_shop(tmp_path)
    assert [(policy.source, policy.text[:9]) for policy in shop.policies] == [("policy.md", "# Returns")]
    assert len(list(read_products(find_feed(tmp_path), None, print))) == 2
    before = fingerprint(shop)
    (tmp_path / "db.json.gz").write_bytes(gzip.compress(json.dumps({"products": {}}).encode()))
    assert fingerprint(shop) != before
    (tmp_path / "products.jsonl").write_text("")
    with pytest.raises(ShopError, match="Which one counts"):
        read_shop(tmp_path)


def test_what_may_be_done_about_orders_is_read_strictly(tmp_path):
    (tmp_path / "products.jsonl").write_text("")
    assert read_shop(tmp_path).settings.orders == OrderTerms(return_days=None)
    (tmp_path / "shop.yaml").write_text(
        "orders: {return_days: 30, cancel_reasons: [too slow], not_returnable: [Candles]}"
    )
    assert read_shop(tmp_path).settings.orders == OrderTerms(
        return_days=30, cancel_reasons=["too slow"], not_returnable=["Candles"]
    )
    for wrong in (
        "return_days: 0", 'return_days: "60"', "return_days: true", "return_days: 1.5", "cancel_reasons: []", "cancel_reasons: ['']",
        "not_returnable: Candles", "returns: 60",
    ):  # fmt: skip
        (tmp_path / "shop.yaml").write_text(f"orders: {{{wrong}}}")
        with pytest.raises(ShopError, match=rf"orders\.{wrong.partition(':')[0]}"):
            read_shop(tmp_path)
