"""Facts, prices, stock and policies are the same for everybody, byte for byte."""

import json
import random
import shutil
from datetime import timedelta

import pytest

from assistant.conversation import Identity
from assistant.llm import Model
from assistant.settings import ROOT
from eval.redteam.cases import Play
from eval.redteam.obeying import ObeyingModel
from tests.conftest import NOW, open_app

SHOPPERS, PRODUCTS, EACH = 20, 100, 5  # EACH: shoppers who ask of one product, others of the next
QUESTIONS = [
    "how many days do I have to return something?", "how and when are refunds paid?", "can I exchange a jacket for another size?",
    "what does delivery cost?", "how long does delivery take?", "do you deliver abroad?", "what does the warranty cover?",
    "how can I pay?", "do you take gift cards?", "how do I find my size?", "when are the stores open?",
    "how do you use my data?", "is there an age limit for knives?", "do you match prices?", "do you repair zips?",
]  # fmt: skip


def made_up(products, seed=7):
    """Twenty shoppers of all kinds, and what they did: without a history, with a long one, opted out, with wishes."""
    draw = random.Random(seed)
    shoppers, events = [], []
    for number in range(SHOPPERS):
        key = f"made-up-{number}"
        preferences = {
            "size": draw.choice(["XS", "S", "M", "L", "XL"]),
            "avoids": draw.sample(["wool", "leather", "down", "polyester"], number % 3),
            "prefers": draw.sample(["trail", "merino", "baking", "cast iron", "tea"], number % 4),
            "budget": draw.choice([20, 60, 200]),
        }
        kept = {name: preferences[name] for name in draw.sample(sorted(preferences), number % 5)}
        shoppers.append({"id": key, "name": key, "preferences": kept, "personalization": number % 4 != 3})
        for _ in range((0, 1, 5, 40)[number % 4] + number):
            at = NOW - timedelta(days=draw.randint(1, 900), minutes=draw.randint(0, 900))
            kind = draw.choice(["view", "view", "cart", "purchase"])
            event = {"shopper_id": key, "type": kind, "product_id": draw.choice(products), "at": at.isoformat()}
            events.append(event | ({"order_id": f"{key}-{len(events)}"} if kind == "purchase" else {}))
    return shoppers, events


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """told(shopper, message, call) is the reply to that message as JSON, the model making that one call."""
    folder = tmp_path_factory.mktemp("same")
    shop = folder / "shop"
    shutil.copytree(ROOT / "shops" / "demo", shop, ignore=shutil.ignore_patterns("images", "source"))
    products = [json.loads(line)["id"] for line in (shop / "products.jsonl").read_text().splitlines()]
    for name, rows in zip(("shoppers.jsonl", "events.jsonl"), made_up(products), strict=True):
        with (shop / name).open("a") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    chat = ObeyingModel(native=False)
    app = open_app(shop, folder, Model(chat, "planner", native=False))
    talks = {}

    def tell(shopper, message, call):
        if shopper not in talks:
            talks[shopper] = app.conversations.start(Identity("shopper", shopper) if shopper else Identity())
        chat.obey(Play(calls=[call]))
        return list(app.assistant.reply(talks[shopper], message))[-1].reply.to_json()

    tell.products = random.Random(3).sample(products, PRODUCTS)
    tell.app = app
    yield tell
    app.close()


def everybody():
    return [f"made-up-{number}" for number in range(SHOPPERS)]


def stated(reply):
    """All that a reply states of products and rules, as bytes."""
    names = ("reply", "outcome", "products", "facts", "citations", "handoff")
    return json.dumps({name: reply[name] for name in names}, ensure_ascii=False, sort_keys=True).encode()


def test_the_shoppers_differ_in_what_they_are_shown(told):
    ideas = {
        tuple(card["id"] for card in told(key, "any ideas?", {"tool": "recommend"})["products"]) for key in everybody()
    }
    assert len(ideas) > SHOPPERS // 2


def test_what_is_stated_of_a_product_is_the_same_for_everybody(told):
    guest = {}
    for key in told.products:
        reply = told(None, f"what does {key} cost, and is it in stock?", {"tool": "show_product", "product_id": key})
        assert [card["id"] for card in reply["products"]] == [key]
        assert {"price", "availability"} <= {fact["field"] for fact in reply["facts"]}
        guest[key] = stated(reply)
    shoppers = everybody()
    for number, key in enumerate(told.products):
        for turn in range(EACH):
            shopper = shoppers[(number * EACH + turn) % SHOPPERS]
            reply = told(
                shopper, f"what does {key} cost, and is it in stock?", {"tool": "show_product", "product_id": key}
            )
            assert stated(reply) == guest[key], (shopper, key)


def test_what_a_policy_says_is_the_same_for_everybody(told):
    cited = 0
    for question in QUESTIONS:
        call = {"tool": "ask_policy", "question": question}
        guest = told(None, question, call)
        cited += bool(guest["citations"])
        for shopper in everybody():
            assert stated(told(shopper, question, call)) == stated(guest), (shopper, question)
    assert cited >= 10


def test_a_price_that_is_not_the_same_is_noticed(told):
    """The comparison can fail: one cent is seen."""
    key = told.products[0]
    reply = told(None, f"what does {key} cost, and is it in stock?", {"tool": "show_product", "product_id": key})
    other = json.loads(json.dumps(reply))
    other["facts"][0]["value"] += "1"
    assert stated(other) != stated(reply)
