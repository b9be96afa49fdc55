"""The real embedded model: it starts, is held to the grammar, caches and stops."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.embedded import EmbeddedServer
from assistant.errors import PlanError, SetupError, Stopped
from assistant.llm import GrammarChatModel, StopOnRequest, plan_schema, read_plan
from assistant.settings import Settings
from index.fetch import QWEN_1_5B, fetch_file

FUNCTIONS = [
    {"name": "find", "parameters": {"properties": {"query": {"type": "string"}}, "required": ["query"]}},
    {"name": "chat", "parameters": {"properties": {}}},
]


def test_a_plan_is_read_or_refused():
    assert read_plan('[{"tool":"find","query":"x"}]') == [("find", {"query": "x"})]
    for text in ("", "[", '[{"query":"x"}]', '"x"', "[3]"):
        with pytest.raises(PlanError):
            read_plan(text)


def test_a_missing_model_file_is_said_so(tmp_path: Path):
    with pytest.raises(SetupError, match="ONEVOICE_GGUF"):
        EmbeddedServer(tmp_path / "none.gguf", tmp_path / "log").start()


FAKE = """
import http.server, json, sys, threading
port, key = int(sys.argv[1]), sys.stdin.readline().strip()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        known = self.headers["Authorization"] == f"Bearer {key}"
        self.send_response(200 if known else 401)
        self.send_header("Content-Type", "text/event-stream"); self.end_headers()
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
                 "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello."}, "finish_reason": None}]}
        self.wfile.write(f"data: {json.dumps(chunk)}\\n\\ndata: [DONE]\\n\\n".encode())
    def log_message(self, *args):
        pass
server = http.server.HTTPServer(("127.0.0.1", port), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
"""


class FakeServer(EmbeddedServer):
    """The server with a child that has no model and greets; `broken`: with one that ends at once."""

    broken = False

    def _command(self) -> list[str]:
        return [sys.executable, "-c", "raise SystemExit('no memory')" if self.broken else FAKE, str(self._port)]


@pytest.fixture
def fake(tmp_path: Path):
    (tmp_path / "m.gguf").write_bytes(b"weights")
    found = FakeServer(tmp_path / "m.gguf", tmp_path / "log")
    found.start()
    yield found
    found.stop()


def killed(server: EmbeddedServer) -> None:
    os.kill(server.pid, signal.SIGKILL)
    server._child.wait()


def test_a_server_that_died_is_started_again_by_the_next_call(fake, caplog):
    model = GrammarChatModel.at(fake.base_url, fake.model, 20, fake.api_key, fake.ensure)
    assert model.invoke([HumanMessage("hi")]).text == "Hello."
    before, url = fake.pid, fake.base_url
    killed(fake)
    with caplog.at_level("WARNING", "onevoice"):
        assert [model.invoke([HumanMessage("hi")]).text for _ in range(2)] == ["Hello.", "Hello."]
    assert fake.pid != before and fake.base_url == url
    assert ["started again" in record.getMessage() for record in caplog.records if record.name == "onevoice"] == [True]


def test_a_server_that_cannot_start_again_says_why_and_may_later(fake):
    killed(fake)
    fake.broken = True
    with pytest.raises(SetupError, match="no memory"):
        fake.ensure()
    fake.broken = False
    fake.ensure()
    assert httpx.get(fake.base_url.removesuffix("/v1") + "/health").status_code == 200


def test_a_server_that_was_stopped_stays_so(fake):
    fake.stop()
    fake.ensure()
    assert fake.pid is None


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    gguf = fetch_file(QWEN_1_5B, Settings().cache_dir)
    found = EmbeddedServer(gguf, tmp_path_factory.mktemp("model") / "model.log")
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def model(server):
    return GrammarChatModel.at(server.base_url, server.model, 60, server.api_key)


@pytest.mark.model
def test_the_grammar_holds(model):
    tools = [{"type": "function", "function": function} for function in FUNCTIONS]
    reply = model.bind_tools(tools).invoke([SystemMessage("Plan in JSON."), HumanMessage("find me a red mug")])
    assert reply.tool_calls
    assert {call["name"] for call in reply.tool_calls} <= {"find", "chat"}
    assert plan_schema(FUNCTIONS)["maxItems"] == 3


@pytest.mark.model
def test_a_repeated_prefix_comes_from_the_cache(model):
    system = SystemMessage("You sell mugs. " * 60)
    model.invoke([system, HumanMessage("hello")])
    usage = model.invoke([system, HumanMessage("good morning")]).usage_metadata
    assert usage["input_token_details"]["cache_read"] > 0.8 * usage["input_tokens"]


@pytest.mark.model
def test_a_stop_ends_the_generation(model):
    stop, got = threading.Event(), []

    def count() -> None:
        for chunk in model.stream([HumanMessage("count to one hundred")], {"callbacks": [StopOnRequest(stop)]}):
            got.append(chunk)
            stop.set()

    with pytest.raises(Stopped):
        count()
    assert len(got) < 5


@pytest.mark.model
def test_the_server_ends_when_its_parent_is_killed(tmp_path: Path):
    gguf = fetch_file(QWEN_1_5B, Settings().cache_dir)
    code = (
        "import sys,time;from pathlib import Path;from assistant.embedded import EmbeddedServer;"
        f"s=EmbeddedServer(Path({str(gguf)!r}),Path({str(tmp_path / 'l')!r}));s.start();print(s.pid,flush=True);time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    for _ in range(50):
        if not Path(f"/proc/{child}").exists() and not _alive(child):
            return
        time.sleep(0.1)
    raise AssertionError("the model server outlived its parent")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


@pytest.mark.model
def test_only_who_has_the_key_is_served(server):
    body = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
    for path in ("/v1/chat/completions", "/slots/0?action=erase"):
        assert httpx.post(server.base_url.removesuffix("/v1") + path, json=body).status_code == 401
    assert httpx.get(server.base_url.removesuffix("/v1") + "/slots").status_code == 401
