"""`onevoice voice diff`: wording may differ, and nothing else."""

import copy
import json
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage
from typer.testing import CliRunner

import eval.voice_diff
from assistant.cli import cli
from eval.dialogues import Dialogue
from eval.voice_diff import diff, differences
from tests.toys import plan

SCRIPT = Dialogue(
    name="mugs", shopper=["guest", "ada"], turns=[{"say": "show me mugs"}, {"say": "add the Glen Mug to my cart"}]
)
PLAIN, WARM = "We are plain.", "We are warm."


def voices(folder: Path) -> tuple[Path, Path]:
    old, new = folder / "old.md", folder / "new.md"
    old.write_text(PLAIN)
    new.write_text(WARM)
    return old, new


def search(*other):
    """A plan that does something else once the voice is warm."""

    def step(messages):
        warm = WARM in messages[0].content
        return plan(other if other and warm else ("search_products", {"query": "mug"}))

    return step


def prose(messages):
    return AIMessage("Both are mugs." if WARM in messages[0].content else "Two mugs.")


ADD = plan(("update_cart", {"product_id": "Glen Mug", "quantity": 1, "mode": "add"}))


def test_wording_may_differ(make_app, tmp_path, capsys):
    app = make_app(*[search(), prose, ADD] * 4)
    summary = diff(app, [SCRIPT], *voices(tmp_path), show=True, progress=False, out=tmp_path / "runs")
    assert summary["differences"] == []
    assert (summary["runs"], summary["turns"], summary["reworded"]) == (2, 4, 2)
    assert summary["old"] != summary["new"]
    shown = capsys.readouterr().out
    assert "  old: Two mugs.\n  new: Both are mugs." in shown
    assert (tmp_path / "runs" / "new" / "results.jsonl").is_file()
    systems = [request[0].content for request in app.model.chat.requests]
    assert all(PLAIN in system for system in systems[:6]) and all(WARM in system for system in systems[6:])


def test_another_product_is_a_difference(make_app, tmp_path, capsys):
    app = make_app(
        *[
            search("view_cart", {}),
            prose,
            ADD,
            search("view_cart", {}),
            prose,
            ADD,
            search("view_cart", {}),
            ADD,
            search("view_cart", {}),
            ADD,
        ]
    )
    summary = diff(app, [SCRIPT], *voices(tmp_path), progress=False)
    found = {(row["dialogue"], row["shopper"], row["turn"], row["field"].split()[0]) for row in summary["differences"]}
    assert found == {("mugs", who, 1, field) for who in ("guest", "ada") for field in ("tool", "card", "fact")}
    assert "mugs (ada), turn 1: tool 1: search_products" in capsys.readouterr().out


def test_a_shared_voice_can_be_compared_too(make_app, tmp_path):
    shared = tmp_path / "shared.md"
    shared.write_text(
        '---\nname: voice\nversion: "9"\nvariables: [shop, assistant, shop_voice]\nforbidden: {en: [two]}\n---\n'
        "You are {{ assistant }} of {{ shop }}. We are warm. {{ shop_voice }}\n"
    )
    app = make_app(*[search(), prose, ADD] * 4)
    summary = diff(app, [SCRIPT], voices(tmp_path)[0], shared, progress=False)
    assert summary["differences"] == [] and summary["new"].startswith("9+")


TURN = {
    "outcome": "answered", "cart": {"M1": 1}, "handoff": None, "reply": "It is 12.00 EUR.",
    "tools": [{"name": "show_product", "args": {"product_id": "M1"}, "ok": True}],
    "products": [{"ref": 1, "id": "M1", "price": "12.00 EUR", "image": "a.png"}],
    "facts": [{"subject": "M1", "field": "price", "value": "12.00 EUR", "source": "products", "at": "now"}],
    "citations": [{"source": "policies/returns.md", "quote": "60 days"}],
}  # fmt: skip


def result(**changes):
    reply = copy.deepcopy(TURN) | changes
    return {"dialogue": "d", "shopper": "ada", "error": "", "turns": [{"say": "hi", "reply": reply}]}


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("outcome", {"outcome": "not_sold"}),
        ("cart", {"cart": {"M1": 2}}),
        ("handoff", {"handoff": {"id": 1}}),
        ("tool 1", {"tools": [{**TURN["tools"][0], "args": {"product_id": "M2"}}]}),
        ("tool 1", {"tools": [{**TURN["tools"][0], "ok": False}]}),
        ("tool 1", {"tools": []}),
        ("tool 2", {"tools": TURN["tools"] * 2}),
        ("card 1", {"products": [{**TURN["products"][0], "price": "11.00 EUR"}]}),
        ("card 1", {"products": []}),
        ("fact M1 price (products)", {"facts": [{**TURN["facts"][0], "value": "11.00 EUR"}]}),
        ("fact M1 price (products)", {"facts": []}),
        ("citation 1", {"citations": [{**TURN["citations"][0], "quote": "30 days"}]}),
        ("citation 1", {"citations": []}),
    ],
)
def test_each_field_can_differ(field, changes):
    (found,) = differences(result(), result(**changes))
    assert (found.dialogue, found.shopper, found.turn, found.field) == ("d", "ada", 1, field)
    assert found.old != found.new


def test_times_and_words_are_no_difference():
    later = result(reply="12.00 EUR, this one.", facts=[{**TURN["facts"][0], "at": "later"}])
    assert list(differences(result(), later)) == []


def test_a_run_that_breaks_is_a_difference():
    broken = {**result(), "turns": [], "error": "Traceback\nValueError: no shopper 'zed'"}
    assert [d.field for d in differences(result(), broken)] == ["error of the new run", "turns"]


def test_the_command_prints_json_last_and_fails_on_a_difference(make_app, shop_folder, tmp_path, monkeypatch):
    dialogues = tmp_path / "d.yaml"
    dialogues.write_text("name: mugs\nturns:\n  - say: show me mugs\n")
    for other, code in (((), 0), (("view_cart", {}), 1)):
        app = make_app(search(*other), prose, search(*other), *([] if other else [prose]))
        monkeypatch.setattr(eval.voice_diff, "build_app", lambda settings, app=app: app)
        old, new = map(str, voices(tmp_path))
        arguments = ["voice", "diff", old, new, "--shop", str(shop_folder), "--dialogues", str(dialogues), "--show"]
        ran = CliRunner().invoke(cli, arguments)
        assert ran.exit_code == code, ran.output
        last = json.loads(ran.stdout.splitlines()[-1])
        assert bool(last["differences"]) == bool(code)
        assert "  new: " in ran.stdout
