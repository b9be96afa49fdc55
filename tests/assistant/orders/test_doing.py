"""What is asked for in the chat is listed with all that it does, and done after a yes; what is missing is asked for."""

from __future__ import annotations

import re

import pytest

from tests.assistant.chat_toys import Chat, done, held


@pytest.mark.parametrize(
    ("says", "tool", "new", "words"),
    [
        (["cancel order P101, I ordered it by mistake", "yes"], "cancel_order", ("P101", "cancelled"), "P101 is cancelled"),
        (["please cancel P101", "no longer needed", "yes please"], "cancel_order", ("P101", "cancelled"), "92.00 EUR"),
        (["I'd like to return the Alder Rain Jacket from D201", "Yes."], "request_return", ("D201", "returning"), "80.00 EUR"),
        (["return both mugs of order D201", "ok, go ahead"], "request_return", ("D201", "returning"), "2 × Hazel Mug"),
        (["please send D205 back", "yes, return it"], "request_return", None, None),
        (["exchange the jacket from D201 for size L", "yes"], "request_return", ("D201", "exchanging"), "(Blue, L)"),
        (["change the jacket in order P101 to red", "sure, do it"], "change_order", ("P101", "pending"), "(Red, M)"),
        (["send P102 to 5 Hill Road, 45127 Essen, Germany", "yes"], "change_order", ("P102", "pending"), "5 Hill Road, 45127, Essen"),
        (["send P102 to Hauptstrasse 5 in Essen", "45127", "yes"], "change_order", ("P102", "pending"), "Hauptstrasse 5, 45127, Essen"),
        (["pay P102 with paypal instead", "yes, thank you"], "change_order", ("P102", "pending"), "PayPal"),
        (["我想取消订单P102", "拍错了", "是的"], "cancel_order", ("P102", "cancelled"), "订单P102已取消"),
        (["我想退掉D201里的Alder Rain Jacket", "是"], "request_return", ("D201", "returning"), "已登记"),
        (["把订单P102的地址改成5 Hill Road, 45127 Essen, 德国", "好的，谢谢"], "change_order", ("P102", "pending"), "5 Hill Road"),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_listed_and_done_after_a_yes(app, says, tool, new, words):
    chat, before = Chat(app), held(app)
    for message in says[:-1]:
        reply = chat.say(message)
        assert held(app) == before, message
    if new is None:
        assert reply.outcome == "not_allowed"  # a bag, which the shop does not take back
        return
    assert reply.outcome == "asks" and chat.state["asked"]["act"] == "order_confirm"
    last = chat.say(says[-1])
    assert done(app) == 1 and words in last.text and last.outcome == "answered"
    call = next(call for call in last.tools if call.name == tool)
    assert call.ok and call.args["confirmed"] is True
    order = app.orders.find(new[0])
    assert order is not None and order.status == new[1]


def test_the_list_names_order_items_sum_and_where_the_money_goes(app):
    reply = Chat(app).say("I'd like to return the Alder Rain Jacket from D201")
    for words in (
        "D201",
        "1 × Alder Rain Jacket (Blue, M)",
        "80.00 EUR",
        "ending in 1234",
        "within 5 working days",
        "yes or no",
    ):
        assert words in reply.text
    assert reply.citations[0].source == "policies/returns.md"
    assert [call.args.get("confirmed") for call in reply.tools] == [False]


@pytest.mark.parametrize(
    ("message", "act"),
    [
        ("I want to return something from an order", "order_which"),
        ("please return D201", "order_items"),
        ("I want to return the mugs from D201", "order_many"),
        ("cancel P101 please", "order_reason"),
        ("send P101 to another address", "order_address"),
        ("change the payment of order P101", "order_method"),
        ("exchange the jacket from D201", "order_variant"),
        ("change the jacket in order P101 to pink", "order_variant"),
        ("我想取消订单P101", "order_reason"),
    ],
)
def test_what_is_missing_is_asked_for(app, message, act):
    chat = Chat(app)
    assert chat.say(message).outcome in ("asks", "nothing_matches")
    assert chat.state["asked"]["act"] == act and done(app) == 0


def test_an_order_is_found_by_what_is_in_it_and_by_what_was_last_spoken_of(app):
    chat = Chat(app)
    assert (
        "D203" in chat.say("return the Fir Field Watch please").text
        or "D204" in chat.say("return the Fir Field Watch").text
    )
    other = Chat(app)
    other.say("what is the status of order P102", ("order_status", {"order_id": "P102"}))
    assert "P102" in other.say("please cancel that order").text


# --- the address that is kept -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("says", "kept"),
    [
        (["my address has changed, please save the new one", "5 Hill Road, 45127 Essen, Germany", "yes"],
         {"address1": "5 Hill Road", "zip": "45127", "city": "Essen"}),
        (["change my default address to 5 Hill Road, 45127 Essen, Germany", "yes, save it"], {"address1": "5 Hill Road"}),
        (["please update my address to Hauptstrasse 5, Essen", "45127", "yes, but Hauptstrasse 6", "ok"],
         {"address1": "Hauptstrasse 6", "zip": "45127", "country": "Germany"}),
        (["save 5 Hill Road, 45127 Essen, Germany as my default address", "yes"], {"address1": "5 Hill Road"}),
        (["我的地址改成 上海市徐汇区漕溪北路88号 200030, 张三", "是的"],
         {"address1": "徐汇区漕溪北路88号", "city": "上海市", "zip": "200030", "country": "中国", "name": "张三"}),
        (["我搬家了，请保存新地址", "上海市徐汇区漕溪北路88号，200030", "好的"], {"city": "上海市", "name": "Ada Lee"}),
    ],
)  # fmt: skip
def test_the_address_that_is_kept_is_listed_and_changed_after_a_yes(app, says, kept):
    chat, before = Chat(app), held(app)
    for message in says[:-1]:
        reply = chat.say(message)
        assert held(app) == before and reply.outcome == "asks", message
    assert chat.state["asked"]["act"] == "order_confirm"
    last = chat.say(says[-1])
    address = app.accounts.get("ada").address
    assert done(app) == 1 and kept.items() <= dict(address).items()
    assert held(app)[0] == before[0]  # the orders that there are go where they went
    assert kept.get("address1", "") in last.text and last.tools[-1].args["confirmed"] is True


def test_a_new_address_for_an_order_is_none_that_is_kept(app):
    chat, kept = Chat(app), app.accounts.get("ada").address
    chat.say("send P101 to another address")
    assert "P101" in chat.say("my new address is 5 Hill Road, 45127 Essen, Germany").text
    chat.say("yes")
    assert done(app) == 1 and app.accounts.get("ada").address == kept


@pytest.mark.parametrize("proven", [False, True])
def test_the_address_that_is_kept_is_for_a_login_alone(app, proven):
    chat = Chat(app, None)
    if proven:
        chat.say("cancel P101, my e-mail is ada@example.com")
    before = held(app)
    assert chat.say("save my new address: 5 Hill Road, 45127 Essen, Germany").outcome == "not_allowed"
    chat.say("yes")
    assert held(app) == before


def test_an_address_that_has_changed_meanwhile_is_listed_anew(app):
    chat = Chat(app)
    chat.say("change my default address to 5 Hill Road, 45127 Essen, Germany")
    other = Chat(app)
    other.say("change my default address to 9 Elm Road, 10115 Berlin, Germany")
    other.say("yes")
    reply = chat.say("yes")
    assert "has changed" in reply.text and done(app) == 1
    chat.say("yes")
    assert done(app) == 2


# --- Chinese ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "says",
    [
        ["我想取消订单P101"], ["我想取消订单P101", "不需要了", "是的"], ["取消订单P101，因为太贵了"], ["请取消订单S301"],
        ["我想退掉D201里的Alder Rain Jacket", "是"], ["订单P102改用paypal付款", "好的"], ["我的地址改成 上海市徐汇区漕溪北路88号 200030", "是"],
    ],
)  # fmt: skip
def test_no_english_word_stands_in_a_chinese_reply_but_names(app, says):
    chat = Chat(app)
    for message in says:
        text = chat.say(message).text.partition("英文原文")[0]  # what policies say stays in their language
        for name in ("Alder Rain Jacket", "Glen Mug", "Hazel Mug", "Dune Backpack", "Blue", "White", "EUR", "PayPal"):
            text = text.replace(name, "")
        assert not re.search(r"[A-Za-z]{2,}", text), text


def test_a_bare_latin_answer_leaves_a_conversation_chinese(app):
    chat = Chat(app)
    chat.say("我的地址改一下")
    assert "5 Hill Road" in (listed := chat.say("5 Hill Road, 45127 Essen, Germany").text)
    assert re.search(r"[\u4e00-\u9fff]", listed)
    assert re.search(r"[\u4e00-\u9fff]", chat.say("yes").text)
    assert not re.search(
        r"[\u4e00-\u9fff]", chat.say("do you sell rain jackets?", ("search_products", {"query": "rain jacket"})).text
    )


@pytest.mark.parametrize(
    ("key", "told"),
    [("P101", "待处理"), ("S301", "配送中"), ("D201", "送达")],
)
def test_how_an_order_stands_is_told_in_chinese(app, key, told):
    reply = Chat(app).say(f"订单{key}现在什么状态", ("order_status", {"order_id": key}))
    assert f"状态：{told}" in reply.text
    assert ("status", app.orders.find(key).status) in {(fact.field, fact.value) for fact in reply.facts}
