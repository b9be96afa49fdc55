"""The embedded model: llama.cpp's server with a local GGUF, in a child process on a free loopback port.

The child holds the other end of a pipe from us and exits when it closes, so it ends with this process whatever way
that ends, `kill -9` included. Nothing here knows what is asked of the model.
"""

from __future__ import annotations

import argparse
import atexit
import contextlib
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from importlib.metadata import version
from pathlib import Path

import httpx

from assistant.errors import SetupError

logger = logging.getLogger("onevoice")

CONTEXT = 12_288  # tokens, half for each slot: plans in one, prose in the other; 28 KB of memory a token
SLOTS = 2
PROMPT_CACHE_MIB = 256  # in host memory: prompts of other conversations, restored instead of read again
START_TIMEOUT_S = 120.0
# The wheel computes with OpenMP, whose threads spin while they wait for each other, for a millisecond and more: where
# another process wants the CPU, they spin in the time of the one that is waited for, and writing is ten times slower.
# Sleeping after 1,000 spins (some 50 µs) costs nothing where nobody else is. Settings of the environment win.
WAITING = {"GOMP_SPINCOUNT": "1000"}
SLOT_TIMEOUT_S = 60.0  # to write or read a slot's state; it waits for a generation that runs in the slot


class EmbeddedServer:
    """Starts, watches and stops the child. `base_url` speaks the OpenAI protocol under `/v1`, to who has `api_key`.

    Args:
        log: what the child prints.
        threads: default: the CPUs that this process may use.
        slots: the folder in which `save_slot` and `restore_slot` keep files; without one they cannot be used.
    """

    def __init__(self, gguf: Path, log: Path, threads: int | None = None, slots: Path | None = None) -> None:
        self._gguf = gguf
        self._log = log
        self._threads = threads or _cpus()
        self._child: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._serving = False  # it came up once, and nobody has stopped it
        self._lock = threading.Lock()
        self.slots = slots
        self.api_key = secrets.token_urlsafe(24)  # or any page open in a browser here could read and use the server
        self.base_url = ""

    @property
    def model(self) -> str:
        return self._gguf.stem

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def fingerprint(self) -> str:
        """What the state of a slot depends on besides the prompt: the model file, the server and its settings."""
        file = self._gguf.stat()
        return f"{self._gguf.name} {file.st_size} {file.st_mtime_ns} {CONTEXT} {SLOTS} {version('xllamacpp')}"

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
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._log.write_bytes(b"")
            if self.slots is not None:
                try:
                    self.slots.mkdir(parents=True, exist_ok=True)
                except OSError as error:  # a read-only cache costs a slow start, no more
                    logger.warning(
                        "%s cannot be written (%s): prompts are read again at every start", self.slots, error
                    )
                    self.slots = None
            self._port = _free_port()
            self.base_url = f"http://127.0.0.1:{self._port}/v1"
            atexit.register(self.stop)
            self._launch()
            self._serving = True
            return self.base_url

    def ensure(self) -> None:
        """Start the server again, at the same URL, if it has ended by itself; does nothing where it runs or was stopped.

        Raises:
            SetupError: it did not come up; the next call tries once more.
        """
        with self._lock:
            if not self._serving or (self._child and self._child.poll() is None):
                return
            code = self._child.returncode if self._child else "unknown"
            logger.warning("the model server has ended (exit code %s) and is started again; see %s", code, self._log)
            self._end()
            self._launch()

    def save_slot(self, slot: int, name: str) -> tuple[int, int]:
        """Write what a slot holds to the file `name` in the folder `slots`; returns its tokens and its bytes.

        Raises:
            httpx.HTTPError: the server could not, or is not there.
        """
        saved = self._slot(slot, "save", name)
        return saved["n_saved"], saved["n_written"]

    def restore_slot(self, slot: int, name: str) -> int:
        """Have a slot hold what the file `name` in the folder `slots` says; returns its tokens.

        The file must be whole: llama.cpp can be left with damaged memory by one that is not.

        Raises:
            httpx.HTTPError: the server could not, or is not there. The slot is empty then.
        """
        restored: int = self._slot(slot, "restore", name)["n_restored"]
        return restored

    def _slot(self, slot: int, action: str, name: str) -> dict[str, int]:
        url = f"{self.base_url.removesuffix('/v1')}/slots/{slot}"
        headers = {"Authorization": f"Bearer {self.api_key}"}
        reply = httpx.post(
            url, params={"action": action}, json={"filename": name}, headers=headers, timeout=SLOT_TIMEOUT_S
        )
        reply.raise_for_status()
        found: dict[str, int] = reply.json()
        return found

    def stop(self) -> None:
        """Stop the server; harmless when it is not running."""
        self._serving = False
        self._end()

    def _command(self) -> list[str]:
        """What the child runs."""
        slots = [str(self.slots)] if self.slots else []
        return [
            sys.executable,
            "-m",
            "assistant.embedded",
            str(self._gguf),
            str(self._port),
            str(self._threads),
            *slots,
        ]

    def _launch(self) -> None:
        """Start the child and wait until it answers."""
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**WAITING, **os.environ},
            )
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it ended at once: the wait below tells why
            self._child.stdin.write(f"{self.api_key}\n".encode())  # not an argument: anybody here can list those
            self._child.stdin.flush()
        self._wait(f"http://127.0.0.1:{self._port}/health")

    def _end(self) -> None:
        """End the child, if there is one."""
        child, self._child = self._child, None
        if child is None:
            return
        if child.stdin:
            with contextlib.suppress(BrokenPipeError):
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
        self._end()
        tail = "\n".join(self._log.read_text(errors="replace").splitlines()[-8:])
        raise SetupError(
            f"The embedded model {self._gguf.name} did not start. The end of {self._log}:\n{tail}\n"
            "It needs about 2 GB of free memory. Set ONEVOICE_LLM_BASE_URL to use an endpoint instead."
        )


def _cpus() -> int:
    """The CPUs that this process may use: a container may have two of the machine's sixty-four."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _serve(gguf: str, port: int, threads: int, slots: str | None) -> None:
    """The child: serve until the pipe from the parent closes. Its first line is the API key."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = gguf
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.api_keys = [sys.stdin.buffer.readline().decode().strip()]
    params.n_ctx = CONTEXT
    params.n_parallel = SLOTS
    params.kv_unified = False  # each slot keeps its own prompt
    params.cache_ram_mib = PROMPT_CACHE_MIB
    if slots:
        params.slot_save_path = os.path.join(slots, "")  # llama.cpp appends the name to it as it is
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
    parser.add_argument("slots", nargs="?")
    arguments = parser.parse_args()
    _serve(arguments.gguf, arguments.port, arguments.threads, arguments.slots)
