"""What a guest has shown is about one shopper, and hides them in what leaves the store."""

import pytest

from assistant.conversation import Conversations, Identity
from assistant.db import orders, shoppers
from assistant.ratings import Ratings
from assistant.support.desk.gaps import unanswered
from assistant.support.proofs import Proofs

ADDRESS = {"address1": "7 Elm Road", "city": "Berlin", "zip": "10115"}


@pytest.fixture
def guest(engine, clock):
    """A guest's conversation; Ada and Ben have an order each."""
    with engine.begin() as db:
        for who, order in (("Ada", "P1"), ("Ben", "P2")):
            person = {"id": who.lower(), "name": f"{who} Lee", "email": f"{who.lower()}@example.com", "zip": "10115"}
            db.execute(shoppers.insert().values(**person, preferences={}, personalization=True))
            details = {"address": ADDRESS, "lines": []}
            db.execute(orders.insert().values(id=order, shopper_id=who.lower(), status="pending", details=details))
    return Conversations(engine, clock).start(Identity())


def test_a_conversation_that_is_about_one_shopper_is_about_no_other(engine, clock, guest):
    found = Proofs(engine, clock)
    assert found.prove(guest, "P1", "ada@example.com", "", "")
    assert not found.prove(guest, "P2", "ben@example.com", "", "")
    assert found.owner(guest) == "ada"  # who is forgotten with it
    assert found.prove(guest, "P1", "ada@example.com", "", "")


def test_who_has_shown_who_they_are_is_masked_like_one_who_signed_in(engine, clock, guest):
    said = {"reply": "No.", "outcome": "not_stated", "model": "m", "prompt_sha": "p", "voice": {"version": "1"}}
    Conversations(engine, clock).append(guest, "I am Ada Lee of 7 Elm Road, is it safe?", said, {})
    Proofs(engine, clock).prove(guest, "P1", "ada@example.com", "", "")
    (one,) = unanswered(engine)
    assert one.text == "I am [private] of [private], is it safe?"
    ratings = Ratings(engine, clock)
    ratings.rate(guest, 0, "down")
    assert [rated.shopper_id for rated in ratings.all()] == ["ada"]
