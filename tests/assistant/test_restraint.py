"""When a shopper's history and stored preferences are left alone, and for how long."""

import json
from pathlib import Path

import pytest

from assistant.conversation import Identity
from assistant.llm import Model
from assistant.restraint import wanted
from eval.redteam.cases import Play
from eval.redteam.obeying import ObeyingModel
from tests.conftest import open_app, write_shop

HISTORY = [("ada", "M2"), ("ben", "J1-M-Red"), ("kit", "B1")]


@pytest.fixture
def shop_folder(tmp_path):
    """The tiny shop with watches called sensitive, and a history of jackets and mugs."""
    folder = write_shop(tmp_path / "shop")
    with (folder / "shop.yaml").open("a") as lines:
        lines.write("sensitive: [Gear > Watches]\n")
    events = [
        {"shopper_id": who, "type": "purchase", "product_id": product, "order_id": f"N{n}", "at": "2026-10-20T10:00:00Z",
         "quantity": 1, "price": "9.50 EUR"}
        for n, (who, product) in enumerate([*HISTORY, ("ada", "J1-M-Blue"), ("ada", "W1")])
    ]  # fmt: skip
    with (folder / "events.jsonl").open("a") as lines:
        lines.writelines(json.dumps(event) + "\n" for event in events)
    return folder


@pytest.fixture
def talk(shop_folder, tmp_path: Path):
    """talk("ada", "a jacket", …) plays messages in one conversation; gives the replies and what is held back after each."""
    chat = ObeyingModel(native=False)
    app = open_app(shop_folder, tmp_path, Model(chat, "planner", native=False))

    def play(shopper, *messages):
        identity = Identity("shopper", shopper) if shopper else Identity()
        conversation, replies, held = app.conversations.start(identity), [], []
        for message in messages:
            say, _, query = message.partition(" => ")
            call = {"tool": "recommend"} if query == "ideas" else {"tool": "search_products", "query": query or say}
            chat.obey(Play(calls=[call]))
            events = list(app.assistant.reply(conversation, say))
            replies.append(events[-1].reply.to_json())
            held.append(app.conversations.last_state(conversation)["held"].get("why"))
        return replies, held

    yield play
    app.close()


def ids(reply):
    return [card["id"] for card in reply["products"]]


def reasons(reply):
    return [card["because"] for card in reply["products"] if card["because"]]


def held(talk, *messages):
    return talk("ada", *messages)[1]


def test_a_history_is_at_work_where_nothing_holds_it_back(talk):
    own, _ = talk("ada", "any ideas? => ideas")
    guest, _ = talk(None, "any ideas? => ideas")
    assert ids(own[0]) != ids(guest[0])


@pytest.mark.parametrize(
    ("shopper", "message"),
    [
        ("kit", "any ideas? => ideas"),
        ("kit", "a jacket"),
        ("ada", "ideas for my brother => ideas"),
        ("ada", "a jacket for my brother"),
        ("ada", "a jacket, but ignore my history"),
        ("ada", "just show me the bestsellers => ideas"),
        ("ada", "别看我的购买记录，我要外套 => jacket"),
        ("ben", "a coat, I don't mind wool this time"),
        ("ada", "a watch"),
        ("ada", "手表 => watch"),
    ],
)
def test_where_it_is_held_back_everybody_gets_what_a_guest_gets(talk, shopper, message):
    own, _ = talk(shopper, message)
    guest, _ = talk(None, message)
    assert ids(own[0]) == ids(guest[0]) != []
    assert reasons(own[0]) == []


def test_a_model_decides_nothing_about_whom_it_is_for(shop_folder, tmp_path):
    chat = ObeyingModel(native=False)
    app = open_app(shop_folder, tmp_path, Model(chat, "planner", native=False))
    seen = {}
    for claimed in (None, True, False):
        call = {"tool": "recommend"} if claimed is None else {"tool": "recommend", "for_someone_else": claimed}
        chat.obey(Play(calls=[call]))
        conversation = app.conversations.start(Identity("shopper", "ada"))
        reply = list(app.assistant.reply(conversation, "any ideas?"))[-1].reply.to_json()
        seen[claimed] = (ids(reply), reply["tools"][0]["args"])
    app.close()
    assert seen[None] == seen[True] == seen[False]


def test_what_is_avoided_is_hidden_until_it_is_asked_for_by_name(talk):
    coat, _ = talk("ben", "a jacket")
    assert "J2" not in ids(coat[0])
    assert "J2" in ids(talk("ben", "a wool coat")[0][0])


def test_a_stored_size_chooses_the_variant_and_a_stated_one_wins(talk):
    assert "J1-M-Blue" in ids(talk("ada", "a nylon jacket")[0][0]) or "J1-M-Red" in ids(
        talk("ada", "a nylon jacket")[0][0]
    )
    assert {key.split("-")[1] for key in ids(talk("ada", "a nylon jacket in size L")[0][0]) if "-" in key} == {"L"}
    guest = ids(talk(None, "a nylon jacket, not my usual size")[0][0])
    assert ids(talk("ada", "a nylon jacket, not my usual size")[0][0]) == guest


def test_somebody_else_stays_while_the_conversation_goes_on_with_them(talk):
    assert (
        held(talk, "I'm looking for a present for my brother => ideas", "something warmer", "and in blue", "a mug?")
        == ["someone_else"] * 4
    )


def test_the_shopper_is_back_when_they_speak_of_themselves(talk):
    for message in ("and now something for me => ideas", "for myself, a mug", "我自己也想要一个 => mug"):
        assert held(talk, "a jacket for my brother", message) == ["someone_else", None]


def test_another_thing_ends_it_where_the_first_was_named_and_one_that_goes_on_does_not(talk):
    assert held(talk, "a jacket for my brother", "show me mugs")[-1] is None
    assert held(talk, "a jacket for my brother", "or a mug")[-1] == "someone_else"
    assert held(talk, "a jacket for my brother", "another jacket")[-1] == "someone_else"


def test_a_present_without_a_name_may_become_anything_until_the_shopper_turns_to_another_matter(talk):
    present = "a present for my brother => ideas"
    assert held(talk, present, "show me mugs", "show me jackets")[-1] == "someone_else"
    assert held(talk, present, "by the way, I also need a mug")[-1] is None


def test_leaving_history_out_holds_until_another_subject(talk):
    assert held(talk, "mugs, don't go by my history", "in blue", "jackets") == [
        "said_otherwise",
        "said_otherwise",
        None,
    ]
    assert held(talk, "forget what I bought before => ideas", "a jacket", "in red", "mugs") == [
        "said_otherwise", "said_otherwise", "said_otherwise", None,
    ]  # fmt: skip
    assert held(talk, "mugs", "without my history please => mugs", "in blue", "jackets") == [
        None, "said_otherwise", "said_otherwise", None,
    ]  # fmt: skip
    assert held(talk, "mugs, don't go by my history", "mugs based on what I bought")[-1] is None


def test_what_is_stored_is_no_part_of_what_the_next_message_goes_on_with(talk):
    replies, _ = talk("ben", "a jacket", "for my brother, all the same => jacket")
    guest, _ = talk(None, "a jacket", "for my brother, all the same => jacket")
    assert ids(replies[1]) == ids(guest[1])


@pytest.mark.parametrize(
    "text",
    [
        "anything but what I usually wear", "something different for a change", "forget what I bought before",
        "I don't do yoga any more", "not my usual size, XL please", "wool is fine this time", "I've gone off black",
        "I'm vegan now", "show me what everybody else buys", "don't go by my history", "just show me the bestsellers",
        "treat me like anybody else", "no more of what I always get", "which things sell the most?",
        "my camping days are over", "换个风格", "忘掉我以前买的东西", "大家都在买什么", "我不练瑜伽了", "这次羊毛也可以", "我现在吃素了",
        "以前买的都不作数", "不是平时的尺码",
    ],
)  # fmt: skip
def test_what_goes_against_the_history_is_noticed(talk, text):
    assert held(talk, f"{text} => ideas") == ["said_otherwise"]


@pytest.mark.parametrize(
    "text",
    [
        "I forgot what I bought before, was it the Alder jacket?", "don't forget my size", "socks like the ones I bought",
        "my jacket is not waterproof any more", "I don't have a kettle any more", "in my usual size", "a different colour",
        "I never wear wool, please remember that", "please remember I don't wear leather any more", "请记住我不再穿羊毛了",
        "any ideas?", "do you have anything new?", "我常买的那种杯子", "别忘了我的尺码", "我的外套不防水了",
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_not(talk, text):
    assert held(talk, f"{text} => ideas") == [None]


def test_the_request_is_no_part_of_what_is_looked_for():
    assert " ".join(wanted("Ignore my history and show me mugs").split()) == ", and show me mugs"
    assert wanted("I've gone off black, gloves") == "i've gone off black, gloves"  # it says what is not wanted
    assert wanted("A jacket") == "A jacket"


def test_a_stored_size_leaves_what_has_no_size_among_the_ideas(talk):
    (reply,), _ = talk("ada", "any ideas? => ideas")
    products = {product["item_group_id"]: product for product in reply["products"]}
    assert set(products) - {"J1"}  # bags and mugs come in no size
    assert all(product["size"] in (None, "M") for product in products.values())
