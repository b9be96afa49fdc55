"""Messages and the calls they should lead to: strictly read, put to the assistant one by one, judged by what was done."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.settings import Settings
from eval import plans
from eval.planned import FOLDER, Planned, read_planned, repeated
from eval.plans import bench_plans, judge, without_prose
from index.errors import ShopError
from index.intake import read_catalogue
from index.shop import read_shop
from tests.conftest import ROOT, scripted
from tests.toys import plan

MESSAGES = """
- {say: "a backpack for at most 70", tool: search_products, args: {query: [rucksack, backpacks], max_price: 70}}
- {say: "does the Alder Rain Jacket keep wind out", tool: show_product, args: {product_id: J1}}
- {say: "the Glen Mug and the Hazel Mug side by side", tool: compare_products, args: {product_ids: [M2, M1]}}
- {say: "把两个 Glen Mug 放进购物车", shopper: ada, tool: update_cart, args: {product_id: M1, quantity: 3, mode: add}}
- {say: "where has my parcel got to", tool: order_status, outcome: not_allowed}
- {say: "good evening to you", tool: chat}
- {say: "write an ode to my goldfish", tool: decline}
- {say: "what is in fashion", tool: recommend}
"""
SCRIPT = (  # plans alone: the scripted model fails when it is asked for more, so that no prose is asked for
    plan(("search_products", {"query": "backpack under 70"})),
    plan(("show_product", {"product_id": "Alder Rain Jacket"})),
    plan(("compare_products", {"product_ids": ["Glen Mug", "Hazel Mug"]})),
    plan(("update_cart", {"product_id": "Glen Mug", "quantity": 2, "mode": "add"})),
    plan(("order_status", {})),
    plan(("chat", {})),
    plan(("decline", {"kind": "off_topic"})),
    plan(("chat", {})),
)
Bench = Callable[..., dict[str, Any]]


@pytest.fixture
def bench(make_app, shop_folder: Path, tmp_path: Path, monkeypatch) -> Bench:
    """bench(step, …, messages=YAML) puts messages to an assistant whose model plays these steps."""

    def run(*script: Any, messages: str = MESSAGES, out: Path | None = None) -> dict[str, Any]:
        path = tmp_path / "messages.yaml"
        path.write_text(messages, encoding="utf-8")
        monkeypatch.setattr(plans, "build_app", lambda settings: make_app(*script))
        settings = Settings(shop=shop_folder, data_dir=tmp_path / "data", _env_file=None)  # type: ignore[call-arg]
        return bench_plans(settings, shop_folder, path, out)

    return run


@pytest.fixture
def judged(catalogue):
    """judged(row, call, …) is whether a turn with these executed calls has the right tool, is right, and what is wrong."""

    def run(row: dict[str, Any], *calls: dict[str, Any], outcome: str = "answered") -> tuple[bool, bool, str]:
        verdict = judge(Planned.model_validate({"say": "so"} | row), {"tools": calls, "outcome": outcome}, catalogue)
        return verdict.right_tool, verdict.right, verdict.why

    return run


def call(tool: str, ok: bool = True, **args: Any) -> dict[str, Any]:
    return {"name": tool, "args": args, "ok": ok}


def test_tools_and_arguments_are_counted_and_no_prose_is_asked_for(bench: Bench):
    result = bench(*SCRIPT)
    assert (result["messages"], result["right_tool"], result["right"]) == (8, 7 / 8, 6 / 8)
    assert result["failed"] == ["把两个 Glen Mug 放进购物车", "what is in fashion"]
    assert result["by_tool"]["update_cart"] == {"messages": 1, "right_tool": 1.0, "right": 0.0}
    assert result["by_tool"]["recommend"] == {"messages": 1, "right_tool": 0.0, "right": 0.0}
    assert result["by_language"]["zh"] == {"messages": 1, "right_tool": 1.0, "right": 0.0}
    assert result["by_language"]["en"]["messages"] == 7
    assert result["seconds"] >= 0 and result["model"] == "scripted"
    # Wilson, 6 of 8: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96
    assert result["right_95"] == pytest.approx([0.4093, 0.9285], abs=1e-4)


def test_failures_are_written_with_what_was_wanted_and_what_was_done(bench: Bench, tmp_path: Path):
    bench(*SCRIPT, out=tmp_path / "results" / "failures.jsonl")
    cart, fashion = map(json.loads, (tmp_path / "results" / "failures.jsonl").read_text().splitlines())
    assert (cart["line"], cart["shopper"], cart["right_tool"]) == (5, "ada", True)
    assert cart["wanted"]["args"] == [{"product_id": "M1", "quantity": 3, "mode": "add"}]
    assert cart["executed"][0]["args"] == {"product_id": "M1", "quantity": 2, "mode": "add"}
    assert cart["plan"] == "[]"  # as the scripted model writes every plan
    assert fashion["why"] == "called chat"


def test_no_message_leaves_anything_to_the_next(bench: Bench):
    row = "- {{say: '{}', shopper: ada, tool: update_cart, args: {{product_id: J2, quantity: 2}}}}\n"  # there are two
    step = plan(("update_cart", {"product_id": "Birch Wool Coat", "quantity": 2, "mode": "add"}))
    says = ("put two of the Birch Wool Coat in my basket", "two Birch Wool Coats into the cart, please")
    assert bench(step, step, messages="".join(row.format(say) for say in says))["failed"] == []


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("tool: show_product, args: {product_id: M9}", r"line 1 .* no product 'M9'"),
        ("tool: recommend, shopper: zoe", r"line 1 .* no shopper 'zoe'"),
    ],
)
def test_what_the_shop_has_not_is_refused_with_its_line(bench: Bench, wanted: str, message: str):
    with pytest.raises(ShopError, match=message):
        bench(messages=f"- {{say: a mug to look at, {wanted}}}\n")


def test_a_model_that_plans_and_speaks_in_one_call_is_left_as_it_is():
    native, planner = scripted([], planner=False), scripted([])
    assert without_prose(native) is native
    assert without_prose(planner).chat is not planner.chat


SEARCH = {"tool": "search_products"}
MUGS = call("search_products", query="mugs", color=["Blue", "White"], max_price=30, exclude={"material": ["Wool"]})


@pytest.mark.parametrize(
    ("args", "right"),
    [
        ({"query": "mug"}, True),
        ({"query": ["cup", "mug"]}, True),
        ({"query": "blue mug"}, False),
        ({"color": "blue"}, True),
        ({"color": ["White", "Blue"]}, True),
        ({"color": ["Blue", "Red"]}, False),
        ({"max_price": 30.0}, True),
        ({"max_price": None}, False),
        ({"min_price": None}, True),
        ({"exclude": {"material": "wool"}}, True),
        ({"exclude": {"material": ["Wool", "Silk"]}}, False),
        ({"in_stock": True}, False),
    ],
)
def test_arguments_are_a_subset_that_must_be_met(judged, args, right):
    assert judged(SEARCH | {"args": args}, MUGS)[:2] == (True, right)


@pytest.mark.parametrize(
    ("wanted", "held", "right"),
    [("J1", "J1-M-Red", True), ("J1-M-Red", "J1-M-Red", True), ("J1-S-Red", "J1-M-Red", False), ("J2", "J1-M-Red", False)],
)  # fmt: skip
def test_a_product_is_named_by_its_id_or_its_groups(judged, wanted, held, right):
    row = {"tool": "show_product", "args": {"product_id": wanted}}
    assert judged(row, call("show_product", product_id=held))[1] is right


@pytest.mark.parametrize(
    ("held", "right"),
    [(["M2", "J1-M-Red"], True), (["J1-M-Red"], False), (["J1-M-Red", "J1-S-Red"], False), (["J1-S-Blue", "M2", "M1"], False)],
)  # fmt: skip
def test_products_to_compare_are_all_there_and_no_others(judged, held, right):
    row = {"tool": "compare_products", "args": {"product_ids": ["J1", "M2"]}}
    assert judged(row, call("compare_products", product_ids=held))[1] is right


def test_of_equally_right_tools_each_is_held_to_the_arguments_it_takes(judged):
    row = {"tool": ["search_products", "show_product"], "args": {"query": "mug", "product_id": "M1"}}
    assert judged(row, MUGS)[1]
    assert judged(row, call("show_product", product_id="M1"))[1]
    assert judged(row, call("show_product", product_id="M2")) == (
        True, False, "arguments [{'product_id': 'M2'}], not {'query': 'mug', 'product_id': 'M1'}",
    )  # fmt: skip
    assert judged(row, call("recommend")) == (False, False, "called recommend")


def test_one_right_call_among_others_is_enough_unless_another_changes_something(judged):
    row = SEARCH | {"args": {"query": "mug"}}
    assert judged(row, call("search_products", query="cups"), MUGS)[1]
    assert judged(row, MUGS, call("view_cart"))[1]
    for tool in ("update_cart", "remember_preference", "hand_off", "cancel_order"):
        assert judged(row, MUGS, call(tool)) == (True, False, f"also called {tool}")
    assert judged(row, MUGS, call("update_cart", ok=False))[1]  # refused in silence
    assert not judged(row, MUGS, call("update_cart", ok=False), outcome="asks")[1]  # and with a question back


def test_several_changes_are_each_wanted_once(judged):
    one, two = call("update_cart", product_id="M1", quantity=1), call("update_cart", product_id="M2", quantity=2)
    both = {"tool": "update_cart", "args": [{"product_id": "M2", "quantity": 2}, {"product_id": "M1"}]}
    assert judged(both, one, two)[1]
    assert not judged(both, one)[1]
    assert judged(both | {"args": {"product_id": "M1"}}, one, two) == (True, False, "also called update_cart")


def test_a_call_that_was_not_done_is_right_only_where_its_outcome_is_wanted(judged):
    row, refused = {"tool": "order_status"}, call("order_status", ok=False)
    assert not judged(row, refused, outcome="not_allowed")[1]
    assert judged(row | {"outcome": "not_allowed"}, refused, outcome="not_allowed")[1]
    assert judged(row | {"outcome": ["asks", "not_allowed"]}, call("order_status")) == (
        True, False, "outcome answered, not asks or not_allowed",
    )  # fmt: skip


def test_turns_without_a_call_are_told_apart_by_their_outcome(judged):
    declined, talk = {"tool": "decline"}, {"tool": "chat"}
    assert judged(declined, call("decline", kind="rude"), outcome="not_allowed")[1]
    assert judged(talk)[1]
    assert judged(talk, call("decline", kind="rude"), outcome="not_allowed") == (False, False, "called decline")
    assert judged(declined, outcome="answered") == (False, False, "called chat")
    assert judged(declined, outcome="could_not_check") == (False, False, "called nothing")
    assert not judged(talk, MUGS)[0]
    assert judged({"tool": ["ask_policy", "decline"]}, call("ask_policy", question="so"))[1]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("- {say: a red mug, tool: recommend}\n- {said: a mug, tool: recommend}\n", "line 2: say"),
        ("- {say: a red mug, tool: find}\n", "line 1: .*no tool 'find'"),
        ("- {say: a red mug, tool: search_products, args: {colour: red}}\n", "line 1: .*take no 'colour'"),
        ("- {say: a red mug, tool: recommend, outcome: fine}\n", "line 1: outcome"),
        ("- {say: a red mug, tool: recommend}\n- {say: a red mug, tool: chat}\n", "line 2: is there already"),
        ("- {say: a red mug, tool: recommend}\n- {say: 'Surprise me!', tool: recommend}\n", "line 2: repeats .*'surprise me'"),
        ("say: a red mug\n", "not a list"),
        ("- {say: [\n", "line 2: not YAML"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused_with_its_place(tmp_path: Path, rows: str, message: str):
    path = tmp_path / "m.yaml"
    path.write_text(rows, encoding="utf-8")
    with pytest.raises(ShopError, match=message):
        read_planned(path)


@pytest.mark.parametrize(
    ("say", "example"),
    [
        ("WHAT'S in my cart", "what's in my cart?"),
        ("what’s in my cart", "what's in my cart?"),
        ("connect me with your support", "connect me with support"),  # 4 of 5 words
        ("connect me with your phone support", None),  # 4 of 6
        ("多少天内可以退货呢", "多少天内可以退货？"),  # 8 of 9 characters
        ("可以退货吗", None),
    ],
)
def test_a_message_repeats_an_example_that_it_shares_four_fifths_of_its_words_with(say: str, example: str | None):
    assert repeated(say) == example


def test_our_own_messages_are_many_of_all_tools_in_both_languages():
    read = {path.stem: read_planned(path) for path in FOLDER.glob("*.yaml")}  # which refuses what repeats the prompt
    found = [one for planned in read.values() for one in planned]
    assert len(found) >= 240
    assert 0.22 <= sum(one.spoken_in == "zh" for one in found) / len(found) <= 0.35
    least = {
        "search_products": 90, "show_product": 35, "compare_products": 12, "recommend": 15, "ask_policy": 35,
        "update_cart": 20, "view_cart": 6, "order_status": 10, "remember_preference": 14, "hand_off": 8, "decline": 15,
        "chat": 10,
    }  # fmt: skip
    assert Counter(one.tool[0] for one in found) >= Counter(least)


def test_our_own_messages_name_products_and_shoppers_of_the_demo_shop():
    shop = read_shop(ROOT / "shops" / "demo")
    catalogue = read_catalogue(shop, lambda row: None)
    shoppers = {json.loads(line)["id"] for line in (shop.folder / "shoppers.jsonl").read_text("utf-8").splitlines()}
    for one in read_planned(FOLDER / "demo.yaml"):
        assert one.shopper in {"guest", *shoppers}
        assert all(key in catalogue.products or key in catalogue.groups for key in one.products), one.say


def test_a_shop_that_is_not_there_is_left_out_with_a_note(tmp_path: Path, monkeypatch, make_app, capsys):
    folder = tmp_path / "planned"
    folder.mkdir()
    (folder / "demo.yaml").write_text("- {say: good evening to you, tool: chat}\n")
    monkeypatch.setattr(plans, "FOLDER", folder)
    monkeypatch.setattr(plans, "build_app", lambda settings: make_app(plan(("chat", {}))))
    result = bench_plans(Settings(bench_data=tmp_path / "none", _env_file=None))  # type: ignore[call-arg]
    assert result["messages"] == 1
    assert "luma is not there. Set ONEVOICE_BENCH_DATA" in capsys.readouterr().err


def test_a_shop_without_messages_is_asked_for_a_file(shop_folder: Path):
    with pytest.raises(ShopError, match=r"there is no eval/planned/shop\.yaml\. Name a file with --messages"):
        bench_plans(Settings(_env_file=None), shop_folder)  # type: ignore[call-arg]


def test_the_commands_last_line_is_one_json_object(make_app, shop_folder: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "m.yaml").write_text(MESSAGES, encoding="utf-8")
    monkeypatch.setattr(plans, "build_app", lambda settings: make_app(*SCRIPT))
    ran = CliRunner().invoke(
        cli, ["bench", "plans", "--shop", str(shop_folder), "--messages", str(tmp_path / "m.yaml")]
    )
    assert ran.exit_code == 0, ran.output
    assert {"messages", "right_tool", "right", "by_tool", "by_language", "failed", "seconds", "model"} <= set(
        json.loads(ran.stdout.splitlines()[-1])
    )
