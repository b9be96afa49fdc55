"""Whatever a model passes takes the form that a tool declares."""

import pytest

from assistant.shapes import shaped
from assistant.tools import SCHEMAS, TOOLS

TOOL = {tool.name: tool for tool in TOOLS}


ODD = [
    None,
    "",
    "x" * 3000,
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    True,
    [],
    ["a", 1, None],
    [[1]],
    {},
    {"a": {"b": 1}},
]


@pytest.mark.parametrize("name", sorted(TOOL))
@pytest.mark.parametrize("value", ODD, ids=[str(value)[:12] for value in ODD])
def test_any_value_takes_the_form_that_a_tool_declares(name, value):
    fields = TOOL[name].tool_call_schema.model_json_schema().get("properties", {})
    parameters = SCHEMAS[name]["function"]["parameters"]
    args = shaped(parameters, dict.fromkeys([*fields, "unknown"], value))
    assert "unknown" not in args
    TOOL[name].tool_call_schema.model_validate(args)
    TOOL[name].tool_call_schema.model_validate(shaped(parameters, value))


@pytest.mark.parametrize("name", sorted(set(TOOL) - {"chat"}))
def test_no_arguments_at_all_break_nothing(begin, name):
    reply = begin().say("hello there", (name, {}))
    assert reply.outcome != "could_not_check"
    assert (reply.cart, reply.handoff) == ({}, None)
