"""A summary is held to what was said; where nothing of the model's stays, code makes an outline."""

import pytest
from langchain_core.messages import AIMessage

from assistant.errors import TellStaff
from tests.assistant.support.desk.steps import MUG, RETURNS, rows, talk


def summary(app, key, *script):
    app.model.chat.script[:] = script
    return app.summaries.summary(key)


def test_one_call_of_the_model_with_the_conversation_as_data(mug):
    app, key = mug
    before = rows(app)
    made = summary(app, key, AIMessage("The customer asked for the Glen Mug. It costs 12.00 EUR."))
    assert (made.text, made.by, made.dropped) == (
        "The customer asked for the Glen Mug. It costs 12.00 EUR.",
        "model",
        0,
    )
    system, human = app.model.chat.requests[-1]
    assert "sum up" in system.content
    assert "> Shopper: show me the Glen Mug\n> Assistant: The Glen Mug costs 12.00 EUR." in human.content
    assert made.prompt_sha and rows(app) == before


@pytest.mark.parametrize(
    "false",
    [
        "They were told that it costs 15.00 EUR.",
        "They prefer the Hazel Mug.",
        "They live in Paris.",
        "They want 30 of them.",
    ],
)
def test_a_number_or_name_that_was_not_said_is_left_out(mug, false):
    app, key = mug
    made = summary(app, key, AIMessage(f"They asked for the Glen Mug. {false}"))
    assert (made.text, made.dropped) == ("They asked for the Glen Mug.", 1)


def test_an_outline_stands_where_nothing_is_left(make_app):
    app = make_app()
    key = talk(app, ["show me the Glen Mug", "how long can I return something?"], *MUG, *RETURNS)
    made = summary(app, key, AIMessage("They want 500 of them."))
    assert (made.by, made.dropped) == ("outline", 1)
    assert made.text.split("\n") == [
        "Goal: show me the Glen Mug", "Products: Glen Mug", "Open question: how long can I return something?"
    ]  # fmt: skip


def test_an_outline_stands_where_the_model_fails_and_in_the_shoppers_language(make_app):
    app = make_app()
    key = talk(app, ["给我看看Glen Mug"], *MUG)
    made = summary(app, key)
    assert (made.by, made.dropped) == ("outline", 0)
    assert made.text.startswith("目的：给我看看Glen Mug")


def test_of_nothing_there_is_no_summary(make_app):
    app = make_app()
    with pytest.raises(TellStaff):
        summary(app, talk(app, []))
