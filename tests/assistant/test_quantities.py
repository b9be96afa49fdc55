"""How many a message asks for: said in digits or words, and nothing read as what it is not."""

import pytest

from assistant.quantities import Quantity, said_quantity

TITLES = ["Glen Mug", "Ball of 55 cm", "Two Rivers Jacket", "Series 2 Lamp", "6-Pack Socks"]
IDS = ["24-UG04", "J1-M-Blue", "M1"]
WRONG, UNCLEAR = Quantity(wrong=True), Quantity(unclear=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add the Glen Mug", None),
        ("better get the 55 as well", None),
        ("add it to my cart", None),
        ("add two of the mug", 2),
        ("add 3 of those", 3),
        ("put 500 of these in my basket", 500),
        ("1,000 of them please", 1000),
        ("make it three", 3),
        ("actually make it 12", 12),
        ("twenty-five of the mugs", 25),
        ("a hundred mugs", 100),
        ("two hundred and fifty mugs", 250),
        ("a couple of those", 2),
        ("a dozen mugs", 12),
        ("half a dozen mugs", 6),
        ("two dozen", 24),
        ("a pair of socks", 1),
        ("2x the mug", 2),
        ("the mug x3", 3),
        ("2 pcs of the mug", 2),
        ("one more", 1),
        ("another one", 1),
        ("just one", 1),
        ("only one of them", 1),
        ("add one of the mugs", 1),
        ("the second one", None),
        ("the blue one please", None),
        ("that one", None),
        ("which one is warmer", None),
        ("add the one with a hood", None),
        ("make it 3 instead of 2", 3),
        ("two of the second one", 2),
        ("add the Two Rivers Jacket", None),
        ("add three of the Two Rivers Jacket", 3),
        ("add the two rivers in blue", None),
        ("add the Series 2 Lamp", None),
        ("add 2 of the Series 2 Lamp", 2),
        ("add the 6-pack socks", None),
        ("add 24-UG04 to the basket", None),
        ("two of 24-UG04", 2),
        ("add J1-M-Blue", None),
        ("add the one for 15 euros", None),
        ("the jacket under $60", None),
        ("two of the 20 litre pack", 2),
        ("the 20-litre pack", None),
        ("a two-person tent", None),
        ("add a 2 person tent", None),
        ("size 42 please", None),
        ("two in size 42", 2),
        ("the 2nd one", None),
        ("the first two", None),
        ("number 2 please", None),
        ("add both", None),
        ("order A2041", None),
        ("a million of them", 1_000_000),
        ("999999999999999999999 mugs", 999999999999),
        ("加入购物车，要两件", 2),
        ("来十二个", 12),
        ("二十五件", 25),
        ("一百个", 100),
        ("来3个", 3),
        ("两打", 24),
        ("再来一件", 1),
        ("再来", 1),
        ("把第二款加入购物车", None),
        ("第二款要三件", 3),
        ("这两款都要", None),
        ("要一个便宜的", 1),
        ("我要这个", None),
        ("加入80欧元的那款", None),
    ],
)
def test_a_quantity_is_said(text, expected):
    assert said_quantity(text, TITLES, IDS) == Quantity(expected)


@pytest.mark.parametrize(
    "text",
    [
        "add minus 2 of the mug", "add negative three mugs", "add -3 of the Glen Mug", "add −3 mugs", "add –3 mugs",
        "add ½ mug", "add 1/2 mug", "add half a mug", "two and a half mugs", "add 1.5 mugs", "add 2,5 mugs", "add 1e9 mugs",
        "add 0x10 mugs", "add ２ mugs", "add ² mugs", "add ٣ mugs", "add ③ mugs", "add 0 mugs", "add zero-width 0",
        "加负两个", "来半个", "来２个", "-1个",
    ],
)  # fmt: skip
def test_what_is_no_whole_number_is_wrong(text):
    assert said_quantity(text, TITLES, IDS).wrong


@pytest.mark.parametrize(
    "text", ["a few of them", "several mugs", "2 or 3 mugs", "one for me and two for him", "来几个", "lots of mugs"]
)
def test_what_is_unclear_is_asked_about(text):
    assert said_quantity(text, TITLES, IDS) == UNCLEAR


def test_a_size_that_is_said_is_no_quantity():
    assert said_quantity("add it in 38", sizes=["38"]) == Quantity(None)
    assert said_quantity("two in 38", sizes=["38"]) == Quantity(2)
