"""The page's HTML: everything that is not ours is escaped, and nothing is loaded from elsewhere."""

import re
from dataclasses import fields
from html.parser import HTMLParser

import pytest

from assistant.web import render
from index.filters import Filters

CARD = {
    "id": "x", "title": "<script>alert(1)</script>", "price": "1.00 EUR", "availability": "in_stock", "quantity": 2,
    "sponsored": True, "alternative": True, "because": {"text": "because ${alert(1)}"}, "image": 'images/a".png', "options": [],
}  # fmt: skip
EVIL = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "' onmouseover='alert(1)",
    "${alert(1)}", "{{ 7 * 7 }}", "`alert(1)`", "</div></article><iframe src=//evil.example>", "&lt;b&gt;", "javascript:alert(1)",
]  # fmt: skip


class Seen(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def test_nothing_of_a_product_becomes_markup():
    html = render.card(CARD, "en")
    assert "<script>" not in html
    assert "${" not in html
    assert 'a".png' not in html


@pytest.mark.parametrize("evil", EVIL)
def test_no_field_of_a_turn_becomes_markup(evil):
    option = {"id": evil, "color": evil, "size": evil, "price": evil, "availability": "in_stock"}
    product = {
        "id": evil, "title": evil, "price": evil, "list_price": evil, "availability": evil, "quantity": None, "sponsored": False,
        "alternative": False, "because": {"text": evil}, "reason": evil, "image": evil, "rating": evil, "review_count": evil,
        "options": [option, option], "checked_at": evil,
    }  # fmt: skip
    plain = {
        **product,
        **dict.fromkeys(("id", "title", "price", "list_price", "reason", "rating", "checked_at"), "x"),
    }
    plain |= {"review_count": 1, "because": {"text": "x"}, "image": None, "availability": "in_stock"}
    plain["options"] = [{**option, "id": "x", "color": "x", "size": "x"}] * 2
    reply = {"reply": evil, "products": [product], "suggestions": [evil]}
    html = render.turn(evil, reply, "en", chips=True) + render.answer([evil], [product], "zh", note=evil)
    harmless = render.turn("x", {**reply, "reply": "x", "products": [plain], "suggestions": ["x"]}, "en", chips=True)
    harmless += render.answer(["x"], [plain], "zh", note="x")
    shape = [(tag, sorted(attrs)) for tag, attrs in Seen(html).tags]
    assert shape == [
        (tag, sorted(attrs)) for tag, attrs in Seen(harmless).tags
    ]  # the same elements, whatever is in them
    for _, attrs in Seen(html).tags:
        assert not any(name.startswith("on") for name in attrs)
    assert not re.search(r"[${}`]", html)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("images/a.png", "/images/a.png"),
        ("images/sub/ä b.png", "/images/sub/%C3%A4%20b.png"),
        ('images/a".png', "/images/a%22.png"),
        (None, ""),
        ("", ""),
        ("https://evil.example/pixel.png", ""),
        ("//evil.example/pixel.png", ""),
        ("/evil.example/pixel.png", ""),
        ("/images/a.png", ""),
        ("images//evil.example/a.png", ""),
        ("\\\\evil.example\\a.png", ""),
        ("images/..\\..\\a.png", ""),
        ("images/../shop.yaml", ""),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
    ],
)
def test_pictures_are_the_shops_own(path, shown):
    assert render.picture(path) == shown


def test_labels_and_scarce_stock_are_shown():
    html = render.card(CARD, "en")
    assert "Sponsored" in html
    assert "Only 2 left" in html
    assert render.stock({"availability": "out_of_stock"}, "zh") == "售罄"
    assert "推广" in render.card(CARD, "zh")


def test_a_price_says_when_it_was_checked():
    card = {**CARD, "checked_at": "2026-11-01T10:42:00Z"}
    for language, words in (("en", "Price checked 10:42 UTC"), ("zh", "10:42 UTC核对价格")):
        seen = Seen(render.card(card, language))
        assert words in seen.words
        assert ("time", {"datetime": "2026-11-01T10:42:00Z"}) in seen.tags
    assert "<time" not in render.card(CARD, "en")  # a turn kept from before prices said it


def test_both_languages_have_every_text():
    assert render.TEXTS["en"].keys() == render.TEXTS["zh"].keys()
    assert render.language_of("zh-CN,zh;q=0.9") == "zh"
    assert render.language_of("de", "zh") == "zh"


def test_the_desk_has_a_name_for_every_wish_of_a_packet():
    filters = {field.name for field in fields(Filters)} | {"query", "text"}  # "text" is a key of what is excluded
    for texts in render.DESK_TEXTS.values():
        assert not {f"field_{name}" for name in filters} - texts.keys()


def test_only_a_signed_in_shopper_has_a_say_beside_a_reason():
    event = {"type": "purchase", "product_id": "M2", "at": "2026-10-01T10:00:00Z"}
    card = {**CARD, "item_group_id": "G", "because": {"text": "because", "event": event}}
    assert "ov-refuse" not in render.card(card, "en")
    assert "ov-refuse" not in render.card({**card, "because": None}, "en", frozenset())
    seen = Seen(render.card(card, "en", frozenset()))
    assert (
        "div",
        {"class": "ov-refuse", "data-type": "purchase", "data-product-id": "M2", "data-at": event["at"]},
    ) in seen.tags
    assert "Not for me" in seen.words and "Undo" not in seen.words
    seen = Seen(render.card(card, "zh", {"G"}))
    assert "不适合我" not in seen.words and "撤销" in seen.words


def test_a_title_in_a_control_becomes_no_markup():
    card = {**CARD, "title": '"><img src=x>${1}', "item_group_id": "G"}
    shape = [tag for tag, _ in Seen(render.card({**CARD, "title": "x"}, "en", frozenset())).tags]
    html = render.card(card, "en", frozenset())
    assert [tag for tag, _ in Seen(html).tags] == shape
    assert not re.search(r"[${}`]", html)
