"""The yardstick: strict reading, and every check can fail."""

import json
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage

from eval.checks import Seen, check_turn
from eval.dialogues import Dialogue, Expect, read_dialogues
from eval.run import run
from index.errors import ShopError
from index.intake import read_catalogue
from tests.toys import plan

CARD = {
    "ref": 1, "id": "M1", "item_group_id": "M1", "title": "Glen Mug", "price": "12.00 EUR", "availability": "in_stock",
    "alternative": False, "because": None, "sponsored": False,
}  # fmt: skip


def reply(**changes):
    whole = {
        "reply": "The Glen Mug costs 12.00 EUR.", "outcome": "answered", "products": [CARD], "handoff": None, "cart": {},
        "facts": [{"subject": "M1", "field": "price", "value": "12.00 EUR", "source": "products", "at": ""}],
        "tools": [{"name": "search_products", "args": {"max_price": 20, "color": "White"}, "ok": True}], "citations": [],
    }  # fmt: skip
    return whole | changes


def failed(shop, expect, spoiled, say="a mug under 20"):
    seen = Seen(shop, read_catalogue(shop, lambda row: None), "en", say, spoiled, {}, frozenset({("purchase", "M2")}))
    return {check.name for check in check_turn(Expect.model_validate(expect), seen) if check.passed is False}


GOOD = {
    "tool": {"name": "search_products", "args": {"max_price": 20, "color": "white"}},
    "no_tool": ["update_cart"],
    "products": {"min": 1, "max": 2, "every": {"price_max": 20, "product_type": "Mugs"}, "some": [{"id": "M1"}], "none": {"color": "Blue"}},
    "reply": {"includes": ["Glen"], "excludes": ["5"], "any_of": ["12", "13"], "max_sentences": 1, "language": "en"},
    "cart": {}, "outcome": ["answered", "asks"], "refuses": False, "handoff": False, "personalized": False,
}  # fmt: skip


def test_a_good_reply_passes_every_check(shop):
    assert failed(shop, GOOD, reply()) == set()


BECAUSE = {"text": "t", "event": {"type": "purchase", "product_id": "B1", "at": ""}}
REFUSAL = {"reply": "No.", "outcome": "not_sold", "products": [], "facts": []}


@pytest.mark.parametrize(
    ("check", "spoiled"),
    [
        ("tool", {"tools": []}),
        ("tool", {"tools": [{"name": "search_products", "args": {"max_price": 30, "color": "White"}, "ok": True}]}),
        ("no_tool", {"tools": [*reply()["tools"], {"name": "update_cart", "args": {}, "ok": True}]}),
        ("products", {"products": []}),
        ("products", {"products": [CARD, CARD | {"id": "B1", "title": "Dune Backpack", "price": "60.00 EUR"}]}),
        ("products", {"products": [CARD, CARD | {"id": "M2", "title": "Hazel Mug", "price": "9.50 EUR"}]}),
        ("reply", {"reply": "It costs 12.00 EUR."}),
        ("reply", {"reply": "The Glen Mug. It costs 12.00 EUR."}),
        ("cart", {"cart": {"M1": 1}}),
        ("outcome", {"outcome": "not_sold"}),
        ("refuses", REFUSAL),
        ("handoff", {"handoff": {"id": "x"}}),
        ("personalized", {"products": [CARD | {"because": BECAUSE}]}),
        ("grounded", {"reply": "The Glen Mug costs 13.00 EUR."}),
        ("grounded", {"reply": "The Glen Mug costs 12.00 EUR, the Fir Field Watch as well."}),
        ("grounded", {"reply": "The Glen Mug is waterproof and costs 12.00 EUR."}),
        ("grounded", {"products": [CARD | {"price": "11.00 EUR"}]}),
        ("grounded", {"products": [CARD | {"availability": "out_of_stock"}]}),
        ("grounded", {"facts": [{"subject": "M1", "field": "price", "value": "1.00 EUR", "source": "", "at": ""}]}),
        ("voice", {"reply": "An amazing Glen Mug for 12.00 EUR."}),
        ("voice", {"reply": ""}),
        ("voice", {"reply": "Glen Mug {\"tool\": 12}"}),
    ],
)  # fmt: skip
def test_each_check_can_fail(shop, check, spoiled):
    assert check in failed(shop, GOOD, reply(**spoiled))


def test_refusing_means_nothing_was_shown_or_done(shop):
    assert failed(shop, {"refuses": True}, reply(**REFUSAL)) == set()
    assert failed(shop, {"refuses": True}, reply(**REFUSAL | {"cart": {"M1": 1}})) == {"refuses"}
    assert "refuses" in failed(shop, {"refuses": True}, reply(**REFUSAL | {"products": [CARD]}))


def test_a_reason_must_be_the_shoppers_own(shop):
    own = {"text": "t", "event": {"type": "purchase", "product_id": "M2", "at": ""}}
    assert failed(shop, {"personalized": True}, reply(products=[CARD | {"because": own}])) == set()
    assert failed(shop, {"personalized": True}, reply(products=[CARD | {"because": BECAUSE}])) == {"personalized"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nturns:\n  - say: hi\n    expects: {}\n", "expects"),
        ("name: x\nturns: []\n", "turns"),
        (
            "name: ok\nturns: [{say: hi}]\n---\nname: x\nturns:\n  - say: hi\n    expect: {products: {every: {colour: Red}}}\n",
            "line 4",
        ),
        ("name: [", "line"),
    ],
)
def test_a_wrong_dialogue_is_refused_with_its_place(tmp_path: Path, text, message):
    path = tmp_path / "d.yaml"
    path.write_text(text)
    with pytest.raises(ShopError, match=message):
        read_dialogues(path)


def test_runs_are_isolated_judged_and_written_down(make_app, tmp_path: Path):
    call = plan(("update_cart", {"product_id": "Glen Mug", "quantity": 1, "mode": "add"}))
    app = make_app(call, call, call)
    scripts = [
        Dialogue.model_validate({"name": "adds", "shopper": ["guest", "ada"], "turns": [{"say": "add the Glen Mug", "expect": {"cart": {"M1": 1}}}]}),
        Dialogue.model_validate({"name": "fails", "turns": [{"say": "add the Glen Mug", "expect": {"cart": {}}}]}),
    ]  # fmt: skip
    summary = run(app, scripts, out=tmp_path / "out", progress=False)
    assert (summary["runs"], summary["passed"], summary["pass_1"]) == (3, 2, 0.6667)
    assert len((tmp_path / "out" / "results.jsonl").read_text().splitlines()) == 3
    assert 'failures="1"' in (tmp_path / "out" / "junit.xml").read_text()
    page = (tmp_path / "out" / "report.html").read_text()
    assert "add the Glen Mug" in page
    assert "http" not in page.replace("https://json", "")


def test_same_facts_are_compared_and_a_crash_is_a_failed_run(make_app, tmp_path: Path):
    call, prose = (
        plan(("show_product", {"product_id": "Glen Mug"})),
        AIMessage("The Glen Mug costs 12.00 EUR."),
    )
    app = make_app(call, prose, call, prose)
    script = Dialogue.model_validate(
        {
            "name": "same",
            "turns": [{"say": "how much is the Glen Mug?", "expect": {"same_facts_for": ["guest", "ada"]}}],
        }
    )
    nobody = Dialogue.model_validate({"name": "who", "shopper": "nobody", "turns": [{"say": "hi"}]})
    summary = run(app, [script, nobody], out=tmp_path / "out", progress=False)
    results = [json.loads(line) for line in (tmp_path / "out" / "results.jsonl").read_text().splitlines()]
    assert [r["passed"] for r in results] == [True, True, False]
    assert {c["name"]: c["passed"] for c in results[1]["turns"][0]["checks"]}["same_facts_for"] is True
    assert "no shopper" in results[2]["error"]
    assert summary["passed"] == 2
