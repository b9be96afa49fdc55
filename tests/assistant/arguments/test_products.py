"""What is shown and compared is what was named."""

import pytest

from tests.assistant.arguments.talks import GLEN


def test_a_question_about_a_product_is_the_shoppers(begin):
    talk = begin(GLEN)
    reply = talk.say("what is it made of?", ("show_product", {"product_id": "W1", "question": "is it gold"}))
    assert talk.executed(reply, "show_product") == [{"product_id": "M1"}]


@pytest.mark.parametrize("passed", [["M1", "W1"], "M1", None, [["M1"], {"a": 1}], ["x"] * 10_000, 5])
def test_a_comparison_is_of_what_was_named(begin, passed):
    talk = begin()
    reply = talk.say("compare the Glen Mug and the Hazel Mug", ("compare_products", {"product_ids": passed}))
    assert talk.executed(reply, "compare_products") == [{"product_ids": ["M1", "M2"]}]


@pytest.mark.parametrize("said", ["show me the Glen Mug pls", "whats the weight of the Glen Mug", "我想看看 Glen Mug"])
def test_what_is_named_is_shown_and_not_searched_for(begin, said):
    reply = begin().say(said, ("search_products", {"query": "Glen Mug"}))
    assert [call.name for call in reply.tools] == ["show_product"]


def test_a_question_about_two_that_are_named_is_about_both(begin):
    calls = [("show_product", {"product_id": "Glen Mug"}), ("show_product", {"product_id": "Hazel Mug"})]
    reply = begin().say("the Glen Mug or the Hazel Mug, what is each made of?", *calls)
    assert {card.id for card in reply.cards} == {"M1", "M2"}
    assert "compare_products" in [call.name for call in reply.tools]


def test_two_products_that_are_named_are_compared(begin):
    reply = begin().say("Glen Mug or Hazel Mug for tea?", ("search_products", {"query": "mug for tea"}))
    assert [(call.name, call.args["product_ids"]) for call in reply.tools] == [("compare_products", ["M1", "M2"])]
