"""What shoppers may always ask of how they are served. No model is called: the scripted ones here have nothing to say."""

import pytest
from langchain_core.messages import AIMessage

from assistant.openness import asked_of
from tests.assistant.test_agent import talk
from tests.toys import plan


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("what do you know about me?", "about_me"),
        ("How much do you know about me", "about_me"),
        ("so what have you noted about me so far?", "about_me"),
        ("which preferences of mine have you saved?", "about_me"),
        ("show me my saved preferences", "about_me"),
        ("do you know who I am?", "about_me"),
        ("what do you remember?", "about_me"),
        ("你都知道我些什么？", "about_me"),
        ("你记得我的哪些偏好", "about_me"),
        ("关于我你知道多少", "about_me"),
        ("why did you recommend that to me?", "why_these"),
        ("why do you show me the second one?", "why_these"),
        ("why these?", "why_these"),
        ("why am i seeing this", "why_these"),
        ("how did you choose those?", "why_these"),
        ("are these based on my purchases?", "why_these"),
        ("what makes you think I would like it?", "why_these"),
        ("为什么给我推荐这些？", "why_these"),
        ("为什么是这几款", "why_these"),
        ("what do you sell?", "what_is_sold"),
        ("what kind of shop is this", "what_is_sold"),
        ("hi, what kinds of things can i buy here?", "what_is_sold"),
        ("show me everything you have", "what_is_sold"),
        ("你们卖什么？", "what_is_sold"),
        ("这里都有哪些商品", "what_is_sold"),
        ("is it cheaper for other customers?", "same_for_all"),
        ("do other people pay less than me?", "same_for_all"),
        ("are the prices the same for everyone?", "same_for_all"),
        ("do you have personalized prices", "same_for_all"),
        ("别人买会更便宜吗？", "same_for_all"),
        ("价格对所有人都一样吗", "same_for_all"),
        ("are you a human?", "who"),
        ("am I talking to a bot", "who"),
        ("who are you?", "who"),
        ("你是真人吗", "who"),
    ],
)
def test_what_is_asked_of_how_one_is_served(message, asked):
    assert asked_of(message) == asked


@pytest.mark.parametrize(
    "message",
    [
        "what do you know about this jacket?",
        "are you real leather?",
        "can I talk to a human?",
        "are you open on Sunday?",
        "do you have something cheaper than this?",
        "what do you have in red?",
        "what jackets do you have?",
        "what else do you have like this?",
        "what do you sell for hiking?",
        "有什么红色的杯子",
        "why is this so expensive?",
        "why should I take wool?",
        "do other customers like it?",
        "what do others say about the tent?",
        "remember my size is M",
        "recommend me something",
        "is the red one cheaper than the blue one?",
        "what would you recommend for me?",
        "can everyone use this stove?",
        "does it cost more for larger sizes?",
        "do you know if it is waterproof?",
        "how do you use my data?",
        "forget what you know about me",
        "我想给别人买一个便宜的杯子",
        "有什么推荐给我？",
        "为什么这么贵？",
        "我的订单到哪里了",
    ],
)
def test_what_is_asked_of_products_and_policies_is_not(message):
    assert asked_of(message) is None


def test_what_is_known_is_told_in_full_and_of_nobody_else(make_app):
    app = make_app()
    app.shoppers.remember("ada", "avoids", "leather")
    app.shoppers.record("ada", "view", "B1")
    (reply,) = talk(app, "what do you know about me?", shopper="ada")
    assert "size M" in reply.text and "avoid leather" in reply.text
    assert "your purchases (1), what you put into the cart (0) and what you looked at (1)" in reply.text
    assert "wool" not in reply.text  # which Ben avoids
    assert reply.outcome == "answered" and not reply.cards and not reply.tools


def test_of_guests_and_of_those_who_opted_out_nothing_is_told(make_app):
    app = make_app()
    (guest,) = talk(app, "what do you know about me?")
    assert "not signed in" in guest.text
    (kit,) = talk(app, "what do you know about me?", shopper="kit")
    assert "switched personal suggestions off" in kit.text and "purchase" not in kit.text


def test_why_something_is_shown_names_the_event_or_says_that_there_is_none(make_app, monkeypatch):
    monkeypatch.setattr("assistant.ranking.LIKE", -1.0)  # the toy encoder's cosines are low
    steps = (plan(("search_products", {"query": "mug"})), AIMessage("Two mugs."))
    app = make_app(*steps, *steps)
    shown, why = talk(app, "show me mugs", "why do you show me these?", shopper="ada")
    assert any(card.because for card in shown.cards)
    assert all(card.because is None or card.because.text in why.text for card in shown.cards)
    _, why = talk(app, "show me mugs", "why do you show me these?")
    assert "Nothing is known of you" in why.text and "because you" not in why.text


def test_before_anything_is_shown_there_is_nothing_to_explain(make_app):
    app = make_app(plan(("chat", {})), AIMessage("Hello."))
    (reply,) = talk(app, "why do you recommend this to me?", shopper="ada")
    assert "because" not in reply.text


def test_prices_are_the_same_for_all(make_app):
    english, chinese = talk(make_app(), "is it cheaper for other customers?", "别人买会更便宜吗？")
    assert "same for every customer" in english.text and "对每位顾客都一样" in chinese.text


def test_what_is_sold_is_told_by_kind_and_not_by_whom_it_is_for(make_app):
    english, chinese = talk(make_app(), "what do you sell?", "你们卖什么？")
    assert english.text == "We sell Jackets, Bags, Mugs, Watches. What are you looking for?"
    assert "Jackets、Bags" in chinese.text and not chinese.cards


def test_a_search_for_nothing_shows_no_six_products(make_app):
    app = make_app(
        plan(("search_products", {"query": "the"})), plan(("search_products", {"query": "the"})), AIMessage("60 days.")
    )
    lost, policy = talk(app, "and what about the", "within how many days may I return what I bought?")
    assert not lost.cards and "We sell" in lost.text
    assert policy.citations and not policy.cards


@pytest.mark.parametrize("message", ["are you a human?", "你是真人吗？"])
def test_nobody_is_left_to_believe_that_a_person_writes(make_app, message):
    (reply,) = talk(make_app(), message)
    assert "computer program" in reply.text or "不是真人" in reply.text


def test_who_wants_a_person_gets_one(make_app):
    (reply,) = talk(make_app(plan(("hand_off", {"reason": "person"}))), "are you a bot? I want to talk to a human")
    assert reply.handoff
