"""What the page's own events take, as they are sent over HTTP: anybody can send them, and anything."""

import json

import pytest
from fastapi.testclient import TestClient
from langchain_core.messages import AIMessage

from assistant.agent import MAX_MESSAGE
from assistant.web.server import create_web
from tests.toys import plan

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def browser(make_app):
    with TestClient(create_web(make_app(plan(("chat", {})), AIMessage("Hello.")))) as client:
        client.get("/")
        yield client


def asked(browser, data):
    """What the page is sent while it asks: the values of its three parts, one after another."""
    events = browser.get("/config").json()["dependencies"]
    turn = next(event["id"] for event in events if len(event["outputs"]) == 3)
    body = json.dumps({"data": data, "fn_index": turn, "session_hash": "s"})
    assert browser.post("/gradio_api/queue/join", content=body, headers=JSON).status_code == 200
    lines = browser.get("/gradio_api/queue/data?session_hash=s").text.splitlines()
    told = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    return [event for event in told if event["msg"] in ("process_generating", "process_completed")]


def test_of_a_message_that_is_too_long_no_more_is_shown_than_can_be_asked(browser):
    told = asked(browser, ["x" * 10 * MAX_MESSAGE])
    assert told[-1]["success"]
    assert "x" * MAX_MESSAGE in json.dumps(told)
    assert "x" * (MAX_MESSAGE + 1) not in json.dumps(told[0])


@pytest.mark.parametrize("data", [[None], [""], ["\ud800"], ["\0"]])
def test_a_message_of_nothing_is_none(browser, data, capfd):
    *_, last = asked(browser, data)
    assert last["success"]
    assert "ov-said" not in json.dumps(last)
    assert "Traceback" not in capfd.readouterr().err


def test_half_a_character_is_left_out_of_a_message(browser):
    """A box that is full may have cut it."""
    told = asked(browser, ["hello \ud83d"])
    assert told[-1]["success"]
    assert "Hello." in json.dumps(told[-1])


def test_an_event_without_its_message_is_refused_without_a_traceback(browser, capfd):
    (told,) = asked(browser, [])
    assert not told["success"]
    assert "Traceback" not in capfd.readouterr().err
