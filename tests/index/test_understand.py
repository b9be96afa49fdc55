"""What is read from a message, against a catalogue's own values."""

from decimal import Decimal

import pytest

from index.numbers import order_ids, price_bounds
from index.phrases import in_digits
from index.understand import Reader


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("under 60 dollars", None, 60),
        ("less than $20 please", None, 20),
        ("between 30 and 50", 30, 50),
        ("30-50 EUR", 30, 50),
        ("over 100", 100, None),
        ("around 50 euros", 40, 60),
        ("around 50, no more than 55", 40, 55),
        ("between 350 and 3500 lumens", None, None),
        ("有没有50美元以下的", None, 50),
        ("不超过300元", None, 300),
        ("别超过150", None, 150),
        ("预算200", None, 200),
        ("80欧以内的包", None, 80),
        ("超过200的帐篷", 200, None),
        ("36到39码的袜子", None, None),
        ("a coat, nothing above 130", None, 130),
        ("nothing over 100 please", None, 100),
        ("not under 30 euros", 30, None),
        ("nothing less than 20", 20, None),
        ("cheaper than 30", None, 30),
        ("size 32", None, None),
        ("add 3 of them", None, None),
        ("90% off", None, None),
        ("a 20 l pack", None, None),
    ],
)
def test_price_bounds(text, low, high):
    bounds, _ = price_bounds(text)
    assert (bounds.low, bounds.high) == (low and Decimal(low), high and Decimal(high))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("under a hundred and fifty", "under 150"),
        ("between one hundred and two hundred dollars", "between 100 and 200 dollars"),
        ("between fifty and a hundred", "between 50 and 100"),
        ("two thousand five hundred", "2500"),
        ("forty-five or sixteen", "45 or 16"),
        ("the second one of the two", "the second one of the two"),
        ("under 1,200.50 or 1.200 euros", "under 1200.50 or 1200 euros"),
        ("a 4k screen below 1.5k", "a 4k screen below 1500"),
        ("sizes 38,39,40", "sizes 38,39,40"),
    ],
)
def test_numbers_in_words_are_read_whole(text, read):
    assert in_digits(text) == read


def test_order_ids_are_read_as_typed():
    assert order_ids("where is order L1160?") == ("L1160",)
    assert order_ids("what if the order is 230 dollars?") == ()
    assert order_ids("status of #T-100") == ("T-100",)
    assert order_ids("in order to walk 20 km") == ()


@pytest.fixture
def read(catalogue):
    return Reader(catalogue.facets).read


def test_constraints_are_read_against_the_catalogue(read):
    found = read("a blue men's jacket in size M under 90 euros, in stock")
    filters = found.filters
    assert filters.color == ("Blue",)
    assert filters.size == ("M",)
    assert filters.product_type == ("Men > Jackets",)
    assert filters.max_price == 90
    assert filters.in_stock is True
    assert found.noun


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("would a jacket work for four people", "jacket"),
        ("which jacket would keep me dry", "jacket"),
        ("a jacket warm enough for nights around freezing", "jacket"),
        ("a jacket hanger", "hanger"),
    ],
)
def test_what_a_thing_would_do_names_no_thing(read, text, head):
    assert read(text).heads == (head,)


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("Father's Day is coming. A jacket for my dad, red", ("jacket",)),
        ("based on what I usually buy, any jackets you'd suggest?", ("jackets",)),
        ("do you sell kayaks? or tents", ("kayaks", "tents")),
    ],
)
def test_the_thing_is_read_in_the_sentence_that_names_one_which_is_sold(read, text, heads):
    assert read(text).heads == heads


def test_slips_of_the_pen_in_what_states_a_wish_are_mended(read):
    found = read("a blak jaket undr 60").filters
    assert (found.color, found.max_price) == (("Black",), Decimal(60))


def test_what_other_shops_have_is_a_filter_that_nothing_meets(read):
    assert read("a turquoise jacket").filters.color == ("Turquoise",)
    assert read("a silk jacket").filters.material == ("Silk",)
    assert read("a jacket in size 4XL").filters.size == ("4XL",)
    assert read("a striped jacket").filters.color == ()


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("is the Haul 40 Duffel allowed as cabin luggage?", ()),
        ("the Haul 40 Duffel in size 40", ("40",)),
        ("boots in 40", ("40",)),
        ("a ball for someone who is 1.80 m tall", ()),
        ("a jacket in m", ("M",)),
        ("should I take boots one size bigger?", ()),
        ("a beanie, one size", ("One size",)),
        ("boots for wide feet", ()),
        ("a mat in wide", ("Wide",)),
    ],
)
def test_a_number_or_letter_is_a_size_only_where_it_is_said_as_one(text, sizes):
    reader = Reader({"size": {"40": 3, "M": 2, "One size": 1, "Wide": 1}}, titles={"haul 40 duffel"})
    assert reader.read(text).filters.size == sizes


def test_negation_excludes(read):
    assert read("a coat without wool").filters.exclude == {"material": ("Wool",)}
    assert read("anything but red").filters.exclude == {"color": ("Red",)}


@pytest.mark.parametrize(
    "text",
    [
        "any colour really except red, can't stand red",
        "no red, I hate red",
        "not a fan of red",
        "steer clear of red please",
    ],
)
def test_what_is_refused_is_not_wished_for_however_often_it_is_named(read, text):
    assert (read(text).filters.color, read(text).filters.exclude) == ((), {"color": ("Red",)})


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a gift, she's a keen runner", "running"),
        ("he is an avid cyclist", "cycling"),
        ("my mum is mad about baking", "baking"),
        ("you guys have kettlebells?", "kettlebells"),
        ("the runner's mug", "runner's mug"),
    ],
)
def test_who_somebody_is_says_what_they_are_into(read, text, rest):
    assert read(text).rest == rest
    assert not (read("you guys have mugs?").filters.gender)


def test_another_person_is_noticed_with_their_gender(read):
    found = read("a gift for my sister")
    assert found.for_someone_else
    assert found.filters.gender == ("Women",)
    assert not read("do you sell gift cards?").for_someone_else


def test_wishes_taken_back_are_dropped(read):
    assert "rain" not in read("rain does not matter after all, any jacket").rest


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("jackets, cheap ones first", "price_low"),
        ("jackets, cheapest first", "price_low"),
        ("jackets from high to low", "price_high"),
        ("the first jacket", None),
    ],
)
def test_an_order_is_read_in_whole(read, text, sort):
    found = read(text)
    assert found.sort == sort and (sort is None or found.rest == "jackets")


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("a jacket for my wife, she's a medium", ("M",)),
        ("I'm usually an l and need a jacket", ("L",)),
        ("he wears a large, show me jackets", ("L",)),
        ("a medium heavy jacket", ()),
        ("she is a small business owner and wants a jacket", ()),
    ],
)
def test_what_somebody_wears_is_a_size(read, text, size):
    assert read(text).filters.size == size


def test_sorting_and_comparing_words(read):
    assert read("your cheapest mug").sort == "price_low"
    assert read("the most expensive watch").sort == "price_high"
    assert read("anything cheaper?").relative == "cheaper"


def test_chinese_numerals_sizes_and_genders_are_read(read):
    assert price_bounds(in_digits("价格在一百到一百五之间的手表"))[0].high == 150
    jacket = read("男士雨衣M码，预算两百")
    assert (jacket.filters.size, jacket.filters.max_price) == (("M",), 200)
    assert read("女包有吗").filters.product_type == ("Gear > Bags",)
    assert read("有卖电饭锅吗").heads != read("有卖锅吗").heads


def test_chinese_is_read_by_the_lexicon(read):
    found = read("有没有90欧元以下的蓝色外套？")
    assert found.filters.max_price == 90
    assert found.filters.color == ("Blue",)
    assert set(found.filters.product_type) == {"Men > Jackets", "Women > Jackets"}
