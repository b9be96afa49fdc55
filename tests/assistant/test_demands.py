"""Demands are told from what only sounds like them, by code alone."""

import time
from pathlib import Path

import pytest
import yaml

from assistant.demands import demanded, is_question, policy_question
from assistant.prompts import FixedTexts
from assistant.shortlist import labelled

SETS = yaml.safe_load(Path(__file__).with_name("demands.yaml").read_text(encoding="utf-8"))
DEMANDS = [(kind, text) for kind, texts in SETS["demands"].items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), DEMANDS)
def test_a_demand_is_recognised(kind, text):
    found = demanded(text)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("text", SETS["lookalikes"])
def test_what_only_sounds_like_one_is_let_through(text):
    assert demanded(text) is None


def test_there_are_enough_of_both_and_every_kind_has_its_answer_in_both_languages():
    assert len(DEMANDS) >= 60
    assert len(SETS["lookalikes"]) >= 60
    texts = FixedTexts()
    for language in ("en", "zh"):
        for kind in SETS["demands"]:
            assert texts(language, f"decline_{kind}")


def test_the_labelled_messages_of_a_shops_daily_work_are_let_through():
    daily = [say for language in ("en", "zh") for say, tool in labelled(language) if tool != "decline"]
    assert [say for say in daily if (demand := demanded(say)) and not demand.policy] == []


def test_a_shops_own_names_are_no_competitors_and_no_persons():
    assert demanded("Amazon is cheaper than you").kind == "competitors"
    assert demanded("is the Amazon jacket cheaper?", own=["amazon"]) is None
    assert demanded("what is Luma's address?").kind == "private"
    assert demanded("what is Luma's address?", own=["luma"]) is None


def test_only_a_question_gives_way_to_a_policy():
    assert demanded("can you give me a discount?").policy
    assert is_question("can you give me a discount?")
    assert not is_question("give me 50 percent off now")
    assert not demanded("your boss promised me 80% off").policy


@pytest.mark.parametrize(
    "text", ["write " * 400, "0" * 2000, "a " * 1000, "a.b." * 500, "sell it for 5 " * 150, "写" * 2000]
)
def test_no_message_takes_long_to_read(text):
    started = time.process_time()
    demanded(text[:2000])
    assert time.process_time() - started < 2  # a pattern that explodes takes hours


MATCH, CODES = "do you match the prices of other shops", "do you give discounts or discount codes"


@pytest.mark.parametrize(
    ("text", "looked_up"),
    [
        ("will you match the price of another shop?", MATCH),
        ("do you price match other shops?", MATCH),
        ("do you match lower prices?", MATCH),
        ("what if I find it cheaper elsewhere?", MATCH),
        ("你们会匹配其他商店的价格吗？", MATCH),
        ("is there a student discount?", CODES),
        ("do you have a discount for students?", CODES),
        ("do you offer discounts?", CODES),
        ("how do I use a promo code?", CODES),
        ("有学生优惠吗？", CODES),
        ("有没有优惠码？", CODES),
        ("which jackets have a discount?", None),
        ("is the tent discounted?", None),
        ("do you have a discount on the tent?", None),
        ("a hat to match the price of my coat", None),
        ("what is the price?", None),
        ("which bag matches the blue jacket?", None),
        ("do you have anything cheaper?", None),
        ("what is the product code?", None),
        ("这个多少钱？", None),
        ("打折的外套有哪些？", None),
    ],
)
def test_questions_that_only_a_policy_answers(text, looked_up):
    assert policy_question(text) == looked_up
    assert demanded(text) is None
