"""What is shown where others are asked for: nothing that the conversation has shown already."""

import pytest
from langchain_core.messages import AIMessage

from tests.assistant.test_agent import talk
from tests.toys import plan

SEARCH = (plan(("search_products", {"query": "jacket"})), AIMessage("Jackets."))


def groups(reply):
    return [card.item_group_id for card in reply.cards]


@pytest.mark.parametrize(
    "said", ["what other jackets do you have?", "none of these. another jacket please", "别的外套呢"]
)
def test_others_of_a_kind_are_those_that_were_not_shown(make_app, said):
    app = make_app(plan(("search_products", {"query": "rain jacket"})), AIMessage("A jacket."), *SEARCH)
    first, second = talk(app, "tell me about the Alder Rain Jacket", said)
    assert "J1" in groups(first) and groups(second) and "J1" not in groups(second)


@pytest.mark.parametrize(
    "said", ["something else please", "not these, show me something else", "any others?", "还有别的吗"]
)
def test_something_else_goes_on_with_the_search(make_app, said):
    app = make_app(plan(("search_products", {"query": "bag"})), AIMessage("Bags."), *SEARCH, *SEARCH)
    bags, none, _ = talk(app, "show me bags under 70", said, "show me jackets")
    assert set(groups(bags)) == {"B1", "B2"}
    assert (
        none.outcome == "nothing_matches" and not none.cards and "all that fits" in none.text
    ) or "都已经" in none.text


def test_where_all_of_a_kind_was_shown_it_is_shown_again(make_app):
    search = (plan(("search_products", {"query": "mug"})), AIMessage("Mugs."))
    first, again = talk(make_app(*search, *search), "show me mugs", "do you have other mugs?")
    assert set(groups(again)) == set(groups(first)) == {"M1", "M2"}


def test_without_a_search_something_else_is_another_suggestion(make_app):
    ideas = (plan(("recommend", {})), AIMessage("Ideas."))
    first, second = talk(make_app(*ideas, *SEARCH), "any ideas for me?", "something else please")
    assert groups(second) and not set(groups(first)) & set(groups(second))
    assert [call.name for call in second.tools] == ["recommend"]


def test_too_expensive_is_cheaper_than_what_was_shown(make_app):
    app = make_app(plan(("search_products", {"query": "bag"})), AIMessage("Bags."), *SEARCH)
    first, second = talk(app, "show me bags", "that's too expensive")
    assert second.tools[0].args["max_price"] < min(float(card.price.split()[0]) for card in first.cards)
