"""Stores over an engine that keeps nothing: they answer as always, and the database stays as it was."""

import pytest
from sqlalchemy import insert, select

from assistant.conversation import Conversations, Identity
from assistant.db import dismissals, handoffs
from assistant.shoppers.store import Shoppers
from assistant.support.handoff import Handoffs
from assistant.unwritten import Unwritten
from tests.conftest import NOW


def test_what_a_store_writes_is_answered_and_not_kept(engine, clock):
    key = Conversations(engine, clock).start(Identity())
    nowhere = Unwritten(engine)
    assert Handoffs(nowhere, clock).open(key, {"reason": "x"})
    assert Shoppers(nowhere, clock).remember("ada", "avoids", "wool") is True
    Conversations(nowhere, clock).append(key, "hi", {}, {})
    with engine.connect() as db:
        assert db.execute(select(handoffs)).all() == []
    assert Shoppers(engine, clock).get("ada") is None
    assert Conversations(engine, clock).turns(key) == []


def test_a_transaction_sees_what_it_has_written_itself(engine):
    row = {"shopper_id": "ada", "item_group_id": "M1", "at": NOW.replace(tzinfo=None)}
    with Unwritten(engine).begin() as db:
        db.execute(insert(dismissals).values(**row))
        assert len(db.execute(select(dismissals)).all()) == 1
    with engine.connect() as db:
        assert db.execute(select(dismissals)).all() == []


def test_an_error_goes_on_and_the_next_transaction_is_as_good(engine, clock):
    nowhere = Unwritten(engine)
    with pytest.raises(RuntimeError), nowhere.begin():
        raise RuntimeError("x")
    Conversations(engine, clock).start(Identity())
    assert Conversations(nowhere, clock).start(Identity())
