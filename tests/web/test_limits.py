"""How much a request may bring: too large a body is refused however it is sent, and nothing takes a file."""

import pytest
from fastapi.testclient import TestClient
from langchain_core.messages import AIMessage

from assistant.web.limits import MAX_BODY, MAX_HISTORY
from assistant.web.server import create_web
from tests.toys import plan

OWN = {"X-Onevoice": "1", "Content-Type": "application/json"}


@pytest.fixture
def browser(make_app):
    with TestClient(create_web(make_app(plan(("chat", {})), AIMessage("Hello.")))) as client:
        client.get("/")
        yield client


def in_pieces(size):
    """A body whose length is not told beforehand."""
    yield b'{"mode": "'
    for _ in range(size // 1024):
        yield b"x" * 1024
    yield b'"}'


@pytest.mark.parametrize(
    "path", ["/shop/cart", "/v1/desk/session", "/gradio_api/queue/join", "/desk/gradio_api/queue/join"]
)
def test_too_large_a_body_is_refused(browser, path):
    told = browser.post(path, content=b"".join(in_pieces(MAX_BODY)), headers=OWN)
    untold = browser.post(path, content=in_pieces(MAX_BODY), headers=OWN)
    assert (told.status_code, untold.status_code) == (413, 413)
    assert browser.post(path, content=b"".join(in_pieces(MAX_BODY // 2)), headers=OWN).status_code != 413


def test_an_openai_client_may_send_its_whole_conversation(browser):
    said = [{"role": "assistant", "content": "x" * MAX_BODY}, {"role": "user", "content": "hi"}]
    assert browser.post("/v1/chat/completions", json={"messages": said}).status_code == 200
    said[0]["content"] = "x" * MAX_HISTORY
    assert browser.post("/v1/chat/completions", json={"messages": said}).status_code == 413


@pytest.mark.parametrize("page", ["", "/desk"])
@pytest.mark.parametrize(
    "name", ["upload", "upload/", "process_recording", "component_server", "stream/abc", "vibe-edit", "vibe-code/"]
)
def test_nothing_takes_a_file(browser, page, name):
    answer = browser.post(f"{page}/gradio_api/{name}", files={"files": ("a.txt", b"hello")})
    assert answer.status_code == 404
    assert browser.get(f"{page}/gradio_api/upload_progress?upload_id=a").status_code == 404
