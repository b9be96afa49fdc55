"""Money, feeds and shop folders: good rows are read, bad ones reported with their line, hopeless ones refused."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import ShopError
from index.feeds import clean, parse_product
from index.intake import read_catalogue
from index.money import Money
from index.shop import read_shop


def test_money_is_exact_and_prints_as_it_was_read():
    assert str(Money.parse("45.00 USD")) == "45.00 USD"
    assert Money.parse("0.1 EUR").minor == 10
    assert str(Money.parse("300 JPY")) == "300 JPY"
    assert Money.parse("9.50 EUR").times(3) == Money(2850, "EUR")


@pytest.mark.parametrize("text", ["", "45", "USD", "-1.00 USD", "1e5 USD", "12.345 EUR", "45.00 usd", "nan EUR"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError):
        Money.parse(text)


def test_text_is_cleaned_of_markup_and_control_characters():
    assert clean("LumaTech&trade; <b>soft</b>\x00 fleece") == "LumaTech™ soft fleece"


def test_absent_fields_are_read_from_attributes_and_gender_from_the_type():
    product = parse_product(
        {
            "id": "a",
            "title": "T",
            "price": "1.00 EUR",
            "product_type": "Women > Tees",
            "attributes": {"color": ["Red"]},
        }
    )
    assert (product.color, product.gender, product.path) == ("Red", ("Women",), ("Women", "Tees"))


@given(st.dictionaries(st.sampled_from(["id", "title", "price", "quantity", "attributes", "rating", "gender"]),
                       st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.lists(st.text()), st.booleans())))  # fmt: skip
def test_any_row_is_a_product_or_a_reason(row):
    try:
        product = parse_product(row)
    except ValueError as error:
        assert str(error)
    else:
        assert product.id and product.price.minor >= 0


def test_bad_rows_are_reported_with_line_and_reason_and_the_good_are_kept(shop_folder: Path):
    feed = shop_folder / "products.jsonl"
    good = len(feed.read_text().splitlines())
    bad = [
        "{not json",
        json.dumps({"id": "x", "title": "No price"}),
        json.dumps({"id": "M1", "title": "Twice", "price": "1.00 EUR"}),
        json.dumps({"id": "y", "title": "Dollars", "price": "1.00 USD"}),
        json.dumps({"id": "z", "title": "Wrong", "price": "abc"}),
        "[1, 2]",
    ]
    feed.write_text(feed.read_text() + "\n".join(bad) + "\n")
    rejected = []
    catalogue = read_catalogue(read_shop(shop_folder), rejected.append)
    assert len(catalogue.products) == good
    reasons = {row.line - good: row.reason for row in rejected}
    assert set(reasons) == {1, 2, 3, 4, 5, 6}
    assert "not JSON" in reasons[1]
    assert "price is missing" in reasons[2]
    assert "there already" in reasons[3]
    assert "one currency" in reasons[4]
    assert "no price" in reasons[5]


def test_hopeless_folders_are_refused_with_a_remedy(tmp_path: Path, shop_folder: Path):
    with pytest.raises(ShopError, match="no such folder"):
        read_shop(tmp_path / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ShopError, match=r"products\.jsonl"):
        read_shop(empty)
    (empty / "products.jsonl").write_text("{}\n")
    with pytest.raises(ShopError, match="no product could be read"):
        read_catalogue(read_shop(empty), lambda row: None)
    (shop_folder / "shop.yaml").write_text("nmae: Tiny\n")
    with pytest.raises(ShopError, match="nmae"):
        read_shop(shop_folder)


def test_csv_is_read_like_jsonl(tmp_path: Path):
    (tmp_path / "products.csv").write_text('id,title,price,color\na,"Mug, blue",9.50 EUR,Blue\nb,Bad,free,\n')
    rejected = []
    catalogue = read_catalogue(read_shop(tmp_path), rejected.append)
    assert catalogue.products["a"].current_price.amount == Decimal("9.5")
    assert [(row.line, "price" in row.reason) for row in rejected] == [(3, True)]


def test_ratings_come_from_reviews(catalogue):
    product = catalogue.products["J1-M-Blue"]
    assert (str(product.rating), product.review_count) == ("4.5", 2)
