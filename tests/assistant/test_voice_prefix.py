"""The constant prefix, as a real server receives it: the same bytes for every shopper, turn, channel and language."""

import json
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from assistant.app import App, build_app
from assistant.conversation import Identity
from assistant.events import Done, Reply
from assistant.prompts import sha
from assistant.settings import load_settings
from tests.assistant.test_agent import talk
from tests.conftest import NOW
from tests.toys import ToyEncoder, plan

SAID = {
    "show me a mug": ("search_products", {"query": "mug"}),
    "what is the Glen Mug made of?": ("show_product", {"product_id": "Glen Mug"}),
    "add the Glen Mug to my cart": ("update_cart", {"product_id": "Glen Mug", "quantity": 1, "mode": "add"}),
    "how long can I return things?": ("ask_policy", {"question": "how long can I return things?"}),
    "有杯子吗？": ("search_products", {"query": "mug"}),
    "退货期限是多久？": ("ask_policy", {"question": "how long to return"}),
}


def shared(one: Any, other: Any) -> int:
    """How much two sequences begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


class ModelServer(ThreadingHTTPServer):
    """Speaks the OpenAI protocol with streams: a tool call for what is said, then prose. Keeps every body it got.

    Tokens are characters; those it has read before, from the first on, are cached.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.bodies: list[dict[str, Any]] = []

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def chunks(self, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
        whole = json.dumps(body["messages"], ensure_ascii=False)
        earlier = [json.dumps(other["messages"], ensure_ascii=False) for other in self.bodies]
        cached = max((shared(whole, other) for other in earlier), default=0)
        self.bodies.append(body)
        last = body["messages"][-1]
        said = next((key for key in SAID if last["role"] == "user" and last["content"].endswith(key)), None)
        if said is not None:
            name, args = SAID[said]
            call = {"index": 0, "id": f"c{len(self.bodies)}", "type": "function"}
            yield {
                "role": "assistant",
                "tool_calls": [{**call, "function": {"name": name, "arguments": json.dumps(args)}}],
            }
        else:
            for piece in ("Here is ", "what we ", "have. "):
                yield {"role": "assistant", "content": piece}
        yield {"usage": {"prompt_tokens": len(whole), "completion_tokens": 3, "total_tokens": len(whole) + 3,
                         "prompt_tokens_details": {"cached_tokens": cached}}}  # fmt: skip


class _Handler(BaseHTTPRequestHandler):
    server: ModelServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert body["stream"] and self.path == "/v1/chat/completions"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for delta in self.server.chunks(body):
            usage = delta.pop("usage", None)
            choice = {"index": 0, "delta": delta, "finish_reason": "stop" if usage else None}
            chunk = {
                "id": "x",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "m",
                "choices": [choice],
                "usage": usage,
            }
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ModelServer]:
    server = ModelServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def app(server: ModelServer, shop_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    (shop_folder / "voice.md").write_text("We are plain people.")
    with (shop_folder / "shop.yaml").open("a") as settings:
        settings.write("voice: voice.md\nlocales: [en, zh]\n")
    monkeypatch.chdir(tmp_path)  # no .env of a developer's
    monkeypatch.setenv("ONEVOICE_LLM_BASE_URL", server.base_url)
    monkeypatch.setenv("ONEVOICE_LLM_MODEL", "m")
    settings = load_settings(shop=shop_folder, data_dir=tmp_path / "data", cache_dir=tmp_path / "cache")
    app = build_app(settings, clock=lambda: NOW, encoder=ToyEncoder(), progress=False)
    yield app
    app.close()


def say(app: App, who: str, channel: str, *messages: str) -> list[Reply]:
    identity = Identity() if who == "guest" else Identity("shopper", who)
    key = app.conversations.start(identity, channel)
    return [next(e.reply for e in app.assistant.reply(key, text) if isinstance(e, Done)) for text in messages]


def test_the_system_message_is_the_same_bytes_in_every_request(app: App, server: ModelServer):
    english, chinese = [text for text in SAID if text.isascii()], [text for text in SAID if not text.isascii()]
    for who in ("guest", "ada", "ben"):
        for channel in ("shop", "desk"):
            for messages in (english, chinese):
                replies = say(app, who, channel, *messages)
                assert all(reply.outcome in ("answered", "not_stated") and reply.text for reply in replies)
    assert len(server.bodies) >= 36
    systems = {body["messages"][0]["content"] for body in server.bodies}
    assert {body["messages"][0]["role"] for body in server.bodies} == {"system"}
    assert len(systems) == 1
    (system,) = systems
    assert system.startswith(app.composer.brand) and "We are plain people." in system
    assert all(message["role"] != "system" for body in server.bodies for message in body["messages"][1:])
    for changing in ("Ada", "Ben", "2026", "desk", "Glen", "Nylon", "EUR"):
        assert changing not in system
    assert len({json.dumps(body["tools"]) for body in server.bodies}) == 1  # these come before it in many templates


def test_the_catalogues_values_come_after_the_prefix_and_change_nothing_before_them(
    app: App, server: ModelServer, shop_folder: Path
):
    say(app, "guest", "shop", "show me a mug")
    row = {"id": "Z1", "title": "Zest Mug", "price": "3.00 EUR", "color": "Vermilion", "product_type": "Kitchen > Mugs"}
    with (shop_folder / "products.jsonl").open("a") as feed:
        feed.write(json.dumps(row) + "\n")
    app.index.build(progress=False)
    say(app, "guest", "shop", "show me a mug")
    before, after = server.bodies[0]["messages"], server.bodies[-1]["messages"]
    assert before[0] == after[0]
    assert "Vermilion" not in before[1]["content"] and "Vermilion" in after[1]["content"]


def test_the_prefix_is_read_from_the_cache_from_the_second_turn_on(app: App):
    first, *later = say(app, "guest", "shop", *SAID)
    others = say(app, "ada", "desk", "有杯子吗？", "退货期限是多久？")
    assert first.tokens["prompt"] > first.tokens["cached"]
    for reply in (*later, *others):
        assert reply.tokens["cached"] >= len(app.composer.brand)
        assert reply.tokens["cached"] / reply.tokens["prompt"] > 0.9


def test_a_reply_names_what_was_sent_for_it(app: App, server: ModelServer):
    """The hash is of all the turn's requests, as the server got them."""
    for text in SAID:
        start = len(server.bodies)
        (reply,) = say(app, "ada", "shop", text)
        assert reply.prompt_sha == _sha_of(server.bodies[start:])
        assert reply.voice_version == app.composer.voice_version
    assert len(server.bodies) > len(SAID)


def _sha_of(bodies: list[dict[str, Any]]) -> str:
    kinds = {"system": "system", "user": "human", "assistant": "ai", "tool": "tool"}
    found = ""
    for body in bodies:
        parts = [found]
        for message in body["messages"]:
            calls = [
                {"tool": call["function"]["name"], **json.loads(call["function"]["arguments"])}
                for call in message.get("tool_calls") or ()
            ]
            written = json.dumps(calls, ensure_ascii=False, separators=(",", ":")) if calls else ""
            parts.append(f"{kinds[message['role']]}\x01{message['content'] or ''}\x01{written}")
        found = sha256("\x00".join(parts).encode()).hexdigest()[:16]
    return found


@pytest.mark.parametrize("planner", [True, False])
def test_version_and_hash_are_on_every_path(make_app, planner):
    """Prose, a fixed text, nothing asked of the model, and a model that fails."""

    def fails(messages: Any) -> AIMessage:
        raise RuntimeError("no model")

    prose = [plan(("chat", {})), AIMessage("Hello there.")] if planner else [AIMessage("Hello there.")]
    decline = plan(("decline", {"kind": "private"}))
    app = make_app(*prose, decline, fails, planner=planner)
    replies = talk(app, "hi there", "how high is the moon", "hello again", "x" * 3000, " ")
    requests = list(app.model.chat.requests)
    calls = [2, 1, 1, 0, 0] if planner else [1, 1, 1, 0, 0]
    assert len(requests) == sum(calls)
    for reply, count in zip(replies, calls, strict=True):
        wanted = "" if count else sha([])
        for _ in range(count):
            wanted = sha(requests.pop(0), before=wanted)
        assert reply.prompt_sha == wanted and len(wanted) == 16
        assert reply.voice_version == app.composer.voice_version
        assert reply.to_json()["voice"]["version"] == app.composer.voice_version
    assert len({reply.prompt_sha for reply in replies}) == 4  # two had nothing sent
    assert [reply.outcome for reply in replies][1:] == ["not_stated", "could_not_check", "not_allowed", "asks"]


def test_plans_and_answers_of_a_planned_turn_begin_alike(make_app):
    turns = [
        (plan(("search_products", {"query": "mug"})), AIMessage("Two mugs.")),
        (plan(("chat", {})), AIMessage("Hello.")),
        (plan(("ask_policy", {"question": "return"})), AIMessage("Within 60 days.")),
    ]
    app = make_app(*[step for turn in turns for step in turn] * 2)
    for who in (None, "ada"):
        talk(app, "show me a mug", "hello", "how long can I return it?", shopper=who)
    requests = app.model.chat.requests
    assert len({request[0].content for request in requests[::2]}) == 1  # plans
    assert len({request[0].content for request in requests[1::2]}) == 1  # answers
    assert all(request[0].content.startswith(app.composer.brand) for request in requests)
    assert shared(requests[0], requests[2]) > 40  # messages: the examples are the same too
