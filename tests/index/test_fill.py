"""What a change of the feed does: facts in place, everything else a new version, and only new texts embedded."""

from decimal import Decimal
from typing import NamedTuple

import pytest

from index.build import BuildReport, Index
from index.filters import Filters
from index.search import Query, Search
from index.shop import read_shop
from tests.conftest import rows, write_jsonl
from tests.toys import ToyEncoder


class Changed(NamedTuple):
    report: BuildReport
    in_place: bool  # the index that was open is served on
    search: Search


@pytest.fixture
def change(shop_folder, tmp_path, index_settings):
    """change(id, …) states something else of a product, and builds."""
    encoder = ToyEncoder()

    def index():
        return Index(read_shop(shop_folder), encoder, tmp_path / "i", **index_settings)

    index().build(progress=False)
    served = index()
    stated = {row["id"]: row for row in rows()}
    served.open().catalogue.products.load(list(stated))  # held, so that it must be read again
    served.current.catalogue.groups.load(["J1"])

    def run(key=None, said=None, **changes):
        if key:
            stated[key] = {**stated.get(key, {}), **changes}
            write_jsonl(shop_folder / "products.jsonl", list(stated.values()))
        if said is not None:
            write_jsonl(shop_folder / "reviews.jsonl", said)
        before, embedded = served.current, encoder.encoded
        report = index().build(progress=False)
        assert report.indexed == encoder.encoded - embedded
        return Changed(report, served.current is before, served.current)

    return run


def found(search, text, **filters):
    return [candidate.product.id for candidate in search.search(Query(text, Filters(**filters))).candidates]


def test_sold_out_and_back(change):
    report, in_place, search = change("M1", quantity=0)
    assert (report.repriced, report.unchanged, report.indexed, in_place) == (1, 8, 0, True)
    assert search.catalogue.products["M1"].in_stock is False
    assert found(search, "mug", in_stock=True) == ["M2"]
    assert found(search, "mug") == ["M2", "M1"]
    assert sorted(found(change("M1", quantity=3).search, "mug", in_stock=True)) == ["M1", "M2"]


def test_sold_out_of_one_variant_shows_another(change):
    assert found(change("J1-S-Blue", quantity=0).search, "alder rain jacket") == ["J1-M-Blue"]


def test_a_sale_price_appears_and_goes(change):
    report, in_place, search = change("J2", sale_price="40.00 EUR")
    assert (report.repriced, in_place) == (1, True)
    assert found(search, "wool coat", max_price=Decimal(40)) == ["J2"]
    assert str(search.catalogue.products["J2"].current_price) == "40.00 EUR"
    search = change("J2", sale_price=None).search
    assert found(search, "wool coat", max_price=Decimal(149)) == []
    assert str(search.catalogue.products["J2"].current_price) == "150.00 EUR"


def test_a_new_review_changes_the_rating(change):
    stars = {"author": "C", "title": "", "text": "Leaks.", "rating": 1}
    report, in_place, search = change(said=[{**stars, "item_group_id": "J1"}, {**stars, "id": "M2", "rating": 4}])
    assert (report.repriced, in_place) == (6 + 1, True)
    assert {str(variant.rating) for variant in search.catalogue.groups["J1"].variants} == {"1.0"}
    assert search.catalogue.products["M2"].review_count == 1
    assert [review.text for review in search.catalogue.reviews["J1"]] == ["Leaks."]
    assert search.search(Query("jacket", sort="rating")).candidates[0].product.group_id == "J1"
    search = change(said=[]).search
    assert search.catalogue.products["M2"].rating is None
    assert search.catalogue.reviews["J1"] == ()


@pytest.mark.parametrize("fact", [("image_link", "images/b1.jpg"), ("link", "https://shop.example/b1")])
def test_images_and_links_change_in_place(change, fact):
    name, value = fact
    report, in_place, search = change("B1", **{name: value})
    assert (report.repriced, report.indexed, in_place) == (1, 0, True)
    assert getattr(search.catalogue.products["B1"], name) == value


def test_availability_changes_in_place(change):
    report, in_place, search = change("W1", availability="preorder")
    assert (report.repriced, in_place, search.catalogue.products["W1"].offered) == (1, True, "preorder")


@pytest.mark.parametrize(
    ("key", "changes", "embedded"),
    [
        ("J1-XL-Blue", {**rows()[0], "id": "J1-XL-Blue", "size": "XL"}, 0),  # of a colour that the text has already
        ("J1-S-Blue", {"size": "XS"}, 0),
        ("J1-S-Blue", {"color": "Green"}, 1),
        ("M2", {"title": "Hazel Cup"}, 1),
        ("N1", {"id": "N1", "title": "Ivy Lantern", "price": "30.00 EUR"}, 1),
    ],
)
def test_what_is_searched_over_makes_a_new_version(change, key, changes, embedded):
    report, in_place, search = change(key, **changes)
    assert (report.repriced, report.indexed, in_place) == (0, embedded, False)
    assert report.unchanged + report.indexed == len(search.catalogue.groups)
    product = search.catalogue.products[key]
    assert all(getattr(product, name) == changes[name] for name in ("size", "color", "title") if name in changes)
    wanted = {name: (changes[name],) for name in ("size", "color") if name in changes}
    assert key in found(search, product.title, **wanted)


def test_facts_and_text_together_make_one_new_version(change):
    change("M2", title="Hazel Cup", price="1.00 EUR", quantity=0)
    report, in_place, search = change("M2", title="Hazel Mug", quantity=4)
    assert (report.indexed, report.repriced, in_place) == (1, 0, False)
    assert str(search.catalogue.products["M2"].price) == "1.00 EUR"
    assert found(search, "hazel mug") == ["M2"]
