"""One row as a product: text is cleaned, every spelling of a value read, and what cannot be read named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.cleaning import clean, plain
from index.feeds import parse_product

ROW = {"id": "1", "title": "Mug", "price": "45.00 EUR"}


def product(**fields):
    return parse_product(ROW | fields, "EUR")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("Cocona&reg; performance fabric", "Cocona® performance fabric"),
        ("Salt &amp;amp; pepper", "Salt & pepper"),
        ("&lt;b&gt;Bold&lt;/b&gt; claim", "Bold claim"),
        ("<b>W</b>aterproof", "Waterproof"),
        ("Two<br>lines", "Two lines"),
        ("<p>Soft fleece</p><p>Dries fast.</p><ul><li>Two pockets</li><li>Hood</li></ul>",
         "Soft fleece. Dries fast. Two pockets. Hood"),
        ("<td>Weight</td><td>2 kg</td>", "Weight 2 kg"),
        ("a<script>steal('<p>')</script>b<style>p {}</style>c<!-- <b>no</b> -->d", "abcd"),
        ("open <script>for ever", "open"),
        ("size < 5 and > 3, 5 <6", "size < 5 and > 3, 5 <6"),
        ("zero\u200bwidth\ufeff so\u00adft", "zerowidth soft"),
        ("nul\x00 tab\tand\u00a0space\r\nline\u2028end", "nul tab and space line end"),
        ("Cafe\u0301", "Café"),
        ("\ud800lone", "lone"),
        ("&#" + "9" * 5000 + ";", ""),
    ],
)  # fmt: skip
def test_text_is_what_a_reader_would_see(raw, read):
    assert clean(raw) == read


@pytest.mark.parametrize(
    "text", ["<" * 10**5, "<!--" * 10**5, "<script>" * 10**5, "a\u0315\u0300" * 10**5, "&amp;" * 10**5, "<a " * 10**5]
)
@pytest.mark.timeout(5)
def test_hostile_text_takes_no_longer_than_other_text(text):
    clean(text)


@given(st.text())
def test_clean_text_is_one_printable_line_and_plain_text_stays_as_it_is(text):
    assert clean(text).isprintable()
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("field", "stated", "read"),
    [
        ("availability", "In Stock", "in_stock"),
        ("availability", "https://schema.org/InStock", "in_stock"),
        ("availability", "limited availability", "in_stock"),
        ("availability", "out of stock", "out_of_stock"),
        ("availability", "Sold out!", "out_of_stock"),
        ("availability", "pre-order", "preorder"),
        ("availability", "schema:BackOrder", "backorder"),
        ("availability", False, "out_of_stock"),
        ("quantity", "12.0", 12),
        ("quantity", 12.0, 12),
        ("quantity", "1,000", 1000),
        ("rating", "4,5", Decimal("4.5")),
        ("rating", "4.5/5", Decimal("4.5")),
        ("rating", "9 out of 10", Decimal("4.5")),
        ("rating", 4.666666666, Decimal("4.67")),
        ("rating", "0", None),
        ("review_count", "1 234", 1234),
        ("gender", "male", ("Men",)),
        ("gender", "Women’s", ("Women",)),
        ("gender", ["male", "female"], ("Men", "Women")),
        ("color", "Red/Blue", "Red/Blue"),
        ("color", ["Red", "Blue"], "Red/Blue"),
        ("material", "cotton/wool", ("cotton", "wool")),
        ("material", ["50/50 cotton"], ("50/50 cotton",)),
        ("product_type", "Home &gt; Kitchen", "Home > Kitchen"),
        ("product_type", "Home / Kitchen", "Home > Kitchen"),
        ("product_type", ["Home > Kitchen", "Gifts"], "Home > Kitchen"),
        ("link", "https://x.example/?a=1&copy=2", "https://x.example/?a=1&copy=2"),
        ("id", "A<b>&copy", "A<b>&copy"),
    ],
)
def test_a_value_is_read_in_the_spellings_of_feeds(field, stated, read):
    assert getattr(product(**{field: stated}), field) == read


@pytest.mark.parametrize(
    ("field", "stated"),
    [
        ("id", None), ("id", "Sch\ufffdn"), ("title", " \u200b"), ("title", "Sch\ufffdn"), ("title", {"en": "Mug"}), ("title", ["a", "b"]),
        ("color", ["Red", {"a": 1}]), ("currency", "euro"), ("price", "free"), ("price", True), ("price", float("nan")), ("price", 10**400), ("price", -1), ("price", ["1 EUR", "2 EUR"]),
        ("sale_price", "50.00 EUR"), ("sale_price", "5.00 USD"), ("sale_price", "cheap"),
        ("availability", "perhaps"), ("quantity", "a few"), ("quantity", "12.000"), ("quantity", "1.5"), ("quantity", -1),
        ("quantity", 10**12), ("rating", "good"), ("rating", "6"), ("rating", float("inf")), ("review_count", "many"),
        ("link", "javascript:alert(1)"), ("image_link", "data:image/png;base64,xyz"),
        ("description", "x" * 20_001), ("description", "x" * 10**6), ("brand", "x" * 3000),
        ("attributes", "no json"), ("attributes", [1]), ("attributes", {"a": {"b": 1}}), ("attributes", "[" * 10**5),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_by_a_short_message_that_names_the_field(field, stated):
    with pytest.raises(ValueError) as refused:
        product(**{field: stated})
    assert str(refused.value).startswith(field) and len(str(refused.value)) < 250


def test_numbers_of_json_are_in_the_shop_s_currency_and_no_float_survives():
    assert str(product(price=45.0).price) == "45.00 EUR"
    assert str(product(price=19.990000000000002).price) == "19.99 EUR"
    assert str(parse_product(ROW | {"price": 1500}, "JPY").price) == "1500 JPY"
    with pytest.raises(ValueError, match=r"price: .*currency"):
        parse_product(ROW | {"price": 45})
    assert str(product(price="45", currency="CHF").price) == "45.00 CHF"


def test_the_price_that_counts():
    def paid(**fields):
        found = product(**fields)
        return str(found.price), str(found.current_price)

    assert paid(sale_price="40 EUR") == ("45.00 EUR", "40.00 EUR")
    assert paid(sale_price="45 EUR") == ("45.00 EUR", "45.00 EUR")
    assert paid(sale_price="0.00 EUR") == ("45.00 EUR", "45.00 EUR")
    assert paid(compare_at_price="60 EUR") == ("60.00 EUR", "45.00 EUR")
    assert paid(compare_at_price="30 EUR") == ("45.00 EUR", "45.00 EUR")


def test_google_s_category_stands_in_for_the_type_unless_it_is_a_number():
    assert product(google_product_category="2271 - Apparel > Dresses").product_type == "Apparel > Dresses"
    assert product(google_product_category=2271).product_type is None
    assert product(product_type="Tees", google_product_category="Apparel").product_type == "Tees"


def test_columns_that_describe_the_product_are_attributes_and_the_shop_s_own_business_is_not():
    found = product(
        age_group="adult", pattern="Striped", waterproof=True, weight_kg=2.0, product_highlight=["Fits a cup holder", "Keeps warm"],
        product_detail="General:Digital Type:Player,Display::4 inch,Display:Resolution:432 x 240, wide",
        custom_label_0="low margin", cost_of_goods_sold="3 EUR", supplier="Secret Ltd", shipping={"price": "1 EUR"},
        mobile_link="https://m.example", additional_image_link=["a", "b"], embedding=[0.1] * 300, raw={"a": 1}, gtin="123",
    )  # fmt: skip
    assert found.attributes == {
        "age_group": ("adult",), "pattern": ("Striped",), "waterproof": ("yes",), "weight_kg": ("2",),
        "product_highlight": ("Fits a cup holder", "Keeps warm"), "digital_type": ("Player",), "resolution": ("432 x 240, wide",),
    }  # fmt: skip


def test_attributes_are_cleaned_and_stand_in_for_absent_fields():
    found = product(
        attributes={"brand": ["Acme&reg;"], "color": "Red", "quantity": [3], "vegan": False, "none": None, "": 1}
    )
    assert (found.brand, found.color, found.quantity) == ("Acme®", "Red", 3)
    assert found.attributes["vegan"] == ("no",) and found.attributes.keys() == {"brand", "color", "quantity", "vegan"}
    assert product(color="Blue", attributes={"color": ["Red"]}).color == "Blue"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    "id title price sale_price compare_at_price currency quantity rating gender color product_type product_detail".split()
) | st.text(max_size=10)


@given(st.dictionaries(NAMES, VALUES, max_size=6), st.dictionaries(NAMES, VALUES, max_size=4))
def test_any_row_is_a_product_with_clean_values_or_a_reason(row, attributes):
    try:
        found = parse_product(ROW | row | {"attributes": attributes}, "EUR")
    except ValueError as error:
        assert str(error)
        return
    assert found.id and found.title.isprintable() and found.price.minor >= 0
    assert found.sale_price is None or found.sale_price.minor < found.price.minor
    assert all(value and value.isprintable() for values in found.attributes.values() for value in values)
