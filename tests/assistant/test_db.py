"""The store's engine: an older store is brought to today's form, and an error tells nobody's words."""

import threading
from datetime import datetime

import pytest
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from assistant.db import conversations, metadata, open_engine, orders, shoppers

ROW = {"id": "O1", "shopper_id": "ada", "status": "pending", "details": {"lines": []}}
AT = datetime(2026, 10, 1, 10)


def url_of(engine):
    return engine.url.render_as_string(hide_password=False)


def test_an_older_stores_orders_may_have_no_date_now_and_keep_what_they_had(engine):
    with engine.begin() as db:  # as the store was made before
        db.execute(text("DROP TABLE orders"))
        kind = "DATETIME" if engine.dialect.name == "sqlite" else "TIMESTAMP"
        db.execute(
            text(
                f"CREATE TABLE orders (id VARCHAR PRIMARY KEY, shopper_id VARCHAR NOT NULL, at {kind} NOT NULL, "
                "status VARCHAR, details JSON NOT NULL)"
            )
        )
        db.execute(text("CREATE INDEX ix_orders_shopper_id ON orders (shopper_id)"))
        db.execute(insert(orders).values(**ROW, at=AT))
    for _ in range(2):  # and opening it again changes nothing
        newer = open_engine(url_of(engine))
        with newer.begin() as db:
            assert [tuple(row) for row in db.execute(select(orders))] == [("O1", "ada", AT, "pending", {"lines": []})]
            assert [index["name"] for index in inspect(db).get_indexes("orders")] == ["ix_orders_shopper_id"]
            assert "orders_old" not in inspect(db).get_table_names()
        newer.dispose()
    with engine.begin() as db:
        db.execute(insert(orders).values(**{**ROW, "id": "O2"}, at=None))


def test_an_older_stores_conversations_are_open(engine):
    with engine.begin() as db:
        db.execute(text("ALTER TABLE conversations DROP COLUMN closed"))
        db.execute(
            text(
                "INSERT INTO conversations (id, role, channel, created_at) VALUES ('c', 'guest', 'shop', '2026-11-01 10:00:00')"
            )
        )
    for _ in range(2):
        newer = open_engine(url_of(engine))
        with newer.begin() as db:
            assert db.execute(select(conversations.c.closed)).scalars().all() == [False]
        newer.dispose()


def test_of_workers_that_start_together_each_opens_the_store(engine):
    metadata.drop_all(engine)
    failed = []

    def start():
        try:
            open_engine(url_of(engine)).dispose()
        except SQLAlchemyError as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_an_error_does_not_quote_what_was_to_be_written(engine):
    said = {"id": "ada", "name": "Ada Lovelace", "preferences": {}, "personalization": True}
    with engine.begin() as db:
        db.execute(insert(shoppers).values(**said))
        with pytest.raises(SQLAlchemyError) as raised:
            db.execute(insert(shoppers).values(**said))
    assert "Lovelace" not in str(raised.value)
