"""Bodies that cannot be read: 422, and nothing of them in the answer."""

from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from assistant.web.server import create_web

HEADERS = {"X-Onevoice": "1", "Content-Type": "application/json"}
PATHS = [
    "/shop/cart", "/shop/sign-in", "/shop/dismiss", "/shop/strength", "/shop/forget-event", "/shop/rate",
    "/v1/chat/completions", "/v1/desk/session", "/v1/desk/conversations/x/say", "/v1/desk/conversations/x/changes",
    "/v1/desk/conversations/x/drafts/y/rate", "/gradio_api/queue/join", "/desk/gradio_api/queue/join",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser(tiny_app, tmp_path_factory):
    settings = tiny_app.settings.model_copy(update={"data_dir": tmp_path_factory.mktemp("unread")})
    return TestClient(create_web(replace(tiny_app, settings=settings)))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", ["NaN", "[NaN]", "[Infinity]", r'"\ud800"', r'["\ud800"]', '"my own words"', "{", ""])
def test_a_body_that_is_no_object_is_refused_and_not_sent_back(browser, path, body):
    answer = browser.post(path, content=body, headers=HEADERS)
    assert answer.status_code == 422
    assert answer.json()["detail"][0].keys() == {"loc", "msg", "type"}
    assert "my own words" not in answer.text
