"""The page's HTML: everything that is not ours is escaped."""

from assistant.web import render

CARD = {
    "id": "x", "title": "<script>alert(1)</script>", "price": "1.00 EUR", "availability": "in_stock", "quantity": 2,
    "sponsored": True, "alternative": True, "because": {"text": "because ${alert(1)}"}, "image": 'images/a".png', "options": [],
}  # fmt: skip


def test_nothing_of_a_product_becomes_markup():
    html = render.card(CARD, "en")
    assert "<script>" not in html
    assert "${" not in html
    assert 'a".png' not in html


def test_labels_and_scarce_stock_are_shown():
    html = render.card(CARD, "en")
    assert "Sponsored" in html
    assert "Only 2 left" in html
    assert render.stock({"availability": "out_of_stock"}, "zh") == "售罄"


def test_both_languages_have_every_text():
    assert render.TEXTS["en"].keys() == render.TEXTS["zh"].keys()
    assert render.language_of("zh-CN,zh;q=0.9") == "zh"
    assert render.language_of("de", "zh") == "zh"
