"""What prompts say of the tools agrees with the tools that there are."""

import re

import pytest

from assistant.errors import Bug
from assistant.prompts import FOLDER, Composer, note, tool_text
from assistant.tools import PLAN_SCHEMAS, SCHEMAS, TOOLS
from index.loading import read_yaml

NAMES = [tool.name for tool in TOOLS]


def parameters(schemas, name):
    return schemas[name]["function"]["parameters"]


def test_every_tool_is_described_in_the_prompts_and_nothing_else_is():
    assert list(read_yaml(FOLDER / "tools.yaml")["tools"]) == NAMES
    for tool in TOOLS:
        assert SCHEMAS[tool.name]["function"]["description"] == tool.description == tool_text(tool.name)
    with pytest.raises(Bug):
        tool_text("fly")


def test_the_planning_prompt_lists_the_tools_that_a_plan_may_call():
    listed = re.findall(r"^(\w+)\(([^)]*)\):", (FOLDER / "plan.md").read_text(encoding="utf-8"), re.M)
    assert [name for name, _ in listed] == NAMES
    for name, arguments in listed:
        offered = parameters(PLAN_SCHEMAS, name)
        assert set(offered.get("required", ())) <= set(re.findall(r"\w+", arguments)) <= set(offered["properties"])


def test_the_example_plans_call_tools_as_they_are():
    examples = Composer("Tiny", "Wren").examples
    for row in examples["in_prompt"]:
        for call in row["calls"]:
            offered = parameters(PLAN_SCHEMAS, call["tool"])
            assert set(offered.get("required", ())) <= set(call) - {"tool"} <= set(offered["properties"])


def test_the_native_prompt_names_no_other_tool():
    text = (FOLDER / "native.md").read_text(encoding="utf-8").rpartition("---\n")[2]
    assert set(re.findall(r"\b[a-z]+_[a-z_]+\b|(?<=Use )\w+", text)) <= set(NAMES)


def test_notes_are_strict():
    assert note("rated", rating="4.2") == "rated 4.2 of 5"
    for wrong in ({}, {"stars": 4}):
        with pytest.raises(Bug):
            note("rated", **wrong)
