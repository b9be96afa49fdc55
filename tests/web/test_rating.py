"""Thumbs under a reply: only who holds the conversation rates it, and what they wrote is no markup."""

import re

import pytest
from fastapi.testclient import TestClient
from langchain_core.messages import AIMessage

from assistant.ratings import Rating
from assistant.web import rating
from assistant.web.server import create_web
from tests.conftest import NOW
from tests.toys import plan
from tests.web.test_render import EVIL, Seen

OWN = {"X-Onevoice": "1"}
HELD = Rating("c", 0, "down", "why", "shop", "m", "ab", "2.1", NOW)


@pytest.fixture
def browser(make_app):
    app = make_app(plan(("search_products", {"query": "mug"})), AIMessage("Mugs."))
    with TestClient(create_web(app)) as client:
        client.app_under_test = app
        client.get("/")
        client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "show me mugs"}]})
        yield client


def key_of(browser):
    return browser.cookies["onevoice"].rpartition(".")[0]


def rate(browser, headers=OWN, **changes):
    body = {"turn": 0, "tag": rating.tag_of(key_of(browser)), "thumbs": "up", **changes}
    return browser.post("/shop/rate", json=body, headers=headers)


def test_a_guest_rates_their_own_turn_changes_it_and_takes_it_back(browser):
    ratings, key = browser.app_under_test.ratings, key_of(browser)
    assert rate(browser).json() == {"thumbs": "up"}
    assert rate(browser, thumbs="down", reason="too dear").json() == {"thumbs": "down"}
    assert [(r.thumbs, r.reason) for r in ratings.of(key).values()] == [("down", "too dear")]
    assert rate(browser, thumbs=None).json() == {"thumbs": None}
    assert ratings.of(key) == {}


def test_nobody_rates_what_they_do_not_hold(browser):
    app, key = browser.app_under_test, key_of(browser)
    tag = rating.tag_of(key)
    assert rate(browser, headers={}).status_code == 403  # another site
    browser.post("/shop/new", headers=OWN)  # in another tab; this page still shows the old conversation
    assert rate(browser, tag=tag).status_code == 409
    assert rate(browser, conversation=key, conversation_id=key).status_code == 404  # a new one has no turns
    browser.cookies.clear()
    assert browser.post("/shop/rate", json={"turn": 0, "tag": tag, "thumbs": "up"}, headers=OWN).status_code == 401
    assert app.ratings.of(key) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"turn": "0"}, {"turn": True}, {"turn": -1}, {"turn": 2**40}, {"turn": None}, {"thumbs": "sideways"}, {"thumbs": 1}, {"thumbs": True},
        {"thumbs": ["up"]}, {"reason": "x" * 501}, {"reason": 7},
    ],
)  # fmt: skip
def test_what_is_no_rating_is_refused(browser, wrong):
    assert rate(browser, **wrong).status_code == 422
    assert browser.app_under_test.ratings.of(key_of(browser)) == {}


def test_a_turn_that_is_not_there_is_refused(browser):
    assert rate(browser, turn=1).status_code == 404


def test_the_tag_says_nothing_of_the_id():
    assert rating.tag_of("abc") != rating.tag_of("abd")
    assert "abc" not in rating.controls(0, rating.tag_of("abc"), HELD, "en")


def test_controls_show_what_was_said(browser):
    seen = Seen(rating.controls(3, "t", HELD, "en"))
    pressed = {held["data-thumbs"]: held["aria-pressed"] for tag, held in seen.tags if "data-thumbs" in held}
    assert pressed == {"up": "false", "down": "true"}
    (field,) = (held for tag, held in seen.tags if tag == "input")
    assert (field["value"], field["maxlength"]) == ("why", "500")
    (form,) = (held for tag, held in seen.tags if tag == "form")
    assert "hidden" not in form
    assert seen.tags[0][1]["data-turn"] == "3"
    assert "hidden" in dict(next(held for tag, held in Seen(rating.controls(0, "t", None, "zh")).tags if tag == "form"))


@pytest.mark.parametrize("evil", EVIL)
def test_a_reason_becomes_no_markup(evil):
    html = rating.controls(0, "t", Rating("c", 0, "up", evil, "shop", "m", "ab", "2.1", NOW), "en")
    plain = rating.controls(0, "t", HELD, "en")
    assert [(t, sorted(a)) for t, a in Seen(html).tags] == [(t, sorted(a)) for t, a in Seen(plain).tags]
    assert not re.search(r"[${}`]", html)
