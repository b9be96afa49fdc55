"""Drafts: the same engine as a reply, and nothing is written, whatever is asked for."""

import pytest
from langchain_core.messages import AIMessage

from assistant.conversation import Identity
from assistant.db import drafts
from assistant.errors import Forgotten
from assistant.events import Cards, Done, Sentence
from assistant.shoppers.erase import erase
from assistant.shoppers.held import export
from assistant.support.desk.drafts import Drafted, NoDraft, NothingOpen, all_drafts
from tests.assistant.support.desk.steps import MUG, RETURNS, rows, talk
from tests.conftest import NOW
from tests.toys import plan


def draft(app, key, *script):
    app.model.chat.script[:] = script
    events = list(app.drafts.draft(key, "sam"))
    assert isinstance(events[-1], Drafted)
    return events[-1].draft, events


def test_a_draft_is_streamed_as_a_reply_is_and_kept_with_its_sources(mug):
    app, key = mug
    made, events = draft(app, key, *MUG)
    kinds = [type(event) for event in events]
    assert kinds.index(Cards) < kinds.index(Sentence) < kinds.index(Done)
    assert made.text == "The Glen Mug costs 12.00 EUR. It is white."
    assert [row["text"] for row in made.sentences] == ["The Glen Mug costs 12.00 EUR.", "It is white."]
    first, second = ({source["field"]: source["value"] for source in row["sources"]} for row in made.sentences)
    assert first == {"title": "Glen Mug", "price": "12.00 EUR"}
    assert second == {"color": "White"}
    assert (made.staff, made.question, made.number, made.at) == ("sam", "show me the Glen Mug", 0, NOW)
    assert (made.model, made.voice_version) == ("scripted", app.composer.voice_version)
    assert made.prompt_sha and app.drafts.get(made.id) == made and app.drafts.of(key) == [made]


def test_a_policy_is_a_source_with_the_version_of_its_file(make_app):
    app = make_app()
    key = talk(app, ["how long can I return something?"], *RETURNS)
    made, _ = draft(app, key, *RETURNS)
    (source,) = made.sentences[0]["sources"]
    assert (source["kind"], source["source"]) == ("citation", "policies/returns.md")
    assert source["version"] == app.shop.policies[0].version
    assert "60 days" in source["quote"]


def test_a_false_sentence_is_no_part_of_a_draft(mug):
    app, key = mug
    made, _ = draft(app, key, MUG[0], AIMessage("The Glen Mug costs 9.00 EUR. It is white."))
    assert made.text == "It is white."


WRITES = [
    ("put two Glen Mugs in my cart", ("update_cart", {"product_id": "M1", "quantity": 2, "mode": "add"}), "2 × Glen Mug (White) can go into your cart"),
    ("remove the Hazel Mug from my cart", ("update_cart", {"product_id": "M2", "quantity": 0, "mode": "remove"}), "Hazel Mug (Blue) can come out of your cart"),
    ("remember that I avoid nylon", ("remember_preference", {"key": "avoids", "value": "nylon"}), "I can remember"),
    ("stop using my history", ("remember_preference", {"key": "personalization", "value": "false"}), "I can leave out your history"),
    ("my parcel is broken and torn, I want to speak to a person", ("hand_off", {"reason": "x"}), "I can pass this on to a colleague"),
    ("把两个Glen Mug加入购物车", ("update_cart", {"product_id": "M1", "quantity": 2, "mode": "add"}), "目前还没有任何更改"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "call", "said"), WRITES)
@pytest.mark.parametrize("shopper", ["ada"])
def test_a_draft_writes_nothing_and_describes_what_is_asked_for(make_app, message, call, said, shopper):
    app = make_app()
    key = app.conversations.start(Identity("shopper", shopper))
    app.carts.update(f"shopper:{shopper}", "M2", 1, "add")
    app.conversations.append(key, message, {"reply": ""}, {})
    before = rows(app)
    made, _ = draft(app, key, plan(call))
    after = rows(app)
    assert [name for name in before if before[name] != after[name]] == ["drafts"]
    assert said in made.text
    assert [row["name"] for row in made.writes] == [call[0]]
    assert app.carts.view(f"shopper:{shopper}") == {"M2": 1}


def test_a_sponsored_product_in_a_draft_is_not_counted_as_shown(make_app):
    from index.shop import Campaign

    app = make_app()
    app.shop.settings.campaigns.append(Campaign(id="c", products=["M1"]))
    key = app.conversations.start(Identity())
    app.conversations.append(key, "show me mugs", {"reply": ""}, {})
    made, _ = draft(app, key, plan(("search_products", {"query": "mug"})), AIMessage("Both are mugs."))
    assert made.sentences
    assert rows(app)["impressions"] == []


def test_a_draft_answers_from_what_was_known_before_the_question(make_app):
    app = make_app()
    cheaper = (plan(("search_products", {"query": "cheaper mug"})), AIMessage("A mug."))
    key = talk(app, ["what is the Glen Mug made of?", "anything cheaper?"], *MUG, *cheaper)
    asked = app.conversations.turns(key)[1].reply["products"]
    _, events = draft(app, key, *cheaper)
    assert [card["id"] for card in asked] == [
        card.id for event in events if isinstance(event, Cards) for card in event.cards
    ]


def test_the_question_before_a_request_for_a_person_is_the_open_one(make_app):
    app = make_app()
    key = talk(app, ["show me the Glen Mug", "let me talk to a human"], *MUG, plan(("hand_off", {"reason": "person"})))
    assert draft(app, key, *MUG)[0].question == "show me the Glen Mug"


def test_a_question_that_was_passed_on_is_the_open_one(make_app):
    app = make_app()
    key = talk(app, ["do you price match other shops?", "yes please"], plan(("ask_policy", {"question": "x"})))
    made, _ = draft(app, key, plan(("ask_policy", {"question": "x"})))
    assert (made.question, made.number, made.outcome) == ("do you price match other shops?", 0, "not_stated")


def test_without_a_question_there_is_no_draft(make_app):
    app = make_app()
    with pytest.raises(NothingOpen):
        list(app.drafts.draft(app.conversations.start(Identity()), "sam"))


def test_a_draft_that_is_left_is_not_kept(mug):
    app, key = mug
    app.model.chat.script[:] = MUG
    events = app.drafts.draft(key, "sam")
    next(events)
    events.close()
    assert app.drafts.of(key) == []
    assert len(app.conversations.turns(key)) == 1


def test_what_was_sent_and_what_staff_say_of_it_are_kept(mug):
    app, key = mug
    made, _ = draft(app, key, *MUG)
    sent = app.drafts.sent(made.id, made.text + " ", "kim")
    assert (sent.edited, sent.sent_by, sent.sent_at) == (False, "kim", NOW)
    assert app.drafts.sent(made.id, "It is a mug.", "kim").edited is True
    rated = app.drafts.rate(made.id, "down", " too\nshort ")
    assert (rated.thumbs, rated.reason, rated.sent_text) == ("down", "too short", "It is a mug.")
    (one,) = all_drafts(app._engine)
    assert (one.draft, one.shopper_id) == (rated, "ada")
    for change in (lambda: app.drafts.rate("nope", "up"), lambda: app.drafts.sent("nope", "x", "kim")):
        with pytest.raises(NoDraft):
            change()


def test_drafts_are_part_of_what_is_held_and_go_with_their_shopper(mug):
    app, key = mug
    made, _ = draft(app, key, *MUG)
    (held,) = export(app._engine, "ada", NOW)["drafts"]
    assert (held["id"], held["text"]) == (made.id, made.text)
    app.model.chat.script[:] = MUG
    events = app.drafts.draft(key, "sam")
    next(events)
    erased = erase(app._engine, "ada")
    assert erased.rows["drafts"] == 1
    assert made.id in {mark.text for mark in erased.marks}
    with pytest.raises(Forgotten):
        list(events)
    assert rows(app)[drafts.name] == []
