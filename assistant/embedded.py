"""The embedded model: llama.cpp's server with a local GGUF, in a child process on a free loopback port.

The child holds the other end of a pipe from us and exits when it closes, so it ends with this process whatever way
that ends, `kill -9` included. Nothing here knows what is asked of the model.
"""

from __future__ import annotations

import argparse
import atexit
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from assistant.errors import SetupError

CONTEXT = 8_192  # tokens, over both slots: plans in one, prose in the other
SLOTS = 2
PROMPT_CACHE_MIB = 256  # in host memory: prompts of other conversations, restored instead of read again
START_TIMEOUT_S = 120.0


class EmbeddedServer:
    """Starts, watches and stops the child. `base_url` speaks the OpenAI protocol under `/v1`."""

    def __init__(self, gguf: Path, log: Path, threads: int | None = None) -> None:
        self._gguf = gguf
        self._log = log
        self._threads = threads or max(os.cpu_count() or 1, 1)
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.base_url = ""

    @property
    def model(self) -> str:
        return self._gguf.stem

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> str:
        """Start the server and wait until it answers; returns its base URL. Starting twice does nothing.

        Raises:
            SetupError: the model file is missing, or the server ended or did not come up; with the end of its log.
        """
        with self._lock:
            if self._child and self._child.poll() is None:
                return self.base_url
            if not self._gguf.is_file():
                raise SetupError(f"{self._gguf}: no such model file. Check ONEVOICE_GGUF.")
            port = _free_port()
            self._log.parent.mkdir(parents=True, exist_ok=True)
            command = [
                sys.executable,
                "-m",
                "assistant.embedded",
                str(self._gguf),
                str(port),
                str(self._threads),
            ]
            with self._log.open("wb") as log:
                self._child = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
                )
            atexit.register(self.stop)
            self.base_url = f"http://127.0.0.1:{port}/v1"
            self._wait(f"http://127.0.0.1:{port}/health")
            return self.base_url

    def stop(self) -> None:
        """Stop the server; harmless when it is not running."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin:
            child.stdin.close()
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _wait(self, url: str) -> None:
        assert self._child is not None
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._child.poll() is not None:
                break
            try:
                if httpx.get(url, timeout=2.0).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        self.stop()
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])
        raise SetupError(
            f"The embedded model {self._gguf.name} did not start. The end of {self._log}:\n{tail}\n"
            "It needs about 2 GB of free memory. Set ONEVOICE_LLM_BASE_URL to use an endpoint instead."
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _serve(gguf: str, port: int, threads: int) -> None:
    """The child: serve until the pipe from the parent closes."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = gguf
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = CONTEXT
    params.n_parallel = SLOTS
    params.kv_unified = False  # each slot keeps its own prompt
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.n_gpu_layers = 0
    params.ui = False
    params.warmup = False
    server = xllamacpp.Server(params)
    print("listening on", server.listening_address, flush=True)
    while sys.stdin.buffer.read(1):  # blocks; b"" when the parent is gone
        pass
    os._exit(0)  # the server's threads do not hold us back


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gguf")
    parser.add_argument("port", type=int)
    parser.add_argument("threads", type=int)
    arguments = parser.parse_args()
    _serve(arguments.gguf, arguments.port, arguments.threads)
