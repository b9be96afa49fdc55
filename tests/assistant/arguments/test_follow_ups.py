"""Messages that go on with what was just told, and messages that say several things."""

import pytest
from langchain_core.messages import AIMessage

from assistant.events import Done
from tests.assistant.arguments.talks import ALDER, HAZEL_IN_CART, MUGS, Talk, added, preference
from tests.conftest import rows, write_jsonl
from tests.toys import plan

JACKETS = ("jackets for men, please", ("search_products", {"query": "jackets for men"}))


@pytest.mark.parametrize("question", ["when was that?", "how much did it cost?"])
def test_a_question_about_the_order_just_told_is_about_that_order(begin, question):
    talk = begin(("which order had the Hazel Mug?", ("order_status", {})), shopper="ada")
    reply = talk.say(question, ("search_products", {"query": question}))
    assert "T100" in reply.text


def test_what_somebody_else_dislikes_narrows_the_search_and_is_not_remembered(begin):
    talk = begin(("a jacket for my brother", ("search_products", {"query": "jacket"})), shopper="ada")
    reply = talk.say("he hates wool", preference("avoids", "wool"))
    assert talk.executed(reply, "search_products")[0]["exclude"] == {"material": ["Wool"]}
    assert not talk.app.shoppers.get("ada").preferences["avoids"]


def test_a_guests_dislike_counts_for_the_search_and_a_lasting_one_needs_a_sign_in(begin):
    talk = begin(JACKETS)
    reply = talk.say("but I can't stand wool", preference("avoids", "wool"))
    assert talk.executed(reply, "search_products")[0]["exclude"] == {"material": ["Wool"]}
    reply = talk.say("remember that I never wear wool", preference("avoids", "wool"))
    assert reply.outcome == "not_allowed"


def test_the_same_kind_for_another_gender_is_looked_for_among_theirs(begin):
    talk = begin(JACKETS)
    reply = talk.say("and for my wife?", ("search_products", {"query": "", "for_someone_else": True}))
    assert talk.executed(reply, "search_products")[0]["product_type"] == "Women > Jackets"


def test_the_size_that_exists_is_taken_in_the_colour_that_was_said(begin):
    talk = begin(ALDER)
    assert talk.say("add it in red, XXL", added("Alder Rain Jacket")).outcome == "nothing_matches"
    assert talk.say("alright, M then", added("Alder Rain Jacket")).cart == {"J1-M-Red": 1}


def test_the_rest_of_the_cart_is_emptied(begin):
    talk = begin(("put the Glen Mug in my cart", added()), HAZEL_IN_CART)
    assert talk.say("take the Glen Mug out", added(mode="remove")).cart == {"M2": 1}
    assert talk.say("empty the rest too", added("all", 0, "remove")).cart == {}


def test_others_like_the_one_shown_are_searched_for(begin):
    talk = begin(("is the Elm Tote available?", ("show_product", {"product_id": "Elm Tote"})))
    reply = talk.say("another bag under 70 please", ("show_product", {"product_id": "Elm Tote"}))
    assert talk.executed(reply, "search_products")[0]["max_price"] == 70


def test_wishes_of_several_kinds_are_each_looked_for_with_their_own_constraints(begin):
    talk = begin()
    reply = talk.say(
        "a red jacket in size M and a mug under 10 euros",
        ("search_products", {"query": "red jacket mug"}),
        ("search_products", {"query": "mug", "max_price": 10}),
    )
    jacket, mug = talk.executed(reply, "search_products")
    assert (jacket["color"], jacket["size"], "max_price" in jacket) == ("Red", "M", False)
    assert (mug["max_price"], "color" in mug) == (10, False)


@pytest.mark.parametrize(
    "planned",
    [
        [("show_product", {"product_id": "Glen Mug"})],
        [("ask_policy", {"question": "express delivery"})],
        [("show_product", {"product_id": "Glen Mug"}), ("ask_policy", {"question": "express"})],
    ],
)
def test_a_product_and_a_policy_in_one_message_are_both_answered_once(make_app, planned):
    talk = Talk(make_app, planner=True)
    reply = talk.say("How much is the Glen Mug, and what would express shipping on just that be?", *planned)
    assert "12.00 EUR" in reply.text and reply.text.count("Express: 12 EUR") == 1, reply.text
    assert {call.name for call in reply.tools} == {"show_product", "ask_policy"}


def test_shown_products_are_not_looked_for_again_where_only_one_is_meant(begin):
    talk = begin(MUGS)
    reply = talk.say("is the first one under 20 euros?", ("show_product", {"product_id": "1"}))
    assert talk.executed(reply, "show_product")


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("what if the order is 80 euros tho", ("order_status", {})),
        ("lol what if it was worth 80 euros", ("chat", {})),
        ("and at 80?", ("ask_policy", {"question": "80"})),
    ],
)
def test_a_question_that_goes_on_with_the_policies_is_theirs_whatever_is_planned(begin, text, planned):
    talk = begin(("how much is standard shipping on a 20 euro order?", ("ask_policy", {"question": "shipping"})))
    reply = talk.say(text, planned)
    assert reply.citations and "Over 50 EUR. Standard: 0 EUR" in reply.text, reply.text


def test_opening_hours_are_not_answered_by_what_speaks_of_other_times(begin):
    reply = begin().say("what time do you open on sundays?", ("ask_policy", {"question": "opening hours"}))
    assert reply.outcome == "not_stated"


def test_the_biggest_of_those_shown_is_told_by_the_number_in_its_title(make_app, shop_folder):
    ball = {"product_type": "Gear > Balls", "description": "A ball to sit on.", "quantity": 5}
    balls = [{**ball, "id": f"S{n}", "title": f"Sway Ball {n} cm", "price": f"{n}.00 EUR"} for n in (55, 65, 75)]
    write_jsonl(shop_folder / "products.jsonl", [*rows(), *balls])
    talk = Talk(make_app, planner=True)
    talk.say("show me balls", ("search_products", {"query": "ball"}))
    assert talk.say("add the biggest one", added("biggest")).cart == {"S75": 1}
    assert talk.say("hmm better get the 55 as well", added("55")).cart == {"S75": 1, "S55": 1}


def test_the_shorter_of_two_books_has_fewer_pages(make_app, shop_folder):
    books = [
        {"id": key, "title": title, "product_type": "Books > Cookery", "description": "Meals.", "price": "9.00 EUR",
         "quantity": 5, "attributes": {"pages": [f"{pages} pages"], "language": ["English"]}}
        for key, title, pages in (("K1", "The Slow Loaf", 212), ("K2", "One Pot Outdoors", 180))
    ]  # fmt: skip
    write_jsonl(shop_folder / "products.jsonl", [*rows(), *books])
    talk = Talk(make_app, planner=True)
    talk.say("compare The Slow Loaf and One Pot Outdoors", ("compare_products", {"product_ids": ["K1", "K2"]}))
    assert talk.say("the shorter one, put it in my cart please", added("shorter")).cart == {"K2": 1}


def test_the_one_for_a_gender_is_told_by_what_is_stated(begin):
    talk = begin(
        ("compare the Alder Rain Jacket and the Cedar Shell", ("compare_products", {"product_ids": ["J1", "J3"]}))
    )
    assert talk.say("tell me more about the women's one", ("show_product", {"product_id": "1"})).cards[0].id == "J3"


def test_what_it_would_cost_to_have_it_is_asked_of_the_policies_and_what_it_costs_of_the_product(begin):
    talk = begin(ALDER)
    shown = ("show_product", {"product_id": "J1"})
    reply = talk.say("how much is standard shipping for it?", shown)
    assert reply.citations and "Over 50 EUR. Standard: 0 EUR" in reply.text, reply.text
    reply = talk.say("and what does it cost?", shown)
    assert talk.executed(reply, "show_product") and not reply.citations


def test_an_amount_goes_on_with_what_the_policies_were_asked(begin):
    talk = begin(("how much is express shipping on a 20 euro order?", ("ask_policy", {"question": "shipping"})))
    reply = talk.say("an 80 euro one would do", ("search_products", {"query": "80"}))
    assert "Over 50 EUR. Express: 9 EUR" in reply.text, reply.text


def written(make_app, shop_folder, policy, asked, prose):
    """What a shopper reads where the shop has a policy, and the model writes this of it."""
    (shop_folder / "policies" / "more.md").write_text(policy)
    talk = Talk(make_app, planner=True)
    talk.app.model.chat.script[:] = [plan(("ask_policy", {"question": asked})), AIMessage(prose), AIMessage(prose)]
    return next(e.reply.text for e in talk.app.assistant.reply(talk.key, asked) if isinstance(e, Done))


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("The wide boots are narrow at the heel.", "half a size larger"),  # the sentence beside the one that answers
        ("Take half a size more.", "Take half a size more."),
    ],
)
def test_prose_beside_the_point_is_replaced_by_the_policy(make_app, shop_folder, prose, told):
    text = "# Fit\n\nTake hiking boots half a size larger than shoes. The wide boots are narrow at the heel.\n"
    assert told in written(make_app, shop_folder, text, "do I take hiking boots larger than my shoes?", prose)


@pytest.mark.parametrize(
    ("prose", "told"),
    [
        ("A patch costs 15 EUR.", "A repair takes 3 weeks"),  # the time was asked for as well
        ("A patch costs 15 EUR and a repair takes 3 weeks.", "A patch costs 15 EUR and a repair takes 3 weeks."),
    ],
)
def test_prose_that_leaves_out_what_was_asked_is_replaced_by_the_policy(make_app, shop_folder, prose, told):
    text = "# Repairs\n\nWe repair jackets. A patch costs 15 EUR. A repair takes 3 weeks.\n"
    assert told in written(
        make_app, shop_folder, text, "what does a patch cost and how long does a repair take?", prose
    )
