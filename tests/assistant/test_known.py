"""What a question about a product asks: a wish to see it asks nothing."""

import pytest

from assistant.tools.known import _asked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("show me the Glen Mug for my sister", []),
        ("show me M1", []),
        ("I want to see the white Glen Mug, it is a present for my brother", []),
        ("is the Glen Mug heavy enough for my father?", ["heavy", "enough"]),
        ("does it have a lid?", ["lid"]),
    ],
)
def test_its_name_its_id_and_whom_it_is_for_are_no_question(catalogue, question, asked):
    assert _asked(question, catalogue.products["M1"]) == (asked, False)
