"""Campaigns: labelled, among what fits, one of four, within dates and the day's cap."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from langchain_core.messages import AIMessage

from assistant.db import open_engine
from assistant.ranking import Ranked
from assistant.sponsoring import Impressions, Sponsoring
from index.search import Candidate
from index.shop import Campaign
from index.sql import sqlite_url
from tests.assistant.test_agent import talk
from tests.toys import plan

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ORDER = ["J1-S-Blue", "J2", "B1", "B2", "W1", "M1", "M2"]


@pytest.fixture
def counted(tmp_path):
    engine = open_engine(sqlite_url(tmp_path / "s.sqlite"))
    yield Impressions(engine)
    engine.dispose()


@pytest.fixture
def place(shop, catalogue, counted):
    """place([ids], campaign fields, relevance={id: …}) → [(id, sponsored)] of what is shown."""

    def run(order, *campaigns, relevance=None, now=NOW, room=6, sure=True):
        shop.settings.campaigns = [Campaign(**fields) for fields in campaigns]
        rows = [Ranked(Candidate(catalogue.products[key], (relevance or {}).get(key, 1.0), sure=sure)) for key in order]
        placed = Sponsoring(shop, counted, catalogue).place(rows, now, room)
        return [(row.candidate.product.id, row.sponsored) for row in placed]

    return run


def sponsored(placed):
    return [key for key, paid in placed if paid]


def test_one_is_lifted_to_the_third_place_and_labelled(place):
    placed = place(ORDER, {"id": "c", "products": ["M1"]})
    assert placed[2] == ("M1", True)
    assert [key for key, _ in placed][:2] == ORDER[:2]
    assert sponsored(placed) == ["M1"]


def test_one_that_is_not_shown_may_be_lifted_among_what_is(place):
    placed = place(ORDER, {"id": "c", "products": ["M2"]}, room=4)
    assert (placed[2], len(placed)) == (("M2", True), 4)


def test_it_is_never_first_unless_it_is_first_anyway(place):
    assert place(ORDER, {"id": "c", "products": ["J1-L-Red"]})[0] == ("J1-S-Blue", True)  # any variant of the group
    assert place(ORDER, {"id": "c", "products": ["J2"]})[:2] == [("J1-S-Blue", False), ("J2", True)]


def test_at_most_one_of_four(place):
    every = {"id": "c", "products": ORDER}
    for room in (1, 2, 3, 4, 5, 6, 7):
        assert len(sponsored(place(ORDER, every, room=room))) == 1
    assert sponsored(place(ORDER[:2], every)) == ["J1-S-Blue"]


def test_few_cards_are_not_reordered(place):
    assert place(ORDER[:3], {"id": "c", "products": ["B1"]}) == [("J1-S-Blue", False), ("J2", False), ("B1", True)]


def test_what_does_not_fit_is_not_sponsored(place):
    low = dict.fromkeys(ORDER, 1.0) | {"M1": 0.79}
    assert sponsored(place(ORDER, {"id": "c", "products": ["M1"]}, relevance=low)) == []
    near = low | {"M1": 0.8}
    assert sponsored(place(ORDER, {"id": "c", "products": ["M1"]}, relevance=near)) == ["M1"]
    assert sponsored(place(ORDER, {"id": "c", "products": ["M1"]}, sure=False)) == []
    assert sponsored(place(["J1-S-Blue", "J2", "B1", "J3"], {"id": "c", "products": ["J3"]})) == []  # sold out


def test_nothing_is_sponsored_where_a_product_was_asked_for_by_name(shop, catalogue, counted):
    shop.settings.campaigns = [Campaign(id="c", products=["M1", "J2"])]
    rows = [Ranked(Candidate(catalogue.products[key], 1.0, exact=key == "J2")) for key in ORDER]
    assert not any(row.sponsored for row in Sponsoring(shop, counted, catalogue).place(rows, NOW, 6))
    assert counted.shown("c", date(2026, 11, 1)) == 0


def test_dates_hold_by_the_shops_clock(place, shop):
    dated = {"id": "c", "products": ["M1"], "from": "2026-11-02", "to": "2026-11-03"}
    days = {day: sponsored(place(ORDER, dated, now=NOW + timedelta(days=day))) for day in range(4)}
    assert days == {0: [], 1: ["M1"], 2: ["M1"], 3: []}
    late = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    assert sponsored(place(ORDER, dated, now=late)) == []
    shop.settings.timezone = "Europe/Berlin"  # half an hour into the second there
    shop.__dict__.pop("zone", None)
    assert sponsored(place(ORDER, dated, now=late)) == ["M1"]


def test_the_days_cap_holds_and_a_new_day_begins_anew(place, counted):
    capped = {"id": "c", "products": ["M1"], "daily_cap": 2}
    assert [sponsored(place(ORDER, capped)) for _ in range(4)] == [["M1"], ["M1"], [], []]
    assert counted.shown("c", date(2026, 11, 1)) == 2
    assert place(ORDER, capped)[5] == ("M1", False)  # where relevance puts it
    assert sponsored(place(ORDER, capped, now=NOW + timedelta(days=1))) == ["M1"]
    assert sponsored(place(ORDER, {"id": "none", "products": ["M1"], "daily_cap": 0})) == []


def test_many_at_once_stay_within_the_cap(counted):
    granted = []
    threads = [
        threading.Thread(target=lambda: granted.append(counted.take("c", date(2026, 11, 1), 5))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(granted) == 5
    assert counted.shown("c", date(2026, 11, 1)) == 5


@pytest.fixture
def with_campaign(make_app):
    """An app whose shop has a campaign for the Hazel Mug; what is made of it plays the given steps."""

    def make(*script):
        app = make_app(*script)
        app.shop.settings.campaigns = [Campaign(id="mugs", products=["M2"], daily_cap=10)]
        return app

    return make


def test_prose_that_names_it_says_so(with_campaign):
    search = plan(("search_products", {"query": "mug"}))
    app = with_campaign(search, AIMessage("The Hazel Mug is made of enamel."), search, AIMessage("Both are mugs."))
    named, unnamed = talk(app, "show me mugs", "show me mugs")
    assert [card.id for card in named.cards if card.sponsored] == ["M2"]
    assert named.to_json()["products"][[c.id for c in named.cards].index("M2")]["sponsored"] is True
    assert named.text.endswith("Hazel Mug: this is a sponsored suggestion.")
    assert "sponsored" not in unnamed.text


def test_a_model_is_told_which_one_is_sponsored(with_campaign):
    app = with_campaign(plan(("search_products", {"query": "mug"})), AIMessage("Mugs."))
    talk(app, "show me mugs")
    facts = app.model.chat.requests[-1][-1].content
    assert "Hazel Mug; 9.50 EUR; sponsored" in facts


def test_nothing_is_sponsored_where_an_order_was_asked_for_or_a_thing_was_named(with_campaign):
    app = with_campaign(
        plan(("search_products", {"query": "cheapest mug"})), AIMessage("Mugs."),
        plan(("show_product", {"product_id": "Hazel Mug"})), AIMessage("It is enamel."),
    )  # fmt: skip
    for reply in talk(app, "what is your cheapest mug?", "tell me about the Hazel Mug"):
        assert reply.cards
        assert not any(card.sponsored for card in reply.cards)


def test_everybody_sees_the_same_label(with_campaign):
    search = plan(("search_products", {"query": "mug"}))
    app = with_campaign(search, AIMessage("Mugs."), search, AIMessage("Mugs."))
    for shopper in (None, "ada"):
        (reply,) = talk(app, "show me mugs", shopper=shopper)
        assert [card.id for card in reply.cards if card.sponsored] == ["M2"]


def test_a_card_keeps_its_facts(with_campaign):
    app = with_campaign(plan(("search_products", {"query": "mug"})), AIMessage("Mugs."))
    (reply,) = talk(app, "show me mugs")
    card = next(card for card in reply.cards if card.sponsored)
    assert (card.id, card.price) == ("M2", str(app.search.catalogue.products["M2"].current_price))
