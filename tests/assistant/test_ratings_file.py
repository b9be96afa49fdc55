"""`onevoice ratings export`: a line a rating, nobody's name in it, and cleared of conversations that are gone."""

import json

import pytest
from langchain_core.messages import AIMessage

from assistant.cli import main
from assistant.conversation import Identity
from assistant.events import Done
from assistant.ratings_file import NAME, prune, write_ratings
from eval.ratings import read_ratings
from tests.conftest import write_jsonl
from tests.toys import plan

SAID = AIMessage("You may return anything within 60 days of delivery.")


def talk(app, who, message, *script):
    """A conversation of one turn; its id."""
    app.model.chat.script[:] = script
    key = app.conversations.start(Identity("shopper", who) if who else Identity())
    assert isinstance(list(app.assistant.reply(key, message))[-1], Done)
    return key


@pytest.fixture
def app(make_app, shop_folder, monkeypatch, tmp_path):
    people = [
        {"id": "zora-7", "name": "Zora Quill", "email": "zora@example.com", "zip": "99-123"},
        {"id": "ben", "name": "Ben"},
    ]
    write_jsonl(shop_folder / "shoppers.jsonl", people)
    order = {"id": "ORD-9", "shopper_id": "zora-7", "at": "2026-10-01T10:00:00", "status": "delivered", "lines": [],
             "address": "7 Elderberry Lane"}  # fmt: skip
    write_jsonl(shop_folder / "orders.jsonl", [order])
    for name, folder in (("DATA", tmp_path / "data"), ("CACHE", tmp_path / "cache")):
        monkeypatch.setenv(f"ONEVOICE_{name}_DIR", str(folder))
    monkeypatch.setenv("ONEVOICE_DATABASE_URL", "")
    return make_app()


def test_a_line_has_what_an_evaluation_reads_and_names_nobody(app, shop_folder, capsys):
    said = "I am ZORA (zora-7, zora@example.com, +49 30 1234567, 7 Elderberry Lane). Where is order ORD-9?"
    key = talk(app, "zora-7", said, plan(("order_status", {"order_id": "ORD-9"})))
    app.ratings.rate(key, 0, "down", "I said: Zora Quill, ORD-9")
    guest = talk(app, None, "how do returns work?", plan(("ask_policy", {"question": "returns"})), SAID)
    app.ratings.rate(guest, 0, "up")
    assert main_code("export", "--shop", str(shop_folder)) == 0
    path = app.settings.data_dir / app.shop.key / NAME
    assert f"2 ratings: {path}" in capsys.readouterr().out
    text = path.read_text()
    for private in ("zora", "quill", "ORD-9", "Elderberry", "1234567"):
        assert private.lower() not in text.lower(), private
    problems = []
    by_thumbs = {one.thumbs: one for one in read_ratings(path, problems.append)}
    assert problems == []
    down, up = by_thumbs["down"], by_thumbs["up"]
    assert down.message == "I am [private] ([private], [e-mail], [phone], [private]). Where is order [private]?"
    assert down.reason == "I said: [private], [private]"
    assert [call.name for call in down.tools] == ["order_status"]
    assert (up.conversation, up.turn, up.reason, up.message) == (guest, 1, "", "how do returns work?")
    assert "60 days" in up.reply and up.outcome == "answered"
    assert (up.channel, up.model, up.voice_version) == ("shop", "scripted", app.composer.voice_version)


def main_code(*arguments):
    try:
        main(["ratings", *arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def test_the_shop_folder_is_never_written_and_another_file_may_be(app, shop_folder, tmp_path, capsys):
    assert main_code("export", "--shop", str(shop_folder), "--out", str(shop_folder / "r.jsonl")) == 2
    assert not (shop_folder / "r.jsonl").exists()
    assert main_code("export", "--shop", str(shop_folder), "--out", str(tmp_path / "nowhere" / "r.jsonl")) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert main_code("export", "--shop", str(shop_folder), "--out", str(tmp_path / "r.jsonl")) == 0
    assert (tmp_path / "r.jsonl").read_text() == ""


def test_lines_of_conversations_that_are_gone_are_taken_out(app, tmp_path):
    key = talk(app, None, "how do returns work?", plan(("ask_policy", {"question": "returns"})), SAID)
    app.ratings.rate(key, 0, "up")
    path = tmp_path / "old.jsonl"
    assert write_ratings(path, app.ratings.all(), app._engine) == 1
    kept = path.read_bytes()
    gone = json.dumps({**json.loads(kept), "conversation": "gone"}).encode() + b"\n"
    other = b'{"conversation": "gone"}\r\nno JSON\xff\n'  # no rating: another's file
    path.write_bytes(gone + kept + gone + other)
    (tmp_path / "old.jsonl.draft").write_text("half a li")
    assert prune(app._engine, tmp_path) == {"old.jsonl": 2}
    assert path.read_bytes() == kept + other
    assert not (tmp_path / "old.jsonl.draft").exists()
    before = path.stat().st_mtime_ns
    assert prune(app._engine, tmp_path) == {}
    assert path.stat().st_mtime_ns == before
