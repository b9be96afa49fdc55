"""Prompts, the queue and the shortlist."""

import re
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from string import Formatter

import pytest

from assistant.errors import Bug, Full
from assistant.prompts import Composer, FixedTexts, load_prompt
from assistant.queue import MAX_OF_ONE, MAX_WAITING, TurnQueue
from assistant.shortlist import ALWAYS, Shortlist, labelled
from assistant.tools import SCHEMAS
from assistant.voice.files import ShopVoice
from tests.toys import ToyEncoder


def test_a_template_is_strict(tmp_path: Path):
    (tmp_path / "p.md").write_text("---\nname: p\nversion: '1'\nvariables: [a]\n---\nSay {{ a }}.\n")
    prompt = load_prompt("p", tmp_path)
    assert prompt.render(a="hi") == "Say hi."
    for values in ({}, {"a": "x", "b": "y"}, {"b": "y"}):
        with pytest.raises(Bug):
            prompt.render(**values)
    (tmp_path / "q.md").write_text("---\nname: q\nversion: '1'\nvariables: []\n---\nSay {{ a }}.\n")
    with pytest.raises(Bug, match="declares"):
        load_prompt("q", tmp_path)
    (tmp_path / "r.md").write_text("no front matter")
    with pytest.raises(Bug, match="front matter"):
        load_prompt("r", tmp_path)


def test_every_call_begins_with_the_brand_and_history_only_grows():
    composer = Composer("Tiny", "Wren", ShopVoice("Say hello nicely."))
    first = composer.plan([], "a mug")
    second = composer.plan([("a mug", "[]")], "a blue one")
    assert second[: len(first)] == first
    for messages in (first, composer.answer("search", "f", "m", "en"), composer.native("color: Red (1)", [], [])):
        assert messages[0].content.startswith(composer.brand)


def test_fixed_texts_are_the_same_in_both_languages_and_strict():
    texts = FixedTexts()
    assert texts("en", "cart_added", quantity=1, title="Mug", price="1 EUR", time="10:42", zone="UTC").startswith(
        "Done"
    )
    with pytest.raises(Bug, match="price"):
        texts("zh", "cart_added", quantity=1, title="Mug", time="10:42", zone="UTC")
    with pytest.raises(Bug):
        texts("en", "unknown")
    held = texts._texts
    assert held["en"].keys() == held["zh"].keys()
    assert "item(s)" in texts("zh", "policy_quote", quote="Return your item(s).")
    assert "Mug（Red）" in texts(
        "zh", "cart_added", quantity=1, title="Mug (Red)", price="1 EUR", time="10:42", zone="UTC"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_not_done_is_not_said_to_be_done(language):
    done, described = FixedTexts()._texts[language], FixedTexts(unwritten=True)._texts[language]
    assert done.keys() == described.keys()
    stating = {
        key
        for key, text in done.items()
        if re.match(
            r"Done|Noted\.|I have (?:passed|forgotten)|已加入|好的|我已经把|已登记|为您保存的地址已|订单.*?已(?:登记|取消|改|更改)",
            text,
        )
    }
    assert {key for key, text in described.items() if text != done[key]} == stating
    for key in stating:
        names = [{name for _, name, _, _ in Formatter().parse(texts[key]) if name} for texts in (done, described)]
        assert names[0] == names[1], key


def test_one_turn_at_a_time_in_a_conversation_and_in_order_between_them():
    queue, order = TurnQueue(at_once=1), []

    def turn(name: str, conversation: str) -> None:
        with queue.enter(conversation) as ticket:
            while ticket.wait(0.05):
                pass
            order.append(name)
            time.sleep(0.1)

    threads = []
    for name, conversation in (("a1", "a"), ("a2", "a"), ("b1", "b")):
        threads.append(threading.Thread(target=turn, args=(name, conversation)))
        threads[-1].start()
        time.sleep(0.03)
    for thread in threads:
        thread.join()
    assert order == ["a1", "a2", "b1"]


def test_a_second_conversation_does_not_wait_for_the_first_ones_second_turn():
    queue = TurnQueue(at_once=2)
    with queue.enter("a") as first, queue.enter("a") as second, queue.enter("b") as other:
        assert first.wait(0) == 0
        assert second.wait(0) > 0
        assert other.wait(0) == 0


def test_only_so_many_wait_and_of_one_conversation_a_few():
    queue = TurnQueue(at_once=1)
    with ExitStack() as held:
        assert held.enter_context(queue.enter("first")).wait(0) == 0
        for _ in range(MAX_OF_ONE):
            held.enter_context(queue.enter("first"))
        with pytest.raises(Full):
            held.enter_context(queue.enter("first"))
        for number in range(MAX_WAITING - MAX_OF_ONE):
            held.enter_context(queue.enter(f"other {number}"))
        with pytest.raises(Full):
            held.enter_context(queue.enter("one more"))
    with queue.enter("one more") as ticket:
        assert ticket.wait(0) == 0


def test_the_shortlist_offers_what_like_messages_needed():
    shortlist = Shortlist(ToyEncoder())
    for language, message, tool in (
        ("en", "what is your return policy", "ask_policy"),
        ("en", "add two of the lamp please", "update_cart"),
        ("zh", "退货政策是什么", "ask_policy"),
        ("zh", "把两盏灯加入购物车", "update_cart"),
    ):
        offered, sure = shortlist.tools(message, language)
        assert offered[0] == tool and 0 < sure <= 1


def test_what_the_shortlist_is_unsure_of_is_left_to_the_model():
    offered, sure = Shortlist(ToyEncoder()).tools("zzz qqq xxx", "en")
    assert sure < 0.5 and len(offered) > 3 and set(ALWAYS) <= set(offered)


def test_where_the_shortlist_is_sure_searching_is_not_offered_beside_it(monkeypatch):
    monkeypatch.setattr("assistant.shortlist.SURE", 0.3)
    offered, _ = Shortlist(ToyEncoder()).tools("track my order please", "en")
    assert offered[0] == "order_status" and "search_products" not in offered


def test_the_shortlist_is_taught_every_tool_in_both_languages():
    for language in ("en", "zh"):
        taught = labelled(language)
        assert {tool for _, tool in taught} == set(SCHEMAS)
        assert len({message for message, _ in taught}) == len(taught)
