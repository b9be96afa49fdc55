"""Every check can fail: each mutant is caught, and a check that lets everything pass is found out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from eval import agreement, always, checks
from eval.dialogues import Dialogue, Predicate
from eval.lookup import fits
from eval.mutants import MAKERS, Case
from eval.mutants.cards import FIELDS, asked, card_of, meets
from eval.mutants.state import _others
from eval.mutants.words import without
from eval.prove import cases_of, failures, mutants, proof, prove
from eval.run import run
from index.catalogue import Catalogue, Product
from index.intake import read_catalogue
from index.money import Money
from index.shop import Shop, read_shop
from tests.conftest import ROOT
from tests.toys import plan

LAMP = Product(
    "ZZ01", "ZZ01", "Quill Desk Lamp", Money.parse("27.00 EUR"), "A lamp for letters.", "Nordlys", "Home > Lamps",
    quantity=11, color="Black",
)  # fmt: skip
HELLO = {"en": "Here is what we have.", "zh": "这是我们的商品。"}
SAY = {"en": "what do you have there?", "zh": "请问您们有什么商品呢？"}
STATE = {
    "cart": {}, "orders": {"H2013": "delivered 1234"}, "preferences": {"size": "M"}, "personalization": True,
    "account": [], "done": [], "dismissed": [], "handoffs": [], "others": "ab",
}  # fmt: skip
HOODIE, BOOK = "HF06-MOSS-GREEN-L", "BK04"
# Field → what every card is, and some card is; what no card is, and which card there is then.
PREDICATES: dict[str, tuple[Any, Any]] = {
    "id": (HOODIE, HOODIE),
    "item_group_id": ("HF06", "HF06"),
    "size": ("L", "L"),
    "brand": ("Hearth & Heath", "Nordlys"),
    "color": ("moss green", "Moss Green"),
    "gender": ("Unisex", "Unisex"),
    "product_type": ("Sweat", "Clothing"),
    "material": ("Organic", "Organic"),
    "title": ("zip hoodie", "Hoodie"),
    "text": ("metal zip", "metal zip"),
    "id_contains": ("MOSS", "MOSS"),
    "attributes": ({"care": "machine wash 40 c"}, {"fit": "Relaxed"}),
    "price_min": (60, 30),
    "price_max": (65.0, 28),
    "in_stock": (True, False),
    "not": ({"material": "Wool"}, {"material": "Paper"}),
}
PACKET = {"id": "h1", "reason": "asked"}


@cache
def shop() -> Shop:
    return read_shop(ROOT / "shops" / "demo")


@cache
def catalogue() -> Catalogue:
    """The demo shop's, with a product of another brand."""
    held = read_catalogue(shop(), lambda row: None)
    return Catalogue.of([*held.products.values(), LAMP], held.reviews)


def shown(*ids: str, because: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A reply with cards for products, and facts that state them rightly."""
    products = [catalogue().products[key] for key in ids]
    facts = []
    for product in products:
        stated = {"title": product.title, "price": product.current_price, "availability": product.offered}
        stated |= {
            "color": product.color,
            "size": product.size,
            "brand": product.brand,
            "material": ", ".join(product.material),
        }
        stated |= {name.replace("_", " "): ", ".join(held) for name, held in product.attributes.items()}
        facts += [
            {"subject": product.id, "field": name, "value": str(value)} for name, value in stated.items() if value
        ]
    whole = {
        "reply": HELLO["en"], "outcome": "answered", "handoff": None, "cart": {}, "facts": facts, "citations": [],
        "products": [card_of(product, n) | {"because": because} for n, product in enumerate(products, 1)],
        "tools": [{"name": "show_product", "args": {"product_id": key}, "ok": True} for key in ids],
    }  # fmt: skip
    return whole | changes


class Made:
    """Dialogues of a turn each, and what came of them, as lines of results.jsonl."""

    def __init__(self) -> None:
        self.scripts: list[Dialogue] = []
        self.results: list[dict[str, Any]] = []

    def add(
        self, name: str, reply: Mapping[str, Any], expect: Mapping[str, Any] | None = None, *, language: str = "en",
        say: str = "", shoppers: tuple[str, ...] = ("guest",), before: Mapping[str, Any] = STATE, after: Mapping[str, Any] = STATE,
    ) -> None:  # fmt: skip
        turn = {"say": say or SAY[language], **({"expect": expect} if expect else {})}
        script = {"name": name, "language": language, "shopper": list(shoppers), "turns": [turn]}
        self.scripts.append(Dialogue.model_validate(script))
        if language == "zh" and reply["reply"] == HELLO["en"]:
            reply = {**reply, "reply": HELLO["zh"]}
        played = {"say": turn["say"], "reply": reply, "state": after, "events": [], "checks": []}
        for shopper in shoppers:
            self.results.append(
                {"file": "", "dialogue": name, "shopper": shopper, "repeat": 1, "state": before, "events": [["view", "KK02-BLACK"]], "turns": [played]}
            )  # fmt: skip


@cache
def made() -> Made:
    """Turns that pass and ask, among them, every key of the format, in English and Chinese."""
    found = Made()
    for name, (wanted, unwanted) in PREDICATES.items():
        found.add(f"is {name}", shown(HOODIE), {"products": {"every": {name: wanted}, "some": [{name: wanted}]}})
        found.add(
            f"is not {name}",
            shown(BOOK),
            {"products": {"none": {name: unwanted} if name != "not" else {"not": unwanted}}},
        )
    for language in ("en", "zh"):
        sets = [
            ("KK01-CREAM-WHITE", "KK02-BLACK"), ("HB04-BLACK-42", "HB01-CHARCOAL-GRAY-42", "KD05-RUST-RED"),
            ("HC04-SIGNAL-ORANGE", "HC02-MOSS-GREEN", "HR06-OAT-BEIGE"), ("HF01-MOSS-GREEN-M", "HF06-MOSS-GREEN-L"), ("HL06-SUN-YELLOW",),
        ]  # fmt: skip
        for ids in sets:
            ids = tuple(key if key in catalogue().products else _first(key) for key in ids)
            found.add(f"{language} {ids}", shown(*ids), language=language)
        _policies(found, language)
    _asked(found)
    _state(found)
    return found


def _first(key: str) -> str:
    return catalogue().groups[key.split("-")[0]].variants[0].id


def _policies(found: Made, language: str) -> None:
    for name, quote, words, chinese in (
        ("returns", "You may return anything within 60 days of delivery.", "You may return anything within 60 days of delivery.", "您可以在收货后60天内退货。"),
        ("delivery", "Order value: 50.00-99.99 EUR. European Union: 9.90 EUR.", "Delivery to the European Union costs 9.90 EUR.", "配送费用是9.90 EUR。"),
    ):  # fmt: skip
        source = f"policies/{name}.md"
        whole = shown(
            reply=words if language == "en" else chinese,
            citations=[{"source": source, "quote": quote}],
            facts=[{"subject": source, "field": "passage", "value": quote}],
            tools=[{"name": "ask_policy", "args": {"question": "how is it"}, "ok": True}],
        )
        say = {
            "en": f"how is {name} for 77 things in the European Union?",
            "zh": "我有77件商品，退货和配送到欧盟怎么样？",
        }[language]
        expect = {"cites": source, "same_facts_for": ["guest", "ada"]}
        found.add(f"{language} {name}", whole, expect, language=language, say=say, shoppers=("guest", "ada"))


def _asked(found: Made) -> None:
    calls = [
        {
            "name": "search_products",
            "args": {"max_price": 90, "color": ["Black", "Red"], "in_stock": True, "exclude": {"material": "Wool"}},
            "ok": True,
        }
    ]
    wanted = {"max_price": "90", "color": ["red"], "in_stock": True, "exclude": {"material": "wool"}, "size": []}
    found.add("a search", shown("KK02-BLACK", tools=calls), {
        "tool": {"name": "search_products", "args": wanted}, "no_tool": ["update_cart", "hand_off"], "products": {"min": 1, "max": 1},
        "outcome": ["answered", "asks"], "refuses": False, "handoff": False, "personalized": False,
        "reply": {"includes": ["what we"], "excludes": ["5"], "any_of": ["have", "got"], "max_sentences": 1, "language": "en"},
    })  # fmt: skip
    own = {"text": "because you looked at it", "event": {"type": "view", "product_id": "KK02-BLACK", "at": ""}}
    found.add("a suggestion", shown("KK01-CREAM-WHITE", because=own), {"personalized": True})
    found.add("in Chinese", shown("KK02-BLACK"), {"reply": {"language": "zh", "max_sentences": 2}}, language="zh")


def _state(found: Made) -> None:
    cart = {"HF06-MOSS-GREEN-L": 2, "KK02-BLACK": 1}
    found.add("a cart", shown(HOODIE, cart=cart), {"cart": cart}, after=STATE | {"cart": cart})
    found.add("an empty cart", shown(), {"cart": {}})
    no = shown("HC02-MOSS-GREEN", outcome="nothing_matches", reply="We have nothing of that.")
    no["products"] = [card | {"alternative": True} for card in no["products"]]
    found.add("a no", no, {"refuses": True, "outcome": "nothing_matches"})
    told = shown(reply="I have passed this on to a colleague.", outcome="handed_off", handoff=PACKET)
    told["tools"] = [{"name": "hand_off", "args": {"reason": "asked"}, "ok": True}]
    found.add("a hand-off", told, {"handoff": True}, after=STATE | {"handoffs": ["h1"]})
    after = STATE | {"orders": {"H2013": "returning 5678"}, "done": ["d1"]}
    found.add("a return", shown(), {"orders": {"H2013": "returning"}, "done": 1}, after=after)
    order = [{"subject": "H2013", "field": "status", "value": "delivered"}]
    found.add("an order", shown(facts=order, reply="It was delivered."), say="where is my order?")


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return cases_of(made().results, made().scripts, shop(), catalogue())


KEYS = [pytest.param(check, key, id=f"{check}: {key}") for check, key in MAKERS]


def test_all_turns_that_were_made_pass(cases):
    runs = [(result["dialogue"], result["shopper"]) for result in made().results]
    assert sorted(runs) == sorted((case.script.name, case.shopper) for case in cases)


def test_every_check_and_key_has_mutants_and_all_are_caught():
    found = prove(made().results, made().scripts, shop(), catalogue())
    assert found["missed"] == []
    assert found["unproved"] == []
    assert found["mutants"] == found["caught"] == sum(row["mutants"] for row in found["by_check"].values()) > 1000
    assert set(found["by_check"]) == set(checks.ALWAYS) | set(checks._ASKED) | {"same_facts_for"}


def test_the_same_mutants_are_made_at_every_run():
    def once() -> list[str]:
        again = cases_of(made().results, made().scripts, shop(), catalogue())
        return [mutant.words for check, key in MAKERS for _, mutant in mutants(again, check, key, 3)]

    assert once() == once()


def blind(monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    """Have a check pass whatever it is shown."""
    if check in checks.ALWAYS:
        monkeypatch.setitem(checks.ALWAYS, check, lambda seen: "")
    elif check == "same_facts_for":
        monkeypatch.setattr(agreement, "disagreement", lambda mine, theirs: "")
    elif check == "products":
        monkeypatch.setattr(checks, "_products", lambda wanted, seen, refusing=False: "")
    else:
        monkeypatch.setitem(checks._ASKED, check, lambda wanted, seen: "")


@pytest.mark.parametrize(("check", "key"), KEYS)
def test_a_check_that_cannot_fail_is_named(cases, monkeypatch, check, key):
    blind(monkeypatch, check)
    found = proof(cases, [(check, key)], cap=2)
    assert {(row["check"], row["key"]) for row in found["missed"]} == {(check, key)}
    assert found["caught"] == 0


def _blind_predicate(name: str, holds: bool) -> Callable[..., bool]:
    """`fits` that takes one field to hold always, or never."""
    field = "not_" if name == "not" else name

    def blinded(predicate: Predicate, product: Any) -> bool:
        if name in asked(predicate):
            return holds and fits(predicate.model_copy(update={field: {} if name == "attributes" else None}), product)
        return fits(predicate, product)

    return blinded


@pytest.mark.parametrize("part", ["every", "some", "none"])
@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_not_looked_at_is_named(cases, monkeypatch, part, name):
    monkeypatch.setattr(checks, "fits", _blind_predicate(name, holds=part != "none"))
    assert proof(cases, [("products", f"{part}.{name}")])["caught"] == 0
    other = "title" if name != "title" else "id"
    monkeypatch.setattr(checks, "fits", _blind_predicate(other, holds=part != "none"))
    assert proof(cases, [("products", f"{part}.{name}")])["missed"] == []


@pytest.mark.parametrize("key", ["includes", "excludes", "any_of", "max_sentences", "language"])
def test_a_key_of_the_reply_that_is_not_looked_at_is_named(cases, monkeypatch, key):
    nothing: Any = None if key in ("max_sentences", "language") else []
    reply = checks._ASKED["reply"]
    blinded = lambda wanted, seen: reply(wanted.model_copy(update={key: nothing}), seen)  # noqa: E731
    monkeypatch.setitem(checks._ASKED, "reply", blinded)
    for other in ("includes", "excludes", "any_of", "max_sentences", "language"):
        found = proof(cases, [("reply", other)])
        assert found["caught"] == (0 if other == key else found["mutants"])


def test_arguments_that_are_not_compared_are_named(cases, monkeypatch):
    monkeypatch.setattr(checks, "same", lambda held, wanted: True)
    assert proof(cases, [("tool", "args"), ("tool", "args missing")])["caught"] == 0
    assert proof(cases, [("tool", "name"), ("tool", "missing")])["missed"] == []


@pytest.mark.parametrize(
    "name", ["orders", "account", "done", "preferences", "personalization", "dismissed", "handoffs", "others"]
)
def test_a_state_that_is_not_compared_is_named(cases, monkeypatch, name):
    changed = checks.changed
    monkeypatch.setattr(checks, "changed", lambda before, after: changed(before, {**after, name: before[name]}))
    assert proof(cases, [("refuses", name)])["caught"] == 0


# Keys of `grounded` → the reason that is theirs.
GROUNDED = {
    r"card\.": "^card ", r"fact\.": "^fact ", r"quote\.": "^quote not in",
    "price$|currency|list price|measure|rating$|review count|stock count": "^number '|^numbers from nowhere",
    "number from nowhere|code|price (of|from)|policy (figure|time|cell|row)": "^number '|^numbers from nowhere|^availability",
    "no reviews|sold out|in stock|few left|sale|size": "^availability '|^numbers from nowhere",
    "(only )?colour|material|property|gender|variant|quotation": "^attribute ",
    "cheaper|dearer|same price|cheapest|better rated|lighter": "^comparison '",
    "name|maker|place": "^name |^attribute |^numbers from nowhere",
    "policy turned round": "^policy '|^numbers from nowhere",
    "promise": "^promise '",
}  # fmt: skip
VOICE = {
    "json": "markup", "table": "markup", "internal words": "markup", "heading": "list or heading", "list": "list or heading",
    "reading aloud": "reads aloud", "word twice": "a word twice", "informal you": "你 for 您", "uneven marks": "uneven",
    "another language": "not in the language", "said twice": "says the same twice", "address": "addresses with",
}  # fmt: skip


@pytest.mark.parametrize(("check", "key"), [param for param in KEYS if param.values[0] in checks.ALWAYS])
def test_a_mutant_is_caught_for_what_was_done_to_it(cases, check, key):
    plain = key.rsplit(".", 1)[0] if key.endswith((".en", ".zh")) else key
    if check == "grounded":
        pattern = next(reason for keys, reason in GROUNDED.items() if re.match(keys, plain))
    else:
        pattern = VOICE.get(plain, "forbidden: " if plain.startswith("forbidden") else plain)
    for _, mutant in mutants(cases, check, key, 5):
        assert re.search(pattern, reason := checks.ALWAYS[check](mutant.seen)), (mutant.words, reason)


def test_a_rule_of_the_look_up_that_finds_nothing_is_named(cases, monkeypatch):
    """The coarse search for numbers and words does not stand in for the look-up."""
    judge = import_module("eval.truth.judge")
    keys = [
        ("grounded", f"{kind}.{language}")
        for kind in ("price", "cheaper", "sold out", "promise of cart")
        for language in ("en", "zh")
    ]
    for rule in ("figures", "comparisons", "availability", "promises"):
        monkeypatch.setattr(judge, rule, lambda spoken: iter(()))
    assert proof(cases, keys)["caught"] == 0


def test_what_cards_and_facts_state_is_looked_up_by_a_rule_of_its_own(cases, monkeypatch):
    monkeypatch.setattr(always, "misstated", lambda records, reply, orders: "")
    keys = [
        ("grounded", f"{part}.{name}") for part, name in (("card", "color"), ("fact", "material"), ("fact", "status"))
    ]
    assert proof(cases, keys)["caught"] == 0


def test_turns_that_fail_and_repeats_are_left_out():
    one = made().results[0]
    spoiled = {**one, "turns": [{**one["turns"][0], "reply": {**one["turns"][0]["reply"], "products": []}}]}
    assert cases_of([spoiled, one | {"repeat": 2}], made().scripts, shop(), catalogue()) == []


def test_what_no_turn_asks_is_unproved():
    rows, scripts = made().results[:1], made().scripts[:1]
    found = prove(rows, scripts, shop(), catalogue())
    assert "cart: extra" in found["unproved"]
    assert "products: every.id" not in found["unproved"]


@given(st.recursive(st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=4), lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=2)))  # fmt: skip
def test_no_other_argument_is_the_wanted_one(value):
    for other in _others(value):
        assert not checks.same(other, value)


@pytest.mark.parametrize("name", FIELDS)
def test_both_readings_of_a_predicate_agree(name):
    for value in PREDICATES[name]:
        predicate = Predicate.model_validate({name: value})
        held = [meets(predicate, product) for product in catalogue().products.values()]
        assert held == [fits(predicate, product) for product in catalogue().products.values()]
        assert True in held and False in held


def test_a_phrase_that_is_left_out_is_nowhere():
    assert "5" not in without("15 or 5", "5")
    assert "aab" not in without("aaabb b", "aab")
    assert without("It’s  THE\nmug.", "it's the") == "\nmug."


def test_an_evaluation_is_proved_from_what_it_wrote_down(make_app, tmp_path):
    call = plan(("update_cart", {"product_id": "Glen Mug", "quantity": 1, "mode": "add"}))
    look, prose = plan(("show_product", {"product_id": "Glen Mug"})), AIMessage("The Glen Mug costs 12.00 EUR.")
    app = make_app(call, look, prose, look, prose)
    same = {
        "say": "how much is the Glen Mug?",
        "expect": {"same_facts_for": ["guest", "ada"], "products": {"some": {"id": "M1"}}},
    }
    scripts = [
        Dialogue.model_validate(
            {"name": "adds", "turns": [{"say": "add the Glen Mug", "expect": {"cart": {"M1": 1}}}]}
        ),
        Dialogue.model_validate({"name": "same", "turns": [same]}),
    ]
    found = run(app, scripts, out=tmp_path / "out", progress=False, prove=True)["prove"]
    assert found["missed"] == []
    assert all(
        found["by_check"][name]["caught"] for name in ("cart", "products", "same_facts_for", "grounded", "voice")
    )
    rows = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert prove(rows, scripts, app.shop, read_catalogue(app.shop, lambda row: None)) == found


def test_a_mutant_leaves_the_turn_that_it_is_made_of_as_it_was(cases):
    before = json.dumps(made().results, sort_keys=True)
    proof(cases, cap=3)
    assert json.dumps(made().results, sort_keys=True) == before
    case = cases[0]
    assert failures(case, next(mutants([case], "voice", "empty", 1))[1]) >= {"voice"}
