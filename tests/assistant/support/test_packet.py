"""A hand-off's packet, and what the shopper is told: what happens next and when, or that nothing was passed on."""

from datetime import UTC, datetime

import pytest
from langchain_core.messages import AIMessage
from sqlalchemy.exc import OperationalError

from assistant.conversation import Identity
from assistant.events import Done
from assistant.support.mood import mood_of
from tests.toys import plan

PERSON = plan(("hand_off", {"reason": "person"}))


def say(app, key, text):
    return next(event for event in app.assistant.reply(key, text) if isinstance(event, Done)).reply


def test_the_packet_holds_what_a_colleague_must_know(make_app):
    app = make_app(
        plan(("search_products", {"query": "blue mug under 20 euros"})),
        AIMessage("Have a look."),
        plan(("ask_policy", {"question": "how long can I return it?"})),
        AIMessage("You may return anything within 60 days of delivery."),
        plan(("order_status", {})),
        PERSON,
    )
    key = app.conversations.start(Identity("shopper", "ada"))
    app.carts.update("shopper:ada", "M1", 2, "add")
    for text in ("a blue mug under 20 euros", "how long can I return it?", "where is my order T100?"):
        say(app, key, text)
    reply = say(app, key, "This is ridiculous, let me talk to a human")
    packet = reply.handoff
    assert packet["goal"] == "a blue mug under 20 euros"
    assert packet["reason"] == packet["question"] == "This is ridiculous, let me talk to a human"
    assert packet["constraints"] == {
        "product_type": ["Kitchen > Mugs"], "color": ["Blue"], "max_price": "20", "query": "mug",
    }  # fmt: skip
    assert packet["products"] == ["M2"]
    assert packet["promises"]["prices"] == [{"id": "M2", "title": "Hazel Mug", "price": "9.50 EUR"}]
    assert packet["promises"]["cart"] == packet["cart"] == {"M1": 2}
    assert [quoted["source"] for quoted in packet["promises"]["policies"]] == ["policies/returns.md"]
    assert (packet["order"], packet["mood"], packet["language"], packet["shopper"]) == ("T100", "angry", "en", "ada")
    assert [text for text, _ in packet["transcript"]][-1] == packet["question"]
    (stored,) = app.assistant.services.handoffs.waiting()
    assert {name: stored[name] for name in packet} == packet


def test_the_question_that_got_no_answer_stays_open(make_app):
    app = make_app(plan(("show_product", {"product_id": "M1"})), PERSON)
    key = app.conversations.start(Identity())
    assert say(app, key, "is the Glen Mug dishwasher proof?").outcome == "not_stated"
    reply = say(app, key, "can I talk to a person?")
    assert reply.handoff["open_question"] == "is the Glen Mug dishwasher proof?"


@pytest.mark.parametrize(
    ("now", "zone", "text", "told"),
    [
        ("2026-11-01T12:00", "UTC", "I want to talk to a human", "A colleague answers here from Monday 9:00."),
        ("2026-11-02T08:30", "UTC", "I want to talk to a human", "A colleague answers here from Monday 9:00."),
        ("2026-11-02T08:30", "Europe/Berlin", "I want to talk to a human", "A colleague joins this chat."),
        ("2026-11-06T17:30", "Europe/Berlin", "I want to talk to a human", "A colleague answers here from Saturday 10:00."),
        ("2026-11-01T12:00", "UTC", "我要找人工客服", "同事会从周一 9:00起在这里答复您。"),
        ("2026-11-02T10:00", "UTC", "我要找人工客服", "同事会加入这次对话。"),
    ],
)  # fmt: skip
def test_the_shopper_is_told_what_happens_next_and_when(shop_folder, tmp_path, now, zone, text, told):
    from assistant.app import build_app
    from assistant.settings import Settings
    from tests.conftest import scripted
    from tests.toys import ToyEncoder

    (shop_folder / "shop.yaml").write_text(
        f'name: Tiny\ntimezone: {zone}\nopening_hours: {{Monday to Friday: "9:00-18:00", Saturday: "10:00-16:00"}}\n'
    )
    settings = Settings(shop=shop_folder, data_dir=tmp_path / "d", cache_dir=tmp_path / "c", _env_file=None)
    clock = datetime.fromisoformat(now).replace(tzinfo=UTC)
    app = build_app(settings, clock=lambda: clock, model=scripted([PERSON]), encoder=ToyEncoder(), progress=False)
    try:
        reply = say(app, app.conversations.start(Identity()), text)
        assert reply.outcome == "handed_off"
        assert reply.text.endswith(told)
    finally:
        app.close()


def test_hours_that_cannot_be_read_are_told_as_they_stand(make_app):
    app = make_app(PERSON)
    app.shop.settings.opening_hours = "weekdays by appointment"
    reply = say(app, app.conversations.start(Identity()), "I want to talk to a human")
    assert "weekdays by appointment" in reply.text


@pytest.mark.parametrize(
    ("text", "told"), [("I want to talk to a human", "nobody has it yet"), ("我要找人工客服", "还没有人收到")]
)
def test_what_could_not_be_stored_is_said_and_nothing_is_promised(make_app, monkeypatch, text, told):
    app = make_app(PERSON)

    def fails(*args):
        raise OperationalError("insert", {}, Exception("the disk is full"))

    monkeypatch.setattr(app.assistant.services.handoffs, "open", fails)
    reply = say(app, app.conversations.start(Identity()), text)
    assert (reply.outcome, reply.handoff) == ("could_not_check", None)
    assert told in reply.text
    assert app.assistant.services.handoffs.waiting() == []


@pytest.mark.parametrize(
    ("messages", "mood"),
    [
        (["a mug please"], "calm"), (["a mug", "this is useless"], "angry"), (["I am still waiting for my parcel"], "annoyed"),
        (["this is useless", "a", "b", "c"], "calm"), (["WHERE IS IT!!!"], "angry"), (["等了很久还没收到"], "annoyed"), (["你们是骗子"], "angry"),
        (["a court shoe"], "calm"), (["I am sick of typing"], "annoyed"),
    ],
)  # fmt: skip
def test_the_mood_is_read_from_the_last_words(messages, mood):
    assert mood_of(messages) == mood
