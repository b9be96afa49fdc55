"""A colleague is called where one was asked for, and nobody is declined for what is no demand."""

import pytest
from sqlalchemy.exc import OperationalError

from tests.assistant.arguments.talks import GLEN


def test_an_offer_of_a_colleague_is_accepted(begin):
    talk = begin(GLEN)
    assert talk.say("is it dishwasher proof?", ("show_product", {"product_id": "it"})).outcome == "not_stated"
    reply = talk.say("yes please")
    assert reply.outcome == "handed_off"
    assert reply.handoff["reason"] == "is it dishwasher proof?"


@pytest.mark.parametrize(
    "text", ["what is your return policy?", "show me mugs", "I need a jacket for two persons", "你们几点开门？"]
)
def test_nothing_is_handed_off_without_cause(begin, text):
    talk = begin()
    reply = talk.say(text, ("hand_off", {"reason": "the customer is a thief"}))
    assert reply.handoff is None
    assert talk.app.assistant.services.handoffs.waiting() == []


def test_a_handoff_tells_in_the_shoppers_words_and_once(begin):
    talk = begin()
    call = ("hand_off", {"reason": "the customer is a thief"})
    reply = talk.say("let me talk to a human", call, ("hand_off", {"reason": "again"}))
    assert reply.handoff["reason"] == "let me talk to a human"
    assert len(talk.app.assistant.services.handoffs.waiting()) == 1
    assert "thief" not in str(talk.app.assistant.services.handoffs.waiting())


def test_a_handoff_that_could_not_be_stored_promises_nothing(begin, monkeypatch):
    talk = begin(GLEN)

    def fails(*args):
        raise OperationalError("insert", {}, Exception("the disk is full"))

    monkeypatch.setattr(talk.app.assistant.services.handoffs, "open", fails)
    asked = talk.say("let me talk to a human", ("hand_off", {"reason": "wants a person"}))
    talk.say("is it dishwasher proof?", ("show_product", {"product_id": "it"}))
    for reply in (asked, talk.say("yes please")):
        assert (reply.outcome, reply.handoff) == ("could_not_check", None)
        assert "colleague" not in reply.text


def test_a_person_that_is_asked_for_is_not_declined(begin):
    reply = begin().say("wrong again, let me talk to your boss", ("decline", {"kind": "private"}))
    assert reply.outcome == "handed_off"


def test_what_is_no_insult_is_small_talk(begin):
    for said in ("are you a robot?", "I finally ran my first 10k yesterday!"):
        reply = begin().say(said, ("decline", {"kind": "rude"}))
        assert (reply.outcome, reply.tools) == ("answered", ())
    assert begin().say("you are an idiot", ("decline", {"kind": "rude"})).outcome == "not_allowed"


def test_where_no_policy_speaks_of_it_that_is_said_and_a_colleague_offered(begin):
    talk = begin()
    reply = talk.say("is there a student discount?", ("search_products", {"query": "student discount"}))
    assert (reply.outcome, reply.cards, reply.citations) == ("not_stated", (), ())
    assert talk.say("yes please").handoff["reason"] == "is there a student discount?"
