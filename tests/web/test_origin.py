"""What another site's page may do here: read nothing, and change nothing, whatever headers it asks for."""

import pytest
from fastapi.testclient import TestClient

from assistant.web.server import create_web

OWN = {"X-Onevoice": "1"}
CART = {"product_id": "M1", "quantity": 1, "mode": "add"}
EVIL = "https://evil.example"


@pytest.fixture
def browser(make_app):
    with TestClient(create_web(make_app()), base_url="http://shop.example:7860") as client:
        client.get("/")
        yield client


@pytest.mark.parametrize(
    "path", ["/shop/cart", "/shop/state", "/v1/chat/completions", "/v1/desk/session", "/config", "/desk/config"]
)
def test_no_other_site_is_let_in(browser, path):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-onevoice,content-type"}
    preflight = browser.options(path, headers={"Origin": EVIL, **asked})
    read = browser.get(path, headers={"Origin": EVIL})
    assert preflight.status_code == 400
    for answer in (preflight, read):
        assert "access-control-allow-origin" not in answer.headers
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://shop.example:8000"},  # another server on the machine
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://shop.example:7860"},
    ],
)
def test_our_header_does_not_help_who_comes_from_elsewhere(browser, headers):
    assert browser.post("/shop/cart", json=CART, headers={**OWN, **headers}).status_code == 403
    assert browser.post("/v1/desk/session/demo", headers={**OWN, **headers}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://shop.example:7860"}, {"Sec-Fetch-Site": "same-origin", "Origin": "https://shop.example"}],
)
def test_our_own_page_is_served_behind_a_proxy_too(browser, headers):
    assert browser.post("/shop/cart", json=CART, headers={**OWN, **headers}).status_code == 200
    assert browser.post("/v1/desk/session/demo", headers={**OWN, **headers}).status_code == 200
