"""What a shopper was told, and what has changed since."""

import json

from sqlalchemy import update

from assistant.db import orders
from tests.assistant.support.desk.steps import MUG, RETURNS, talk
from tests.conftest import NOW, rows, write_jsonl
from tests.toys import plan


def test_what_was_told_is_listed_with_where_it_came_from_and_what_wrote_it(mug):
    app, key = mug
    told = app.ledger.told(key)
    price = next(one for one in told if one.field == "price")
    assert (price.turn, price.subject, price.then, price.now, price.changed) == (
        0,
        "M1",
        "12.00 EUR",
        "12.00 EUR",
        False,
    )
    assert (price.source, price.at, price.policy_version) == ("products", NOW, None)
    assert price.prompt_sha and price.voice_version == app.composer.voice_version
    assert {"title", "price", "availability", "color"} <= {one.field for one in told}
    assert not any(one.changed for one in told)


def test_a_changed_price_and_stock_are_seen(make_app, shop_folder):
    app = make_app()
    key = talk(
        app,
        ["show me the Glen Mug", "show me the Hazel Mug"],
        *MUG,
        plan(("show_product", {"product_id": "M2"})),
        MUG[1],
    )
    items = [{**row, "price": "13.00 EUR", "quantity": 0} if row["id"] == "M1" else row for row in rows()]
    write_jsonl(shop_folder / "products.jsonl", [row for row in items if row["id"] != "M2"])
    app.index.build(progress=False)
    app.assistant.services.index.current.refresh()
    told = app.ledger.told(key)
    changed = {(one.subject, one.field): (one.then, one.now) for one in told if one.changed}
    assert changed[("M1", "price")] == ("12.00 EUR", "13.00 EUR")
    assert changed[("M1", "availability")] == ("in_stock", "out_of_stock")
    assert changed[("M2", "price")] == ("9.50 EUR", None)  # it is not sold any more
    assert ("M1", "title") not in changed


def test_a_changed_policy_is_seen_with_the_version_that_was_quoted(make_app, shop_folder, tmp_path):
    app = make_app()
    key = talk(app, ["how long can I return something?"], *RETURNS)
    (before,) = [one for one in app.ledger.told(key) if one.field == "passage"]
    assert (before.changed, before.policy_version) == (False, app.shop.policies[0].version)
    path = shop_folder / "policies" / "returns.md"
    path.write_text(path.read_text().replace("60 days", "30 days"))
    app = make_app()  # the shop is read anew
    (after,) = [one for one in app.ledger.told(key) if one.field == "passage"]
    assert after.changed and "30 days" in after.now and "60 days" in after.then
    assert after.policy_version == before.policy_version != app.shop.policies[0].version


def test_the_state_of_an_order_is_looked_up_again(make_app, shop_folder):
    order = {"id": "O-101", "shopper_id": "ada", "at": "2026-10-01T10:00:00", "status": "pending",
             "lines": [{"product_id": "M1", "quantity": 1, "price": "12.00 EUR"}]}  # fmt: skip
    write_jsonl(shop_folder / "orders.jsonl", [order])
    app = make_app()
    key = talk(app, ["where is my order O-101?"], plan(("order_status", {})), shopper="ada")
    assert not any(one.changed for one in app.ledger.told(key))
    with app._engine.begin() as db:
        db.execute(update(orders).values(status="delivered"))
    changed = {(one.field, one.then, one.now) for one in app.ledger.told(key) if one.changed}
    assert changed == {("status", "pending", "delivered")}


def test_replies_that_are_older_or_a_colleagues_are_read_too(mug):
    app, _ = mug
    key = talk(app, [])
    reply = {
        "reply": "x",
        "facts": [],
        "citations": [{"source": "policies/returns.md", "quote": "q"}],
        "prompt_sha": "",
        "voice": {"version": ""},
    }
    app.conversations.append(key, "hi", json.loads(json.dumps(reply)), {})
    app.conversations.append(key, "", {"reply": "a colleague's"}, {})
    assert app.ledger.told(key) == []
