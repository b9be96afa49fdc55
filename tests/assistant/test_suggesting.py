"""What is suggested and why it says so; and the shopper's own size, in suggestions and searches alike."""

from datetime import timedelta

import pytest
from langchain_core.messages import AIMessage

from tests.assistant.test_agent import talk
from tests.conftest import NOW
from tests.toys import plan

POPULAR = "popular with our customers"


def suggestions(make_app, who, history=(), sizes=None):
    """The cards and the reply's own words, where a model's none survive."""
    app = make_app(plan(("recommend", {})), AIMessage("It costs 1.00 EUR."))
    for kind, product in history:
        app.shoppers.record(who, kind, product)
    if sizes:
        app.shoppers.remember(who, "size", sizes)
    (reply,) = talk(app, "any ideas for me?", shopper=who)
    return reply


def test_who_has_done_nothing_is_told_what_is_popular(make_app):
    reply = suggestions(make_app, "ben")
    assert {card.reason for card in reply.cards} == {POPULAR} and "popular" in reply.text
    assert not any(card.because for card in reply.cards)


def test_what_history_chose_is_never_called_popular(make_app, monkeypatch):
    monkeypatch.setattr("assistant.ranking.LIKE", -1.0)  # the toy encoder's cosines are low
    told = suggestions(make_app, "ben", [("purchase", "B1")])
    assert any(card.because for card in told.cards) and "chosen before" in told.text
    monkeypatch.setattr("assistant.ranking.USED", 2.0)  # nothing can be a reason
    silent = suggestions(make_app, "ben", [("purchase", "B1")])
    assert silent.cards and not any(card.because for card in silent.cards)
    assert POPULAR not in {card.reason for card in silent.cards}
    assert "popular" not in silent.text and "chosen before" not in silent.text


def test_suggestions_come_in_the_shoppers_size_or_not_at_all(make_app):
    jackets = [card for card in suggestions(make_app, "ben", sizes="L").cards if card.item_group_id == "J1"]
    assert [card.size for card in jackets] == ["L"]
    reply = suggestions(make_app, "ben", sizes="XXL")
    assert reply.cards and "J1" not in {card.item_group_id for card in reply.cards}


@pytest.mark.parametrize(("stored", "said", "shown"), [("M", "", "M"), ("M", " in size S", "S"), ("XXL", "", "S")])
def test_a_search_shows_the_shoppers_size_unless_another_is_said_or_there_is_none(make_app, stored, said, shown):
    app = make_app(plan(("search_products", {"query": "rain jacket" + said})), AIMessage("A jacket."))
    app.shoppers.remember("ben", "size", stored)
    (reply,) = talk(app, "a rain jacket" + said, shopper="ben")
    assert {card.item_group_id: card.size for card in reply.cards}["J1"] == shown


@pytest.mark.parametrize(
    ("said", "size"), [("tell me about the Alder Rain Jacket", "M"), ("tell me about J1-S-Red", "S")]
)
def test_a_product_that_is_asked_about_is_of_the_shoppers_size_unless_its_number_is_said(make_app, said, size):
    app = make_app(plan(("show_product", {"product_id": "Alder Rain Jacket"})), AIMessage("A jacket."))
    (reply,) = talk(app, said, shopper="ada")
    assert [card.size for card in reply.cards] == [size]


def test_a_search_shows_no_sold_out_variant_because_it_is_the_shoppers_size(make_app, shop_folder):
    products = shop_folder / "products.jsonl"
    rows = products.read_text().splitlines()
    sold_out = [row.replace('"quantity": 5', '"quantity": 0') if '"J1-M-' in row else row for row in rows]
    products.write_text("\n".join(sold_out) + "\n")
    app = make_app(plan(("search_products", {"query": "rain jacket"})), AIMessage("A jacket."))
    (reply,) = talk(app, "a rain jacket", shopper="ada")
    assert {card.item_group_id: card.size for card in reply.cards}["J1"] == "S"


def test_what_is_long_ago_counts_as_nothing_done(make_app):
    app = make_app(plan(("recommend", {})), AIMessage("It costs 1.00 EUR."))
    app.shoppers.record("ada", "view", "B1")
    later = app.fresh_state(app.settings.data_dir / "later", lambda: NOW + timedelta(days=900))
    (reply,) = talk(later, "any ideas for me?", shopper="ada")
    assert {card.reason for card in reply.cards} == {POPULAR}
    later.close_state()
