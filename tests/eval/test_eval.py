"""The checks of a turn: every one can fail, and what is not asked is not evaluated."""

import pytest

from eval.checks import Seen, check_turn, same, unreached
from eval.dialogues import Expect
from index.intake import read_catalogue
from tests.eval.dialogue_toys import STATE

CARD = {
    "ref": 1, "id": "M1", "item_group_id": "M1", "title": "Glen Mug", "price": "12.00 EUR", "availability": "in_stock",
    "alternative": False, "because": None, "sponsored": False,
}  # fmt: skip


def reply(**changes):
    whole = {
        "reply": "The Glen Mug costs 12.00 EUR.", "outcome": "answered", "products": [CARD], "handoff": None, "cart": {},
        "facts": [{"subject": "M1", "field": "price", "value": "12.00 EUR", "source": "products", "at": ""}],
        "tools": [{"name": "search_products", "args": {"max_price": 20, "color": "White"}, "ok": True}], "citations": [],
    }  # fmt: skip
    return whole | changes


def failed(shop, expect, spoiled, say="a mug under 20"):
    seen = Seen(shop, read_catalogue(shop, lambda row: None), "en", say, spoiled, {}, frozenset({("purchase", "M2")}))
    return {check.name for check in check_turn(Expect.model_validate(expect), seen) if check.passed is False}


GOOD = {
    "tool": {"name": "search_products", "args": {"max_price": 20, "color": "white"}},
    "no_tool": ["update_cart"],
    "products": {"min": 1, "max": 2, "every": {"price_max": 20, "product_type": "Mugs"}, "some": [{"id": "M1"}], "none": {"color": "Blue"}},
    "reply": {"includes": ["Glen"], "excludes": ["5"], "any_of": ["12", "13"], "max_sentences": 1, "language": "en"},
    "cart": {}, "outcome": ["answered", "asks"], "refuses": False, "handoff": False, "personalized": False,
}  # fmt: skip


def test_a_good_reply_passes_every_check(shop):
    assert failed(shop, GOOD, reply()) == set()


BECAUSE = {"text": "t", "event": {"type": "purchase", "product_id": "B1", "at": ""}}
REFUSAL = {"reply": "No.", "outcome": "not_sold", "products": [], "facts": []}


@pytest.mark.parametrize(
    ("check", "spoiled"),
    [
        ("tool", {"tools": []}),
        ("tool", {"tools": [{"name": "search_products", "args": {"max_price": 30, "color": "White"}, "ok": True}]}),
        ("no_tool", {"tools": [*reply()["tools"], {"name": "update_cart", "args": {}, "ok": True}]}),
        ("products", {"products": []}),
        ("products", {"products": [CARD, CARD | {"id": "B1", "title": "Dune Backpack", "price": "60.00 EUR"}]}),
        ("products", {"products": [CARD, CARD | {"id": "M2", "title": "Hazel Mug", "price": "9.50 EUR"}]}),
        ("reply", {"reply": "It costs 12.00 EUR."}),
        ("reply", {"reply": "The Glen Mug. It costs 12.00 EUR."}),
        ("cart", {"cart": {"M1": 1}}),
        ("outcome", {"outcome": "not_sold"}),
        ("refuses", REFUSAL),
        ("handoff", {"handoff": {"id": "x"}}),
        ("personalized", {"products": [CARD | {"because": BECAUSE}]}),
        ("grounded", {"reply": "The Glen Mug costs 13.00 EUR."}),
        ("grounded", {"reply": "The Glen Mug costs 12.00 EUR, the Fir Field Watch as well."}),
        ("grounded", {"reply": "The Glen Mug is waterproof and costs 12.00 EUR."}),
        ("grounded", {"products": [CARD | {"price": "11.00 EUR"}]}),
        ("grounded", {"products": [CARD | {"availability": "out_of_stock"}]}),
        ("grounded", {"facts": [{"subject": "M1", "field": "price", "value": "1.00 EUR", "source": "", "at": ""}]}),
        ("voice", {"reply": "An amazing Glen Mug for 12.00 EUR."}),
        ("voice", {"reply": ""}),
        ("voice", {"reply": "Glen Mug {\"tool\": 12}"}),
    ],
)  # fmt: skip
def test_each_check_can_fail(shop, check, spoiled):
    assert check in failed(shop, GOOD, reply(**spoiled))


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("Glen Mug的价格是12.00 EUR。", True),  # a title is in no language
        ("The Glen Mug costs 12.00 EUR.", False),
        ("Glen Mug costs 12.00 EUR，谢谢。", False),
    ],
)
def test_the_language_is_that_of_what_is_no_title(shop, text, chinese):
    wanted = {"reply": {"language": "zh"}}
    assert ("reply" not in failed(shop, wanted, reply(reply=text), say="多少钱？")) == chinese


def test_refusing_means_nothing_was_shown_or_done(shop):
    assert failed(shop, {"refuses": True}, reply(**REFUSAL)) == set()
    assert failed(shop, {"refuses": True}, reply(**REFUSAL | {"cart": {"M1": 1}})) == {"refuses"}
    assert "refuses" in failed(shop, {"refuses": True}, reply(**REFUSAL | {"products": [CARD]}))


def test_a_reason_must_be_the_shoppers_own(shop):
    own = {"text": "t", "event": {"type": "purchase", "product_id": "M2", "at": ""}}
    assert failed(shop, {"personalized": True}, reply(products=[CARD | {"because": own}])) == set()
    assert failed(shop, {"personalized": True}, reply(products=[CARD | {"because": BECAUSE}])) == {"personalized"}


@pytest.mark.parametrize(
    ("held", "wanted", "is_same"),
    [
        ("Blue", "blue", True),
        (["Red", "Blue"], "blue", True),
        (["Red"], "blue", False),
        (60, 60.0, True),
        ("60.00", 60, True),
        (60, "60", True),
        ("sixty", 60, False),
        (True, True, True),
        (True, 1, False),
        ("yes", True, False),
        (None, None, True),
        (None, "", False),
        (0, None, False),
        (["B1", "m2"], ["M2", "B1"], True),
        (["B1"], ["B1", "M2"], False),
        ("Blue", ["blue"], True),
        (["Blue"], [], False),
        (None, [], True),
        ({"color": "Red", "material": ["Wool", "Silk"]}, {"material": "wool"}, True),
        ({"color": "Red"}, {"color": "Red", "size": "M"}, False),
        ({"climate": ["Rainy"]}, {"climate": ["Rainy", "Cool"]}, False),
        ("Red", {"color": "Red"}, False),
        ({"color": "Red"}, "Red", False),
    ],
)
def test_arguments_are_a_subset_and_text_has_no_case(held, wanted, is_same):
    assert same(held, wanted) is is_same


def test_an_argument_that_was_not_passed_is_not_the_wanted_one(shop):
    wanted = {"tool": {"name": "search_products", "args": {"min_price": 0}}}
    assert failed(shop, wanted, reply()) == {"tool"}


ALTERNATIVE = CARD | {"alternative": True}


def test_every_holds_over_no_cards_and_passes_over_the_alternatives_of_a_refusal(shop):
    empty = REFUSAL | {"products": []}
    dear = {"every": {"price_max": 1}, "max": 0, "none": {"id": "M1"}}
    assert failed(shop, {"products": {"every": {"price_max": 1}}}, reply(**empty)) == set()
    offered = reply(**REFUSAL | {"products": [ALTERNATIVE], "facts": []})
    assert failed(shop, {"refuses": True, "products": dear}, offered) == set()
    for key in dear:
        assert failed(shop, {"products": {key: dear[key]}}, offered) == {"products"}, key
    assert failed(shop, {"refuses": True, "products": {"min": 1, "some": {"id": "M1"}}}, offered) == set()
    assert failed(shop, {"refuses": True, "products": {"min": 2}}, offered) == {"products"}


def test_a_card_that_is_no_product_meets_nothing(shop):
    strange = reply(products=[CARD | {"id": "NIX"}])
    assert "products" in failed(shop, {"products": {"every": {"not": {"id": "M1"}}}}, strange)
    assert "products" not in failed(shop, {"products": {"none": {"id": "NIX"}}}, strange)


def judged(shop, expect, spoiled, **held):
    held = {name: STATE | changes for name, changes in held.items()}
    seen = Seen(shop, read_catalogue(shop, lambda row: None), "en", "hi", spoiled, {}, frozenset(), (), **held)
    return {c.name: c for c in check_turn(Expect.model_validate(expect), seen)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cart": {"M1": 1}}, "the cart changed"),
        ({"orders": {"T1": "cancelled 02"}}, "an order changed"),
        ({"orders": {}}, "an order changed"),
        ({"account": ["02"]}, "the account changed"),
        ({"done": ["k"]}, "what was done about orders changed"),
        ({"preferences": {"size": "L"}}, "the stored preferences changed"),
        ({"personalization": False}, "the consent changed"),
        ({"dismissed": ["M1"]}, "what is not suggested changed"),
        ({"handoffs": ["x"]}, "the hand-offs changed"),
        ({"others": "1"}, "what is held of others changed"),
    ],
)
def test_a_refusal_changes_nothing_that_is_stored(shop, change, words):
    quiet = judged(shop, {"refuses": True}, reply(**REFUSAL), held_before={}, held_after={})
    assert quiet["refuses"].passed is True
    found = judged(shop, {"refuses": True}, reply(**REFUSAL), held_before={}, held_after=change)
    assert (found["refuses"].passed, found["refuses"].reason) == (False, words)


def test_orders_and_what_was_done_about_them_are_those_that_are_stored(shop):
    before = {"orders": {"T1": "pending 01"}, "done": []}
    after = {"orders": {"T1": "cancelled 02"}, "done": ["d1"]}
    asked = {"orders": {"T1": "cancelled"}, "done": 1}
    found = judged(shop, asked, reply(), held_before=before, held_after=after)
    assert found["orders"].passed and found["done"].passed
    found = judged(shop, asked, reply(), held_before=before, held_after=before)
    assert found["orders"].reason == "the orders stand at {'T1': 'pending'}, not {'T1': 'cancelled'}"
    assert found["done"].reason == "0 actions were carried out, not 1"
    assert (
        judged(shop, {"orders": {"T2": "pending"}}, reply(), held_before=before, held_after=after)["orders"].passed
        is False
    )
    blind = judged(shop, asked, reply())
    assert blind["orders"].passed is False and blind["done"].passed is False


def test_the_cart_and_the_hand_off_are_those_that_are_stored(shop):
    asked = {"cart": {"M1": 1, "M2": 0}, "handoff": True}
    told = reply(cart={"M1": 1}, handoff={"id": "x"})
    stored = {"cart": {"M1": 1}, "handoffs": ["x"]}
    found = judged(shop, asked, told, held_before={}, held_after=stored)
    assert found["cart"].passed and found["handoff"].passed
    found = judged(shop, asked, told, held_before={}, held_after={})
    assert found["cart"].reason == "the cart is {}, not {'M1': 1}"
    assert found["handoff"].reason == "no hand-off was stored"
    found = judged(shop, asked, reply(handoff={"id": "x"}), held_before={}, held_after=stored)
    assert found["cart"].reason == "the reply has the cart as {}, and it is {'M1': 1}"
    assert judged(shop, {"handoff": False}, reply(), held_before={}, held_after=stored)["handoff"].passed is False


def test_what_is_not_asked_says_so_and_state_comes_first(shop):
    seen = Seen(shop, read_catalogue(shop, lambda row: None), "en", "hi", reply(), {}, frozenset())
    checks = check_turn(Expect.model_validate({"cart": {}, "same_facts_for": ["ada"]}), seen)
    names = [check.name for check in checks]
    assert names[:5] == ["cart", "orders", "done", "tool", "no_tool"]
    assert names[-4:] == ["reply", "grounded", "voice", "same_facts_for"]
    found = {check.name: check for check in checks}
    assert (found["tool"].passed, found["tool"].reason) == (None, "not asked")
    assert found["same_facts_for"].reason == "waits for the other runs"
    broken = {check.name: check for check in unreached(Expect.model_validate({"cart": {}}), "it broke")}
    assert set(broken) == set(names)
    assert {name for name, check in broken.items() if check.reason == "it broke"} == {"cart", "grounded", "voice"}
    assert all(check.passed is None for check in broken.values())
