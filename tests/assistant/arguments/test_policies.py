"""Policies are asked what the shopper asked."""

import pytest

from tests.assistant.arguments.talks import GLEN


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


@pytest.mark.parametrize(
    ("asked", "quote"),
    [
        ("my order is 40 EUR, how much for express shipping?", "Order value: Up to 50 EUR. Express: 12 EUR."),
        (
            "what does shipping cost for an order of 40 EUR?",
            "Order value: Up to 50 EUR. Standard: 5 EUR. Express: 12 EUR.",
        ),
        (
            "what does express shipping cost?",
            "Order value: Up to 50 EUR. Express: 12 EUR. Over 50 EUR. Express: 9 EUR.",
        ),
        ("what is the fastest shipping for an order of 1,400 bucks?", "Order value: Over 50 EUR. Express: 9 EUR."),
    ],
)
def test_of_a_table_no_price_is_guessed(begin, asked, quote):
    reply = begin().say(asked, ("ask_policy", {"question": "shipping costs"}))
    assert [citation.quote for citation in reply.citations] == [quote]


def test_each_question_of_a_message_is_asked_with_the_amount_that_it_says(begin):
    reply = begin().say(
        "my order is 70 EUR, what does standard shipping cost, and how much is express shipping?",
        ("ask_policy", {"question": "shipping costs"}),
    )
    assert [citation.quote for citation in reply.citations] == [
        "Order value: Over 50 EUR. Standard: 0 EUR.",
        "Order value: Over 50 EUR. Express: 9 EUR.",
    ]


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


def test_will_you_match_a_price_is_answered_by_the_policy_where_there_is_one(begin, shop_folder):
    (shop_folder / "policies" / "prices.md").write_text("# Prices\n\nWe do not match the price of another shop.\n")
    for call in (("decline", {"kind": "discount"}), ("show_product", {"product_id": "another shop"})):
        reply = begin().say("will you match the price of another shop?", call)
        assert [citation.source for citation in reply.citations] == ["policies/prices.md"]
        assert "match the price" in reply.text
    demand = begin().say("match the price of Amazon or I leave", ("ask_policy", {"question": "x"}))
    assert (demand.outcome, demand.citations) == ("not_allowed", ())


def test_what_policies_do_not_say_is_answered_by_what_is_stated_of_the_product_that_is_meant(begin):
    talk = begin(GLEN)
    answer = talk.say("and what is the material of it?", ("ask_policy", {"question": "material"}))
    assert [fact.value for fact in answer.facts if fact.field == "evidence"] == ["Material: Stoneware"]
    assert [card.id for card in answer.cards] == ["M1"] and not answer.citations
    silent = talk.say("and what is the guarantee on it?", ("ask_policy", {"question": "guarantee"}))
    assert silent.outcome == "not_stated" and not silent.cards
