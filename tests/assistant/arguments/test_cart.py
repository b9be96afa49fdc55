"""The cart holds what was asked for; what was not said is asked."""

import pytest

from tests.assistant.arguments.talks import ALDER, GLEN, HAZEL_IN_CART, MUGS, added

# earlier turns × said × passed × the cart after it
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
    # an order without a verb, or by the cart alone; what was planned does not matter
    ([], "2 Glen Mugs and 1 Hazel Mug in my cart thanks", [("compare_products", {"product_ids": ["M1", "M2"]})], {"M1": 2, "M2": 1}),
    ([], "the Elm Tote goes in my basket", [("show_product", {"product_id": "B2"})], {"B2": 1}),
    ([GLEN], "into my cart with it", [added("it")], {"M1": 1}),
    ([MUGS], "I'll take the one that costs less", [added("which")], {"M2": 1}),
    # parts of a message, each in its turn; what asks for nothing does not count
    ([MUGS], "the Glen Mug is too big for me. add the Hazel one instead", [added("M1")], {"M2": 1}),
    ([GLEN, HAZEL_IN_CART], "lose the mug", [added("M2", 1, "remove")], {}),
    ([HAZEL_IN_CART], "drop the Hazel Mug and add two Elm Totes", [added()], {"B2": 2}),
    (
        [HAZEL_IN_CART, ("add the Elm Tote to my cart", added("B2"))],
        "lose the tote, and 3 mugs instead of one", [added("B2", 1, "remove")], {"M2": 3},
    ),
    ([HAZEL_IN_CART], "remove one, just one", [added("M2", 1, "remove")], {}),
    # another size of what is in it; of what is not, nothing
    ([ALDER, ("add it in M in blue", added("it"))], "oh wait, I need it in L, swap it", [added("it")], {"J1-L-Blue": 1}),
    ([GLEN], "swap it", [added("it")], {}),
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


def test_a_size_answers_which_size(begin):
    talk = begin(ALDER)
    assert talk.say("add it to my cart", added("it")).outcome == "asks"
    assert talk.say("M please").cart == {"J1-M-Blue": 1}


def test_the_sizes_to_choose_from_are_facts(begin):
    reply = begin(ALDER).say("add it to my cart", added("it"))
    assert {fact.value for fact in reply.facts if fact.field == "size"} >= {"S", "M", "L"}


def test_the_size_that_was_searched_for_is_the_one_that_is_added(begin):
    talk = begin()
    talk.say("rain jackets in size L", ("search_products", {"query": "rain jackets in size L"}))
    assert talk.say("add the Alder one in red", added("Alder")).cart == {"J1-L-Red": 1}


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


@pytest.mark.parametrize(
    "said", ["do you have the Glen Mug?", "order status of the Glen Mug", "I want a mug like the Glen Mug"]
)
def test_what_only_names_a_product_puts_nothing_into_the_cart(begin, said):
    assert begin().say(said, ("search_products", {"query": "Glen Mug"})).cart == {}
