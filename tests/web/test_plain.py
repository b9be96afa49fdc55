"""Names that no store can read: the answer is that there is no such thing, on SQLite and on PostgreSQL."""

import json

import pytest
from fastapi.testclient import TestClient

from assistant.app import build_app
from assistant.conversation import Identity
from assistant.settings import Settings
from assistant.support.desk.rights import Staff
from assistant.web.plain import MAX_ID, is_id, is_text
from assistant.web.server import create_web
from tests.conftest import NOW, scripted, write_shop
from tests.toys import ToyEncoder

OWN = {"X-Onevoice": "1", "Content-Type": "application/json"}
WRONG = ["\0", "M1\0", "\ud800", "x" * (MAX_ID + 1), "", 7, None, ["M1"], "M1\n"]
AT = "2026-10-01T10:00:00Z"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def app(request, tmp_path_factory):
    place = tmp_path_factory.mktemp("plain")
    url = request.getfixturevalue("postgres") if request.param == "postgres" else None
    settings = Settings(
        shop=write_shop(place / "shop"),
        data_dir=place / "data",
        cache_dir=place / "cache",
        database_url=url,
        _env_file=None,
    )
    app = build_app(settings, clock=lambda: NOW, model=scripted([]), encoder=ToyEncoder(), progress=False)
    yield app
    app.close()


@pytest.fixture
def browser(app):
    client = TestClient(create_web(app))
    client.get("/")
    assert client.post("/shop/sign-in", json={"shopper": "ada"}, headers=OWN).status_code == 200
    assert client.post("/v1/desk/session/demo", headers=OWN).status_code == 200
    return client


@pytest.fixture
def talk(app, browser):
    """A conversation that the demo agent has; its path."""
    key = app.conversations.start(Identity())
    app.conversations.append(key, "a person", {"reply": "Passed on."}, {})
    app.assistant.services.handoffs.open(key, {"reason": "a person"})
    app.desk.takeovers.take(key, Staff("Demo agent", "agent"))
    return f"/v1/desk/conversations/{key}"


def sent(browser, path, **body):
    return browser.post(path, content=json.dumps(body), headers=OWN).status_code


@pytest.mark.parametrize("wrong", WRONG)
def test_what_can_be_no_id_names_nothing(browser, talk, wrong):
    for mode in ("add", "set", "remove"):
        assert sent(browser, "/shop/cart", product_id=wrong, quantity=1, mode=mode) == 422
    assert sent(browser, "/shop/sign-in", shopper=wrong) == 404
    assert sent(browser, "/shop/dismiss", product_id=wrong) == 404
    assert sent(browser, "/shop/forget-event", type=wrong, product_id="M2", at=AT) == 422
    assert sent(browser, "/shop/forget-event", type="purchase", product_id=wrong, at=AT) == 422
    if wrong is not None:  # names no draft
        assert sent(browser, f"{talk}/changes", text="Hello", draft=wrong) == 404
        assert sent(browser, f"{talk}/say", text="Hello", draft=wrong) == 404


@pytest.mark.parametrize("wrong", ["\0", "\ud800", "It costs \ud800 12.00 EUR."])
def test_a_text_that_cannot_be_kept_is_none(browser, talk, wrong):
    for path in (f"{talk}/changes", f"{talk}/say"):
        assert sent(browser, path, text=wrong) == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/desk/conversations/%00"),
        ("GET", "/v1/desk/conversations/%00/told"),
        ("GET", "/v1/desk/conversations/%00/summary"),
        ("POST", "/v1/desk/conversations/a%00/take"),
        ("POST", "/v1/desk/conversations/%00/back"),
        ("POST", "/v1/desk/conversations/%00/draft"),
        ("POST", "{talk}/drafts/%00/rate"),
        ("POST", "{talk}/macros/%00"),
        ("GET", "/%00"),
        ("GET", "/desk/%00"),
    ],
)
def test_a_path_with_what_no_store_reads_leads_nowhere(browser, talk, method, path):
    body = {"thumbs": "up"} if method == "POST" else None
    assert browser.request(method, path.format(talk=talk), json=body, headers=OWN).status_code == 404


def test_what_is_an_id_and_what_a_text():
    assert all(is_id(value) for value in ("M1", "J1-S-Blue", "Größe 42/é", "商品", "x" * MAX_ID))
    assert not any(is_id(value) for value in WRONG)
    assert is_text("two\nlines, 商品 😀") and not is_text("\0") and not is_text(7)
