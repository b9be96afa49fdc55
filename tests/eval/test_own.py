"""An address that the shopper gave and a card on record may be said again; anybody else's, and a wrong one, may not."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from eval.truth import Judge, Records
from eval.truth.own import without_own
from index.shop import read_shop
from tests.conftest import ROOT

SAY = "send order H3001 to Hafenstrasse 1, 28195 Bremen"


@cache
def judge() -> Judge:
    return Judge(Records.of(read_shop(ROOT / "shops" / "demo")))


def left(text: str, address: str = "", order: str = "H3001", say: str = SAY) -> str:
    """What is left of a reply to be judged."""
    args: dict[str, Any] = {"address": address} if address else {}
    reply = {
        "reply": text,
        "products": [],
        "cart": {},
        "citations": [],
        "facts": [{"subject": order, "field": "status", "value": "pending"}] if order else [],
        "tools": [{"name": "change_order", "args": args, "ok": True}],
    }
    return without_own(judge().turn(reply, say))


@pytest.mark.parametrize("order", ["H3001", ""])
def test_an_address_that_was_given_or_is_on_record_is_left_out(order):
    told = "Hafenstrasse 1, 28195, Bremen, Germany"  # the country is the one on record
    assert left(f"Done: order H3001 goes to {told}.", told, order) == "Done: order H3001 goes to ."


def test_an_address_that_is_written_the_chinese_way_is_left_out():
    told = "中国上海市徐汇区漕溪北路88号，200030，张三"
    assert left(f"地址已改为{told}。", told, "", "我的地址改成 上海市徐汇区漕溪北路88号 200030, 张三") == "地址已改为。"


@pytest.mark.parametrize("told", ["Hafenstrasse 2, 28195, Bremen, Germany", "Hafenstrasse 1, 28195, Bremen, France"])
def test_an_address_that_nobody_gave_is_judged(told):
    assert told in left(f"Done: order H3001 goes to {told}.", told)


def test_the_end_of_ones_own_card_alone_is_left_out():
    assert left("It goes back to your card ending in 4417.") == "It goes back to your card."
    assert left("129.00 EUR会退到您的银行卡（尾号0862）。", order="H3005") == "129.00 EUR会退到您的银行卡。"
    for other in ("0862", "3950", "0000"):
        assert other in left(f"It goes back to your card ending in {other}.")
