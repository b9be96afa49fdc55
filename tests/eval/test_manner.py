"""The evaluator's own reading of the voice: it finds what the lint finds, by code of its own."""

import ast
from pathlib import Path

import pytest

from eval import manner
from eval.manner import fault, quoted_of, spoken
from index.shop import read_shop
from tests.assistant.test_voice import BROKEN, GOOD_EN, GOOD_ZH
from tests.conftest import ROOT

DEMO = read_shop(ROOT / "shops" / "demo")
RULES = spoken(DEMO.folder, DEMO.settings.voice)


def judged(text, language, quoted=()):
    return fault(text, language, quoted=quoted, **RULES)


def test_it_imports_nothing_of_the_lint():
    tree = ast.parse(Path(manner.__file__).read_text())
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not any(
        name and name.startswith(("assistant.voice", "assistant.grounding", "assistant.gate")) for name in names
    )


LEFT_TO_THE_LINT = ("entity", "label", "other_work", "mixed_script", "invented_message", "says_nothing", "third_person")


@pytest.mark.parametrize(
    ("language", "sentence"), [(row[1], row[2]) for row in BROKEN if row[0] not in LEFT_TO_THE_LINT]
)
def test_it_finds_what_the_lint_finds(language, sentence):
    assert judged(sentence, language)


@pytest.mark.parametrize("sentence", GOOD_EN)
def test_it_passes_good_english(sentence):
    assert judged(sentence, "en") == ""


@pytest.mark.parametrize("sentence", GOOD_ZH)
def test_it_passes_good_chinese(sentence):
    assert judged(sentence, "zh") == ""


def test_what_is_quoted_is_spared():
    assert judged("The Ping! PLATES are white.", "en")
    assert judged("The Ping! PLATES are white.", "en", ["Ping! PLATES"]) == ""


def test_a_shops_own_words_count():
    assert judged("Ask our service centre.", "en") == "forbidden: service centre"
    plain = spoken(DEMO.folder, None)
    assert fault("Ask our service centre.", "en", quoted=(), **plain) == ""


def test_the_reply_as_a_whole():
    assert judged("The mug is quite warm. The mug is quite warm.", "en") == "says the same twice"
    assert judged("Which one? Which size?", "en") == "several questions"
    assert fault("Which one? Which size?", "en", quoted=(), calls=2, **RULES) == ""


def test_what_is_cited_is_quoted():
    reply = {"reply": "The Hop! Mug.", "citations": [{"quote": "Act now! It is free."}],
             "facts": [{"field": "evidence", "value": "So soft!"}, {"field": "price", "value": "1 EUR"}]}  # fmt: skip
    found = quoted_of(reply, ["Hop! Mug", "Other"], DEMO)
    assert {"Hop! Mug", "Act now! It is free.", "Act now!", "So soft!"} <= set(found)
    assert not {"Other", "1 EUR"} & set(found)


def test_what_is_quoted_ends_a_sentence():
    said = "You may return anything within 60 days of delivery."
    assert judged(f"{said} Friend, tell me more.", "en", [said]) == "addresses with: friend"
    twice = "You can tell me more about it."
    assert judged(f"{said} {twice} {twice}", "en", [said]) == "says the same twice"
    assert judged(f"It says: “{said}” {twice} {twice}", "en", [said]) == "says the same twice"
    assert judged(f"It says: “{said}” Sir, tell me more.", "en", [said]) == "addresses with: sir"
    assert judged(f"{said} {twice}", "en", [said]) == ""
    assert judged(f"顾客写道：{said}", "zh", [said]) == ""


def test_capitals_and_smiles_are_found_between_short_words_and_chinese_ones():
    assert judged("TELL ME MORE.", "en") == "capitals: TELL ME MORE"
    assert judged("It costs 12.00 EUR in XS.", "en") == ""
    assert judged("请您告诉我更多:D", "zh") == "emoticon: :D"
