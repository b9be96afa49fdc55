"""The audit: what the facts support passes, one changed fact does not."""

import pytest

from assistant.grounding import Evidence, audit
from assistant.sentences import Splitter


@pytest.fixture
def evidence(catalogue):
    products = [catalogue.products[key] for key in ("J1-M-Blue", "B1", "M2")]
    texts = {
        "J1-M-Blue": "Alder Rain Jacket. Price: 80.00 EUR. Material: Nylon. Weather: Rainy, Windy. Keeps rain out on long walks.",
        "B1": "Dune Backpack. Price: 60.00 EUR. Features: Waterproof. Capacity: 20 l. Waterproof pack of 20 litres.",
        "M2": "Hazel Mug. Price: 9.50 EUR. Material: Enamel. Colours: Blue. An enamel mug.",
    }
    return Evidence(catalogue, products, texts, message="show me things under 90", kind="search")


@pytest.mark.parametrize(
    "sentence",
    [
        "The Dune Backpack is waterproof and holds 20 litres.",
        "The Alder Rain Jacket costs 80.00 EUR and is made of nylon.",
        "The Hazel Mug is cheaper than the Dune Backpack.",
        "All 3 are under 90.",
        "Which of these would you like to see?",
        "The Alder Rain Jacket is 80 EUR.",
    ],
)
def test_true_sentences_pass(evidence, sentence):
    assert audit(sentence, evidence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "The Dune Backpack holds 25 litres.",
        "The Alder Rain Jacket costs 60.00 EUR.",
        "The Alder Rain Jacket is waterproof.",
        "The Hazel Mug is made of stoneware.",
        "The Dune Backpack is cheaper than the Hazel Mug.",
        "The Alder Rain Jacket is the cheapest.",
        "Have a look at the Fir Field Watch.",
        "The Everest Parka would suit you.",
        "I will refund you the difference.",
        "You get a discount on it.",
        "The Dune Backpack is the lightest.",
        "The Dune Backpack is not waterproof.",
        "The Dune Backpack is not a suitable choice.",
        "The Dune Backpack is over 90 EUR.",
        "它有25升。",
    ],
)
def test_sentences_with_one_wrong_fact_are_caught(evidence, sentence):
    assert audit(sentence, evidence) is not None


def test_policy_sentences_use_the_policys_words(catalogue):
    evidence = Evidence(catalogue, general="You may return anything within 60 days of delivery.", kind="policy",
                        message="can I return the boots?")  # fmt: skip
    assert audit("You may return it within 60 days of delivery.", evidence) is None
    assert audit("Yes, you can return the boots.", evidence) is not None
    assert audit("You may return it within 30 days of delivery.", evidence) is not None


def test_sentences_are_cut_as_they_end():
    splitter = Splitter()
    found = [splitter.feed(piece) for piece in ("It is 42.0", "0 EUR. And blue", "! 你好。再见")]
    assert found == [[], ["It is 42.00 EUR."], ["And blue!", "你好。"]]
    assert splitter.rest() == ("再见", False)
