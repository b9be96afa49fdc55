"""What the store of a run holds, read from its database."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.conversation import Identity
from eval.stage import staged
from eval.state import changed, state_of

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def looked(make_app, tmp_path: Path):
    """The talk of Ada, and what is held of her."""
    with staged(make_app(), tmp_path / "run", "ada", NOW) as talk:
        yield talk.app, lambda: state_of(tmp_path / "run" / "state.sqlite", "ada", talk.id, "shopper:ada"), talk.id


def test_it_tells_of_the_shopper_and_of_the_others_apart(looked):
    app, look, conversation = looked
    start = look()
    assert (start["cart"], start["orders"], start["handoffs"], start["dismissed"]) == ({}, {}, [], [])
    assert (start["preferences"]["size"], start["personalization"]) == ("M", True)
    app.carts.update("shopper:ada", "M1", 2, "add")
    app.shoppers.remember("ada", "size", "L")
    app.shoppers.remember("ada", "personalization", "false")
    app.assistant.services.handoffs.open(conversation, {"reason": "r"})
    after = look()
    assert after["cart"] == {"M1": 2}
    assert after["preferences"]["size"] == "L" and after["personalization"] is False
    assert len(after["handoffs"]) == 1
    told = ["the stored preferences changed", "the consent changed", "the cart changed", "the hand-offs changed"]
    assert changed(start, after) == told
    other = app.conversations.start(Identity("shopper", "ben"))
    assert changed(after, look()) == []  # a conversation alone is no such state
    for deed in (
        lambda: app.carts.update("shopper:ben", "M1", 1, "add"),
        lambda: app.shoppers.remember("ben", "avoids", "silk"),
        lambda: app.assistant.services.handoffs.open(other, {"reason": "r"}),
        lambda: app.shoppers.dismiss("ben", "M1"),
    ):
        before = look()
        deed()
        assert changed(before, look()) == ["what is held of others changed"]


def test_an_order_is_told_with_its_status_and_all_of_it_is_compared(make_app, tmp_path: Path, shop_folder):
    order = '{"id": "O1", "shopper_id": "ada", "at": "2026-10-01T10:00:00Z", "status": "pending", "address": "%s"}\n'
    (shop_folder / "orders.jsonl").write_text(order % "Here 1")
    with staged(make_app(), tmp_path / "one" / "run", "ada", NOW) as talk:
        first = state_of(tmp_path / "one" / "run" / "state.sqlite", "ada", talk.id, "shopper:ada")
    assert first["orders"]["O1"].startswith("pending ")
    (shop_folder / "orders.jsonl").write_text(order % "There 2")
    with staged(make_app(), tmp_path / "two" / "run", "ada", NOW) as talk:
        second = state_of(tmp_path / "two" / "run" / "state.sqlite", "ada", talk.id, "shopper:ada")
        nobody = state_of(tmp_path / "two" / "run" / "state.sqlite", "guest", talk.id, "conversation:x")
    assert changed(first, second) == ["an order changed"]
    assert (nobody["orders"], nobody["preferences"], nobody["personalization"]) == ({}, None, None)
