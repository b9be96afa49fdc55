"""Model endpoints on a loopback port that keep what they are sent: one that answers by a function, one that passes on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Answer = Callable[[bytes, Message], Iterator[bytes]]


@dataclass
class Endpoint:
    """`url` speaks OpenAI's protocol; `requests` are the bodies as they came, `usages` what each answer ended with."""

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    usages: list[dict[str, Any]] = field(default_factory=list)

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.requests]


@contextmanager
def endpoint(answer: Answer) -> Iterator[Endpoint]:
    """An endpoint; `answer` gets body and headers and yields the lines of its answer, events where they are asked for."""
    kept = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append(body)
            self.send_response(200)
            streams = json.loads(body).get("stream")
            self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
            self.end_headers()
            for line in answer(body, self.headers):
                if line.startswith(b"data: {"):
                    usage = json.loads(line[6:]).get("usage")
                    if usage:
                        kept.usages.append(usage)
                self.wfile.write(line + b"\n")
                self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kept
        server.shutdown()


def passing_on(base_url: str) -> Answer:
    """Has another endpoint answer."""

    def answer(body: bytes, headers: Message) -> Iterator[bytes]:
        sent = {name: headers[name] for name in ("Authorization", "Content-Type") if name in headers}
        url = f"{base_url}/chat/completions"
        with httpx.stream("POST", url, content=body, headers=sent, timeout=300) as reply:
            reply.raise_for_status()
            for line in reply.iter_lines():
                yield line.encode()

    return answer
