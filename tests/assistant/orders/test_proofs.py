"""A guest shows whose order it is: by what its owner knows, a few times an hour, for this conversation and orders alone."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select

from assistant.db import keys, proof_tries, proofs
from assistant.shoppers.erase import erase
from assistant.shoppers.held import export
from assistant.support.ordering import Who
from assistant.support.proofs import NAME, TRIES, TooManyTries
from assistant.tools.acting.words import Claim
from tests.assistant.chat_toys import Chat, done, held
from tests.conftest import NOW

WRONG = [
    "P101 and ben@example.com", "P101, ada@example.org", "order P101, Ada Lee, 99084", "P101, Ben Okafor, 10115", "P101 Ada 10115",
    "H9999 and ada@example.com", "P101, ada@example.com ben@example.com kit@example.com", "P101, Lee, 10115", "P101 Ada Lee",
    "P101, Ada Lee, 10115 99084 20095 10117", "P101, my name is Ada Lee", "P101, 10115", "P101, null, null", "P101, %, %",
    "P101, ' OR 1=1, 10115", "B901, ada@example.com", "P101 B901 ada@example.com ben@example.com", "我叫Ada Lee，订单P101，邮编99084",
]  # fmt: skip


@pytest.mark.parametrize("claim", WRONG)
def test_a_wrong_claim_opens_nothing(app, claim):
    chat, before = Chat(app, None), held(app)
    chat.say("cancel P101, I ordered it by mistake")
    reply = chat.say(claim)
    assert "Alder" not in reply.text and "92.00" not in reply.text
    chat.say("yes")
    assert held(app) == before
    with app._engine.connect() as db:
        assert db.execute(select(proofs)).all() == []


@pytest.mark.parametrize(
    "claim",
    ["P101, ada@example.com", "it's ADA@example.com", "Ada Lee, 10115", "my name is Ada Lee and my postcode is 10115", "我叫Ada Lee，邮编10115"],
)  # fmt: skip
def test_a_guest_who_shows_whose_order_it_is_may_act_on_it_after_a_yes(app, claim):
    chat = Chat(app, None)
    chat.say("cancel P101, I ordered it by mistake")
    reply = chat.say(claim)
    assert reply.outcome == "asks" and done(app) == 0
    if chat.state["asked"]["act"] == "order_reason":
        chat.say("ordered by mistake")
    chat.say("yes")
    assert done(app) == 1
    (carried,) = app.order_actions.history(Who.shopper("ada"), "P101")
    assert carried.confirmed_by.id == "proven:ada"


def test_what_a_guest_has_shown_opens_orders_alone_and_this_conversation_alone(app):
    chat = Chat(app, None)
    chat.say("cancel P101, my e-mail is ada@example.com")
    assert "P102" in chat.say("how does order P102 stand", ("order_status", {"order_id": "P102"})).text
    known = chat.say("what do you know about me?", ("chat", {}))
    assert "not signed in" in known.text
    assert (
        chat.say("remember that I hate wool", ("remember_preference", {"key": "avoids", "value": "wool"})).outcome
        == "not_allowed"
    )
    assert (
        Chat(app, None).say("how does order P102 stand", ("order_status", {"order_id": "P102"})).outcome
        == "not_allowed"
    )
    assert chat.say("cancel order B901, no longer needed").outcome == "not_allowed"
    chat.say("yes")
    assert done(app) == 0


def test_wrong_and_unknown_sound_the_same(app):
    said = []
    for claim in ("P101, ben@example.com", "H9999, ben@example.com"):
        chat = Chat(app, None)
        chat.say("cancel my order please")
        said.append(chat.say(claim).text)
    assert said[0] == said[1]


def test_tries_are_limited_in_a_conversation(app):
    chat = Chat(app, None)
    chat.say("cancel P101, I ordered it by mistake")
    for n in range(TRIES):
        assert "does not match" in chat.say(f"P101, wrong{n}@example.com").text
    assert "too often" in chat.say("P101, ada@example.com").text
    assert app.assistant.services.proofs.owner(chat.id) is None


def test_tries_are_limited_for_an_order_and_for_a_claim_whoever_tries(app):
    prove = app.assistant.services.proofs.prove
    for n in range(TRIES):
        assert not prove(Chat(app, None).id, "P101", f"wrong{n}@example.com", "", "")
        assert not prove(Chat(app, None).id, f"P90{n}", "ada@example.com", "", "")
    for order, email in (("P101", "new@example.com"), ("p101", "ada@example.com"), ("P102", "ADA@example.com")):
        with pytest.raises(TooManyTries):
            prove(Chat(app, None).id, order, email, "", "")


def test_after_an_hour_one_may_try_again_and_nothing_is_left_of_the_tries(app, monkeypatch):
    prove, chat = app.assistant.services.proofs.prove, Chat(app, None)
    for _ in range(TRIES):
        assert not prove(chat.id, "P101", "wrong@example.com", "", "")
    monkeypatch.setattr(app.assistant.services.proofs, "_clock", lambda: NOW + timedelta(hours=1))
    assert prove(chat.id, "P101", "ada@example.com", "", "")
    with app._engine.connect() as db:
        assert {row.at for row in db.execute(select(proof_tries))} == {(NOW + timedelta(hours=1)).replace(tzinfo=None)}


def test_what_is_typed_to_show_who_one_is_stands_in_no_log_and_no_call(app, caplog):
    caplog.set_level(logging.DEBUG)
    chat = Chat(app, None)
    chat.say("cancel P101, I ordered it by mistake")
    reply = chat.say("P101, ada@example.com")
    assert "ada@example.com" not in caplog.text and "ada@example.com" not in str([call.args for call in reply.tools])
    assert "ada@example.com" not in reply.text and "ada@" not in repr(Claim("ada@example.com"))


def test_what_is_kept_of_a_proof_is_exported_and_erased(app):
    chat = Chat(app, None)
    chat.say("cancel P101, I ordered it by mistake, my e-mail is ada@example.com")
    document = export(app._engine, "ada", NOW)
    assert document is not None
    assert [row["conversation_id"] for row in document["proofs"]] == [chat.id] and document["proof_tries"]
    assert chat.id in {row["id"] for row in document["conversations"]}
    erase(app._engine, "ada")
    assert app.conversations.get(chat.id) is None
    with app._engine.connect() as db:
        assert db.execute(select(proofs)).all() == db.execute(select(proof_tries)).all() == []
        assert db.execute(select(keys).where(keys.c.name == NAME)).first() is not None
