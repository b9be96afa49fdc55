"""Policies are asked what the shopper asked."""


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
