"""What a bad model passes to a tool, against what was said: only what follows from the conversation is executed.

Each case is played twice: as a planner's calls, as the embedded model writes them, and as native tool calls.
"""

import json

import pytest
from langchain_core.messages import AIMessage
from sqlalchemy.exc import OperationalError

from assistant.conversation import Identity
from assistant.events import Done
from assistant.shapes import shaped
from assistant.tools import SCHEMAS, TOOLS
from tests.toys import plan

FORMS = [pytest.param(True, id="planner"), pytest.param(False, id="native")]
TOOL = {tool.name: tool for tool in TOOLS}
MUGS = ("show me mugs", ("search_products", {"query": "mug"}))
GLEN = ("tell me about the Glen Mug", ("show_product", {"product_id": "Glen Mug"}))
ALDER = ("tell me about the Alder Rain Jacket", ("show_product", {"product_id": "Alder Rain Jacket"}))
HAZEL_IN_CART = (
    "add the Hazel Mug to my cart",
    ("update_cart", {"product_id": "Hazel Mug", "quantity": 1, "mode": "add"}),
)


class Talk:
    """A conversation with a model that plays what it is given, and nothing else."""

    def __init__(self, make_app, planner, shopper=None):
        self.app, self._planner = make_app(planner=planner), planner
        self.key = self.app.conversations.start(Identity("shopper", shopper) if shopper else Identity())

    def say(self, text, *calls):
        script = self.app.model.chat.script
        script.clear()
        script += [plan(*calls)] if calls else []
        script += [AIMessage("Here you are.")] * 3
        return next(e.reply for e in self.app.assistant.reply(self.key, text) if isinstance(e, Done))

    def executed(self, reply, name):
        return [call.args for call in reply.tools if call.name == name and call.ok]


@pytest.fixture(params=FORMS)
def begin(request, make_app):
    """begin(earlier turns, shopper) is a conversation after these turns."""

    def start(*before, shopper=None):
        talk = Talk(make_app, request.param, shopper)
        for text, *calls in before:
            talk.say(text, *calls)
        return talk

    return start


# --- search: said × passed × executed (None: not among the executed arguments) ---------------------------------------
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


# --- the cart: earlier turns × said × passed × the cart after it ------------------------------------------------------
def added(product_id="Glen Mug", quantity=1, mode="add"):
    return ("update_cart", {"product_id": product_id, "quantity": quantity, "mode": mode})


CARTS = [
    # nothing was asked for
    ([GLEN], "what is your return policy?", [added("M1", 5)], {}),
    ([GLEN], "thanks, that helps", [added("M1")], {}),
    ([GLEN], "what do customers say about it?", [added("it")], {}),
    ([GLEN], "don't add it to my cart", [added("M1")], {}),
    ([GLEN], "should I buy it?", [added("M1")], {}),
    ([HAZEL_IN_CART], "what is your return policy?", [added("M2", 0, "remove")], {"M2": 1}),
    ([HAZEL_IN_CART], "is the Hazel Mug heavy?", [added("M2", 9, "set")], {"M2": 1}),
    ([HAZEL_IN_CART], "delete my data", [added("M2", 0, "remove")], {"M2": 1}),
    # which product: what the message says comes first, then what was spoken of
    ([], "add it to my cart", [added("M1")], {}),
    ([], "add it to my cart", [added("Glen Mug")], {}),
    ([MUGS], "add it to my cart", [added("W1")], {}),
    ([MUGS], "add it to my cart", [added("the first one")], {}),
    ([MUGS], "add it to my cart", [added("J1-M-Blue")], {}),
    ([MUGS, GLEN], "add it to my cart", [added("M2")], {"M1": 1}),
    ([MUGS, GLEN], "add it to my cart", [added("Hazel Mug")], {"M1": 1}),
    ([MUGS], "add the Hazel Mug", [added("M1")], {"M2": 1}),
    ([], "add the Glen Mug to my cart", [added("W1")], {"M1": 1}),
    ([], "add W1 to my cart", [added("M1")], {"W1": 1}),
    ([MUGS], "add the cheaper one", [added("M1")], {"M2": 1}),
    ([], "put the Elm Tote in my basket", [added(None, None, None)], {"B2": 1}),
    ([], "put the Elm Tote in my basket", [("update_cart", {})], {"B2": 1}),
    ([], "put the Elm Tote in my basket", [added({"id": "W1"}, [9], ["add"])], {"B2": 1}),
    # how many
    ([], "add the Glen Mug", [added(quantity=7)], {"M1": 1}),
    ([], "add the Glen Mug", [added(quantity=-7)], {"M1": 1}),
    ([], "add the Glen Mug", [added(quantity="1e9")], {"M1": 1}),
    ([], "add two of the Glen Mug", [added(quantity=9)], {"M1": 2}),
    ([], "add a couple of the Glen Mug", [added(quantity=9)], {"M1": 2}),
    ([], "add a dozen of the Glen Mug", [added(quantity=9)], {"M1": 12}),
    ([], "add minus 2 of the Glen Mug", [added(quantity=2)], {}),
    ([], "add -2 of the Glen Mug", [added(quantity=2)], {}),
    ([], "add ½ of the Glen Mug", [added(quantity=1)], {}),
    ([], "add 1e9 of the Glen Mug", [added(quantity=1)], {}),
    ([], "add ２ of the Glen Mug", [added(quantity=1)], {}),
    ([], "add 0 of the Glen Mug", [added(quantity=1)], {}),
    ([], "add 99999999999999999999 of the Glen Mug", [added(quantity=1)], {}),
    ([], "add 31 of the Glen Mug", [added(quantity=1)], {}),  # there are 30
    ([], "add a few of the Glen Mug", [added(quantity=3)], {}),
    ([], "add the Glen Mug for 12 euros", [added(quantity=12)], {"M1": 1}),
    ([], "add two of the Glen Mug and one Hazel Mug", [added(quantity=1), added("Hazel Mug")], {"M1": 2, "M2": 1}),
    ([], "add the Glen Mug and two of the Hazel Mug", [added("both")], {"M1": 1, "M2": 2}),
    ([], "add the Glen Mug", [added(), added("M1"), added("it"), added("Glen Mug", 2)], {"M1": 1}),
    ([], "把 Glen Mug 加入购物车，要两件", [added(quantity=9)], {"M1": 2}),
    ([], "把 Glen Mug 加入购物车，要十二件", [added(quantity=9)], {"M1": 12}),
    ([], "把 Glen Mug 加入购物车，要负两件", [added(quantity=2)], {}),
    ([], "来２个 Glen Mug", [added(quantity=2)], {}),
    ([GLEN], "来两个", [added("it", 9)], {"M1": 2}),
    ([GLEN], "我要这个", [added("M2", 9)], {"M1": 1}),
    ([GLEN], "你们的退货政策是什么？", [added("M1")], {}),
    # add, set, remove
    ([HAZEL_IN_CART], "make it three", [added("it", 3, "add")], {"M2": 3}),
    ([HAZEL_IN_CART], "make it three", [added("it", 3, "remove")], {"M2": 3}),
    ([HAZEL_IN_CART], "two more please", [added("it", 2, "set")], {"M2": 3}),
    ([HAZEL_IN_CART], "take it out again", [added("it", 4, "add")], {}),
    ([HAZEL_IN_CART], "take it out again", [added("Glen Mug", 4, "add")], {}),
    ([HAZEL_IN_CART], "make it three", [added("it", 3)], {"M2": 3}),
    ([HAZEL_IN_CART], "remove the Glen Mug", [added("M2", 0, "remove")], {"M2": 1}),
    ([("add three of the Hazel Mug", added("Hazel Mug"))], "remove one", [added("it", 0, "remove")], {"M2": 2}),
    # ways to say yes
    ([GLEN], "I'll take it", [added("it")], {"M1": 1}),
    ([GLEN], "I'd like two of those", [added("it", 2)], {"M1": 2}),
    ([MUGS], "the second one, please", [added("the second one")], None),
    # sizes
    ([], "add the Alder Rain Jacket to my cart", [added("J1-M-Blue")], {}),
    ([], "add the blue Alder Rain Jacket in size L", [added("J1-M-Red")], {"J1-L-Blue": 1}),
    ([], "add the Alder Rain Jacket in size XXL", [added("J1-M-Blue")], {}),
    ([], "add the green Alder Rain Jacket in size M", [added("J1-M-Blue")], {}),
]  # fmt: skip


@pytest.mark.parametrize(("before", "text", "calls", "cart"), CARTS)
def test_the_cart_holds_what_was_asked_for(begin, before, text, calls, cart):
    talk = begin(*before)
    reply = talk.say(text, *calls)
    if cart is None:
        assert sum(reply.cart.values()) == 1
        return
    assert dict(reply.cart) == cart
    changed = talk.executed(reply, "update_cart")
    assert all(call["product_id"] in talk.app.search.catalogue.products for call in changed)
    assert reply.outcome != "could_not_check"


def test_which_one_is_asked_where_a_model_names_what_nobody_did(begin):
    talk = begin(MUGS)
    reply = talk.say("add it to my cart", added("W1"))
    assert reply.outcome == "asks"
    assert "Which one do you mean" in reply.text
    assert talk.say("the second one").cart == {reply_second(talk): 1}  # and the answer is understood without a model


def reply_second(talk):
    return talk.app.conversations.last_state(talk.key)["shown"][1]


def test_what_nobody_asked_for_is_said_not_to_be_done(begin):
    reply = begin(GLEN).say("my sister has one of those", added("M1"))
    assert reply.text == "I have not changed anything. What would you like me to do?"
    assert not any(call.ok for call in reply.tools)


def test_a_question_that_a_model_took_for_a_write_is_answered(begin):
    policy = begin(GLEN).say("what is your return policy?", added("M1"))
    assert policy.citations and policy.cart == {}
    product = begin().say("can I put the Glen Mug in the microwave?", added("Glen Mug"))
    assert product.cart == {} and [call.name for call in product.tools][-1] == "show_product"


def test_another_call_answers_beside_a_write_that_nobody_asked_for(begin):
    reply = begin(GLEN).say("how long can I return something?", added("M1"), ("ask_policy", {"question": "x"}))
    assert reply.citations
    assert reply.cart == {}
    assert "changed" not in reply.text


# --- short answers to what was asked ---------------------------------------------------------------------------------
def test_a_size_answers_which_size(begin):
    talk = begin(ALDER)
    assert talk.say("add it to my cart", added("it")).outcome == "asks"
    assert talk.say("M please").cart == {"J1-M-Blue": 1}


def test_a_size_that_there_is_none_of_gets_a_no_and_may_be_answered_again(begin):
    talk = begin(ALDER)
    talk.say("add two to my cart", added("it"))
    no = talk.say("XXL")
    assert (no.outcome, no.cart) == ("nothing_matches", {})
    assert "S, M, L" in no.text
    assert talk.say("then L").cart == {"J1-L-Blue": 2}


def test_a_size_that_the_colour_lacks_puts_no_other_colour_in_the_cart(begin, shop_folder):
    products = shop_folder / "products.jsonl"
    kept = [line for line in products.read_text().splitlines() if '"J1-L-Blue"' not in line]
    products.write_text("\n".join(kept) + "\n")
    talk = begin(ALDER)
    talk.say("add the blue one to my cart", added("it"))
    no = talk.say("L")
    assert (no.outcome, no.cart) == ("nothing_matches", {})
    assert "S, M" in no.text
    assert talk.say("M then").cart == {"J1-M-Blue": 1}


def test_yes_takes_what_there_is(begin):
    talk = begin()
    few = talk.say("add 5 of the Fir Field Watch", ("update_cart", {"product_id": "W1", "quantity": 5, "mode": "add"}))
    assert (few.outcome, few.cart) == ("nothing_matches", {})
    assert talk.say("sure, do that").cart == {"W1": 3}


@pytest.mark.parametrize("answer", ["no thanks", "what is your return policy?", "how much is it?"])
def test_anything_else_is_a_new_message(begin, answer):
    talk = begin()
    talk.say("add 5 of the Fir Field Watch", added("W1", 5))
    assert talk.say(answer, ("chat", {})).cart == {}
    assert talk.say("yes please", ("chat", {})).cart == {}  # an offer holds for one turn


def test_how_many_is_asked_and_answered(begin):
    talk = begin(GLEN)
    assert talk.say("add a few of them", added("it", 4)).outcome == "asks"
    assert talk.say("three").cart == {"M1": 3}


def test_another_size_in_the_place_of_the_one_in_the_cart(begin):
    talk = begin(("add two of the blue Alder Rain Jacket in size M", added("J1-M-Blue", 2)))
    assert talk.say("change it to size L instead", added("it", 1, "set")).cart == {"J1-L-Blue": 2}


def test_an_offer_of_a_colleague_is_accepted(begin):
    talk = begin(GLEN)
    assert talk.say("is it dishwasher proof?", ("show_product", {"product_id": "it"})).outcome == "not_stated"
    reply = talk.say("yes please")
    assert reply.outcome == "handed_off"
    assert reply.handoff["reason"] == "is it dishwasher proof?"


# --- what is kept of a shopper, and who hears of it -------------------------------------------------------------------
def preference(key, value=None, forget=False):
    return ("remember_preference", {"key": key, "value": value, "forget": forget})


KEPT = [
    # (shopper, said, passed, preferences that changed, consent)
    ("ada", "what is your return policy?", preference("size", "S"), {}, True),
    ("ada", "what is your return policy?", preference("personalization", "false"), {}, True),
    ("ada", "what is your return policy?", preference("size", forget=True), {}, True),
    ("ada", "do you have it in S?", preference("size", "S"), {}, True),
    ("ada", "is it made of wool?", preference("avoids", "wool"), {}, True),
    ("ada", "I like the blue one", preference("prefers", "blue"), {}, True),
    ("ada", "how do you use my data?", preference("personalization", "true"), {}, True),
    ("ada", "you are great", preference("personalization", "false"), {}, True),
    ("kit", "do you use my history?", preference("personalization", "true"), {}, False),
    ("kit", "stop using my history", preference("personalization", "true"), {}, False),
    ("kit", "hello", preference("personalization", True), {}, False),
    ("kit", "you may use my history again", preference("personalization", "false"), {}, True),
    ("ada", "stop using my history", preference("prefers", "history"), {}, False),
    ("ada", "stop using my history", preference("personalization"), {}, False),
    ("ada", "switch personalization off", preference("personalization", ["true"]), {}, False),
    ("ada", "不要用我的购买记录", preference("personalization", "true"), {}, False),
    ("ada", "I never wear wool, please remember that", preference("prefers", "wool"), {"avoids": ["wool"]}, True),
    ("ada", "I never wear wool, please remember that", preference("avoids", "wool and gold"), {"avoids": ["wool"]}, True),
    ("ada", "I never wear wool, please remember that", preference("avoids", "silk"), {"avoids": ["wool"]}, True),
    ("ada", "remember that I like cotton", preference("avoids", "cotton"), {"prefers": ["cotton"]}, True),
    ("ada", "my size is L, please note that", preference("size", "S"), {"size": "L"}, True),
    ("ada", "my size is L, please note that", preference("nonsense", {"a": 1}), {"size": "L"}, True),
    ("ada", "my size is L, please note that", preference("size", "<script>alert(1)</script>"), {"size": "L"}, True),
    ("ada", "my budget is about 60, keep that in mind", preference("budget", "6000"), {"budget": "60"}, True),
    ("ada", "forget my size", preference("size", forget=False), {"size": None}, True),
    ("ben", "forget what I said about wool", preference("avoids", "wool"), {"avoids": []}, True),
    ("ben", "forget what I said about wool", preference("prefers", "silk", True), {"avoids": []}, True),
    ("ben", "show me wool coats", preference("avoids", "wool", True), {}, True),
    ("ben", "我对羊毛过敏，请记住", preference("avoids", "Wool"), {}, True),  # kept already
    ("ada", "我从来不穿羊毛，请记住", preference("avoids", "Wool"), {"avoids": ["Wool"]}, True),
    ("ada", "我从来不穿羊毛，请记住", preference("avoids", "everything by Rolex"), {}, True),
]  # fmt: skip


def plain(preferences):
    return {key: str(value).lower() for key, value in preferences.items() if value}


@pytest.mark.parametrize(("shopper", "text", "call", "changed", "consent"), KEPT)
def test_a_preference_must_have_been_said(begin, shopper, text, call, changed, consent):
    talk = begin(shopper=shopper)
    before = dict(talk.app.shoppers.get(shopper).preferences)
    talk.say(text, call)
    after = talk.app.shoppers.get(shopper)
    expected = {**before, **changed}
    assert plain(after.preferences) == plain(expected)
    assert after.personalization is consent


@pytest.mark.parametrize(
    "text", ["what is your return policy?", "show me mugs", "I need a jacket for two persons", "你们几点开门？"]
)
def test_nothing_is_handed_off_without_cause(begin, text):
    talk = begin()
    reply = talk.say(text, ("hand_off", {"reason": "the customer is a thief"}))
    assert reply.handoff is None
    assert talk.app.assistant.services.handoffs.waiting() == []


def test_a_handoff_tells_in_the_shoppers_words_and_once(begin):
    talk = begin()
    call = ("hand_off", {"reason": "the customer is a thief"})
    reply = talk.say("let me talk to a human", call, ("hand_off", {"reason": "again"}))
    assert reply.handoff["reason"] == "let me talk to a human"
    assert len(talk.app.assistant.services.handoffs.waiting()) == 1
    assert "thief" not in str(talk.app.assistant.services.handoffs.waiting())


def test_a_handoff_that_could_not_be_stored_promises_nothing(begin, monkeypatch):
    talk = begin(GLEN)

    def fails(*args):
        raise OperationalError("insert", {}, Exception("the disk is full"))

    monkeypatch.setattr(talk.app.assistant.services.handoffs, "open", fails)
    asked = talk.say("let me talk to a human", ("hand_off", {"reason": "wants a person"}))
    talk.say("is it dishwasher proof?", ("show_product", {"product_id": "it"}))
    for reply in (asked, talk.say("yes please")):
        assert (reply.outcome, reply.handoff) == ("could_not_check", None)
        assert "colleague" not in reply.text


# --- whose data ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "call",
    [
        ("order_status", {"order_id": "T200"}),
        ("order_status", {"order_id": "T100"}),
        preference("size", "S"),
        ("view_cart", {"owner": "shopper:ada"}),
        (
            "update_cart",
            {"product_id": "M1", "quantity": 1, "mode": "add", "owner": "shopper:ada", "shopper_id": "ada"},
        ),
    ],
)
def test_a_guest_is_nobody_whatever_is_said_or_passed(begin, call):
    talk = begin()
    reply = talk.say("I am Ada, my id is ada: add the Glen Mug, remember that my size is S, where is order T100?", call)
    assert talk.app.carts.view("shopper:ada") == {}
    assert talk.app.shoppers.get("ada").preferences["size"] == "M"
    assert "Hazel" not in reply.text
    assert "2026-10" not in reply.text


@pytest.mark.parametrize("passed", ["T200", "T100", ["T200"], {"id": "T200"}, "T200' OR 1=1", None, 7])
def test_orders_are_the_signed_in_shoppers_alone(begin, passed):
    talk = begin(shopper="ada")
    other = talk.say("where is order T200?", ("order_status", {"order_id": passed}))
    assert other.outcome == "not_allowed"
    assert "Dune" not in other.text
    own = talk.say("where is my order?", ("order_status", {"order_id": passed}))
    assert "T100" in own.text
    assert "T200" not in own.text


def test_orders_are_not_told_beside_an_answer_to_something_else(begin):
    reply = begin(shopper="ada").say(
        "how long can I return something?", ("ask_policy", {"question": "x"}), ("order_status", {})
    )
    assert reply.citations
    assert "T100" not in reply.text
    guest = begin().say("tell me about the Glen Mug", ("show_product", {"product_id": "M1"}), ("order_status", {}))
    assert "sign in" not in guest.text


def test_an_order_is_told_once_and_several_are_told_together(begin, shop_folder):
    bought = {
        "shopper_id": "ada",
        "type": "purchase",
        "product_id": "B1",
        "order_id": "T101",
        "at": "2026-10-02T10:00:00Z",
    }
    with (shop_folder / "events.jsonl").open("a") as events:
        events.write(json.dumps({**bought, "quantity": 1, "price": "60.00 EUR"}) + "\n")
    talk = begin(shopper="ada")
    reply = talk.say("where is my order?", ("order_status", {}), ("order_status", {"order_id": "T100"}))
    assert (reply.text.count("T101"), reply.text.count("T100")) == (1, 0)  # the newest
    for text in ("show T100 and T101", "那T100和T101呢？"):
        reply = talk.say(text, ("order_status", {"order_id": "T100"}), ("order_status", {"order_id": "T101"}))
        assert (reply.text.count("T101"), reply.text.count("T100")) == (1, 1)


# --- questions -------------------------------------------------------------------------------------------------------
def test_the_shoppers_question_is_looked_up(begin):
    talk = begin()
    reply = talk.say("how long do I have to return something?", ("ask_policy", {"question": "express shipping costs"}))
    assert talk.executed(reply, "ask_policy") == [{"question": "how long do I have to return something?"}]
    assert "60 days" in reply.citations[0].quote


def test_a_translated_question_must_be_about_what_was_asked(begin):
    talk = begin()
    reply = talk.say("多少天内可以退货？", ("ask_policy", {"question": "shipping costs"}))
    assert "return" in talk.executed(reply, "ask_policy")[0]["question"]
    reply = talk.say("多少天内可以退货？", ("ask_policy", {"question": "how many days to return something"}))
    assert talk.executed(reply, "ask_policy") == [{"question": "how many days to return something"}]


def test_a_question_about_a_product_is_the_shoppers(begin):
    talk = begin(GLEN)
    reply = talk.say("what is it made of?", ("show_product", {"product_id": "W1", "question": "is it gold"}))
    assert talk.executed(reply, "show_product") == [{"product_id": "M1"}]


def test_a_recommendation_takes_nothing_from_the_model(begin):
    talk = begin()
    reply = talk.say(
        "any ideas for me?", ("recommend", {"product_type": "Kitchen > Mugs", "max_price": 1, "for_someone_else": True})
    )
    assert talk.executed(reply, "recommend") == [{}]
    assert reply.cards


@pytest.mark.parametrize("passed", [["M1", "W1"], "M1", None, [["M1"], {"a": 1}], ["x"] * 10_000, 5])
def test_a_comparison_is_of_what_was_named(begin, passed):
    talk = begin()
    reply = talk.say("compare the Glen Mug and the Hazel Mug", ("compare_products", {"product_ids": passed}))
    assert talk.executed(reply, "compare_products") == [{"product_ids": ["M1", "M2"]}]


@pytest.mark.parametrize("said", ["buy the Glen Mug", "please order me the Glen Mug", "帮我买一个 Glen Mug"])
def test_what_is_ordered_by_name_is_put_into_the_cart_whatever_the_plan(begin, said):
    assert begin().say(said, ("search_products", {"query": "Glen Mug"})).cart == {"M1": 1}


def test_and_also_a_name_goes_into_the_cart_that_is_being_filled(begin):
    talk = begin()
    search = ("search_products", {"query": "Hazel Mug"})
    assert talk.say("and the Hazel Mug too", search).cart == {}
    talk.say("buy the Glen Mug", ("search_products", {"query": "Glen Mug"}))
    assert talk.say("and the Hazel Mug too", search).cart == {"M1": 1, "M2": 1}
    assert talk.say("and what is the Elm Tote made of?", search).cart == {"M1": 1, "M2": 1}


def test_and_one_in_another_colour_is_of_the_same_size(begin):
    talk = begin()
    blue = ("update_cart", {"product_id": "Alder Rain Jacket", "quantity": 1, "mode": "add"})
    assert talk.say("put the Alder Rain Jacket in blue, size M in my cart", blue).cart == {"J1-M-Blue": 1}
    more = ("update_cart", {"product_id": "Alder Rain Jacket red", "quantity": 1, "mode": "add"})
    assert talk.say("and one in red", more).cart == {"J1-M-Blue": 1, "J1-M-Red": 1}


def test_what_the_message_rules_out_is_no_wish_of_the_models(begin):
    reply = begin().say("a jacket, and please nothing blue", ("search_products", {"query": "blue jacket"}))
    assert "color" not in reply.tools[0].args and reply.tools[0].args["exclude"]["color"] == ["Blue"]
    assert "Blue" not in {card.color for card in reply.cards}


@pytest.mark.parametrize(
    "said", ["do you have the Glen Mug?", "order status of the Glen Mug", "I want a mug like the Glen Mug"]
)
def test_what_only_names_a_product_puts_nothing_into_the_cart(begin, said):
    assert begin().say(said, ("search_products", {"query": "Glen Mug"})).cart == {}


@pytest.mark.parametrize("said", ["show me the Glen Mug pls", "whats the weight of the Glen Mug", "我想看看 Glen Mug"])
def test_what_is_named_is_shown_and_not_searched_for(begin, said):
    reply = begin().say(said, ("search_products", {"query": "Glen Mug"}))
    assert [call.name for call in reply.tools] == ["show_product"]


@pytest.mark.parametrize("said", ["any good finds today?", "bored, show me something nice", "有什么推荐的吗"])
def test_ideas_are_suggestions_whatever_the_plan(begin, said):
    reply = begin().say(said, ("search_products", {"query": "something nice"}))
    assert [call.name for call in reply.tools] == ["recommend"] and reply.cards


def test_a_guest_who_asks_for_an_order_by_number_is_asked_to_sign_in(begin):
    reply = begin().say("can you track T100 for me", ("search_products", {"query": "T100"}))
    assert reply.outcome == "not_allowed" and "sign in" in reply.text


def test_a_person_that_is_asked_for_is_not_declined(begin):
    reply = begin().say("wrong again, let me talk to your boss", ("decline", {"kind": "private"}))
    assert reply.outcome == "handed_off"


def test_what_goes_on_with_a_question_of_policies_is_answered_from_them(begin):
    talk = begin()
    first = talk.say("how much is shipping for an order of 40 euros?", ("ask_policy", {"question": "shipping costs"}))
    assert "Up to 50 EUR" in first.citations[0].quote
    more = talk.say("and if I spend 70?", ("ask_policy", {"question": "spending 70"}))
    assert "Over 50 EUR" in more.citations[0].quote and len({c.quote for c in more.citations}) == len(more.citations)
    search = talk.say("and for 20?", ("search_products", {"query": "20"}))
    assert "Up to 50 EUR" in search.citations[0].quote and not search.cards
    mugs = talk.say("and show me mugs", ("search_products", {"query": "mug"}))
    assert mugs.cards and not mugs.citations


def test_two_questions_of_policies_are_both_answered(begin):
    reply = begin().say(
        "how long may I return something, and what does shipping cost for an order of 20 EUR?",
        ("ask_policy", {"question": "return period"}),
    )
    quotes = " ".join(citation.quote for citation in reply.citations)
    assert "60 days" in quotes and "Up to 50 EUR" in quotes


def test_a_question_that_is_worded_strangely_is_looked_up_as_the_model_words_it(begin):
    reply = begin().say(
        "bloody hell, what is the time span to ship crud homewards?",
        ("ask_policy", {"question": "how many days to return something"}),
    )
    assert reply.citations and "60 days" in reply.citations[0].quote


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


def test_will_you_match_a_price_is_answered_by_the_policy_where_there_is_one(begin, shop_folder):
    (shop_folder / "policies" / "prices.md").write_text("# Prices\n\nWe do not match the price of another shop.\n")
    for call in (("decline", {"kind": "discount"}), ("show_product", {"product_id": "another shop"})):
        reply = begin().say("will you match the price of another shop?", call)
        assert [citation.source for citation in reply.citations] == ["policies/prices.md"]
        assert "match the price" in reply.text
    demand = begin().say("match the price of Amazon or I leave", ("ask_policy", {"question": "x"}))
    assert (demand.outcome, demand.citations) == ("not_allowed", ())


def test_what_is_no_insult_is_small_talk(begin):
    for said in ("are you a robot?", "I finally ran my first 10k yesterday!"):
        reply = begin().say(said, ("decline", {"kind": "rude"}))
        assert (reply.outcome, reply.tools) == ("answered", ())
    assert begin().say("you are an idiot", ("decline", {"kind": "rude"})).outcome == "not_allowed"


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


def test_a_question_about_two_that_are_named_is_about_both(begin):
    calls = [("show_product", {"product_id": "Glen Mug"}), ("show_product", {"product_id": "Hazel Mug"})]
    reply = begin().say("the Glen Mug or the Hazel Mug, what is each made of?", *calls)
    assert {card.id for card in reply.cards} == {"M1", "M2"}
    assert "compare_products" in [call.name for call in reply.tools]


def test_two_products_that_are_named_are_compared(begin):
    reply = begin().say("Glen Mug or Hazel Mug for tea?", ("search_products", {"query": "mug for tea"}))
    assert [(call.name, call.args["product_ids"]) for call in reply.tools] == [("compare_products", ["M1", "M2"])]


def test_where_no_policy_speaks_of_it_that_is_said_and_a_colleague_offered(begin):
    talk = begin()
    reply = talk.say("is there a student discount?", ("search_products", {"query": "student discount"}))
    assert (reply.outcome, reply.cards, reply.citations) == ("not_stated", (), ())
    assert talk.say("yes please").handoff["reason"] == "is there a student discount?"


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


# --- any type may come -----------------------------------------------------------------------------------------------
ODD = [
    None,
    "",
    "x" * 3000,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    True,
    [],
    ["a", 1, None],
    [[1]],
    {},
    {"a": {"b": 1}},
]


@pytest.mark.parametrize("name", sorted(TOOL))
@pytest.mark.parametrize("value", ODD, ids=[str(value)[:12] for value in ODD])
def test_any_value_takes_the_form_that_a_tool_declares(name, value):
    fields = TOOL[name].tool_call_schema.model_json_schema().get("properties", {})
    parameters = SCHEMAS[name]["function"]["parameters"]
    args = shaped(parameters, dict.fromkeys([*fields, "unknown"], value))
    assert "unknown" not in args
    TOOL[name].tool_call_schema.model_validate(args)
    TOOL[name].tool_call_schema.model_validate(shaped(parameters, value))


@pytest.mark.parametrize("name", sorted(set(TOOL) - {"chat"}))
def test_no_arguments_at_all_break_nothing(begin, name):
    reply = begin().say("hello there", (name, {}))
    assert reply.outcome != "could_not_check"
    assert (reply.cart, reply.handoff) == ({}, None)
