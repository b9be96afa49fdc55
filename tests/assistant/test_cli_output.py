"""The terminal is shown a shop's text and does not obey it."""

import json

import pytest
from langchain_core.messages import AIMessage

from assistant import cli
from tests.toys import plan

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
