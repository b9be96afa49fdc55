"""What messages about orders say: a wish or a question of the rules, an address, who somebody claims to be."""

from __future__ import annotations

import pytest

from assistant.countries import code_of, country_in
from assistant.tools.acting.addresses import address_in
from assistant.tools.acting.words import Claim, asked_kind, claim_in
from tests.assistant.chat_toys import Chat


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cancel H2110 right now please", "cancel"),
        ("I'd like to return the boots I bought", "return"),
        ("can I return a candle I lit?", None),
        ("how do I cancel an order?", None),
        ("don't cancel my order", None),
        ("I do not want to return it", None),
        ("is it too late to return the headlamp from order H2007?", None),
        ("noise cancelling headphones", None),
        ("swap the mug in my cart for the blue one", None),
        ("怎么取消订单", None),
        ("先不退了", None),
        ("能帮我取消订单吗", "cancel"),
        ("ok then don't. how is H2110 doing?", None),
    ],
)
def test_a_wish_is_told_from_a_question_of_the_rules(text, kind):
    assert asked_kind(text) == kind


def test_a_question_of_the_rules_stays_with_the_policies_whatever_is_planned(app):
    reply = Chat(app).say("how do I cancel an order?", ("cancel_order", {"order_id": "P101"}))
    assert [call.name for call in reply.tools] == ["ask_policy"]


@pytest.mark.parametrize("planned", [("decline", {"kind": "private"}), ("ask_policy", {"question": "cancel"}), ("update_cart", {"product_id": "it", "quantity": 1, "mode": "set"}), ("chat", {})])  # fmt: skip
def test_a_plain_wish_reaches_its_tool_whatever_is_planned(app, planned):
    reply = Chat(app).say("cancel P101 right now please", planned)
    assert [call.name for call in reply.tools] == ["cancel_order"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("send it to Hauptstrasse 5, 45127 Essen, Germany", ("Hauptstrasse 5", "45127", "Essen", "Germany")),
        (
            "deliver P1001 to 12 Lake Street, Springfield, IL 62704, USA",
            ("12 Lake Street", "62704", "Springfield", "USA"),
        ),
        ("to 7 Elm Road, London SW1A 1AA, UK", ("7 Elm Road", "SW1A 1AA", "London", "UK")),
    ],
)
def test_an_address_is_read_in_its_parts(text, parts):
    found = address_in(text, answer=False)
    assert tuple(found[name] for name in ("address1", "zip", "city", "country")) == parts


def test_a_claim_is_one_and_no_list():
    assert claim_in("kai@example.com", answer=True) == Claim(email="kai@example.com")
    assert claim_in("Kai Yamamoto, 40213", answer=True) == Claim(name="Kai Yamamoto", code="40213")
    assert claim_in("a@b.de c@d.de", answer=True) is None
    assert claim_in("Kai Yamamoto 1 2 3 4 5", answer=True) is None
    assert claim_in("cancel H2110 for Kai 40213", answer=False) is None


ROAD = {"address1": "徐汇区漕溪北路88号", "city": "上海市", "zip": "200030", "country": "中国"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我的地址改成 上海市徐汇区漕溪北路88号 200030, 张三", {**ROAD, "name": "张三"}),
        ("把订单P102的地址改成上海市徐汇区漕溪北路88号，200030，收件人李四", {**ROAD, "name": "李四"}),
        ("200030 上海市徐汇区漕溪北路88号 2栋301室 张三 谢谢", {**ROAD, "address2": "2栋301室", "name": "张三"}),
        ("改到浙江省杭州市西湖区文三路90号2栋301室，邮编310012",
         {"state": "浙江省", "city": "杭州市", "address1": "西湖区文三路90号", "address2": "2栋301室", "zip": "310012", "country": "中国"}),
        ("北京朝阳区建国路1号", {"city": "北京", "address1": "朝阳区建国路1号"}),
        ("德国柏林市菩提树下大街5号，10117", {"country": "德国", "city": "柏林市", "address1": "菩提树下大街5号", "zip": "10117"}),
        ("地址改成 Zeil 12, 60313 Frankfurt, 德国", {"address1": "Zeil 12", "zip": "60313", "city": "Frankfurt", "country": "德国"}),
        ("我想换个地址", {}),
    ],
)  # fmt: skip
def test_an_address_that_is_written_in_chinese_is_read_in_its_parts(text, parts):
    assert address_in(text, answer=False) == parts


def test_a_country_is_known_by_its_names_and_no_other():
    for name in ("Germany", "deutschland", "德国", "DE", " germany. "):
        assert code_of(name) == "DE"
    assert code_of("Österreich") == "AT" and code_of("The Netherlands") == "NL"
    assert code_of("Atlantis") is code_of("") is code_of("ZZ") is None
    assert country_in("45127 Essen, Germany") == "Germany" and country_in("Germany Street 5") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my address has changed, please save the new one", "default_address"),
        ("change my default address", "default_address"),
        ("I have moved, here is my new address", "default_address"),
        ("把默认地址改一下", "default_address"),
        ("change the address of order P101", "address"),
        ("change my e-mail address", None),
        ("how do I change my default address?", None),
        ("I moved to a colder place and need a jacket", None),
        ("my address has not changed", None),
    ],
)
def test_the_address_that_is_kept_is_told_from_an_orders(text, kind):
    assert asked_kind(text) == kind
