"""A conversation is erased with all that was kept of it, and nothing of another one: a guest's is in nobody's name."""

import pytest
from sqlalchemy import insert, select

from assistant.conversation import Conversations, Identity
from assistant.db import cart_lines, conversations, drafts, metadata, proofs
from assistant.errors import Forgotten
from assistant.prompts import FixedTexts
from assistant.ratings import Ratings
from assistant.shoppers.erase import erase_conversation
from assistant.support.cart import Carts
from assistant.support.desk.rights import Staff
from assistant.support.desk.takeover import Takeovers
from assistant.support.handoff import Handoffs
from tests.conftest import NOW

SAID = {"reply": "Hello.", "model": "m", "prompt_sha": "p", "voice": {"version": "1"}}


@pytest.fixture
def carts(engine, search):
    return Carts(engine, search.catalogue.products.get)


@pytest.fixture
def talk(engine, clock, carts):
    """talk(words) is a guest's conversation with a row of every kind, each with these words where it may have them."""
    talks = Conversations(engine, clock)

    def start(words):
        key = talks.start(Identity())
        talks.append(key, words, SAID, {})
        Handoffs(engine, clock).open(key, {"reason": words})
        door = Takeovers(engine, clock, FixedTexts())
        door.take(key, Staff("Mia", "agent"))
        Ratings(engine, clock).rate(key, 0, "up", words)
        carts.update(f"conversation:{key}", "M1", 1, "add")
        draft = {column.name: words for column in drafts.c if column.type.python_type is str} | {"id": f"d{key}"}
        with engine.begin() as db:
            row = {
                **draft,
                "conversation_id": key,
                "n": 0,
                "sentences": [],
                "writes": [],
                "at": NOW.replace(tzinfo=None),
            }
            db.execute(insert(drafts).values(**row))
            db.execute(insert(proofs).values(conversation_id=key, shopper_id="ada", at=NOW.replace(tzinfo=None)))
        return key

    return start


def kept(engine):
    with engine.connect() as db:
        return {table.name: [str(row) for row in db.execute(select(table))] for table in metadata.sorted_tables}


def test_nothing_of_it_is_left_and_all_of_another_one(engine, talk):
    gone, other = talk("my knee hurts"), talk("a mug please")
    assert erase_conversation(engine, gone)
    assert not erase_conversation(engine, gone)
    left = kept(engine)
    assert not [row for rows in left.values() for row in rows if gone in row or "my knee hurts" in row]
    theirs = {name for name, rows in left.items() if any(other in row for row in rows)}
    assert theirs == {"conversations", "turns", "handoffs", "takeovers", "ratings", "drafts", "cart_lines", "proofs"}


def test_every_table_that_names_a_conversation_is_erased(engine, talk):
    key = talk("hello")
    named = {table.name for table in metadata.sorted_tables if "conversation_id" in table.c}
    assert named == {name for name, rows in kept(engine).items() if any(key in row for row in rows)} - {
        conversations.name,
        cart_lines.name,
    }


def test_what_its_open_page_still_sends_is_not_kept(engine, clock, talk, carts):
    key = talk("hello")
    erase_conversation(engine, key)
    with pytest.raises(Forgotten):
        carts.update(f"conversation:{key}", "M1", 1, "add")
    with pytest.raises(Forgotten):
        Handoffs(engine, clock).open(key, {})
    Conversations(engine, clock).append(key, "still there", SAID, {})
    assert not any(kept(engine)[name] for name in ("cart_lines", "handoffs", "turns"))
