"""The questions of a text, and what policies are asked."""

import pytest

from assistant.support.evidence import parts_of, whole_parts_of


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("how bright is it and how long does it last?", ["how bright is it", "how long does it last?"]),
        (
            "my cart is exactly $200.00, how much for standard shipping?",
            ["my cart is exactly $200.00, how much for standard shipping?"],
        ),
        (
            "3 quick ones: how many days do I have, do you deliver on sundays, and how many stores are there?",
            ["3 quick ones: how many days do I have", "do you deliver on sundays", "how many stores are there?"],
        ),
        ("do you ship to Hawaii? I live in Honolulu.", ["do you ship to Hawaii? I live in Honolulu."]),
        ("shipping to Oslo, is that ok?", ["shipping to Oslo, is that ok?"]),
        ("I like mugs.", ["I like mugs."]),
    ],
)
def test_each_question_has_what_is_said_around_it(text, parts):
    assert parts_of(text) == parts


def test_what_says_nothing_of_its_own_belongs_to_the_question_before():
    asked = "can you mend a zip, what does it cost and how long does it take?"
    assert len(whole_parts_of(asked)) == 1
    assert len(whole_parts_of("can you mend a zip, and when are you open?")) == 2
