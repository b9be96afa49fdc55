"""Prompts kept on disk: found again, never used when damaged or foreign, and few."""

import logging
import os
from pathlib import Path

import httpx
import pytest
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.embedded import EmbeddedServer
from assistant.prefixes import Prefixes
from index.fetch import sha256

PROMPT = [SystemMessage("the brand"), HumanMessage("hello")]


class Server(EmbeddedServer):
    """Keeps in files what its slots hold, without a model; `fingerprint` and the folder are the real ones."""

    def __init__(self, folder: Path) -> None:
        gguf = folder / "m.gguf"
        gguf.write_bytes(b"weights")
        super().__init__(gguf, folder / "log", slots=folder / "slots")
        assert self.slots is not None
        self.slots.mkdir(exist_ok=True)
        self.held: dict[int, bytes] = {}
        self.restored: list[str] = []
        self.lost = 0  # bytes that do not reach the disk

    def save_slot(self, slot: int, name: str) -> tuple[int, int]:
        state = b"state " + self.held[slot]
        (self.slots / name).write_bytes(state[: len(state) - self.lost])
        return len(self.held[slot]), len(state)

    def restore_slot(self, slot: int, name: str) -> int:
        state = (self.slots / name).read_bytes()
        self.restored.append(name)
        if not state.startswith(b"state "):
            raise httpx.HTTPError("invalid slot save file")
        self.held[slot] = state[6:]
        return len(self.held[slot])


class Chat:
    """Reads a prompt into a slot, one token a byte."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.between = b""  # what a shopper has said by the time the prompt is saved

    def read(self, slot: int, prompt) -> int:
        text = "".join(str(message.content) for message in prompt).encode()
        self.server.held[slot] = text + self.between
        return len(text)


@pytest.fixture
def server(tmp_path: Path) -> Server:
    return Server(tmp_path)


def files(server: Server) -> list[Path]:
    return sorted(server.slots.iterdir())


def test_what_was_read_once_is_restored(server: Server):
    assert Prefixes(Chat(server), server).load(0, PROMPT) == "read"
    read, server.held = server.held, {}
    assert Prefixes(Chat(server), server).load(0, PROMPT) == "restored"
    assert server.held == read
    assert [path.suffix for path in files(server)] == [".kv"]


def test_another_prompt_model_or_server_is_another_file(server: Server, monkeypatch: pytest.MonkeyPatch):
    load = Prefixes(Chat(server), server).load
    load(0, PROMPT)
    assert load(0, [*PROMPT, HumanMessage("more")]) == "read"
    (server.slots.parent / "m.gguf").write_bytes(b"other weights")
    assert load(0, PROMPT) == "read"
    monkeypatch.setattr("assistant.embedded.version", lambda package: "1.0")
    assert load(0, PROMPT) == "read"
    assert len(files(server)) == 4


@pytest.mark.parametrize("spoil", [lambda state: state[:-3], lambda state: b"X" + state[1:], lambda state: b""])
def test_a_damaged_file_never_reaches_the_server(server: Server, spoil, caplog: pytest.LogCaptureFixture):
    load = Prefixes(Chat(server), server).load
    load(0, PROMPT)
    (path,) = files(server)
    path.write_bytes(spoil(path.read_bytes()))
    with caplog.at_level(logging.WARNING, logger="onevoice"):
        assert load(0, PROMPT) == "read"
    assert "is damaged" in caplog.text
    assert not server.restored
    assert load(0, PROMPT) == "restored"  # it was kept anew


def test_a_file_that_the_server_refuses_is_removed(server: Server, caplog: pytest.LogCaptureFixture):
    load = Prefixes(Chat(server), server).load
    load(0, PROMPT)
    (path,) = files(server)
    path.write_bytes(b"foreign")
    foreign = path.with_name(f"{path.stem.partition('-')[0]}-{sha256(path)}.kv")
    path.rename(foreign)
    with caplog.at_level(logging.WARNING, logger="onevoice"):
        assert load(0, PROMPT) == "read"
    assert "invalid slot save file" in caplog.text
    assert not foreign.exists()


def test_what_a_shopper_said_meanwhile_is_not_kept(server: Server):
    chat = Chat(server)
    chat.between = b"my name is Ada"
    assert Prefixes(chat, server).load(0, PROMPT) == "read"
    assert files(server) == []


def test_a_full_disk_only_costs_the_next_start(server: Server, caplog: pytest.LogCaptureFixture):
    server.lost = 4
    with caplog.at_level(logging.WARNING, logger="onevoice"):
        assert Prefixes(Chat(server), server).load(0, PROMPT) == "read"
    assert "could not be kept" in caplog.text
    assert files(server) == []


def test_the_ones_used_last_stay(server: Server):
    prefixes = Prefixes(Chat(server), server, keep=2)
    for number in range(3):
        prefixes.load(0, [SystemMessage(f"brand {number}")])
        for path in files(server):  # as if a day had passed
            os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 86_400))
    abandoned = server.slots / "x.part"
    abandoned.write_bytes(b"")
    os.utime(abandoned, (0, 0))
    assert prefixes.load(0, [SystemMessage("brand 1")]) == "restored"
    prefixes.load(0, [SystemMessage("brand 3")])
    assert prefixes.load(0, [SystemMessage("brand 1")]) == "restored"
    assert prefixes.load(0, [SystemMessage("brand 3")]) == "restored"
    assert len(files(server)) == 2


def test_without_a_folder_prompts_are_read(tmp_path: Path):
    server = Server(tmp_path)
    server.slots = None
    assert Prefixes(Chat(server), server).load(0, PROMPT) == "read"
