"""Macros: strict, in the shop's voice, and filled in with what is known; what is not known is said."""

import re

import pytest

from assistant.conversation import Identity
from assistant.errors import Bug, TellStaff
from assistant.prompts import load_prompt
from assistant.sentences import sentences_of
from assistant.support.desk.macros import LANGUAGES, MissingFact, NoMacro, load_macros
from assistant.voice import Quoted, Voice
from tests.conftest import write_jsonl

VOICE = Voice(load_prompt("voice").head)


@pytest.fixture
def desk(make_app):
    """fill(name, …) in a conversation of these messages."""
    app = make_app()
    app.shop.settings.opening_hours = {"Monday": "9-18", "Tuesday": "9-12"}
    macros = app.macros

    def fill(name, *messages, shopper=None, focus=None, **more):
        key = app.conversations.start(Identity("shopper", shopper) if shopper else Identity())
        for message in messages:
            app.conversations.append(key, message, {"reply": ""}, {"focus": [focus]} if focus else {})
        return macros.fill(name, key, **more)

    return fill


def test_there_are_macros_for_what_comes_up_every_day():
    assert len(load_macros()) >= 6
    assert {"greeting", "ask_order_number", "return_steps", "delay_apology", "out_of_stock", "closing"} <= set(
        load_macros()
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(load_macros()))
def test_every_macro_keeps_to_the_voice(name, language):
    macro = load_macros()[name]
    text = macro.render(language, dict.fromkeys(macro.variables, "Ping! 你好 😀 AMAZING"))
    quoted = Quoted(text.values)
    said: list[str] = []
    for sentence in sentences_of(text, quoted.strings):
        assert not VOICE.violations(sentence, language, quoted), sentence
        assert VOICE.beside(sentence, said, quoted) is None, sentence
        said.append(sentence)


def test_a_macro_is_strict(tmp_path):
    macro = load_macros()["greeting"]
    with pytest.raises(Bug):
        macro.render("en", {"shop": "Tiny"})
    valid = "name: a\ntitle: {en: A, zh: 甲}\nversion: '1'\nvariables: []\nen: 'a'\nzh: 'a'\n"

    def read(text, folder):  # a folder of its own each: what was read of a file is kept
        folder.mkdir()
        (folder / "a.yaml").write_text(text, encoding="utf-8")
        return load_macros.__wrapped__(folder)

    assert read(valid, tmp_path / "valid")["a"].titles == {"en": "A", "zh": "甲"}
    wrong = (
        valid.replace("title: {en: A, zh: 甲}\n", ""),
        "name: a\ntitle: {en: A, zh: 甲}\nversion: '1'\nvariables: [shop]\nen: '{shop}'\nzh: '好'\n",
        "name: a\ntitle: {en: A, zh: 甲}\nversion: '1'\nvariables: [age]\nen: '{age}'\nzh: '{age}'\n",
        "name: b\ntitle: {en: A, zh: 甲}\nversion: '1'\nvariables: []\nen: 'a'\nzh: 'a'\n",
        "name: a\ntitle: {en: A, zh: 甲}\nversion: '1'\nvariables: []\nen: 'a'\n",
    )
    for n, text in enumerate(wrong):
        with pytest.raises(Bug):
            read(text, tmp_path / str(n))


FILLED = [
    ("greeting", {"shopper": "ada"}, r"^Hello Ada, thank you for writing to Tiny\."),
    ("greeting_guest", {}, r"^Hello, thank you for writing to Tiny\."),
    ("closing", {}, "Tiny"),
    ("ask_order_number", {}, "order number"),
    ("return_steps", {}, r"“You may return anything within 60 days of delivery\."),
    ("opening_hours", {}, r"Monday 9-18, Tuesday 9-12\."),
]


@pytest.mark.parametrize(("name", "where", "said"), FILLED)
def test_facts_are_filled_in(desk, name, where, said):
    assert re.search(said, desk(name, "a question?", **where))


def test_what_is_alone_of_its_kind_has_no_alternative(desk):
    with pytest.raises(MissingFact, match="nothing of the same kind"):
        desk("out_of_stock", "is it there?", focus="J3")


def test_an_alternative_is_of_the_same_kind_and_in_stock(shop_folder, make_app):
    items = [
        {"id": "K1", "title": "Alto Kettle", "product_type": "Kitchen > Kettles", "price": "40.00 EUR", "quantity": 0},
        {"id": "K2", "title": "Brio Kettle", "product_type": "Kitchen > Kettles", "price": "45.00 EUR", "quantity": 3},
        {"id": "K3", "title": "Cleo Kettle", "product_type": "Kitchen > Kettles", "price": "41.00 EUR", "quantity": 0},
    ]
    write_jsonl(shop_folder / "products.jsonl", items)
    write_jsonl(shop_folder / "reviews.jsonl", [])
    app = make_app()
    key = app.conversations.start(Identity())
    app.conversations.append(key, "is it there?", {"reply": ""}, {"focus": ["K1"]})
    text = app.macros.fill("out_of_stock", key)
    assert (
        text == "Alto Kettle is sold out at the moment. The nearest that we have in stock is Brio Kettle at 45.00 EUR."
    )


def test_an_order_is_the_one_that_was_named_and_their_own(make_app, shop_folder):
    lines = [{"product_id": "M1", "quantity": 1, "price": "12.00 EUR"}]
    orders = [
        ("O-101", "ada", "2026-10-01", "delivered"),
        ("O-102", "ada", "2026-10-05", "pending"),
        ("O-103", "ben", "2026-10-06", "pending"),
    ]
    write_jsonl(
        shop_folder / "orders.jsonl",
        [{"id": i, "shopper_id": s, "at": f"{d}T10:00:00", "status": t, "lines": lines} for i, s, d, t in orders],
    )
    app = make_app()
    macros = app.macros

    def fill(name, message):
        key = app.conversations.start(Identity("shopper", "ada"))
        app.conversations.append(key, message, {"reply": ""}, {})
        return macros.fill(name, key)

    assert fill("order_state", "where is it?") == "Ada, your order O-102 of 2026-10-05 is marked as pending."
    assert "order O-101 of 2026-10-01 is marked as delivered" in fill("order_state", "where is order O-101?")
    assert "O-102" in fill("delay_apology", "订单O-102还没到")
    with pytest.raises(MissingFact) as missing:
        fill("order_state", "where is order O-103?")
    assert missing.value.fact == "order_id"


def test_the_language_is_the_shoppers_unless_it_is_chosen(desk):
    assert desk("closing", "怎么退货？").startswith("感谢")
    assert desk("closing", "怎么退货？", language="en").startswith("Thank you")


@pytest.mark.parametrize(
    ("name", "fact"), [("greeting", "first_name"), ("order_state", "first_name"), ("out_of_stock", "title")]
)
def test_what_is_not_known_is_named(desk, name, fact):
    with pytest.raises(MissingFact) as missing:
        desk(name, "a question?")
    assert missing.value.fact == fact
    assert str(missing.value).startswith(f"{name}: ")


def test_there_must_be_such_a_macro_and_such_a_conversation(desk, make_app):
    with pytest.raises(NoMacro, match="greeting"):
        desk("nope", "hello")
    app = make_app()
    with pytest.raises(TellStaff):
        app.macros.fill("closing", "nope")
