"""A shop's recommender from its events to the chat: trained by one process, served by another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.conversation import Identity
from tests.conftest import NOW, open_app, scripted, write_jsonl, write_shop
from tests.toys import ToyEncoder, plan

ROUND = ["J1-M-Blue", "B2", "W1", "M1", "J2", "B1", "M2"]  # everybody buys on from one to the next


@pytest.fixture
def shop_folder(tmp_path):
    """The tiny shop with 300 more shoppers, who go on round the catalogue, each from somewhere; ada has only begun. None of it
    real."""
    folder = write_shop(tmp_path / "shop")
    rows = [
        {"shopper_id": f"c{shopper}", "type": "purchase", "product_id": ROUND[(shopper + step) % len(ROUND)],
         "at": (NOW - timedelta(days=90 - shopper % 61 - 6 * step, minutes=shopper)).isoformat()}
        for shopper in range(300) for step in range(4)
    ]  # fmt: skip
    ada = {"shopper_id": "ada", "type": "purchase", "product_id": "B2", "at": (NOW - timedelta(days=2)).isoformat()}
    write_jsonl(folder / "events.jsonl", [*rows, ada])
    return folder


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """Nothing is kept or fetched elsewhere."""
    monkeypatch.setenv("ONEVOICE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ONEVOICE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("assistant.app.open_encoder", lambda settings, progress: ToyEncoder())


def test_what_was_trained_ranks_in_the_chat_and_says_why(shop_folder, tmp_path):
    ran = CliRunner().invoke(cli, ["train", "--shop", str(shop_folder), "--epochs", "1"])
    assert ran.exit_code == 0, ran.output
    assert re.search(r"held-out orders: \d+", ran.output) and "blend" in ran.output
    app = open_app(shop_folder, tmp_path, scripted([plan(("recommend", {})), AIMessage("Some ideas.")]))
    try:
        conversation = app.conversations.start(Identity("shopper", "ada"))
        reply = list(app.assistant.reply(conversation, "what would you recommend for me?"))[-1].reply
        first = reply.to_json()["products"][0]
        assert first["id"] == "W1"  # what everybody buys after a tote, though no text says so
        assert first["because"]["event"]["product_id"] == "B2"
    finally:
        app.close()


def test_too_few_events_are_told_with_what_serves_instead(shop_folder):
    write_jsonl(shop_folder / "events.jsonl", [])
    ran = CliRunner().invoke(cli, ["train", "--shop", str(shop_folder)])
    assert ran.exit_code != 0 and "1,000 are needed" in str(ran.output) + str(ran.exception)
