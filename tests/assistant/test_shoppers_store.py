"""What is kept of a shopper while they shop: views, wishes not to see a thing again, events taken back, consent."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from langchain_core.messages import AIMessage
from sqlalchemy import select

from assistant.conversation import Conversations, Identity
from assistant.db import dismissals, events, tombstones
from assistant.events import Done
from assistant.shoppers.seed import seed
from assistant.shoppers.store import EventRef, Shoppers
from tests.conftest import NOW, write_jsonl
from tests.toys import plan


@pytest.fixture
def shoppers(engine, shop_folder, clock):
    seed(engine, shop_folder)
    return Shoppers(engine, clock)


def kinds(shoppers, who):
    return [(event.type, event.product_id) for event in shoppers.events(who)]


def test_a_view_is_kept_once_a_day(shoppers, clock):
    for hours in (0, 1, 23, 25, 26):
        clock.now = NOW + timedelta(hours=hours)
        shoppers.record("ada", "view", "M1")
    shoppers.record("ada", "view", "B1")
    shoppers.record("ada", "cart", "M1")
    shoppers.record("ada", "cart", "M1")
    assert (
        kinds(shoppers, "ada")
        == [("purchase", "M2"), ("view", "M1"), ("view", "M1"), ("view", "B1")] + [("cart", "M1")] * 2
    )


def test_opting_out_keeps_nothing_new_and_uses_nothing_old(shoppers):
    shoppers.dismiss("ada", "J1")
    shoppers.remember("ada", "personalization", "false")
    before = shoppers.get("ada").preferences
    shoppers.record("ada", "view", "M1")
    assert shoppers.remember("ada", "avoids", "wool") is False
    assert shoppers.dismiss("ada", "B1") is False
    assert shoppers.dismissed("ada") == frozenset()
    assert kinds(shoppers, "ada") == [("purchase", "M2")]
    assert shoppers.get("ada").preferences == before
    assert len(shoppers.log()) == 0
    assert shoppers.sold(NOW) == []
    assert shoppers.forget("ada", "size", None) is True  # taking back is always heard
    assert shoppers.forget_event("ada", shoppers.events("ada")[0]) is True
    assert shoppers.remember("ada", "personalization", "true") is True
    assert shoppers.dismissed("ada") == {"J1"}


def test_nothing_is_kept_of_whom_the_shop_does_not_know(shoppers, engine):
    shoppers.record("stranger", "view", "M1")
    assert shoppers.dismiss("stranger", "J1") is False
    with engine.connect() as db:
        assert db.execute(select(events.c.n).where(events.c.shopper_id == "stranger")).first() is None
        assert db.execute(select(dismissals)).first() is None


def test_a_group_is_dismissed_for_one_shopper_and_taken_back(shoppers):
    assert shoppers.dismiss("ada", "J1") is True
    assert shoppers.dismiss("ada", "J1") is True
    assert (shoppers.dismissed("ada"), shoppers.dismissed("ben")) == ({"J1"}, frozenset())
    assert shoppers.undismiss("ada", "J1") is True
    assert shoppers.undismiss("ada", "J1") is False
    assert shoppers.dismissed("ada") == frozenset()


def test_an_event_that_is_taken_back_does_not_come_back_with_the_shops_file(shoppers, engine, shop_folder):
    (bought,) = shoppers.events("ada")
    rows = [
        {"shopper_id": who, "type": kind, "product_id": "M2", "at": bought.at.isoformat()}
        for who, kind in (("ada", "purchase"), ("ada", "view"), ("ben", "purchase"))
    ]
    assert shoppers.forget_event("ada", bought) is True
    assert shoppers.forget_event("ada", bought) is False
    write_jsonl(shop_folder / "events.jsonl", [*rows, rows[0]])
    seed(engine, shop_folder)
    assert kinds(shoppers, "ada") == [("view", "M2")]  # another kind at the same time is another event
    assert kinds(shoppers, "ben") == [("purchase", "M2")]
    with engine.connect() as db:
        (digest,) = db.execute(select(tombstones.c.digest)).scalars()
    assert len(digest) == 32 and int(digest, 16)  # no word of what it was, nor whose


def test_a_live_event_is_taken_back_by_its_second_and_leaves_no_trace(shoppers, engine, clock):
    clock.now = datetime(2026, 11, 1, 12, 0, 0, 750_000, UTC)
    shoppers.record("ada", "view", "M1")
    shoppers.record("ben", "view", "M1")
    told = EventRef("view", "M1", datetime(2026, 11, 1, 12, tzinfo=UTC))  # as a card tells it
    assert shoppers.forget_event("ada", told) is True
    assert kinds(shoppers, "ada") == [("purchase", "M2")]
    assert kinds(shoppers, "ben") == [("view", "M1")]
    with engine.connect() as db:
        assert db.execute(select(tombstones)).first() is None


def test_no_kept_reply_names_an_event_that_was_taken_back(shoppers, engine, clock):
    because = {"text": "because …", "event": {"type": "purchase", "product_id": "M2", "at": "2026-10-01T10:00:00Z"}}
    other = {"text": "because …", "event": {"type": "view", "product_id": "M2", "at": "2026-10-01T10:00:00Z"}}
    cards = [{"id": "M1", "because": because}, {"id": "B1", "because": other}, {"id": "B2", "because": None}]
    store = Conversations(engine, clock)
    keys = {who: store.start(Identity("shopper", who)) for who in ("ada", "ben")}
    for key in keys.values():
        store.append(key, "hi", {"reply": "Ideas.", "products": cards}, {})
    shoppers.forget_event("ada", shoppers.events("ada")[0])
    (turn,) = store.turns(keys["ada"])
    assert [card["because"] for card in turn.reply["products"]] == [None, other, None]
    assert store.turns(keys["ben"])[0].reply["products"] == cards


def test_the_log_has_everybody_in_order_but_those_who_opted_out(engine, shop_folder, clock):
    rows = [("b", "M1", "view", 3), ("a", "M1", "view", 5), ("B", "M2", "cart", 1), ("a", "M2", "purchase", 2)]
    rows.append(("kit", "M1", "view", 1))
    write_jsonl(
        shop_folder / "events.jsonl",
        [
            {"shopper_id": who, "product_id": what, "type": kind, "at": f"2026-10-0{day}T10:00:00.9Z", "quantity": day}
            for who, what, kind, day in rows
        ],
    )
    seed(engine, shop_folder)
    shoppers = Shoppers(engine, clock)
    log = shoppers.log()
    assert list(zip(log.shopper_id, log.product_id, log.type, log.quantity.tolist(), strict=True)) == [
        ("B", "M2", "cart", 1), ("a", "M2", "purchase", 2), ("a", "M1", "view", 5), ("b", "M1", "view", 3)
    ]  # fmt: skip
    assert log.at.dtype == np.dtype("datetime64[s]")
    assert log.at[0] == np.datetime64("2026-10-01T10:00:00")
    assert len(shoppers.log(until=datetime(2026, 10, 3, 12, tzinfo=UTC))) == 3
    assert len(shoppers.log(until=datetime(2000, 1, 1, tzinfo=UTC))) == 0


def ask(app, who, text):
    key = app.conversations.start(Identity("shopper", who) if who else Identity())
    return next(event for event in app.assistant.reply(key, text) if isinstance(event, Done)).reply


@pytest.mark.parametrize(
    ("who", "text", "views"),
    [
        ("ada", "show me the Glen Mug", [("view", "M1")]),
        ("ada", "how much is the Glen Mug?", [("view", "M1")]),
        ("ada", "how much is the Glen Mug? It is for my sister", []),
        ("kit", "show me the Glen Mug", []),  # opted out
        (None, "show me the Glen Mug", []),
    ],
)
def test_being_shown_a_product_is_a_view(make_app, who, text, views):
    app = make_app(plan(("show_product", {"product_id": "M1"})), AIMessage("The Glen Mug costs 12.00 EUR."))
    reply = ask(app, who, text)
    assert [card.id for card in reply.cards] == ["M1"]
    with app._engine.connect() as db:
        live = db.execute(select(events).where(events.c.live.is_(True))).all()
    assert [(row.type, row.product_id) for row in live] == views
    assert {row.shopper_id for row in live} <= {who}


def test_products_that_were_only_found_are_no_views(make_app):
    app = make_app(plan(("search_products", {"query": "mug"})), AIMessage("Two mugs."))
    assert len(ask(app, "ada", "show me mugs").cards) == 2
    assert [event.type for event in app.shoppers.events("ada")] == ["purchase"]


def test_who_opted_out_is_told_that_a_wish_is_not_noted(make_app):
    call = plan(("remember_preference", {"key": "avoids", "value": "wool"}))
    app = make_app(call, call)
    reply = ask(app, "kit", "please remember that I avoid wool")
    assert (reply.outcome, [tool.ok for tool in reply.tools]) == ("not_allowed", [False])
    assert "switched personal suggestions off" in reply.text
    assert ask(app, "ben", "please remember that I avoid wool").outcome == "answered"
