"""Others are answered while somebody waits: for the database, or for the model."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from langchain_core.messages import AIMessage

from assistant.queue import MAX_OF_ONE, MAX_WAITING
from assistant.web.render import TEXTS
from assistant.web.server import create_web
from tests.toys import plan

SOON = 5.0  # seconds; who waits for SQLite's lock gives up after ten
HI = {"messages": [{"role": "user", "content": "hi"}]}


@pytest.fixture
def browser(make_app):
    app = make_app()
    with TestClient(create_web(app)) as client:
        client.app_under_test = app
        client.get("/")
        yield client


@pytest.fixture
def slow(make_app):
    """An app whose model answers when `slow.go` is set, and its address."""
    go = threading.Event()

    def step(_):
        go.wait(60)
        return plan(("chat", {}))

    app = make_app(*[step, AIMessage("Hello.")] * 50)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_web(app), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    app.go, app.url = go, f"http://127.0.0.1:{port}"
    yield app
    go.set()
    server.should_exit = True
    thread.join(10)


def until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def waiting(app):
    return len(app.assistant._queue._waiting)


def running(app):
    return len(app.assistant._queue._running)


def ask(app, **more):
    return httpx.post(f"{app.url}/v1/chat/completions", json={**HI, **more}, timeout=60)


def test_who_reads_does_not_wait_for_who_writes(browser):
    started = time.monotonic()
    with browser.app_under_test._engine.begin():  # as long as it is open, nobody else writes
        for path in ("/", "/shop/news", "/shop/state", "/v1/desk/session"):
            assert browser.get(path).status_code == 200
    assert time.monotonic() - started < SOON


def test_a_new_browser_that_waits_for_the_database_holds_up_nobody(browser):
    found = []
    other = TestClient(browser.app)
    other.portal = browser.portal  # on the same loop
    waiting = threading.Thread(target=lambda: found.append(other.get("/").status_code))
    with browser.app_under_test._engine.begin():
        waiting.start()
        time.sleep(0.5)
        started = time.monotonic()
        assert browser.get("/health").status_code == 200
        assert time.monotonic() - started < SOON
        assert not found
    waiting.join(SOON)
    assert found == [200]


@pytest.mark.parametrize("stream", [False, True])
def test_more_turns_than_can_wait_are_refused_and_all_else_is_answered(slow, stream):
    with ThreadPoolExecutor(MAX_WAITING + 10) as many:
        asked = [many.submit(ask, slow, stream=stream) for _ in range(MAX_WAITING + 10)]
        until(lambda: sum(one.done() for one in asked) == 9)  # one runs
        assert waiting(slow) == MAX_WAITING
        started = time.monotonic()
        with httpx.Client(base_url=slow.url) as shopper:
            for path in ("/", "/shop/news", "/shop/state", "/health", "/v1/desk/session"):
                assert shopper.get(path, timeout=SOON).status_code == 200
        assert time.monotonic() - started < SOON
        slow.go.set()
        answers = [one.result() for one in asked]
    assert sorted(answer.status_code for answer in answers) == [200] * (MAX_WAITING + 1) + [429] * 9
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["retry-after"]) > 0
    assert "try again" in refused.json()["error"]


@pytest.mark.parametrize("stream", [False, True])
def test_who_went_away_is_not_served(slow, stream):
    """Neither one who waits nor one whose turn runs."""

    def gives_up():
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{slow.url}/v1/chat/completions", json={**HI, "stream": stream}, timeout=2).read()

    gone = [threading.Thread(target=gives_up) for _ in range(4)]
    for one in gone:
        one.start()
    until(lambda: running(slow) == 1 and waiting(slow) == 3)
    for one in gone:
        one.join()
    until(lambda: waiting(slow) == 0)
    assert len(slow.model.chat.requests) == 1
    slow.go.set()
    until(lambda: running(slow) == 0)
    assert len(slow.model.chat.requests) <= 2  # what it was asked after the plan ended at its first word
    assert ask(slow).status_code == 200


def asks_on_the_page(app, language):
    """A shopper who has sent a message by the page, and reads nothing yet."""
    shopper = httpx.Client(base_url=app.url, timeout=60, headers={"Accept-Language": language})
    shopper.get("/")
    events = shopper.get("/config").json()["dependencies"]
    turn = next(event["id"] for event in events if len(event["outputs"]) == 3)
    name = shopper.cookies["onevoice"][:8]
    shopper.post("/gradio_api/queue/join", json={"data": ["hi"], "fn_index": turn, "session_hash": name})
    return shopper, f"/gradio_api/queue/data?session_hash={name}"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_says_so_kindly_where_too_many_wait(slow, language):
    """They all sit before the page itself, which goes on answering."""
    many = [asks_on_the_page(slow, language)[0] for _ in range(MAX_WAITING + 1)]
    until(lambda: running(slow) == 1 and waiting(slow) == MAX_WAITING)
    shopper, answer = asks_on_the_page(slow, language)
    lines = shopper.get(answer).text.splitlines()
    told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert next(event for event in told if event["msg"] == "process_completed")["success"]
    assert TEXTS[language]["full"] in json.dumps(told, ensure_ascii=False)
    assert shopper.get("/shop/news", timeout=SOON).json() == {"turns": 0}
    for client in (*many, shopper):
        client.close()
    slow.go.set()
    until(lambda: running(slow) == 0 and waiting(slow) == 0)


def test_of_one_conversation_a_few_wait(slow):
    with httpx.Client(base_url=slow.url, timeout=60) as shopper, ThreadPoolExecutor(1 + MAX_OF_ONE) as many:
        shopper.get("/")
        asked = [many.submit(shopper.post, "/v1/chat/completions", json=HI) for _ in range(1 + MAX_OF_ONE)]
        until(lambda: running(slow) == 1 and waiting(slow) == MAX_OF_ONE)
        assert shopper.post("/v1/chat/completions", json=HI).status_code == 429
        slow.go.set()
        assert [one.result().status_code for one in asked] == [200] * len(asked)
