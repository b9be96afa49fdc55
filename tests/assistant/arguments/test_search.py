"""What is searched for and suggested is what was said, whatever a model passes."""

import json

import pytest
from langchain_core.messages import AIMessage

from assistant.conversation import Identity
from assistant.events import Done
from tests.toys import plan

# said × passed × executed (None: not among the executed arguments)
SEARCHES = [
    ("a jacket for men", {"brand": "Rolex"}, {"brand": None}),
    ("a jacket for men", {"brand": ["Rolex", "Nike"]}, {"brand": None}),
    ("a jacket for men under 100", {"min_price": 100}, {"max_price": 100, "min_price": None}),
    ("a jacket for men under 100", {"max_price": 20}, {"max_price": 100}),
    ("a jacket for men under 100", {"max_price": 100, "min_price": 90}, {"max_price": 100, "min_price": None}),
    ("a jacket for men over 50", {"max_price": 50}, {"min_price": 50, "max_price": None}),
    ("a jacket for men", {"max_price": 50}, {"max_price": None}),
    ("a jacket for men, I have 90 euros", {"max_price": 90}, {"max_price": 90}),
    ("a jacket for men, a hundred at the very most", {"max_price": "100"}, {"max_price": 100}),
    ("a bag of 20 litres", {"max_price": 20}, {"max_price": None}),
    ("a jacket in 3 days", {"max_price": 3}, {"max_price": None}),
    ("a jacket for men", {"max_price": -5}, {"max_price": None}),
    ("a jacket for men", {"max_price": "NaN"}, {"max_price": None}),
    ("a jacket for men", {"max_price": float("inf"), "min_price": float("nan")}, {"max_price": None, "min_price": None}),
    ("a jacket for men", {"max_price": [60], "min_price": {"a": 1}}, {"max_price": None, "min_price": None}),
    ("a jacket for men", {"color": "Blue"}, {"color": None}),
    ("a blue jacket for men", {"color": "Red"}, {"color": "Blue"}),
    ("a jacket for men", {"size": "M"}, {"size": None}),
    ("a jacket for men in size L", {"size": ["S", "M"]}, {"size": "L"}),
    ("a jacket", {"gender": "Women"}, {"gender": None}),
    ("a jacket for men", {"material": "Wool"}, {"material": None}),
    ("a wool coat for men", {"material": "Nylon"}, {"material": "Wool"}),
    ("a jacket for men", {"product_type": "Kitchen > Mugs"}, {"product_type": "Men > Jackets"}),
    ("a jacket for men", {"in_stock": True}, {"in_stock": None}),
    ("a jacket for men that is in stock", {"in_stock": False}, {"in_stock": True}),
    ("a jacket for men", {"sort": "price_high"}, {"sort": None}),
    ("a jacket for men", {"sort": "rating"}, {"sort": None}),
    ("your cheapest jacket for men", {"sort": "price_high"}, {"sort": "price_low"}),
    ("jackets for men, prices from low to high", {"sort": "price_low"}, {"sort": "price_low"}),
    ("a jacket for men", {"attributes": {"weather": ["Rainy"]}}, {"attributes": None}),
    ("a jacket for men for rainy days", {"attributes": {"weather": ["Rainy"]}}, {"attributes": {"weather": ["Rainy"]}}),
    ("a jacket for men for rainy days", {"attributes": {"weather": ["Snowy"]}}, {"attributes": None}),
    ("a jacket for men", {"attributes": {"weather": {"deep": ["Rainy"]}}}, {"attributes": None}),
    ("a jacket for men", {"attributes": "weather"}, {"attributes": None}),
    ("a jacket for men", {"exclude": {"material": ["Nylon"]}}, {"exclude": None}),
    ("a nylon jacket for men", {"exclude": {"material": ["Nylon"]}}, {"exclude": None}),
    ("a jacket for men without nylon", {"exclude": {"material": ["Nylon", "Wool"]}}, {"exclude": {"material": ["Nylon"]}}),
    ("a jacket for men", {"exclude": ["Nylon"]}, {"exclude": None}),
    ("a jacket for men", {"for_someone_else": True}, {"for_someone_else": None}),
    ("a jacket for my brother", {"for_someone_else": False}, {"for_someone_else": True}),
    ("a mug", {"query": "golden watch by Rolex"}, {"query": "mug"}),
    ("a mug", {"query": None}, {"query": "mug"}),
    ("a mug", {"query": ["a", "b"]}, {"query": "mug"}),
    ("a mug", {"query": "x" * 5000}, {"query": "mug"}),
    ("a mug", {"query": {"$ne": 1}, "limit": 10_000, "shopper_id": "ada"}, {"query": "mug", "limit": None, "shopper_id": None}),
    ("有没有100欧元以下的男士夹克", {"query": "men's jacket", "min_price": 100}, {"max_price": 100, "min_price": None}),
    ("有没有一百欧元以下的男士夹克", {"query": "men's jacket"}, {"max_price": 100}),
    ("有没有男士夹克", {"query": "men's jacket under 50"}, {"max_price": None}),
    ("有没有男士夹克", {"query": "men's jacket", "brand": "Rolex"}, {"brand": None}),
    ("有没有男士夹克", {"query": "men's blue jacket size M", "sort": "price_low"}, {"color": None, "size": None, "sort": None}),
    ("有没有蓝色男士夹克", {"query": "men's jacket", "color": "Blue"}, {"color": "Blue"}),
    ("有没有最便宜的男士夹克", {"query": "men's jacket"}, {"sort": "price_low"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "passed", "executed"), SEARCHES)
def test_a_search_has_what_was_said(begin, text, passed, executed):
    talk = begin()
    reply = talk.say(text, ("search_products", {"query": "jacket", **passed}))
    (args,) = talk.executed(reply, "search_products")
    for name, value in executed.items():
        assert args.get(name) == value, args
    assert reply.outcome != "could_not_check"


def test_a_recommendation_takes_nothing_from_the_model(begin):
    talk = begin()
    reply = talk.say(
        "any ideas for me?", ("recommend", {"product_type": "Kitchen > Mugs", "max_price": 1, "for_someone_else": True})
    )
    assert talk.executed(reply, "recommend") == [{}]
    assert reply.cards


def test_either_of_two_things_will_do_whichever_the_model_names(begin):
    talk = begin()
    reply = talk.say("a mug or a jacket, please", ("search_products", {"query": "mug"}))
    assert {card.item_group_id for card in reply.cards} >= {"M1", "J1"}, talk.executed(reply, "search_products")


def test_what_the_message_rules_out_is_no_wish_of_the_models(begin):
    reply = begin().say("a jacket, and please nothing blue", ("search_products", {"query": "blue jacket"}))
    assert "color" not in reply.tools[0].args and reply.tools[0].args["exclude"]["color"] == ["Blue"]
    assert "Blue" not in {card.color for card in reply.cards}


@pytest.mark.parametrize("said", ["any good finds today?", "bored, show me something nice", "有什么推荐的吗"])
def test_ideas_are_suggestions_whatever_the_plan(begin, said):
    reply = begin().say(said, ("search_products", {"query": "something nice"}))
    assert [call.name for call in reply.tools] == ["recommend"] and reply.cards


@pytest.mark.parametrize(
    ("first", "then", "bounds"),
    [
        ("a jacket from 60 to 100 euros", "cheaper, 50 at most", (None, 50)),
        ("a jacket under 60", "rather at least 75", (75, None)),
        ("a jacket under 90", "at least 60 please", (60, 90)),
    ],
)
def test_what_is_said_now_takes_the_place_of_a_bound_that_it_goes_against(begin, first, then, bounds):
    talk = begin()
    talk.say(first, ("search_products", {"query": "jacket"}))
    args = talk.say(then, ("search_products", {"query": "jacket"})).tools[0].args
    assert (args.get("min_price"), args.get("max_price")) == bounds


@pytest.mark.parametrize("call", [("search_products", {"query": "used goods"}), ("order_status", {})])
def test_what_a_policy_answers_is_no_search_and_no_order(begin, call):
    reply = begin(shopper="ada").say("my goods arrived broken, can used goods be returned?", call)
    assert [citation.source for citation in reply.citations] == list(dict.fromkeys(c.source for c in reply.citations))
    assert (reply.outcome, [tool.name for tool in reply.tools]) == ("answered", ["ask_policy"])


def test_the_lightest_is_the_first(make_app, shop_folder):
    path = shop_folder / "products.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        if row["id"] in ("M1", "M2"):
            row["attributes"]["weight"] = ["380 g" if row["id"] == "M1" else "130 g"]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    say = {"lightest": "M2", "heaviest": "M1"}
    for word, first in say.items():
        app = make_app(plan(("search_products", {"query": f"{word} mug"})), AIMessage("Have a look."))
        key = app.conversations.start(Identity())
        reply = next(e.reply for e in app.assistant.reply(key, f"which is your {word} mug?") if isinstance(e, Done))
        assert reply.cards[0].id == first


def test_a_size_of_one_that_was_shown_is_no_new_search(begin):
    talk = begin(("show me jackets for men", ("search_products", {"query": "jackets for men"})))
    place = [
        card.item_group_id for card in talk.say("show me jackets for men", ("search_products", {"query": "x"})).cards
    ].index("J1")
    text = f"do you have the {['first', 'second', 'third'][place]} one in size"
    no = talk.say(f"{text} XXL?", ("search_products", {"query": "first XXL"}))
    assert (no.outcome, no.tools[0].name) == ("nothing_matches", "show_product")
    assert "S, M, L" in no.text
    talk.say("show me jackets for men", ("search_products", {"query": "jackets for men"}))
    assert [card.id for card in talk.say(f"{text} L?", ("search_products", {"query": "L"})).cards] == ["J1-L-Blue"]
