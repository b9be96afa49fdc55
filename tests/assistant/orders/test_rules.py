"""Every rule of the shop that stands against an action is told in the chat, and nothing changes."""

from __future__ import annotations

import pytest

from assistant.prompts import FOLDER
from assistant.support.ordering import RULES, ChangeDefaultAddress, Refused
from index.loading import read_yaml
from tests.assistant.chat_toys import Chat, done, held


def texts(code: str) -> list[str]:
    """How a refusal reads, in each language."""
    told = read_yaml(FOLDER / "fixed.yaml")
    return [told[language][f"refused_{code}"] for language in ("en", "zh")]


RULED = [  # code, what is said
    ("not_pending", ["cancel S301 right now please"]),
    ("not_pending", ["请取消订单S301"]),
    ("exchanged_already", ["exchange the jacket from D206 for size L"]),
    ("not_delivered", ["I want to return P101"]),
    ("items_changed_already", ["cancel C401, no longer needed"]),
    ("cancel_reason", ["cancel P101 because I found it cheaper"]),
    ("cancel_reason", ["取消订单P101", "因为太贵了"]),
    ("not_delivered_there", ["send P102 to 5 Rue Cler, 75007 Paris, France"]),
    ("not_delivered_there", ["订单P102改寄到 Zeil 12, 8001 Zürich, 瑞士"]),
    ("not_available", ["change all jackets in order P103 to red"]),
    ("not_in_order", ["return three Hazel Mugs of order D201"]),
    ("exchanged_for_itself", ["exchange the jacket from D201 for the blue M"]),
    ("same_item", ["change the jacket in order P101 to blue M"]),
    ("not_returnable", ["return the Dune Backpack from D202"]),
    ("delivery_date_unknown", ["return D204 please"]),
    ("too_late", ["I want to return the watch from D203"]),
    ("too_late", ["我要退订单D203的手表"]),
    ("not_their_method", ["pay P101 by invoice"]),
    ("not_paid_once", ["pay C402 with my gift card"]),
    ("same_method", ["pay P101 with my credit card"]),
    ("refund_elsewhere", ["return the jacket from D201 and refund it to my paypal"]),
    ("amounts_unknown", ["return D207 please"]),
    ("gift_card_too_low", ["pay P101 with my gift card"]),
]


@pytest.mark.parametrize(("code", "says"), RULED)
def test_a_rule_that_stands_against_it_is_told_and_nothing_changes(app, code, says):
    chat, before = Chat(app), held(app)
    for message in says:
        reply = chat.say(message)
    opening = [text.split("{")[0] for text in texts(code)] + [text.rpartition("}")[2] for text in texts(code)]
    assert reply.outcome == "not_allowed" and any(part and part in reply.text for part in opening)
    assert "yes or no" not in reply.text
    chat.say("yes, I confirm")
    assert held(app) == before


ASKED_FOR = {  # what breaks a rule is not listed in the first place: it is asked for, or offered otherwise
    "address_incomplete": ["send P101 to Essen", "yes"],
    "nothing_chosen": ["please return D201", "yes"],
    "other_product": ["change the jacket in order P101 to the Dune Backpack", "yes"],
}


@pytest.mark.parametrize("code", ASKED_FOR)
def test_what_would_break_a_rule_is_asked_for_instead_and_nothing_changes(app, code):
    chat, before = Chat(app), held(app)
    for message in ASKED_FOR[code]:
        assert "yes or no" not in chat.say(message).text
    assert held(app) == before


def test_every_rule_is_broken_in_the_chat():
    assert {code for code, _ in RULED} | set(ASKED_FOR) == {rule.code for rule in RULES}


@pytest.mark.parametrize("code", [rule.code for rule in RULES if ChangeDefaultAddress in rule.actions])
@pytest.mark.parametrize(
    "message", ["my new address is 5 Hill Road, 45127 Essen, Germany", "我的地址改成 上海市徐汇区漕溪北路88号 200030"]
)
def test_every_rule_of_the_address_that_is_kept_has_words(app, monkeypatch, code, message):
    def refuse(*args: object) -> None:
        raise Refused(code)

    monkeypatch.setattr(app.assistant.services.order_actions, "propose", refuse)
    reply = Chat(app).say(message)
    assert reply.outcome == "not_allowed" and len(reply.text) > 15 and done(app) == 0


def test_an_address_is_kept_only_where_the_shop_delivers(app):
    chat, before = Chat(app), held(app)
    reply = chat.say("change my default address to 5 Rue Cler, 75007 Paris, France")
    assert reply.outcome == "not_allowed" and "do not deliver to that country" in reply.text
    chat.say("yes")
    assert held(app) == before


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
@pytest.mark.parametrize("message", ["cancel P101, no longer needed", "请取消订单P101，拍错了"])
def test_every_rule_of_the_store_has_words(app, monkeypatch, code, message):
    def refuse(*args: object) -> None:
        raise Refused(code)

    monkeypatch.setattr(app.assistant.services.order_actions, "propose", refuse)
    reply = Chat(app).say(message)
    assert reply.outcome == "not_allowed" and len(reply.text) > 15 and done(app) == 0


def test_a_rule_is_told_with_the_passage_of_the_policy(app):
    reply = Chat(app).say("I want to return the watch from D203")
    assert "within 60 days" in reply.text and reply.citations[0].source == "policies/returns.md"
    assert "colleague" in reply.text
