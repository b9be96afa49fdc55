"""Asking many messages: strictly read, kept as they come, judged from what was kept, and laid out for reading."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from langchain_core.messages import AIMessage

from assistant.settings import Settings
from eval import replies
from eval.asked import FOLDER, batches, read_messages
from eval.replies import FILE, FINDINGS, SAMPLE, bench_replies
from index.errors import ShopError
from tests.toys import plan

MESSAGES = """
- {kind: question, say: "how much is the Glen Mug?"}
- {kind: cart, say: ["add the Glen Mug", "what is in my cart?"], shopper: ada}
"""


@pytest.fixture
def ask(make_app, shop_folder: Path, tmp_path: Path, monkeypatch):
    """ask(step, …) runs the bench over two conversations, with a model that plays these steps."""
    messages = tmp_path / "messages.yaml"
    messages.write_text(MESSAGES, encoding="utf-8")
    monkeypatch.setattr(replies, "model_name", lambda settings: "scripted")

    def run(*script, **options):
        monkeypatch.setattr(replies, "build_app", lambda settings: make_app(*script))
        settings = Settings(shop=shop_folder, data_dir=tmp_path / "data", _env_file=None)
        return bench_replies(settings, shop_folder, messages, out=tmp_path / "out", **options)

    return run


SCRIPT = (
    plan(("show_product", {"product_id": "Glen Mug"})),
    AIMessage("The Glen Mug costs 12.00 EUR. It costs 10.00 EUR."),
    plan(("update_cart", {"product_id": "Glen Mug", "quantity": 1, "mode": "add"})),
    plan(("view_cart", {})),
)


def test_the_models_sentences_are_told_from_fixed_texts(ask, tmp_path: Path):
    result = ask(*SCRIPT)
    assert (result["replies"], result["released"], result["dropped"]) == (3, 1, 1)
    assert (result["wrong"], result["doubtful"], result["voice_violations"]) == (0, 0, 0)
    assert (result["with_prose"], result["kept_median"], result["kept_mean"]) == (1, 0.5, 0.5)
    assert result["sentences"] > result["released"]
    assert result["model"] == "scripted"
    rows = [json.loads(line) for line in (tmp_path / "out" / FILE).read_text().splitlines()]
    assert [len(row["turns"]) for row in rows] == [1, 2]
    assert rows[1]["turns"][1]["reply"]["cart"] == {"M1": 1}


def test_what_was_answered_is_not_asked_again(ask, tmp_path: Path):
    first = ask(*SCRIPT)
    assert ask() == first  # a model without a script fails when it is called
    path = tmp_path / "out" / FILE
    path.write_text(path.read_text()[:-40])  # the last row was cut off when it was written
    assert ask(*SCRIPT[2:])["replies"] == 3


def test_a_false_sentence_that_was_shown_is_counted_and_written_down(ask, tmp_path: Path):
    ask(*SCRIPT)
    path = tmp_path / "out" / FILE
    path.write_text(path.read_text().replace("The Glen Mug costs 12.00 EUR.", "The Glen Mug costs 13.00 EUR."))
    result = ask()
    assert (result["wrong"], result["wrong_by_kind"]) == (1, {"number": 1})
    (row,) = [json.loads(line) for line in (tmp_path / "out" / FINDINGS).read_text().splitlines()]
    assert row["say"] == "how much is the Glen Mug?"
    assert row["findings"][0]["words"] == "13.00 EUR"
    assert row["findings"][0]["records"] == ["M1"]
    assert "look-up: wrong, number" in (tmp_path / "out" / SAMPLE).read_text()


def test_a_broken_rule_of_the_voice_is_counted(ask, tmp_path: Path):
    ask(*SCRIPT)
    path = tmp_path / "out" / FILE
    path.write_text(path.read_text().replace("The Glen Mug costs 12.00 EUR.", "The amazing Glen Mug costs 12.00 EUR."))
    assert ask()["voice_violations"] == 1


def test_the_sample_shows_what_each_sentence_may_rest_on(ask, tmp_path: Path):
    ask(*SCRIPT, sample=60)
    page = (tmp_path / "out" / SAMPLE).read_text()
    assert "# 1 released sentences" in page
    assert "- question: how much is the Glen Mug?" in page
    assert "- **sentence: The Glen Mug costs 12.00 EUR.**" in page
    assert "title: Glen Mug" in page and "price: 12.00 EUR" in page
    assert "- verdict: " in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {kind: search, say: a mug}\n- {kind: search, says: a mug}\n", "line 2: say"),
        ("- {kind: poetry, say: a mug}\n", "line 1: kind"),
        ("- {kind: search, say: a mug}\n- {kind: gift, say: a mug}\n", "line 2: is there already"),
        ("kind: search\n", "not a list"),
        ("- {kind: [\n", "not YAML"),
    ],
)
def test_a_wrong_row_is_refused_with_its_place(tmp_path: Path, text, message):
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(ShopError, match=message):
        read_messages(path)


def test_our_own_messages_are_many_in_both_languages():
    asked = [message for path in sorted(FOLDER.glob("*.yaml")) for message in read_messages(path)]
    assert len(asked) >= 320
    assert 0.2 <= sum(message.language == "zh" for message in asked) / len(asked) <= 0.35
    assert {message.kind for message in asked} >= {
        "search",
        "question",
        "compare",
        "recommend",
        "policy",
        "order",
        "cart",
    }


def test_a_limit_draws_the_same_for_the_same_seed(shop_folder: Path, tmp_path: Path):
    path = tmp_path / "m.yaml"
    path.write_text("".join(f"- {{kind: search, say: mug {n}}}\n" for n in range(50)))
    settings = Settings(shop=shop_folder, _env_file=None)

    def drawn(seed):
        (batch,) = batches(settings, shop_folder, path, 5, seed)
        return [asked.say for asked in batch.asked]

    assert len(drawn(1)) == 5
    assert drawn(1) == drawn(1) != drawn(2)
