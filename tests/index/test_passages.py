"""Which passage answers, and whether any does."""

import pytest

from index.passages import rank
from index.policies import split_policy
from tests.toys import ToyEncoder


@pytest.fixture
def policies(shop):
    return [passage for policy in shop.policies for passage in split_policy(policy.source, policy.text)]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("how long do I have to return something?", "60 days"),
        ("how much is express shipping on a 30 euro order?", "Express: 12 EUR"),
        ("how much is express shipping on an order of 80 EUR?", "Express: 9 EUR"),
        ("can used goods be returned?", "Used goods"),
    ],
)
def test_the_answer_is_first_and_supported(policies, question, answer):
    best = rank(question, policies, ToyEncoder())[0]
    assert answer in best.passage.text
    assert best.supported


@pytest.mark.parametrize(
    "question",
    ["do you price match other shops?", "do you have a loyalty program?", "can I pay with bitcoin?"],
)
def test_what_is_not_stated_is_not_supported(policies, question):
    assert not any(row.supported for row in rank(question, policies, ToyEncoder()))
