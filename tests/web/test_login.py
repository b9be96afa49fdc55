"""Signing in with a token of the shop's login: whoever it vouches for, once it is signed and not over."""

import time

import jwt
import pytest
from fastapi.testclient import TestClient

from assistant.errors import SetupError
from assistant.shoppers.erase import erase
from assistant.web.server import create_web

KEY = "a key of the shop's that is long enough for a longer digest as well: 64"
OWN = {"X-Onevoice": "1"}


@pytest.fixture
def app(make_app):
    app = make_app()
    app.settings.sign_in_key = KEY
    app.shop.settings.demo = False
    return app


@pytest.fixture
def browser(app):
    with TestClient(create_web(app)) as client:
        client.get("/")
        yield client


def token(sub="ada", key=KEY, algorithm="HS256", **claims):
    return jwt.encode({"sub": sub, "exp": time.time() + 60, **claims}, key, algorithm)


def enter(browser, value):
    return browser.get("/sign-in", params={"token": value}, follow_redirects=False)


def who(browser):
    return browser.get("/shop/state").json()["shopper"]


def test_a_token_signs_its_shopper_in_who_keeps_the_cart_and_then_the_conversation(browser):
    browser.post("/shop/cart", json={"product_id": "M1", "quantity": 1, "mode": "add"}, headers=OWN)
    answer = enter(browser, token())
    assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (303, "/", "no-store")
    assert who(browser) == "Ada"
    assert browser.get("/shop/state").json()["cart"]["count"] == 1
    before = browser.cookies["onevoice"]
    enter(browser, token())
    assert browser.cookies["onevoice"] == before
    enter(browser, token("ben"))
    assert (who(browser), browser.get("/shop/state").json()["cart"]["count"]) == ("Ben", 0)


def test_a_shopper_who_is_new_here_has_a_profile_from_then_on(app, browser):
    assert app.shoppers.get("new-1") is None
    enter(browser, token("new-1", name="Noor\n Haddad"))
    assert who(browser) == "Noor Haddad"
    assert app.shoppers.get("new-1").personalization
    enter(browser, token("ada", name="Somebody Else"))
    assert app.shoppers.get("ada").name == "Ada"


@pytest.mark.parametrize(
    "value",
    [
        token(exp=time.time() - 60), token(key=KEY + "?"), token(algorithm="HS512"), token(exp=None), token(""), token("a\x00b"),
        token("x" * 101), jwt.encode({"sub": "ada"}, KEY, "HS256"), jwt.encode({"exp": time.time() + 60}, KEY, "HS256"),
        jwt.encode({"sub": "ada", "exp": time.time() + 60}, None, "none"), token()[:-2], "", "nonsense", "\x00",
    ],
    ids=["over", "other key", "other digest", "no end", "nobody", "NUL", "too long", "without exp", "without sub", "unsigned", "cut",
         "empty", "nonsense", "a NUL"],
)  # fmt: skip
def test_no_other_token_signs_anybody_in(browser, value):
    before = browser.cookies["onevoice"]
    answer = enter(browser, value)
    assert (answer.status_code, answer.text) == (403, "This link is over. Please sign in once more.")
    assert (browser.cookies["onevoice"], who(browser)) == (before, None)


def test_whoever_was_erased_is_a_guest(app, browser):
    app.shoppers.welcome("gone", "Gone")
    erase(app._engine, "gone")
    assert enter(browser, token("gone")).status_code == 303
    assert who(browser) is None and app.shoppers.get("gone") is None
    enter(browser, token("ada"))
    enter(browser, token("gone"))  # nor who was there before
    assert who(browser) is None


def test_the_page_links_to_the_shops_login(app, browser):
    assert browser.get("/shop/state").json()["sign_in"] is None
    app.shop.settings.sign_in = "https://shop.example/login"
    assert browser.get("/shop/state").json()["sign_in"] == "https://shop.example/login"


def test_without_a_key_there_is_no_such_way_and_a_short_one_is_refused(app, browser):
    app.settings.sign_in_key = "short"
    with pytest.raises(SetupError, match="ONEVOICE_SIGN_IN_KEY has fewer than 32 bytes"):
        create_web(app)
    app.settings.sign_in_key = None
    assert enter(browser, token()).status_code == 404
