"""Search over a real index: filters hold exactly, order is as asked, and a no is a no."""

from decimal import Decimal

import pytest

from index.build import Index
from index.filters import Filters
from index.search import Query
from index.shop import read_shop
from tests.conftest import rows, write_jsonl
from tests.toys import ToyEncoder


def ids(result):
    return [candidate.product.group_id for candidate in result.candidates]


def test_a_noun_finds_its_category_and_a_wish_ranks_it(search):
    said = search.reader.read("a rain jacket")
    result = search.search(Query(said.rest, said.filters))
    assert result.verdict == "found"
    assert ids(result)[0] == "J1"


def test_the_variant_that_was_asked_for_is_shown(search):
    result = search.search(Query("alder rain jacket", Filters(color=("Red",), size=("L",))))
    assert [c.product.id for c in result.candidates] == ["J1-L-Red"]


@pytest.mark.parametrize("limit", [5, 9.49, 9.5, 12, 60, 80, 150])
def test_no_result_breaks_a_budget(search, limit):
    for text in ("mug", "jacket", "bag", "watch"):
        said = search.reader.read(text)
        filters = said.filters.updated(Filters(max_price=Decimal(str(limit))))
        for candidate in search.search(Query(said.rest, filters)).candidates:
            assert candidate.product.current_price.amount <= Decimal(str(limit))


def test_a_budget_that_nothing_meets_is_a_no_with_the_nearest(search):
    said = search.reader.read("a watch under 20")
    result = search.search(Query(said.rest, said.filters))
    assert (result.verdict, result.candidates) == ("nothing_matches", ())
    assert result.relax is not None
    assert result.relax.field == "max_price"
    assert result.relax.nearest[0].product.id == "W1"


def test_what_the_shop_does_not_sell_is_said_so(search):
    assert search.search(Query("washing machine")).verdict == "not_sold"


def test_sold_out_comes_last_and_in_stock_hides_it(search):
    every = search.search(Query("jacket", Filters(product_type=("Men > Jackets", "Women > Jackets"))))
    assert ids(every)[-1] == "J3"
    stocked = search.search(Query("jacket", Filters(product_type=("Women > Jackets",), in_stock=True)))
    assert stocked.verdict == "nothing_matches"


def test_sorted_by_price_over_all_matches(search):
    mugs = Filters(product_type=("Kitchen > Mugs",))
    assert ids(search.search(Query("mug", mugs, "price_low"))) == ["M2", "M1"]
    assert ids(search.search(Query("mug", mugs, "price_high"))) == ["M1", "M2"]


def test_two_wishes_in_one_message_are_both_served(search):
    assert set(ids(search.search(Query("tote and watch")))) >= {"B2", "W1"}


def test_a_typo_is_mended(search):
    assert "B1" in ids(search.search(Query("bakcpack")))


def test_exclusions_hold(search):
    result = search.search(Query("coat", Filters(product_type=("Men > Jackets",), exclude={"material": ("Wool",)})))
    assert "J2" not in ids(result)


def test_names_are_found_in_a_message(search):
    named = search.find_by_name("compare the Dune Backpack and the Elm Tote")
    assert [match.group_id for match in named] == ["B1", "B2"]
    assert search.find_by_name("how long do I have to return something?") == []
    assert [m.group_id for m in search.find_by_name("add the mug", within=["M1", "B1"])] == ["M1"]


def test_men_is_not_in_women():
    from index.filters import starts_word

    assert not starts_word("Women > Jackets", "Men")
    assert starts_word("Men > Jackets", "Men")


def test_a_model_is_told_the_values_that_exist_with_their_counts(search):
    assert "color: Blue (3), " in search.values
    assert "Men > Jackets (2)" in search.values
    assert "Turquoise" not in search.values


def test_the_kind_counts_and_not_a_word_that_stands_somewhere(search):
    assert ids(search.search(Query("coffee mug")))[0] == "M1"
    assert search.search(Query("coffee machine")).verdict == "not_sold"


def test_what_other_shops_have_is_a_no_that_names_it(search):
    said = search.reader.read("a silk coat")
    result = search.search(Query(said.rest, said.filters, heads=said.heads))
    assert (result.verdict, result.relax and result.relax.field) == ("nothing_matches", "material")


def test_a_refusal_of_a_thing_is_of_its_name_and_of_a_property_anywhere(search):
    read = search.reader.read
    assert read("a bag, but no backpack").filters.exclude == {"title": ("backpack",)}
    assert read("a bag that is not waterproof").filters.exclude == {"text": ("waterproof",)}
    assert read("no idea, any bag").filters.exclude == {}


def test_a_type_that_is_stated_holds_whatever_the_words_name(search):
    found = search.search(Query("something of steel", Filters(product_type=("Gear > Bags",)))).candidates
    assert all(candidate.product.product_type == "Gear > Bags" for candidate in found)
    named = search.search(Query("mug", Filters(product_type=("Gear > Bags",)))).candidates
    assert all(candidate.product.product_type == "Gear > Bags" for candidate in named)


def test_words_that_say_little_name_nothing(shop_folder, tmp_path):
    books = [
        {"id": "K1", "title": "Knots You Will Use", "price": "18.00 EUR"},
        {"id": "K2", "title": "Tie Them All", "price": "9.00 EUR"},
    ]
    write_jsonl(shop_folder / "products.jsonl", [*rows(), *books])
    index = Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "index")
    index.build(progress=False)
    search = index.open()
    for text in ("will you match the price of another shop?", "will you use my data?", "all of them"):
        assert search.find_by_name(text) == []
    for text, group in (("knots you will use", "K1"), ("add the Knots book", "K1"), ("tie them all", "K2")):
        assert [match.group_id for match in search.find_by_name(text)] == [group]


def test_a_longer_name_does_not_name_the_shorter_one_as_well(shop_folder, tmp_path):
    shells = [
        {"id": "S1", "title": "Fjellrev Storm Shell", "price": "18.00 EUR"},
        {"id": "S2", "title": "Fjellrev Storm Shell for Women", "price": "19.00 EUR"},
    ]
    write_jsonl(shop_folder / "products.jsonl", [*rows(), *shells])
    index = Index(read_shop(shop_folder), ToyEncoder(), tmp_path / "index")
    index.build(progress=False)

    def named(text):
        return [match.group_id for match in index.open().find_by_name(text)]

    assert named("is the Fjellrev Storm Shell for Women there in green?") == ["S2"]
    assert named("is the Fjellrev Storm Shell there in green?")[0] == "S1"
    assert named("S1 or S2?") == ["S1", "S2"]
