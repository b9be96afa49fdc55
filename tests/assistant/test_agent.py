"""Turns end to end on a scripted model: everything else is real. They prove the wiring, never quality."""

import threading

import pytest
from langchain_core.messages import AIMessage, SystemMessage

from assistant.conversation import Identity
from assistant.events import Cards, Done, Sentence
from tests.toys import plan


def talk(app, *messages, shopper=None):
    """Say each message; returns the replies."""
    identity = Identity("shopper", shopper) if shopper else Identity()
    key = app.conversations.start(identity)
    return [next(e.reply for e in app.assistant.reply(key, text) if isinstance(e, Done)) for text in messages]


def test_cards_come_before_sentences_and_the_reply_last(make_app):
    app = make_app(
        plan(("search_products", {"query": "rain jacket"})),
        AIMessage("The Alder Rain Jacket keeps rain out. It costs 80.00 EUR."),
    )
    key = app.conversations.start(Identity())
    events = list(app.assistant.reply(key, "a rain jacket for men"))
    kinds = [type(event) for event in events]
    assert kinds.index(Cards) < kinds.index(Sentence)
    assert kinds[-1] is Done
    assert events[-1].reply.text == "The Alder Rain Jacket keeps rain out. It costs 80.00 EUR."
    assert [turn.text for turn in app.conversations.turns(key)] == ["a rain jacket for men"]


def test_a_false_sentence_is_never_sent(make_app):
    app = make_app(
        plan(("search_products", {"query": "rain jacket"})),
        AIMessage("It costs 10.00 EUR. The Alder Rain Jacket is blue."),
    )
    (reply,) = talk(app, "a rain jacket for men")
    assert "10.00" not in reply.text
    assert reply.dropped == 1


def test_a_budget_is_a_maximum_whatever_the_model_says(make_app):
    app = make_app(plan(("search_products", {"query": "watch over 20, brand Rolex"})))
    (reply,) = talk(app, "a watch for less than 20 euros")
    assert reply.outcome == "nothing_matches"
    assert reply.cards and all(card.alternative for card in reply.cards)
    assert reply.tools[0].args["max_price"] == 20
    assert "min_price" not in reply.tools[0].args


def test_references_and_quantities(make_app):
    app = make_app(
        plan(("search_products", {"query": "mug"})), AIMessage("Both are mugs."),
        plan(("update_cart", {"product_id": "the second one", "quantity": 9, "mode": "add"})),
        plan(("update_cart", {"product_id": "it", "quantity": 3, "mode": "add"})),
        plan(("update_cart", {"product_id": "it", "quantity": 0, "mode": "remove"})),
    )  # fmt: skip
    replies = talk(app, "show me mugs", "add the second one", "make it three", "take it out again")
    second = replies[0].cards[1].id
    assert replies[1].cart == {second: 1}
    assert replies[2].cart == {second: 3}
    assert replies[3].cart == {}


def test_cheaper_goes_below_what_was_shown(make_app):
    app = make_app(
        plan(("search_products", {"query": "mug"})), AIMessage("Mugs."),
        plan(("show_product", {"product_id": "Glen Mug"})), AIMessage("It is a mug."),
        plan(("search_products", {"query": "cheaper mug"})), AIMessage("A mug."),
    )  # fmt: skip
    replies = talk(app, "show me mugs", "what is the Glen Mug made of?", "anything cheaper?")
    assert [card.id for card in replies[2].cards] == ["M2"]


def test_a_size_is_asked_for_where_it_is_missing(make_app):
    call = plan(("update_cart", {"product_id": "Alder Rain Jacket", "quantity": 1, "mode": "add"}))
    app = make_app(call, call)
    assert talk(app, "put the Alder Rain Jacket in my cart")[0].outcome == "asks"
    assert talk(app, "put the blue Alder Rain Jacket in size L in my cart")[0].cart == {"J1-L-Blue": 1}


def test_negative_quantities_are_refused(make_app):
    app = make_app(plan(("update_cart", {"product_id": "Glen Mug", "quantity": 3, "mode": "add"})))
    (reply,) = talk(app, "add -3 of the Glen Mug to my cart")
    assert (reply.outcome, reply.cart) == ("not_allowed", {})


def test_policies_are_cited_and_silence_is_an_answer(make_app):
    app = make_app(
        plan(("ask_policy", {"question": "x"})), AIMessage("Yes, of course."),
        plan(("ask_policy", {"question": "x"})),
    )  # fmt: skip
    replies = talk(app, "how long do I have to return something?", "do you price match other shops?")
    assert replies[0].citations[0].source == "policies/returns.md"
    assert "60 days" in replies[0].text
    assert replies[1].outcome == "not_stated"


def test_orders_are_their_owners_alone(make_app):
    call = plan(("order_status", {}))
    app = make_app(call, call, call)
    assert "sign in" in talk(app, "where is my order?")[0].text
    assert "2026-10-01" in talk(app, "when did I order the mug?", shopper="ada")[0].text
    other = talk(app, "show me order T200", shopper="ada")[0]
    assert other.outcome == "not_allowed"
    assert "Dune" not in other.text


def test_history_chooses_and_says_why_unless_switched_off(make_app):
    call, prose = plan(("recommend", {})), AIMessage("Here are some ideas for you.")
    app = make_app(call, prose, call, prose, call, prose)
    ada = talk(app, "what would you suggest?", shopper="ada")[0]
    assert "M2" not in [card.id for card in ada.cards]  # bought already
    for shopper in ("kit", None):
        reply = talk(app, "what would you suggest?", shopper=shopper)[0]
        assert reply.cards
        assert not any(card.because for card in reply.cards)


def test_avoided_materials_are_left_out_and_can_be_forgotten(make_app):
    search, prose = plan(("search_products", {"query": "coat"})), AIMessage("Have a look.")
    app = make_app(
        search,
        prose,
        plan(("remember_preference", {"key": "avoids", "value": "wool", "forget": True})),
        search,
        prose,
    )
    replies = talk(app, "men's jackets", "forget what I said about wool", "men's jackets", shopper="ben")
    assert "J2" not in [card.id for card in replies[0].cards]
    assert "J2" in [card.id for card in replies[2].cards]


def test_a_handoff_is_stored_before_it_is_said(make_app):
    app = make_app(plan(("hand_off", {"reason": "wants a person"})))
    (reply,) = talk(app, "let me talk to a human")
    assert reply.outcome == "handed_off"
    assert app.assistant.services.handoffs.waiting()[0]["question"] == "let me talk to a human"


def test_what_the_first_turn_would_wait_for_is_done_ahead(make_app, caplog):
    app = make_app()
    assert app.warm().wait(120)
    assert [record for record in caplog.records if record.name == "onevoice"] == []
    made = vars(app.assistant.services.evidence)
    assert {"policies", "_policy_vectors", "_nouns"} <= set(made)
    assert {"folded_brands", "folded_titles"} & set(vars(app.search.catalogue))
    assert app.model.chat.requests == []


def test_the_brand_comes_first_and_is_the_same_for_everybody(make_app):
    app = make_app(plan(("recommend", {})), AIMessage("Ideas."), plan(("chat", {})), AIMessage("Hello."))
    talk(app, "suggest something", shopper="ada")
    talk(app, "hi")
    brand = app.composer.brand
    assert app.model.chat.requests
    for request in app.model.chat.requests:
        assert isinstance(request[0], SystemMessage)
        assert request[0].content.startswith(brand)
        assert "Ada" not in request[0].content


def test_a_native_model_calls_tools_again_within_limits(make_app):
    app = make_app(
        plan(("search_products", {"query": "mug"})),
        plan(("show_product", {"product_id": "M1"})),
        AIMessage("The Glen Mug costs 12.00 EUR."),
        planner=False,
    )
    (reply,) = talk(app, "tell me about mugs")
    assert [tool.name for tool in reply.tools] == ["search_products", "show_product"]
    assert reply.text == "The Glen Mug costs 12.00 EUR."
    endless = make_app(*[plan(("view_cart", {"n": n})) for n in range(9)], planner=False)
    assert talk(endless, "loop")[0].outcome in ("could_not_check", "answered")


def test_a_native_models_exclusions_hold_only_if_they_were_said(make_app):
    call = plan(("search_products", {"query": "coat", "exclude": {"material": ["Wool", "Nylon"]}}))
    app = make_app(call, AIMessage("Have a look."), planner=False)
    (reply,) = talk(app, "men's jackets, I am allergic to wool")
    assert reply.tools[0].args["exclude"] == {"material": ["Wool"]}


def test_stop_ends_the_turn_and_keeps_what_was_done(make_app):
    app = make_app(plan(("search_products", {"query": "mug"})), AIMessage("One mug. " * 50))
    key, stop = app.conversations.start(Identity()), threading.Event()
    seen = []
    for event in app.assistant.reply(key, "mugs", cancel=stop):
        seen.append(event)
        if isinstance(event, Cards):
            stop.set()
    assert not any(isinstance(event, Done) for event in seen)
    assert len(app.conversations.turns(key)) == 1


@pytest.mark.parametrize(("text", "outcome"), [("", "asks"), ("x " * 3000, "not_allowed")])
def test_odd_messages_get_a_plain_answer(make_app, text, outcome):
    (reply,) = talk(make_app(), text)
    assert (reply.outcome, bool(reply.text)) == (outcome, True)


def test_a_native_models_words_before_its_tools_are_not_said(make_app):
    early = AIMessage(
        "Hello, I can help. It is in stock.",
        tool_calls=[{"name": "search_products", "args": {"query": "mug"}, "id": "c1", "type": "tool_call"}],
    )
    app = make_app(early, AIMessage("The Glen Mug is 12 EUR."), planner=False)
    (reply,) = talk(app, "a mug please")
    assert reply.text == "The Glen Mug is 12 EUR."
    assert reply.sentences == 1


def test_a_named_product_is_answered_about_where_a_search_finds_nothing(make_app):
    app = make_app(plan(("search_products", {"query": "dune backpack silk"})), AIMessage("It is waterproof."))
    (reply,) = talk(app, "is the Dune Backpack made of silk?")
    assert [tool.name for tool in reply.tools] == ["show_product"]
    assert reply.outcome != "nothing_matches"


def test_two_named_products_are_compared_where_a_search_finds_nothing(make_app):
    app = make_app(plan(("search_products", {"query": "silk"})), AIMessage("The Hazel Mug is cheaper."))
    (reply,) = talk(app, "Dune Backpack or Hazel Mug, which one is of silk?")
    assert [tool.name for tool in reply.tools] == ["compare_products"]


def test_a_kind_of_thing_is_searched_for_where_nothing_was_shown(make_app):
    app = make_app(plan(("show_product", {"product_id": "mugs", "question": "mugs"})), AIMessage("第1款是杯子。"))
    (reply,) = talk(app, "给我看看杯子")
    assert [tool.name for tool in reply.tools] == ["search_products"]
    assert {card.id for card in reply.cards} >= {"M2"}


def test_a_named_product_is_denied_where_its_price_stands_in_the_way(make_app):
    app = make_app(plan(("search_products", {"query": "dune backpack"})), AIMessage("It is waterproof."))
    (reply,) = talk(app, "the Dune Backpack under 20 euros")
    assert reply.outcome == "nothing_matches"
    assert [tool.name for tool in reply.tools] == ["search_products"]


def test_a_yes_to_nothing_says_so(make_app):
    app = make_app(
        plan(("show_product", {"product_id": "M1"})),
        AIMessage("It is a mug. Shall I show others?"),
        plan(("chat", {})),
        AIMessage("Good."),
    )
    assert "Nothing is waiting" in talk(app, "yes")[0].text
    assert "Nothing is waiting" not in talk(app, "show me the Glen Mug", "yes")[1].text
