"""`onevoice voice check`: every kind of file, every violation with its place, and malformed rows skipped."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import cli, main
from assistant.errors import SetupError
from assistant.prompts import FixedTexts, load_prompt
from assistant.voice import Voice
from assistant.voice.replies import Written, lint, read_replies

VOICE, FIXED = Voice(load_prompt("voice").head), FixedTexts().patterns()


def check(file: Path, shop: Path):
    return CliRunner().invoke(cli, ["voice", "check", str(file), "--shop", str(shop)])


def test_json_lines(shop_folder, tmp_path):
    file = tmp_path / "replies.jsonl"
    rows = [
        {"reply": "It is warm."},
        {"reply": "It is warm! Hurry now."},
        {"reply": "这款很暖和。", "language": "zh"},
        {"reply": "It is warm.", "language": "zh"},
        {"reply": "It is warm. It is warm. Which one? Which size?"},
    ]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text(
        "\n".join(
            [
                *lines[:2],
                "{not json",
                "",
                '{"text": "It is warm."}',
                "[1]",
                *lines[2:],
                '{"reply": "x", "language": "fr"}',
            ]
        )
    )
    result = check(file, shop_folder)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:6] == [
        f"{file}, line 2: exclamation: !",
        f"{file}, line 2: pressure: Hurry",
        f"{file}, line 8: half_width: .",
        f"{file}, line 8: language: It is warm.",
        f"{file}, line 9: repeated_sentence: It is warm.",
        f"{file}, line 9: several_questions: Which size?",
    ]
    assert "     1 pressure" in result.stdout
    assert "5 replies, 3 with violations, 6 violations, 4 rows skipped" in result.stdout
    for line, reason in (
        (3, "not JSON"),
        (5, "no text under 'reply'"),
        (6, "a row is an object, not list"),
        (10, "'fr' is not en or zh"),
    ):
        assert f"{file}, line {line}: skipped: " in result.stderr and reason in result.stderr


def test_plain_text(shop_folder, tmp_path):
    file = tmp_path / "replies.txt"
    file.write_text("It is warm.\n\n这款很暖和。\n")
    assert check(file, shop_folder).exit_code == 0
    file.write_text("It is warm.\n\n你好，这款很暖和。\n")
    result = check(file, shop_folder)
    assert result.exit_code == 1 and f"{file}, line 3: informal_you: 你" in result.stdout


def test_the_results_of_an_evaluation(shop_folder, tmp_path):
    file = tmp_path / "results.jsonl"
    reply = {"products": [{"title": "Hop! Mug"}], "citations": [{"quote": "Act now, returns are free!"}], "facts": []}
    turns = [
        {
            "say": "a mug",
            "reply": {**reply, "reply": "The Hop! Mug is warm. Our policy says: “Act now, returns are free!”"},
        },
        {"say": "有杯子吗？", "reply": {**reply, "reply": "Here is what we have."}},
    ]
    file.write_text(json.dumps({"dialogue": "mugs", "turns": turns}) + "\n")
    result = check(file, shop_folder)
    place = f"{file}, line 1 (mugs, turn 2)"
    assert result.stdout.splitlines()[:2] == [f"{place}: half_width: .", f"{place}: language: Here is what we have."]
    assert "2 replies, 1 with violations, 2 violations" in result.stdout


def test_a_shops_names_and_rules_count(shop_folder, tmp_path):
    rows = (shop_folder / "products.jsonl").read_text() + '{"id": "P1", "title": "Ping! PLATES", "price": "5.00 EUR"}\n'
    (shop_folder / "products.jsonl").write_text(rows)
    (shop_folder / "own.md").write_text("---\nforbidden: {en: [cosy]}\n---\n")
    with (shop_folder / "shop.yaml").open("a") as settings:
        settings.write("voice: own.md\n")
    file = tmp_path / "replies.txt"
    file.write_text("The Ping! PLATES are white.\nThe Glen Mug is cosy.\n")
    result = check(file, shop_folder)
    assert result.stdout.splitlines()[0] == f"{file}, line 2: shop_words: cosy"
    assert "2 replies, 1 with violations" in result.stdout


def test_several_confirmations_are_no_repetition():
    texts = FixedTexts()
    said = " ".join(
        texts("en", "cart_added", quantity=n, title="Hop! MUG 😀", price="1 EUR", time="9:00 CET") for n in (1, 2, 3)
    )
    assert lint(VOICE, FIXED, Written(1, said, "en")) == []
    prose = "It is in your cart. It is in your cart. It is warm. It is big. It is red."
    rules = [violation.rule for violation in lint(VOICE, FIXED, Written(1, prose, "en"))]
    assert rules == ["repeated_sentence", "too_many_sentences"]


def test_a_fixed_text_spares_only_what_was_filled_in():
    """ "{title} is {price}." fits nearly everything: a pattern with so little of its own vouches for no value."""
    assert lint(VOICE, FIXED, Written(1, "The mug is amazing!! It is 5 EUR.", "en"))
    assert lint(VOICE, FIXED, Written(1, "", "en"))[0].rule == "says_nothing"


def test_a_file_that_cannot_be_read(shop_folder, tmp_path, capsys):
    with pytest.raises(SetupError, match=r"none\.txt"):
        read_replies(tmp_path / "none.txt")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SetupError, match=r"b\.txt"):
        read_replies(tmp_path / "b.txt")
    with pytest.raises(SystemExit) as error:
        main(["voice", "check", str(tmp_path / "none.txt"), "--shop", str(shop_folder)])
    assert error.value.code == 2 and "none.txt" in capsys.readouterr().err
