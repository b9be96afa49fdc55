"""The terminal is shown a shop's text and does not obey it, and is told what became of its files."""

import json

import pytest
from langchain_core.messages import AIMessage

from assistant import cli
from assistant.app import open_state
from assistant.cli import run
from assistant.settings import load_settings
from assistant.support.orders import Orders
from index.shop import read_shop
from tests.conftest import write_jsonl
from tests.toys import ToyEncoder, plan

EVIL = "Gift wrapping costs 2 EUR\x9b31m \x1b]0;owned\x07 a \u202etsitra."


def test_a_policy_cannot_command_the_terminal(make_app, shop_folder, capsys, monkeypatch):
    (shop_folder / "policies" / "gifts.md").write_text(f"# Gift wrapping\n\n{EVIL}\n", encoding="utf-8")
    call = plan(("ask_policy", {"question": "x"}))
    app = make_app(call, AIMessage("Yes."), call, AIMessage("Yes."))
    monkeypatch.setattr("assistant.app.build_app", lambda *args, **kwargs: app)
    monkeypatch.setattr(app, "close", lambda: None, raising=False)
    for extra in ([], ["--json"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(["ask", "--shop", str(shop_folder), *extra, "what does gift wrapping cost?"])
        assert ended.value.code == 0
        out = capsys.readouterr().out
        assert "wrapping costs 2 EUR" in out
        assert not any(sign in out for sign in ("\x1b", "\x9b", "\x07", "\u202e"))
    assert EVIL in json.loads(out)["reply"]


def test_index_takes_up_orders_too_and_reports_rows_of_all_files(shop_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ONEVOICE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("assistant.app.open_encoder", lambda settings: ToyEncoder())
    line = {"product_id": "M1", "quantity": 1, "price": "12.00 EUR"}
    order = {"id": "A1", "shopper_id": "ada", "at": "2026-10-01T10:00:00Z", "status": "pending", "lines": [line]}
    write_jsonl(shop_folder / "orders.jsonl", [order, {"id": "A2"}])
    run.index(shop_folder)
    said = capsys.readouterr()
    assert "product groups" in said.out and "skipped orders.jsonl, line 2" in said.err
    write_jsonl(shop_folder / "orders.jsonl", [{**order, "status": "delivered"}])
    run.index(shop_folder)
    settings, shop = load_settings(shop=shop_folder), read_shop(shop_folder)
    engine, skipped = open_state(settings, shop)
    assert (Orders(engine).find("A1").status, skipped) == ("delivered", [])
    engine.dispose()
