"""Columns say of all variants at once what filters say of one, and facets count what the catalogue counts."""

import tempfile
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.catalogue import count_facets
from index.columns import Columns
from index.filters import Filters
from index.intake import read_catalogue
from index.lexical import LexicalIndex
from index.shop import read_shop
from tests.index.conftest import local_store

TYPES = ["Men > Jackets", "Women > Jackets", "Women > Tops > Tees", "Gear", "Menswear > Tops"]
TITLES = ["Alder Rain Jacket", "Wool-blend Coat", "T-Shirt", "Furry Dryer", "Café Furniture"]
TEXTS = ["", "Waterproof, of wool.", "No fur; machine-washable.", "It keeps dry: 100% 防水"]
COLORS = ["Blue", "blue", "Red", "Navy Blue"]
SIZES = ["S", "M", "XL", "30 l"]
GENDERS = ["Men", "Women", "Unisex", "Girls"]
MATERIALS = ["Nylon", "Merino Wool", "wool", "Leather"]
VALUES = ["Rainy", "rainy", "Windy", "x" * 5_000]
NAMES = ["weather", "features", "color"]
PRICES = ["0.01", "5.00", "9.99", "10.00", "250.00"]
ONE = [{"id": "p", "title": "Furry Dryer", "price": "9.99 EUR"}]


def lists(values, most=2):
    return st.lists(st.sampled_from(values), max_size=most, unique=True)


def tuples(*values):
    return lists([*values, "absent"]).map(tuple)


@st.composite
def row(draw):
    price, sale = sorted((draw(st.sampled_from(PRICES)), draw(st.sampled_from(PRICES))), key=Decimal, reverse=True)
    stated = {
        "title": draw(st.sampled_from(TITLES)),
        "description": draw(st.sampled_from(TEXTS)),
        "product_type": draw(st.sampled_from([*TYPES, None])),
        "brand": draw(st.sampled_from(["Alder", "Birch", None])),
        "price": f"{price} EUR",
        "sale_price": draw(st.sampled_from([f"{sale} EUR", None])),
        "quantity": draw(st.sampled_from([0, 1, None])),
        "availability": draw(st.sampled_from(["in_stock", "preorder", "out_of_stock"])),
        "color": draw(st.sampled_from([*COLORS, None])),
        "size": draw(st.sampled_from([*SIZES, None])),
        "gender": draw(lists(GENDERS)),
        "material": draw(lists(MATERIALS)),
        "attributes": draw(st.dictionaries(st.sampled_from(NAMES), lists(VALUES), max_size=2)),
        "item_group_id": draw(st.sampled_from(["G1", "G2", "G3"])),
    }
    return {name: value for name, value in stated.items() if value is not None}


# One row at least that can be read: a colour of five thousand letters is no colour, and its row is rejected.
feeds = st.lists(row(), min_size=1, max_size=9).map(
    lambda rows: [*ONE, *({**r, "id": f"p{n}"} for n, r in enumerate(rows))]
)
prices = st.sampled_from(PRICES).map(Decimal) | st.sampled_from(["0", "9.995", "1e30"]).map(Decimal)
listed = {
    "product_type": tuples("Men", "jackets", "Women > Jackets", "tee", ""),
    "brand": tuples("alder", "Birch"),
    "color": tuples("BLUE", "Red"),
    "size": tuples("m", "30 l"),
    "gender": tuples("Men", "women", "unisex"),
    "material": tuples("wool", "NYLON", "lon"),
}
by_name = st.dictionaries(st.sampled_from(NAMES), tuples("rainy", "Windy", "Blue"), max_size=2)
words = tuples("wool", "fur", "rain", "T-shirt", "shirt", "dry", "blend coat", "caf", "防水", "machine-wash", "", "!")
ruled_out = {**listed, "weather": tuples("rainy"), "text": words}
exclusions = lists(list(ruled_out)).flatmap(lambda names: st.fixed_dictionaries({n: ruled_out[n] for n in names}))
keys = {**listed, "attributes": by_name, "exclude": exclusions, "min_price": prices, "max_price": prices}
keys["in_stock"] = st.booleans()
few = lists(list(keys), most=3).flatmap(lambda names: st.builds(Filters, **{name: keys[name] for name in names}))


def opened(rows, use):
    """use(products by place, groups, columns, lexical index) of a feed of these rows."""
    with tempfile.TemporaryDirectory() as folder:
        store = local_store(Path(folder), rows)
        catalogue = read_catalogue(read_shop(Path(folder) / "shop"), lambda row: None)
        products = [catalogue.products[key] for key in store.variants()]
        found = use(products, catalogue.groups, Columns(store, "EUR"), LexicalIndex(store))
        store.close()
        return found


@settings(max_examples=60)
@given(feeds, st.lists(few, min_size=1, max_size=12))
@example(ONE, [Filters(min_price=Decimal("9.995")), Filters(max_price=Decimal("9.985"))])
@example(ONE, [Filters(exclude={"text": (word,)}) for word in ("dry", "fur", "Furry D", "防水", "r")])
def test_a_mask_is_what_the_filters_say_of_each_product(rows, asked):
    def check(products, groups, columns, lexical):
        for wanted in asked:
            mask = columns.mask(wanted, lexical.has)
            met = np.array([wanted.met_by(product) for product in products])
            if wanted.exclude.get("text"):  # the index knows more of a product than its own text
                assert not np.any(mask & ~met), wanted
            else:
                assert list(mask) == list(met), wanted

    opened(rows, check)


@settings(max_examples=25)
@given(feeds, few)
def test_the_best_of_a_group_is_its_first_in_stock_that_fits(rows, wanted):
    def check(products, groups, columns, lexical):
        wanted_ = wanted.without("exclude")
        best = columns.best(columns.mask(wanted_, lexical.has))
        assert len(best) == len(groups)
        for place, group in zip(best, groups.values(), strict=True):
            fitting = [product for product in group.variants if wanted_.met_by(product)]
            first = min(fitting, key=lambda product: (not product.in_stock, product.line), default=None)
            assert (products[place] if place >= 0 else None) == first

    opened(rows, check)


@settings(max_examples=20)
@given(feeds)
def test_facets_count_groups(rows):
    def check(products, groups, columns, lexical):
        assert columns.facets() == count_facets(groups.values())

    opened(rows, check)


@settings(max_examples=12)
@given(feeds, few)
def test_what_is_written_in_many_segments_reads_the_same(rows, wanted):
    def read(products, groups, columns, lexical):
        scores = [lexical.scores([word]).tolist() for word in ("rain", "wool", "p1", "blue")]
        return columns.facets(), columns.mask(wanted, lexical.has).tolist(), scores, lexical.titled

    whole = opened(rows, read)
    with patch("index.postings.FLUSH", 3):
        assert opened(rows, read) == whole


def test_words_rule_out_only_what_has_them():
    rows = [
        {"id": "a", "title": "Alder Coat", "price": "1.00 EUR"},
        {"id": "b1", "item_group_id": "b", "title": "Birch Coat", "price": "1.00 EUR"},
        {"id": "b2", "item_group_id": "b", "title": "Birch Coat, furry", "price": "1.00 EUR"},
        {"id": "fur-9", "title": "Cedar Coat", "price": "1.00 EUR"},
    ]

    def kept(text):
        def read(products, groups, columns, lexical):
            mask = columns.mask(Filters(exclude={"text": (text,)}), lexical.has)
            return [product.id for product, keep in zip(products, mask, strict=True) if keep]

        return opened(rows, read)

    assert kept("zebra") == kept("防水") == kept("") == ["a", "b1", "b2", "fur-9"]
    assert kept("fur") == ["a", "fur-9"]  # the group's words; an id says nothing of what it is made of
    assert kept("birch coat") == ["a", "fur-9"]
    assert kept("coat") == []
