"""What a question about a product asks: a wish to see it asks nothing."""

import pytest

from assistant.tools.known import _asked
from tests.assistant.test_agent import talk
from tests.toys import plan


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


@pytest.mark.parametrize(
    "message", ["what is the worst thing about the Alder Rain Jacket?", "any downsides of the Alder Rain Jacket"]
)
def test_what_is_less_good_is_quoted_from_those_who_say_so(make_app, message):
    app = make_app(plan(("show_product", {"product_id": "J1"})))
    (reply,) = talk(app, message)
    assert "A bit loud." in reply.text and "Stayed dry" not in reply.text
